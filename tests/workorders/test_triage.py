"""No order is sent out without a usable point, and none is ever sent again to where the house was not."""

import itertools
import uuid
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.problems import Problem
from customers.models import LocationCandidate, LocationCorrection, ResolvedLocation
from customers.services import Fix, report_house, resolve_locations
from tests.make import make_customer, make_order
from tests.workorders.test_visits_api import STEPS
from workorders.models import AddressHold, RescueKind, WorkOrder
from workorders.services.clocks import by_wall
from workorders.services.desk import decide, revert
from workorders.services.holds import Place, refuted_places
from workorders.services.points import refresh_points
from workorders.services.reports import Draft, VisitReport
from workorders.services.rescue import StepReport
from workorders.services.states import PointRefuted, assign_order, reopen_order, unassign_order
from workorders.services.triage import triage
from workorders.services.visits import record_visit
from workorders.states import CARRIED, State

DAY = date(2026, 11, 20)
SENT_OUT = CARRIED | {State.READY}


def drafted(report, now):
    return Draft(uuid.uuid4(), report, by_wall(report.visited_at, now), now)


def visit(agent, order, code="ATK-COORD", fix=None, now=None, **more):
    now = now or timezone.now()
    steps = tuple(StepReport(uuid.uuid4(), kind, "NOT_FOUND", now) for kind in STEPS)
    report = VisitReport(
        order_id=order.pk, disposition=code, visited_at=now, fix=fix, is_at_house=fix is not None, steps=steps, **more
    )
    return record_visit(agent=agent, draft=drafted(report, now))[0]


def report(order, lat, lon=107.61, on=DAY):
    made = report_house(
        customer=order.customer,
        source="CUSTOMER_PIN",
        evidence=str(uuid.uuid4()),
        fix=Fix(lat, lon, 15.0),
        observed_on=on,
        actor="",
    )
    refresh_points(customers=[order.customer_id])
    return made


def state_of(order):
    order.refresh_from_db()
    return order.state


def test_an_order_without_a_point_waits_and_goes_out_when_there_is_one(cast):
    order = make_order(lat=None, lon=None)
    triage(customers=[order.customer_id])
    assert state_of(order) == State.ADDRESS_HOLD
    assert AddressHold.objects.get().why == AddressHold.Why.NO_POINT
    report(order, -6.93)
    assert state_of(order) == State.READY and AddressHold.objects.get().closed_at


def test_a_village_alone_sends_nobody(cast):
    order = make_order(lat=None, lon=None)
    LocationCandidate.objects.create(customer=order.customer, source="VILLAGE", lat=-6.93, lon=107.6, accuracy_m=800)
    resolve_locations(customers=[order.customer_id])
    refresh_points(customers=[order.customer_id])
    assert state_of(order) == State.ADDRESS_HOLD


def test_a_point_known_to_kilometres_only_sends_nobody(cast):
    order = make_order()
    ResolvedLocation.objects.update(radius_m=1_500)
    triage(customers=[order.customer_id])
    assert state_of(order) == State.ADDRESS_HOLD


def test_an_order_that_failed_does_not_return_with_the_points_that_were_known(cast):
    """The agent tried the ODP as a rescue step: it is no news."""
    customer = make_customer()
    LocationCandidate.objects.create(customer=customer, source="ODP", lat=-6.9222, lon=107.61, accuracy_m=105)
    resolve_locations(customers=[customer.pk])
    order = make_order(assignee=cast.agent, customer=customer)
    refresh_points(customers=[customer.pk])
    visit(cast.agent, order)
    assert ResolvedLocation.objects.get().source == "ODP"
    assert state_of(order) == State.ADDRESS_HOLD


def test_it_returns_with_a_point_that_differs_and_not_with_one_beside_the_failed(cast):
    order = make_order(assignee=cast.agent)
    visit(cast.agent, order)
    report(order, -6.92010)  # 11 m off
    assert state_of(order) == State.ADDRESS_HOLD
    made = report(order, -6.9215)
    if made.state == LocationCorrection.State.PROPOSED:
        decide(user=cast.supervisor, correction_id=made.pk, approve=True)
    assert state_of(order) == State.READY


def test_the_line_s_other_order_is_taken_from_its_agent(cast):
    order = make_order(assignee=cast.agent)
    other = make_order(assignee=cast.colleague, customer=order.customer, period=202609)
    visit(cast.agent, order)
    assert (state_of(other), other.assignee) == (State.ADDRESS_HOLD, None)
    assert AddressHold.objects.get(order=other).why in (AddressHold.Why.REFUTED, AddressHold.Why.NO_POINT)


