"""Ways by which an order might have slipped out to a refuted point, or never out again. Each was found by a stranger."""

import uuid

import pytest

from customers.models import Bill, LocationCandidate, LocationCorrection, ResolvedLocation
from customers.services import Fix, resolve_locations
from tests.make import make_bill, make_customer, make_order
from tests.workorders.test_desk_api import decide, location, reported, revert
from tests.workorders.test_triage import report, state_of, visit
from tests.workorders.test_visits_api import atk, put
from workorders.models import AddressHold
from workorders.services.desk import revert as take_back
from workorders.services.points import refresh_points
from workorders.services.settlement import settle
from workorders.services.states import PointRefuted, assign_order
from workorders.states import State

DOOR = Fix(-6.92, 107.61, 6.0)


def nothing(model, keys):
    """No import to remember for."""


def with_odp(customer):
    LocationCandidate.objects.create(customer=customer, source="ODP", lat=-6.9207, lon=107.61, accuracy_m=105)
    resolve_locations(customers=[customer.pk])
    refresh_points(customers=[customer.pk])
    return customer


def test_met_and_then_not_found_on_one_day_holds_the_line_s_other_order(cast):
    customer = with_odp(make_customer())
    first = make_order(assignee=cast.agent, customer=customer)
    other = make_order(customer=customer, period=202609)
    visit(cast.agent, first, "NC-AWAY", fix=DOOR, details={"returns_on": "2099-01-01"})
    type(first).objects.filter(pk=first.pk).update(state=State.ASSIGNED)
    visit(cast.agent, first, "ATK-NOTKNOWN", details={"asked": "RT"})
    assert (state_of(first), state_of(other)) == (State.ADDRESS_HOLD, State.ADDRESS_HOLD)


def test_who_comes_back_from_a_refuted_point_does_not_carry_it_on(cast):
    order = make_order(assignee=cast.agent)
    late = make_order(assignee=cast.colleague, customer=order.customer, period=202609, state=State.ON_SITE)
    visit(cast.agent, order)
    visit(cast.colleague, late, "NC-HOURS")
    assert (state_of(late), late.assignee) == (State.ADDRESS_HOLD, None)


def test_a_payment_taken_back_does_not_free_a_held_order(cast):
    order = make_order(assignee=cast.agent)
    bill = make_bill(order.customer, period=order.period)
    visit(cast.agent, order, "ATK-NONUM")
    for status, state in (("PAID", State.CANCELLED), ("UNPAID", State.ADDRESS_HOLD)):
        Bill.objects.filter(pk=bill.pk).update(status=status)
        settle(customers=[order.customer_id], today=order.billing_stops_on, remember=nothing)
        assert state_of(order) == state
    assert AddressHold.objects.filter(order=order, closed_at=None).count() == 1


def test_an_approved_point_decides_whatever_was_there_before(cast, as_phone):
    customer = with_odp(make_customer())
    for agent in ("andi", "budi"):
        LocationCandidate.objects.create(
            customer=customer, source="VISIT", evidence=agent, lat=-6.92, lon=107.61, accuracy_m=6, actor=agent
        )
    resolve_locations(customers=[customer.pk])
    made = reported(customer)
    answer = decide(as_phone(cast.supervisor), made).json()
    assert answer["moved_m"] == pytest.approx(663, abs=5)
    again = reported(customer, lat=-6.9262)  # the desk changes its mind by 22 m or more
    if again and again.state == LocationCorrection.State.PROPOSED:
        decide(as_phone(cast.supervisor), again)
    assert location(customer)["lat"] < -6.9255


