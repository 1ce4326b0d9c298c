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

API = {
    "POST auth/login/": Sample("agent", body={"username": "lapangan-dewi", "password": "rahasia-sekali-26", "device": {"id": Made("new_device", "device")}}),
    "POST auth/refresh/": Sample("", body={"refresh": "x"}),
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
    "PUT visits/{visit}/": Sample("agent", path={"visit": Made("new_visit", "visit")}, body=VISIT | {"rescue": [STEP]}),
    "PUT customers/{customer}/pin/": Sample("agent", body=FIX | {"id": Made("new_pin", "pin"), "is_at_house": True}),
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
        "amount",
        "app_version",
        "approve",
        "arrived",
        "arrived_at",
        "asked",
        "best_time",
        "by_hand",
        "device",
        "disposition",
        "done_at",
        "fix",
        "from_day",
        "grade",
        "is_at_house",
        "is_found_after_rescue",
        "kind",
        "lat",
        "limit",
        "lon",
        "name",
        "near",
        "new_address",
        "next_on",
        "note",
        "ordering",
        "outcome",
        "password",
        "points",
        "promised_on",
        "proof",
        "q",
        "reason",
        "receipt",
        "refresh",
        "relation",
        "rescue",
        "returns_on",
        "seconds",
        "started_at",
        "state",
        "trail",
        "until",
        "until_day",
        "username",
        "visited_at",
        "why",
        "witel",
    ]
)
