"""The address desk over HTTP: the queue, decisions on moves, taking them back, handing orders over."""

import uuid
from datetime import date

import pytest

from customers.models import Customer, LocationCandidate, LocationCorrection, ResolvedLocation
from customers.services import Fix, report_house
from history.models import Change
from tests.make import make_customer, make_order
from tests.untouched import nothing_written
from tests.workorders.test_visits_api import atk, put
from workorders.models import AddressHold, WorkOrder
from workorders.services.points import refresh_points
from workorders.states import State

State_ = LocationCorrection.State
FAR = -6.9260  # 667 m south of where make_customer puts a house


def reported(customer, lat=FAR, lon=107.61, source="AGENT_PIN"):
    """Somebody says that the house is there."""
    made = report_house(
        customer=customer,
        source=source,
        evidence=str(uuid.uuid4()),
        fix=Fix(lat, lon, 8.0),
        observed_on=date(2026, 11, 20),
        actor="dewi",
    )
    refresh_points(customers=[customer.pk])
    return made


def location(customer):
    return ResolvedLocation.objects.filter(pk=customer.pk).values().first()


def decide(client, correction, approve=True, **more):
    url = f"/api/v1/corrections/{correction.pk}/decisions/"
    return client.post(url, {"approve": approve} | more, format="json")


def revert(client, correction):
    return client.post(f"/api/v1/corrections/{correction.pk}/reversals/", {"reason": "salah rumah"}, format="json")


@pytest.fixture
def proposal(cast):
    return reported(make_customer())


def test_a_near_report_moves_the_point_at_once_and_is_written_down(cast):
    customer = make_customer()
    made = reported(customer, lat=-6.92015)
    assert made.state == State_.AUTO_ACCEPTED and made.before["lat"] == -6.92
    assert location(customer)["lat"] == made.after["lat"] != -6.92


def test_a_far_report_waits_and_makes_the_point_doubtful(cast, proposal):
    assert (proposal.state, proposal.candidate.status) == (State_.PROPOSED, "PENDING")
    here = location(proposal.customer)
    assert (here["lat"], here["grade"]) == (-6.92, "D") and "reported_elsewhere_m:66" in here["reasons"]


def test_an_approved_report_moves_the_point_and_its_order(cast, as_phone, proposal):
    order = make_order(customer=proposal.customer)
    answer = decide(as_phone(cast.supervisor), proposal, reason="foto rumah cocok")
    assert (answer.status_code, answer.json()["state"]) == (201, "APPROVED")
    here = location(proposal.customer)
    assert here["lat"] == pytest.approx(FAR, abs=2e-5) and here["grade"] != "D"
    order.refresh_from_db()
    assert order.lat == here["lat"]
    change = Change.objects.get(verb="approve")
    assert change.actor == cast.supervisor and change.reason == "foto rumah cocok"


def test_a_rejected_report_leaves_the_point_as_it_was(cast, as_phone, proposal):
    assert decide(as_phone(cast.supervisor), proposal, approve=False).json()["state"] == "REJECTED"
    here = location(proposal.customer)
    assert (here["lat"], here["grade"]) == (-6.92, "B")


def test_decided_twice_the_same_is_one_and_another_way_a_conflict(cast, as_phone, proposal):
    client = as_phone(cast.supervisor)
    decide(client, proposal)
    with nothing_written(but=("history.access",)):
        assert decide(client, proposal).status_code == 201
        answer = decide(client, proposal, approve=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "correction_decided")


@pytest.mark.parametrize(
    "who, status", [("other_supervisor", 404), ("agent", 403), ("analyst", 403), ("technician", 403)]
)
def test_only_the_desk_of_its_scope_decides(cast, as_phone, proposal, who, status):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        assert decide(client, proposal).status_code == status
        assert revert(client, proposal).status_code == status
        assert client.get("/api/v1/corrections/").status_code == (200 if status == 404 else 403)
    if status == 404:
        assert client.get("/api/v1/corrections/").json()["results"] == []


def test_revert_restores_the_former_point_exactly(cast, as_phone):
    customer = make_customer()
    before = location(customer)
    made = reported(customer, lat=-6.92015)
    answer = revert(as_phone(cast.supervisor), made)
    assert (answer.status_code, answer.json()["state"]) == (201, "REVERTED")
    assert location(customer) == before
    assert LocationCandidate.objects.get(source="AGENT_PIN").status == "REJECTED"


def test_only_the_last_move_is_taken_back(cast, as_phone):
    customer = make_customer()
    first, second = reported(customer, lat=-6.92015), reported(customer, lat=-6.92030)
    client = as_phone(cast.supervisor)
    with nothing_written():
        answer = revert(client, first)
    assert (answer.status_code, answer.json()["code"]) == (409, "moved_since")
    assert [revert(client, made).status_code for made in (second, first)] == [201, 201]
    assert location(customer)["lat"] == -6.92