def test_who_found_the_house_there_after_all_clears_the_place(cast):
    order = make_order(assignee=cast.agent)
    late = make_order(assignee=cast.colleague, customer=order.customer, period=202609, state=State.ON_SITE)
    visit(cast.agent, order)
    assert state_of(late) == State.ON_SITE  # nobody calls him back
    visit(cast.colleague, late, "NC-AWAY", fix=Fix(-6.92, 107.61, 6), details={"returns_on": "2026-12-24"})
    assert state_of(late) == State.FOLLOW_UP
    place = Place(-6.92, 107.61, 12)
    assert not refuted_places([order.customer_id])[order.customer_id].holds(place)


def test_a_refuted_point_is_not_given_out_by_hand_either(cast):
    customer = make_customer()
    order = make_order(assignee=cast.agent, customer=customer)
    held = make_order(customer=customer, period=202608, state=State.ON_HOLD)
    visit(cast.agent, order)
    LocationCandidate.objects.filter(customer=customer).update(status="ACTIVE")
    resolve_locations(customers=[customer.pk])  # the same point again, by whatever way
    WorkOrder.objects.filter(pk=held.pk).update(state=State.READY)
    held.refresh_from_db()
    with pytest.raises(PointRefuted):
        assign_order(user=cast.supervisor, order_id=held.pk, agent=cast.colleague)
    assert state_of(held) == State.READY and held.assignee is None


def test_triage_says_the_same_however_often_it_runs(cast):
    order = make_order(lat=None, lon=None)
    assert [triage(customers=[order.customer_id]) for _ in range(3)] == [1, 0, 0]


spots = st.tuples(st.sampled_from([-6.92, -6.9202, -6.9215, -6.93]), st.sampled_from([107.61, 107.6103, 107.62]))
act = st.one_of(
    st.tuples(st.just("report"), spots),
    st.tuples(st.just("atk"), st.sampled_from(["ATK-COORD", "ATK-NOTKNOWN", "ATK-NOSTREET"])),
    st.tuples(st.just("met"), spots),
    st.tuples(st.just("assign"), st.none()),
    st.tuples(st.just("unassign"), st.none()),
    st.tuples(st.just("reopen"), st.none()),
    st.tuples(st.just("approve"), st.none()),
    st.tuples(st.just("reject"), st.none()),
    st.tuples(st.just("revert"), st.none()),
    st.tuples(st.just("resolve"), st.none()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(act, min_size=3, max_size=14))
def test_no_order_is_ever_sent_out_again_to_a_refuted_point(cast, acts):
    order = make_order(assignee=cast.agent)
    days = itertools.count()
    for name, value in acts:
        with suppress(Problem):  # refused is as good
            do(cast, order, name, value, DAY + timedelta(days=next(days)))
        state = state_of(order)
        location = ResolvedLocation.objects.filter(pk=order.customer_id).first()
        refuted = refuted_places([order.customer_id]).get(order.customer_id)
        if state in SENT_OUT:
            assert location is not None and (order.lat, order.lon) == (location.lat, location.lon)
            assert refuted is None or not refuted.holds(Place(location.lat, location.lon, location.radius_m)), acts


def do(cast, order, name, value, day) -> None:
    corrections = LocationCorrection.objects.filter(customer=order.customer).order_by("-id")
    proposed = corrections.filter(state="PROPOSED").first()
    done = corrections.filter(state__in=LocationCorrection.DONE).first()
    order.refresh_from_db()
    if name == "report":
        report(order, *value, on=day)
    elif name == "atk":
        visit(cast.agent, order, value, details={"asked": "tetangga"})
    elif name == "met":
        visit(cast.agent, order, "NC-AWAY", fix=Fix(*value, 6.0), details={"returns_on": "2099-01-01"})
    elif name == "assign":
        assign_order(user=cast.supervisor, order_id=order.pk, agent=cast.agent)
    elif name == "unassign":
        unassign_order(user=cast.supervisor, order_id=order.pk, reason="x")
    elif name == "reopen":
        reopen_order(user=cast.supervisor, order_id=order.pk, reason="x")
    elif name in ("approve", "reject") and proposed:
        decide(user=cast.supervisor, correction_id=proposed.pk, approve=name == "approve")
    elif name == "revert" and done:
        revert(user=cast.supervisor, correction_id=done.pk)
    elif name == "resolve":
        resolve_locations(customers=[order.customer_id])
        refresh_points(customers=[order.customer_id])


def test_a_step_that_is_retired_is_not_asked_for(cast):
    RescueKind.objects.exclude(code="CALL").update(is_active=False)
    order = make_order(assignee=cast.agent)
    now = timezone.now()
    steps = (StepReport(uuid.uuid4(), "CALL", "NOT_POSSIBLE", now),)
    sent = VisitReport(order_id=order.pk, disposition="ATK-COORD", visited_at=now, steps=steps)
    record_visit(agent=cast.agent, draft=drafted(sent, now))
    assert state_of(order) == State.ADDRESS_HOLD