def test_the_desk_sets_no_point_outside_its_area_and_a_pin_there_waits(cast, as_phone):
    customer = make_customer(lat=None)
    body = {
        "id": str(uuid.uuid4()),
        "customer": customer.pk,
        "lat": -2.53,
        "lon": 140.7,
        "accuracy_m": 8,
        "reason": "x",
    }
    answer = as_phone(cast.supervisor).post("/api/v1/corrections/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "outside_area")
    made = reported(customer, lat=-2.53, lon=140.7)
    assert made.state == LocationCorrection.State.PROPOSED and location(customer) is None


def test_an_agent_who_was_elsewhere_refutes_no_point(cast, as_phone):
    order = make_order(assignee=cast.agent)
    far = {"lat": -6.93, "lon": 107.61, "accuracy_m": 8}
    assert put(as_phone(cast.agent), atk(order, fix=far)).status_code == 201
    assert "far_from_target" in order.visits.get().flags
    assert LocationCandidate.objects.get(source="INSTALL").status == "ACTIVE"
    assert state_of(order) == State.ADDRESS_HOLD


def test_a_closed_order_s_late_atk_refutes_no_point(cast, as_phone):
    order = make_order(assignee=cast.agent, state=State.CANCELLED)
    put(as_phone(cast.agent), atk(order))
    assert LocationCandidate.objects.get(source="INSTALL").status == "ACTIVE"


def test_an_atk_that_moved_nothing_can_be_taken_back_and_frees_its_orders(cast):
    customer = with_odp(make_customer())
    for agent in ("andi", "budi"):
        LocationCandidate.objects.create(
            customer=customer, source="VISIT", evidence=agent, lat=-6.92, lon=107.61, accuracy_m=6, actor=agent
        )
    resolve_locations(customers=[customer.pk])
    refresh_points(customers=[customer.pk])
    order = make_order(assignee=cast.agent, customer=customer)
    other = make_order(customer=customer, period=202609)
    refresh_points(customers=[customer.pk])
    before = location(customer)
    visit(cast.agent, order)
    assert (state_of(order), state_of(other)) == (State.ADDRESS_HOLD, State.ADDRESS_HOLD)
    assert location(customer)["grade"] == "D"
    take_back(user=cast.supervisor, correction_id=LocationCorrection.objects.get().pk, reason="salah rumah")
    assert location(customer) == before
    assert (state_of(order), state_of(other)) == (State.READY, State.READY)


def test_a_refutation_taken_back_leaves_the_desk_s_approval(cast, as_phone):
    customer, desk = make_customer(), as_phone(cast.supervisor)
    decide(desk, reported(customer))
    pin = LocationCandidate.objects.get(source="AGENT_PIN")
    order = make_order(assignee=cast.agent, customer=customer)
    refresh_points(customers=[customer.pk])
    visit(cast.agent, order, candidate_id=pin.pk)
    pin.refresh_from_db()
    assert pin.status == "REFUTED"
    revert(desk, LocationCorrection.objects.get(kind="REFUTED"))
    pin.refresh_from_db()
    assert pin.status == "APPROVED" and resolve_locations(customers=[customer.pk]) == 0


def test_a_move_is_not_put_back_over_what_the_records_say_since(cast, as_phone):
    customer = make_customer()
    made = reported(customer, lat=-6.92015)
    LocationCandidate.objects.filter(customer=customer, source="INSTALL").update(lat=-6.9204)
    resolve_locations(customers=[customer.pk])
    revert(as_phone(cast.supervisor), made)
    assert location(customer)["lat"] == pytest.approx(-6.9204)


def test_a_point_that_was_rejected_once_may_turn_out_right(cast, as_phone):
    order = make_order(assignee=cast.agent)
    desk = as_phone(cast.supervisor)
    decide(desk, reported(order.customer), approve=False)
    visit(cast.agent, order)
    body = {"id": str(uuid.uuid4()), "customer": order.customer_id, "lat": -6.9260, "lon": 107.61, "accuracy_m": 8}
    desk.post("/api/v1/corrections/", body | {"reason": "ternyata benar"}, format="json")
    assert state_of(order) == State.READY


def test_the_id_of_another_pin_is_a_conflict(cast, as_phone):
    customer, key = make_customer(), str(uuid.uuid4())
    LocationCandidate.objects.create(
        customer=customer, source="AGENT_PIN", evidence=key, lat=-6.92, lon=107.61, accuracy_m=8, actor="dewi"
    )
    body = {"id": key, "customer": customer.pk, "lat": -6.926, "lon": 107.61, "accuracy_m": 8, "reason": "x"}
    answer = as_phone(cast.supervisor).post("/api/v1/corrections/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "correction_changed")


def test_a_customer_handed_over_takes_all_open_orders_along(cast, as_phone):
    held = make_order(state=State.ADDRESS_HOLD)
    other = make_order(assignee=cast.agent, customer=held.customer, period=202609)
    url = f"/api/v1/workorders/{held.pk}/transfers/"
    as_phone(cast.manager).post(url, {"witel": "BDGBRT", "reason": "batas witel"}, format="json")
    assert state_of(other) in (State.READY, State.ADDRESS_HOLD)
    assert (other.witel.code, other.assignee) == ("BDGBRT", None)


def test_a_report_beside_a_failed_point_frees_nobody_and_assigning_by_hand_is_refused(cast):
    order = make_order(assignee=cast.agent)
    visit(cast.agent, order)
    report(order, -6.92010)
    type(order).objects.filter(pk=order.pk).update(state=State.READY)
    with pytest.raises(PointRefuted):
        assign_order(user=cast.supervisor, order_id=order.pk, agent=cast.agent)
    assert ResolvedLocation.objects.filter(pk=order.customer_id).exists()
