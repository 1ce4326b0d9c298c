"""Every endpoint of the API and method of it, a line each, with the places where ids of rows stand.

A new endpoint: add a line to API. Its path parameters are rows of the kind of their names (tests/security/country.py);
`Row(kind)` marks an id in the query or the body, `Made(…)` one that the client makes. A new field or parameter that
names no row with an owner: add its name to PLAIN. A number behind the path begins a second line for the same endpoint.
"""

from tests.security.slots import Made, Row, Sample

NOW = "2026-11-26T09:00:00+07:00"
FIX = {"lat": -6.92, "lon": 107.61, "accuracy_m": 8}
VISIT = {"order": Row("order"), "disposition": "NC-GATE", "visited_at": NOW, "candidate": Row("candidate")}
STEP = {"id": Made("new_step", "rescue_step"), "kind": "ODP", "outcome": "FOUND", "done_at": NOW}
WHY = {"reason": "uji"}
PHOTO = {"sha256": "ab" * 32, "size": 1000, "kind": "HOUSE"}
PHOTOS = [PHOTO | {"id": Made("new_photo", "photo"), "taken_at": NOW}]
TUS = {"Tus-Resumable": "1.0.0"}
UPLOAD = TUS | {
    "Upload-Length": "1000",
    "Upload-Metadata": PHOTO | {"id": Made("new_photo", "photo"), "visit": Row("visit")},
}
CLOCK = {"wall": NOW, "boot": "0192f0a0-0000-7000-8000-00000000b007", "mono_ms": 9_000_000}


def pushed(kind: str, entity, body: dict, **fields) -> Sample:
    """One operation of the agent's phone."""
    op = {"op": Made("new_operation", "operation"), "seq": 10, "type": kind, "entity": entity, "body": body}
    op |= {"at": CLOCK | {"tz": "Asia/Jakarta"}, "fix": FIX | {"age_ms": 900}} | fields
    return Sample("agent", body={"schema": 1, "device": Row("phone"), "sent": CLOCK, "ops": [op]})


