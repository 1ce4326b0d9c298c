"""PUT /visits/{uuid}/: sent once or ten times, stored once; and reading them."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.services.tokens import Phone
from customers.models import LocationCandidate
from history.models import Access
from tests.make import make_order
from tests.untouched import nothing_written
from workorders.models import PromiseToPay, Visit
from workorders.states import State

FIX = {"lat": -6.92001, "lon": 107.61001, "accuracy_m": 8.5}


def url(key):
    return f"/api/v1/visits/{key}/"


def body_of(order, disposition="NC-GATE", **fields):
    return {
        "order": order.pk,
        "disposition": disposition,
        "visited_at": timezone.now().isoformat(),
        "fix": FIX,
    } | fields


STEPS = ["OTHER_POINTS", "ODP", "NEIGHBOURS", "CALL", "RT_HEAD"]


def step(kind, outcome="NOT_FOUND"):
    return {"id": str(uuid.uuid4()), "kind": kind, "outcome": outcome, "done_at": timezone.now().isoformat()}


def atk(order, disposition="ATK-COORD", **fields):
    """An ATK result with all steps that it needs."""
    return body_of(order, disposition, rescue=[step(kind) for kind in STEPS], **fields)


def put(client, body, key=None):
    return client.put(url(key or uuid.uuid4()), body, format="json")


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent)


def test_first_201_then_200_then_409_for_another_content(cast, as_phone, order):
    client, key, body = as_phone(cast.agent), uuid.uuid4(), body_of(order)
    first = put(client, body, key)
    assert first.status_code == 201 and first.json()["id"] == str(key)
    assert first.json()["order_state"] == "FOLLOW_UP"
    with nothing_written():
        again = put(client, dict(reversed(body.items())), key)
        changed = put(client, body | {"note": "lain"}, key)
    assert again.status_code == 200 and again.json() == first.json()
    assert changed.status_code == 409 and changed.json()["code"] == "visit_changed"
    assert Visit.objects.count() == 1


def test_id_in_capitals_is_the_same_visit(cast, as_phone, order):
    client, key, body = as_phone(cast.agent), str(uuid.uuid4()), body_of(order)
    assert put(client, body, key.upper()).status_code == 201
    assert put(client, body, key).status_code == 200


def test_visit_keeps_phone_times_positions_and_device(cast, as_phone, order):
    phone = Phone(uuid.uuid4(), "Redmi")
    body = body_of(order, started_at="2026-11-23T08:20:00+07:00", arrived=FIX, is_at_house=True)
    answer = put(as_phone(cast.agent, phone), body)
    visit = Visit.objects.get()
    assert visit.device_id == phone.id and visit.agent == cast.agent
    assert (visit.lat, visit.lon, visit.accuracy_m, visit.arrived_lat) == (-6.92001, 107.61001, 8.5, -6.92001)
    assert answer.json()["distance_m"] < 3 and answer.json()["fix"] == FIX


def test_promise_is_written_with_its_day_and_the_order_comes_back_then(cast, as_phone, order):
    day = timezone.localdate() + timedelta(days=5)
    answer = put(as_phone(cast.agent), body_of(order, "MET-PTP", amount=387_500, promised_on=str(day)))
    assert answer.status_code == 201
    assert answer.json()["promise"] == {"amount": 387_500, "due_on": str(day), "state": "OPEN"}
    assert answer.json()["details"] == {"amount": 387_500, "promised_on": str(day)}
    promise = PromiseToPay.objects.get()
    assert (promise.amount, promise.due_on) == (387_500, day)
    order.refresh_from_db()
    assert (order.state, order.next_on, order.attempts) == (State.FOLLOW_UP, day, 1)


@pytest.mark.parametrize("code, field", [("MET-HARDSHIP", "next_on"), ("NC-AWAY", "returns_on")])
def test_day_agreed_at_the_door_is_the_next_day(cast, as_phone, order, code, field):
    put(as_phone(cast.agent), body_of(order, code, **{field: "2027-01-05"}))
    order.refresh_from_db()
    assert order.next_on == date(2027, 1, 5)


def test_final_result_closes_the_order_with_its_outcome(cast, as_phone, order):
    put(as_phone(cast.agent), body_of(order, "MET-REFUSE", reason="Tidak mau"))
    order.refresh_from_db()
    assert order.state == State.CLOSED and order.outcome.code == "MET-REFUSE"


def test_wrong_point_puts_the_order_on_address_hold_and_refutes_the_candidate(cast, as_phone, order):
    candidate = order.customer.candidates.get()
    answer = put(as_phone(cast.agent), atk(order, candidate=candidate.pk))
    assert answer.json()["order_state"] == "ADDRESS_HOLD"
    candidate.refresh_from_db()
    assert candidate.status == LocationCandidate.Status.REFUTED


def test_candidate_of_another_customer_is_not_taken(cast, as_phone, order):
    foreign = make_order(witel="SOLO", lat=-7.5, lon=110.8).customer.candidates.get()
    answers = [put(as_phone(cast.agent), body_of(order, candidate=key)) for key in (foreign.pk, 987654321)]
    assert all(answer.status_code == 201 and answer.json()["candidate"] is None for answer in answers)


@pytest.mark.parametrize("code", ["MET-PTP", "MET-REFUSE", "TP-MSG", "ATK-NOTKNOWN", "MET-FAULT", "UN-NOTDONE"])
def test_disposition_without_what_it_needs_is_a_400_that_names_it(cast, as_phone, order, code):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = put(client, body_of(order, code))
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"
    assert answer.json()["details"].keys() & {"amount", "reason", "relation", "asked", "note"}


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"disposition": "NO-SUCH"}, "disposition"),
        ({"visited_at": "2026-11-23T08:42:00"}, "visited_at"),
        ({"visited_at": "2026-11-23"}, "visited_at"),
        ({"visited_at": "0001-01-01T00:00:00+14:00"}, "visited_at"),
        ({"visited_at": "9999-12-31T23:59:59-12:00"}, "visited_at"),
        ({"visited_at": 1732}, "visited_at"),
        ({"visited_at": None}, "visited_at"),
        ({"fix": FIX | {"lat": 90.1}}, "fix"),
        ({"fix": FIX | {"lon": -181}}, "fix"),
        ({"fix": FIX | {"accuracy_m": "NaN"}}, "fix"),
        ({"fix": FIX | {"lat": True}}, "fix"),
        ({"fix": {"lat": -6.9}}, "fix"),
        ({"fix": [1, 2, 3]}, "fix"),
        ({"arrived": FIX | {"lat": "x"}}, "arrived"),
        ({"disposition": "MET-PTP", "amount": 0, "promised_on": "2026-12-01"}, "amount"),
        ({"disposition": "MET-PTP", "amount": -5, "promised_on": "2026-12-01"}, "amount"),
        ({"disposition": "MET-PTP", "amount": 10**12 + 1, "promised_on": "2026-12-01"}, "amount"),
        ({"disposition": "MET-PTP", "amount": 1.5, "promised_on": "2026-12-01"}, "amount"),
        ({"disposition": "MET-PTP", "amount": 5, "promised_on": "01/12/2026"}, "promised_on"),
        ({"disposition": "MET-PTP", "amount": 5, "promised_on": "2026-02-30"}, "promised_on"),
        ({"order": "x"}, "order"),
        ({"order": 0}, "order"),
        ({"candidate": -1}, "candidate"),
        ({"note": "x" * 2001}, "note"),
        ({"is_at_house": "maybe"}, "is_at_house"),
        ({"photo": "x"}, "photo"),
    ],
)
def test_absurd_fields_are_named_in_a_400_and_nothing_is_written(cast, as_phone, order, fields, field):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = put(client, body_of(order) | fields)
    assert answer.status_code == 400, answer.json()
    assert answer.json()["code"] == "invalid" and field in answer.json()["details"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b'{"order": NaN}', b'{"note": "\\ud800"}', b'{"a":' * 30]
)
def test_what_is_no_json_object_is_a_400(cast, as_phone, content):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = client.put(url(uuid.uuid4()), content, content_type="application/json")
    assert answer.status_code == 400 and set(answer.json()) == {"code", "message", "details"}


def test_fix_outside_indonesia_is_taken_and_flagged(cast, as_phone, order):
    answer = put(as_phone(cast.agent), body_of(order, fix={"lat": 0, "lon": 0, "accuracy_m": 1}))
    assert answer.status_code == 201 and "no_position" in answer.json()["flags"] and answer.json()["fix"] is None


@pytest.mark.parametrize("visited_at", ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00+07:00"])
def test_visit_is_never_refused_for_its_clock(cast, as_phone, order, visited_at):
    answer = put(as_phone(cast.agent), body_of(order, visited_at=visited_at))
    assert answer.status_code == 201 and "clock" in answer.json()["flags"]
    assert answer.json()["business_day"] == str(timezone.localdate())


def test_visit_to_an_order_reassigned_meanwhile_is_kept_and_flagged(cast, as_phone, order):
    order.assignee = cast.colleague
    order.save()
    answer = put(as_phone(cast.agent), body_of(order))
    assert answer.status_code == 201 and "order_reassigned" in answer.json()["flags"]
    order.refresh_from_db()
    assert order.state == State.ASSIGNED and order.is_flagged


def test_visit_to_a_closed_order_is_kept_and_changes_only_its_flag(cast, as_phone, order):
    order.state = State.CANCELLED
    order.save()
    answer = put(as_phone(cast.agent), body_of(order, "MET-REFUSE", reason="x"))
    assert answer.status_code == 201 and "order_closed" in answer.json()["flags"]
    order.refresh_from_db()
    assert (order.state, order.attempts, order.last_visit_on, order.is_flagged) == (State.CANCELLED, 0, None, True)


def test_not_visited_takes_the_order_back_to_assigned(cast, as_phone, order):
    order.state = State.ON_SITE
    order.save()
    answer = put(as_phone(cast.agent), body_of(order, "UN-NOTDONE", reason="Hujan"))
    assert answer.json()["order_state"] == "ASSIGNED"
    order.refresh_from_db()
    assert order.attempts == 0


@pytest.mark.parametrize("name", ["colleague", "stranger"])
def test_order_never_assigned_answers_as_a_missing_one(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign = put(client, body_of(order))
        missing = put(client, body_of(order) | {"order": 987654321})
    assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content


@pytest.mark.parametrize("name", ["technician", "supervisor", "manager", "analyst", "admin", "auditor"])
def test_only_agents_write_visits(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answer = put(client, body_of(order))
    assert answer.status_code == 403 and answer.json()["code"] == "not_allowed"


def test_visit_of_another_agent_with_the_same_id_is_a_409(cast, as_phone, order):
    key, body = uuid.uuid4(), body_of(order)
    put(as_phone(cast.agent), body, key)
    client = as_phone(cast.colleague)
    with nothing_written():
        assert put(client, body, key).status_code == 409


def test_reading_one_visit_within_reach(cast, as_phone, order):
    key = uuid.uuid4()
    put(as_phone(cast.agent), body_of(order, note="Pagar hijau"), key)
    for person in (cast.agent, cast.supervisor, cast.manager, cast.admin):
        assert as_phone(person).get(url(key)).json()["note"] == "Pagar hijau"
    assert as_phone(cast.analyst).get(url(key)).json()["note"] == ""
    assert Access.objects.filter(target_type="visit", target_id=str(key)).count() == 5


@pytest.mark.parametrize("name", ["colleague", "stranger", "other_supervisor"])
def test_foreign_visit_answers_as_a_missing_one(cast, as_phone, order, name):
    key = uuid.uuid4()
    put(as_phone(cast.agent), body_of(order), key)
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign, missing = client.get(url(key)), client.get(url(uuid.uuid4()))
    assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content


@pytest.mark.parametrize("name", ["technician", "auditor"])
def test_roles_without_orders_see_no_visits(cast, as_phone, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        assert client.get("/api/v1/visits/").status_code == 403
        assert client.get(url(uuid.uuid4())).status_code == 403


def test_list_of_visits_newest_first_in_pages_with_filters(cast, as_phone, order):
    agent = as_phone(cast.agent)
    keys = sorted(str(uuid.uuid4()) for _ in range(5))
    for key in keys:
        put(agent, body_of(order, "NC-GATE" if key != keys[0] else "NC-HOURS"), key)
    client, found, cursor = as_phone(cast.supervisor), [], None
    while True:
        page = client.get("/api/v1/visits/", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [row["id"] for row in page["results"]]
        if not (cursor := page["next"]):
            break
    assert sorted(found) == keys

    def count(**query):
        return len(client.get("/api/v1/visits/", query).json()["results"])

    today = str(timezone.localdate())
    assert count(disposition="NC-HOURS") == 1 and count(agent="dewi") == 5 and count(agent="ujang") == 0
    assert count(from_day=today, until_day=today) == 5 and count(until_day="2020-01-01") == 0
    assert count(order=order.pk) == 5
    assert len(as_phone(cast.colleague).get("/api/v1/visits/").json()["results"]) == 0
    assert client.get("/api/v1/visits/", {"from_day": "x"}).status_code == 400
    assert as_phone(cast.agent).get("/api/v1/visits/", {"cursor": cursor or "x"}).status_code == 400


@pytest.mark.parametrize("size", [2, 12])
def test_queries_of_the_list_do_not_grow(cast, as_phone, order, size, django_assert_max_num_queries):
    agent = as_phone(cast.agent)
    for _ in range(size):
        put(agent, body_of(order))
    with django_assert_max_num_queries(4):
        agent.get("/api/v1/visits/")


def test_why_the_agent_checked_in_from_afar_is_kept(cast, as_phone, order):
    why = "Jalan ditutup, pelanggan menunggu di pos"
    answer = put(as_phone(cast.agent), body_of(order, override_reason=why))
    assert answer.status_code == 201 and answer.json()["details"] == {"override_reason": why}
    assert Visit.objects.get().details == {"override_reason": why}


def test_a_reason_for_checking_in_from_afar_has_at_most_400_characters(cast, as_phone, order):
    client = as_phone(cast.agent)
    with nothing_written():
        assert put(client, body_of(order, override_reason="x" * 401)).status_code == 400
    assert put(client, body_of(order, override_reason="")).json()["details"] == {}