def test_the_desk_sets_a_point_itself_and_sent_twice_it_is_one(cast, as_phone):
    customer, client = make_customer(), as_phone(cast.supervisor)
    body = {"id": str(uuid.uuid4()), "customer": customer.pk, "lat": FAR, "lon": 107.61, "accuracy_m": 10}
    body["reason"] = "dari foto udara"
    answers = [client.post("/api/v1/corrections/", body, format="json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json() and LocationCorrection.objects.count() == 1
    assert location(customer)["lat"] == pytest.approx(FAR, abs=2e-5)


def test_the_desk_sets_no_point_of_a_foreign_or_missing_customer(cast, as_phone):
    client = as_phone(cast.supervisor)
    foreign = make_customer(witel="SOLO", lat=-7.57, lon=110.82)
    body = {"id": str(uuid.uuid4()), "lat": FAR, "lon": 107.61, "accuracy_m": 10, "reason": "x"}
    with nothing_written():
        answers = [
            client.post("/api/v1/corrections/", body | {"customer": key}, format="json") for key in (foreign.pk, 99_999)
        ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_an_order_that_failed_waits_on_the_desk_and_returns_with_an_approved_point(cast, as_phone):
    order = make_order(assignee=cast.agent)
    put(as_phone(cast.agent), atk(order))
    desk = as_phone(cast.supervisor)
    (row,) = desk.get("/api/v1/desk/").json()["results"]
    assert (row["order"], row["hold"]["why"], row["hold"]["disposition"]) == (order.pk, "ATK", "ATK-COORD")
    assert row["proposals"] == []

    made = reported(order.customer)
    order.refresh_from_db()
    if made.state == State_.PROPOSED:
        assert order.state == State.ADDRESS_HOLD
        decide(desk, made)
        order.refresh_from_db()
    assert (order.state, order.assignee) == (State.READY, None)
    assert desk.get("/api/v1/desk/").json()["results"] == []
    assert AddressHold.objects.get().closed_at is not None


def test_the_queue_shows_proposals_and_no_foreign_orders(cast, as_phone):
    order = make_order(state=State.ADDRESS_HOLD)
    foreign = make_order(state=State.ADDRESS_HOLD, witel="SOLO", lat=-7.57, lon=110.82)
    made = reported(order.customer)
    rows = as_phone(cast.supervisor).get("/api/v1/desk/").json()["results"]
    assert [row["order"] for row in rows] == [order.pk]
    assert [row["id"] for row in rows[0]["proposals"]] == [made.pk]
    assert [row["order"] for row in as_phone(cast.other_supervisor).get("/api/v1/desk/").json()["results"]] == [
        foreign.pk
    ]
    assert as_phone(cast.agent).get("/api/v1/desk/").status_code == 403


def test_the_queue_asks_as_often_for_many_rows_as_for_one(cast, as_phone, django_assert_max_num_queries):
    for _ in range(6):
        reported(make_order(state=State.ADDRESS_HOLD).customer)
    client = as_phone(cast.supervisor)
    with django_assert_max_num_queries(12):
        assert len(client.get("/api/v1/desk/").json()["results"]) == 6


def test_the_queue_pages_by_cursor(cast, as_phone):
    keys = {make_order(state=State.ADDRESS_HOLD).pk for _ in range(5)}
    client, seen, url = as_phone(cast.supervisor), set(), "/api/v1/desk/?limit=2"
    while url:
        page = client.get(url).json()
        seen |= {row["order"] for row in page["results"]}
        url = page["next"] and f"/api/v1/desk/?limit=2&cursor={page['next']}"
    assert seen == keys


def transfer(client, order, witel="BDGBRT"):
    return client.post(
        f"/api/v1/workorders/{order.pk}/transfers/", {"witel": witel, "reason": "di luar wilayah"}, format="json"
    )


def test_an_order_outside_the_area_goes_to_the_right_witel(cast, as_phone):
    order = make_order(state=State.ADDRESS_HOLD)
    answer = transfer(as_phone(cast.manager), order)
    assert (answer.status_code, answer.json()["state"]) == (201, "ADDRESS_HOLD")
    order.refresh_from_db()
    assert order.witel.code == "BDGBRT" and Customer.objects.get(pk=order.customer_id).witel.code == "BDGBRT"
    assert Change.objects.get(verb="transfer").actor == cast.manager


def test_only_who_works_in_both_hands_it_over(cast, as_phone):
    order = make_order(state=State.ADDRESS_HOLD)
    clients = [as_phone(person) for person in (cast.supervisor, cast.other_supervisor, cast.agent)]
    manager = as_phone(cast.manager)
    with nothing_written():
        assert [transfer(client, order, "SOLO").status_code for client in clients] == [403, 404, 403]
        assert transfer(manager, order, "NO-SUCH").status_code == 400
    ready = make_order()
    with nothing_written():
        assert transfer(manager, ready).status_code == 409
    assert WorkOrder.objects.get(pk=ready.pk).witel.code == "BANDUNG"