API = {
    "POST auth/login/": Sample("agent", body={"username": "lapangan-dewi", "password": "rahasia-sekali-26", "device": {"id": Made("new_device", "device")}}),
    "POST auth/refresh/": Sample("", body={"refresh": "x", "device": Row("phone")}),
    "POST auth/logout/": Sample("agent"),
    "GET me/": Sample("agent"),
    "GET workorders/": Sample("agent", query={"cursor": Row("orders_cursor"), "state": "all", "limit": 1}),
    "GET workorders/{order}/": Sample("agent"),
    "POST workorders/{order}/assignments/": Sample("supervisor", body={"agent": Row("agent")}, path={"order": Row("ready_order")}),
    "DELETE workorders/{order}/assignments/current/": Sample("supervisor", query=WHY),
    "POST workorders/{order}/reopenings/": Sample("supervisor", path={"order": Row("closed_order")}, body=WHY),
    "POST workorders/{order}/holds/": Sample("supervisor", body=WHY),
    "DELETE workorders/{order}/holds/current/": Sample("supervisor", path={"order": Row("held_order")}),
    "POST workorders/{order}/check-ins/": Sample("agent"),
    "GET workorders/{order}/clues/": Sample("agent"),
    "POST workorders/{order}/rescue-steps/": Sample("agent", body=STEP),
    "POST workorders/{order}/transfers/": Sample("manager", path={"order": Row("desk_order")}, body=WHY | {"witel": "TASIK"}),
    "GET desk/": Sample("supervisor", query={"cursor": Row("desk_cursor"), "limit": 1}),
    "GET corrections/": Sample("supervisor", query={"customer": Row("customer")}),
    "GET corrections/ 2": Sample("supervisor", query={"cursor": Row("corrections_cursor"), "limit": 1}),
    "POST corrections/": Sample("supervisor", body={"id": Made("new_pin", "pin"), "customer": Row("customer"), **FIX, **WHY}),
    "POST corrections/{correction}/decisions/": Sample("supervisor", body={"approve": True}),
    "POST corrections/{correction}/reversals/": Sample("supervisor", path={"correction": Row("done_correction")}, body=WHY),
    "GET rescue-steps/": Sample("agent"),
    "GET visits/": Sample("supervisor", query={"order": Row("order"), "agent": Row("own_agent")}),
    "GET visits/ 2": Sample("agent", query={"cursor": Row("visits_cursor"), "limit": 1}),
    "GET visits/{visit}/": Sample("agent"),
    "PUT visits/{visit}/": Sample("agent", path={"visit": Made("new_visit", "visit")}, body=VISIT | {"rescue": [STEP], "photos": PHOTOS}),
    "GET visits/flagged/": Sample("supervisor", query={"cursor": Row("flagged_cursor"), "limit": 1}),
    "PUT visits/{visit}/review/": Sample("supervisor", body={"verdict": "FINE", "reason": "uji"}),
    "GET quarantine/": Sample("agent", query={"cursor": Row("quarantine_cursor"), "limit": 1}),
    "GET quarantine/ 2": Sample("supervisor", query={"cursor": Row("quarantine_cursor"), "limit": 1}),
    "POST quarantine/{key}/decisions/": Sample("supervisor", path={"key": Row("quarantined")}, body=WHY | {"decision": "dismiss"}),
    "POST quarantine/{key}/decisions/ 2": Sample("supervisor", path={"key": Row("quarantined")}, body=WHY | {"decision": "apply"}),
    "DELETE quarantine/{key}/decisions/current/": Sample("supervisor", path={"key": Row("dismissed")}),
    "GET conflicts/": Sample("agent", query={"cursor": Row("conflicts_cursor"), "limit": 1}),
    "GET conflicts/ 2": Sample("supervisor", query={"cursor": Row("conflicts_cursor"), "limit": 1}),
    "POST conflicts/{key}/phone-views/": Sample("supervisor", path={"key": Row("conflict")}, body=WHY),
    "POST conflicts/{key}/decisions/": Sample("supervisor", path={"key": Row("conflict")}, body=WHY | {"take": True}),
    "POST uploads/": Sample("agent", headers=UPLOAD),
    "HEAD uploads/{upload}/": Sample("agent", headers=TUS),
    "PATCH uploads/{upload}/": Sample("agent", headers=TUS | {"Upload-Offset": "0"}, body=b"bytes"),
    "DELETE uploads/{upload}/": Sample("agent", headers=TUS),
    "GET photos/{photo}/": Sample("supervisor"),
    "GET photos/{photo}/ 2": Sample("agent"),
    "POST sync/push/": pushed("visit.create", Made("new_visit", "visit"), {"order": Row("order"), "disposition": "NC-GATE", "candidate": Row("candidate"), "photos": PHOTOS, "rescue": [STEP]}),
    "POST sync/push/ 2": pushed("visit.create", Made("new_visit", "visit"), {"order": Row("order"), "disposition": "NC-GATE"}, after=[Row("operation")]),
    "POST sync/push/ 3": pushed("trail.create", Made("new_pin", "pin"), {"visit": Row("visit"), "points": [FIX], "seconds": 60}),
    "POST sync/push/ 4": pushed("pin.create", Made("new_pin", "pin"), {"customer": Row("customer"), "is_at_house": True}),
    "POST sync/push/ 5": pushed("customer.note", Row("customer"), {"landmark": "pagar hijau"}, base=0),
    "POST sync/push/ 6": pushed("rescue.step", Made("new_step", "rescue_step"), {"order": Row("order"), "kind": "ODP", "outcome": "FOUND"}),
    "POST sync/push/ 7": pushed("position.report", Made("new_pin", "pin"), {}),
    "GET sync/pull/": Sample("agent", query={"cursor": Row("feed_cursor"), "limit": 1}),
    "GET sync/snapshot/": Sample("agent", query={"cursor": Row("snapshot_cursor"), "limit": 1}),
    "GET devices/": Sample("supervisor", query={"agent": Row("agent")}),
    "GET devices/ 2": Sample("supervisor", query={"cursor": Row("devices_cursor"), "limit": 1}),
    "POST devices/{device}/revocations/": Sample("supervisor", body=WHY | {"kind": "LOST"}),
    "DELETE devices/{device}/revocations/current/": Sample("supervisor", path={"device": Row("retired_device")}),
    "PUT customers/{customer}/pin/": Sample("agent", body=FIX | {"id": Made("new_pin", "pin"), "is_at_house": True}),
    "POST customers/{customer}/phone-views/": Sample("agent", body=WHY | {"id": Made("new_look", "look"), "viewed_at": NOW}),
    "POST customers/{customer}/pin-links/": Sample("agent"),
    "GET feed/": Sample("agent"),
    "GET dispositions/": Sample("agent"),
    "GET customers/": Sample("agent", query={"cursor": Row("customers_cursor"), "limit": 1}),
    "GET customers/{customer}/location/": Sample("agent"),
    "GET customers/{customer}/candidates/": Sample("agent"),
    "GET regions/": Sample("agent"),
}  # fmt: skip

# Fields and parameters that name no row with an owner: values, words, codes of reference data, and `refresh`, which is a
# key and not a name.
PLAIN = frozenset(
    [
        "accuracy_m",
        "age_ms",
        "altitude_m",
        "amount",
        "app_version",
        "approve",
        "arrived",
        "arrived_at",
        "asked",
        "at",
        "base",
        "batch",
        "best_time",
        "body",
        "boot",
        "by_hand",
        "decision",
        "disposition",
        "done_at",
        "fix",
        "from_day",
        "grade",
        "is_at_house",
        "is_found_after_rescue",
        "is_mock",
        "kind",
        "lat",
        "limit",
        "lon",
        "mono_ms",
        "name",
        "near",
        "new_address",
        "next_on",
        "note",
        "ops",
        "ordering",
        "otp",
        "outcome",
        "override_reason",
        "password",
        "photos",
        "points",
        "promised_on",
        "proof",
        "provider",
        "q",
        "reason",
        "receipt",
        "refresh",
        "relation",
        "rescue",
        "returns_on",
        "schema",
        "seconds",
        "sent",
        "seq",
        "sha256",
        "size",
        "speed_mps",
        "started_at",
        "state",
        "take",
        "taken_at",
        "trail",
        "type",
        "tz",
        "until",
        "until_day",
        "username",
        "verdict",
        "viewed_at",
        "visited_at",
        "wall",
        "why",
        "witel",
    ]
)
