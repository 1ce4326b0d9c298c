"""Before an address counts as not found: the steps, one tap each, and the hold that follows."""

import uuid

import pytest
from django.utils import timezone

from customers.models import LocationCandidate, SearchedPlace
from tests.make import make_order
from tests.untouched import nothing_written
from tests.workorders.test_visits_api import FIX, STEPS, atk, body_of, put, step
from workorders.models import AddressHold, RescueStep, SearchTrail, Visit
from workorders.states import State


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent)


def send(client, order, body):
    return client.post(f"/api/v1/workorders/{order.pk}/rescue-steps/", body, format="json")


def test_a_step_is_one_tap_and_sent_twice_it_is_one(cast, as_phone, order):
    client, body = as_phone(cast.agent), step("CALL")
    answers = [send(client, order, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert RescueStep.objects.get().kind.code == "CALL"


def test_the_same_id_with_another_content_is_a_conflict(cast, as_phone, order):
    client, body = as_phone(cast.agent), step("CALL")
    send(client, order, body)
    with nothing_written():
        answer = send(client, order, body | {"outcome": "FOUND"})
    assert (answer.status_code, answer.json()["code"]) == (409, "step_changed")


@pytest.mark.parametrize(
    "who, status", [("colleague", 404), ("stranger", 404), ("supervisor", 403), ("technician", 403)]
)
def test_only_who_has_the_order_takes_its_steps(cast, as_phone, order, who, status):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        assert send(client, order, step("CALL")).status_code == status


@pytest.mark.parametrize("change", [{"kind": "NO-SUCH"}, {"outcome": "MAYBE"}, {"id": "7"}, {"done_at": "yesterday"}])
def test_nonsense_is_a_400(cast, as_phone, order, change):
    client = as_phone(cast.agent)
    with nothing_written():
        assert send(client, order, step("CALL") | change).status_code == 400


def test_atk_without_its_steps_is_refused_and_names_them(cast, as_phone, order):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = put(client, body_of(order, "ATK-COORD", rescue=[step("CALL"), step("ODP")]))
    assert answer.status_code == 400
    told = answer.json()["details"]["rescue"][0]
    assert "NEIGHBOURS" in told and "RT_HEAD" in told and "CALL" not in told


def test_steps_sent_before_and_with_the_visit_count_together(cast, as_phone, order):
    client = as_phone(cast.agent)
    for kind in STEPS[:3]:
        send(client, order, step(kind))
    answer = put(client, body_of(order, "ATK-NONUM", rescue=[step(kind, "NOT_POSSIBLE") for kind in STEPS[3:]]))
    assert answer.json()["order_state"] == State.ADDRESS_HOLD


def test_an_unsafe_place_needs_no_steps(cast, as_phone, order):
    assert put(as_phone(cast.agent), body_of(order, "UN-UNSAFE")).status_code == 201


def test_steps_of_an_earlier_agent_are_not_this_ones(cast, as_phone, order):
    client = as_phone(cast.agent)
    for kind in STEPS:
        send(client, order, step(kind))
    order.assignments.update(until_at=timezone.now())
    order.assignments.create(agent=cast.colleague, kind="MANUAL", from_at=timezone.now())
    type(order).objects.filter(pk=order.pk).update(assignee=cast.colleague)
    other = as_phone(cast.colleague)
    with nothing_written():
        assert put(other, body_of(order, "ATK-COORD")).status_code == 400


def test_a_house_found_after_steps_says_so(cast, as_phone, order):
    client = as_phone(cast.agent)
    send(client, order, step("NEIGHBOURS", "FOUND"))
    answer = put(client, body_of(order, "NC-NOTHOME", best_time="sore"))
    assert answer.json()["is_found_after_rescue"] is True


def test_the_hold_keeps_the_point_that_failed_and_the_search(cast, as_phone, order):
    way = [{"lat": -6.92 - n / 10_000, "lon": 107.61, "accuracy_m": 8} for n in range(5)]
    answer = put(as_phone(cast.agent), atk(order, trail={"points": way, "seconds": 600}))
    assert answer.status_code == 201
    hold = AddressHold.objects.get()
    assert (hold.order, hold.why, hold.lat, hold.lon) == (order, AddressHold.Why.ATK, -6.92, 107.61)
    assert hold.visit == Visit.objects.get()
    trail = SearchTrail.objects.get()
    assert len(trail.line) == 2 and trail.metres == pytest.approx(44, abs=1) and trail.seconds == 600
    places = SearchedPlace.objects.filter(customer=order.customer)
    assert places.filter(is_target=True).count() == 1 and places.filter(is_target=False).count() == 5


def test_an_atk_result_that_says_nothing_of_the_point_refutes_nothing(cast, as_phone, order):
    put(as_phone(cast.agent), atk(order, "ATK-NONUM"))
    assert not SearchedPlace.objects.exists()
    assert not LocationCandidate.objects.filter(status="REFUTED").exists()
    assert AddressHold.objects.get().lat == -6.92


def test_the_next_agent_sees_where_the_last_one_looked(cast, as_phone, order):
    put(as_phone(cast.agent), atk(order, trail={"points": [FIX, FIX | {"lat": -6.9205}], "seconds": 300}))
    page = as_phone(cast.supervisor).get(f"/api/v1/workorders/{order.pk}/").json()
    assert page["visits"][0]["trail"]["line"] == [[FIX["lat"], FIX["lon"]], [-6.9205, FIX["lon"]]]
    assert {row["kind"] for row in page["rescue"]} == set(STEPS)


def test_the_list_of_steps_is_reference_data(cast, as_phone):
    client = as_phone(cast.agent)
    answer = client.get("/api/v1/rescue-steps/")
    assert {row["code"] for row in answer.json() if row["is_required"]} == set(STEPS)
    assert client.get("/api/v1/rescue-steps/", headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_a_step_of_another_order_cannot_be_taken_over(cast, as_phone, order):
    client, body = as_phone(cast.agent), step("CALL")
    send(client, order, body)
    other = make_order(assignee=cast.agent)
    with nothing_written():
        assert send(client, other, body).status_code == 409
    assert uuid.UUID(body["id"]) == RescueStep.objects.get().pk
