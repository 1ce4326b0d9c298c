"""The demo country: only where it belongs, the same from the same seed, and true to the product's own rules."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.verbs import Role
from common.geo import distance_m
from customers.models import Bill, Customer, Installation, LocationCandidate, ResolvedLocation
from customers.services import recount_arrears, resolve_locations
from history.models import Change
from imports.demo.build import PASSWORD, SIGN_INS, build
from regions.models import Region, Witel
from tests.make import make_customer
from workorders.models import PromiseToPay, Visit, WorkOrder
from workorders.services.points import refresh_points
from workorders.services.settlement import settle
from workorders.states import CARRIED, State

MONDAY_EVENING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def debug_is_on(settings):
    settings.DEBUG = True


@pytest.fixture
def country(db):
    build(customers=1000, now=MONDAY_EVENING, tell=str)


def demo(*arguments) -> str:
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_demo_refuses_where_debug_is_off(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        demo("--customers", "200")
    assert "DEBUG is off" in demo("--customers", "200", "--if-empty")
    assert not Customer.objects.exists() and not User.objects.exists() and not Change.objects.exists()


def test_demo_refuses_a_database_with_data_of_its_own(db):
    make_customer()
    with pytest.raises(CommandError, match="data of its own"):
        demo("--customers", "200")
    assert "data of its own" in demo("--customers", "200", "--if-empty")
    assert Customer.objects.count() == 1 and not User.objects.exists()


def test_demo_refuses_a_database_with_accounts(cast):
    with pytest.raises(CommandError, match="accounts"):
        demo("--customers", "200")
    assert not Customer.objects.exists()


@pytest.mark.parametrize("customers", ["0", "-5", "199", "1000001"])
def test_absurd_sizes_are_refused(db, customers):
    with pytest.raises(CommandError, match="from 200 to"):
        demo("--customers", customers)


def test_demo_twice_changes_nothing_and_shows_the_sign_ins_again(db):
    first = demo("--customers", "250")
    before = list(WorkOrder.objects.values_list())
    second = demo("--customers", "250")
    assert Customer.objects.count() == 250 and list(WorkOrder.objects.values_list()) == before
    assert "nothing was changed" in second
    assert all(name in said for name in (*SIGN_INS.values(), PASSWORD) for said in (first, second))


def test_one_seed_makes_one_country(db):
    seen = []
    for _ in range(2):
        with transaction.atomic():
            build(customers=250, now=MONDAY_EVENING, tell=str)
            lines = Customer.objects.values_list(
                "service_number", "name", "address__raw", "location__lat", "unpaid_amount"
            )
            visits = Visit.objects.values_list("id", "disposition__code", "visited_at", "lat", "content_hash")
            seen.append((list(lines), list(visits), list(WorkOrder.objects.values_list("number", "state", "priority"))))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_every_role_can_sign_in(country, rf):
    for role, username in SIGN_INS.items():
        user = authenticate(rf.post("/"), username=username, password=PASSWORD)
        assert user is not None and user.role == role
    assert set(SIGN_INS) == set(Role)


def test_the_country_is_plausible(country):
    assert Customer.objects.count() == 1000
    witels = Witel.objects.filter(customers__isnull=False).distinct()
    assert witels.count() >= 12 and witels.values("region").distinct().count() == Region.objects.count()
    for witel in witels:
        assert User.objects.agents().filter(witel=witel).count() >= 3
    assert set(Bill.objects.values_list("period", flat=True)) == {202609, 202610, 202611}
    assert 80 <= Customer.objects.filter(unpaid_months=1).count() <= 160
    assert Customer.objects.filter(unpaid_months__gte=2).exists()
    current = WorkOrder.objects.filter(period=202611)
    assert set(current.values_list("state", flat=True)) >= {
        State.READY,
        State.ASSIGNED,
        State.FOLLOW_UP,
        State.ADDRESS_HOLD,
        State.CLOSED,
        State.CANCELLED,
    }
    older = Visit.objects.filter(business_day__lt="2026-11-09", disposition__is_attempt=True)
    assert 0.10 < older.filter(disposition__group="ATK").count() / older.count() < 0.30


def test_coordinate_faults_are_there_and_repaired_ones_lie_near_their_odp(country):
    assert Installation.objects.filter(faults__gt=0).count() > 100
    repaired = Installation.objects.filter(is_repaired=True, odp__isnull=False).select_related("odp")
    assert repaired
    for row in repaired:
        candidate = LocationCandidate.objects.get(customer=row.customer_id, source="INSTALL")
        assert distance_m(candidate.lat, candidate.lon, row.odp.lat, row.odp.lon) < 350


def test_the_product_would_change_nothing_of_it(country):
    """Arrears, places, settlements, points and priorities are what the product's own verbs make of the data."""
    everybody = list(Customer.objects.values_list("pk", flat=True))
    tables = (Customer, ResolvedLocation, WorkOrder, PromiseToPay)
    before = [list(model.objects.order_by("pk").values_list()) for model in tables]
    recount_arrears(customers=everybody)
    assert resolve_locations(customers=everybody) == 0
    refresh_points(customers=everybody)
    assert settle(customers=everybody, today=MONDAY_EVENING.date(), remember=lambda model, keys: None) == 0
    assert [list(model.objects.order_by("pk").values_list()) for model in tables] == before


def test_orders_fit_their_visits_and_assignments(country):
    for order in WorkOrder.objects.prefetch_related("visits__disposition", "assignments"):
        visits = sorted(order.visits.all(), key=lambda visit: visit.visited_at)
        assert order.attempts == sum(visit.disposition.is_attempt for visit in visits)
        assert order.last_visit_on == (visits[-1].business_day if visits else None)
        assert len([row for row in order.assignments.all() if row.until_at is None]) <= 1
        if order.state in CARRIED:
            assert [row.agent_id for row in order.assignments.all() if row.until_at is None] == [order.assignee_id]
        if order.state == State.CLOSED:
            assert order.outcome == visits[-1].disposition and order.outcome.is_final
        changes = Change.objects.filter(target_type="workorder", target_id=order.pk, verb="visit")
        assert changes.count() == order.attempts


def test_visits_have_what_their_disposition_requires(country):
    for visit in Visit.objects.select_related("disposition"):
        given = visit.details | {"note": visit.note, "relation": visit.relation}
        assert all(given.get(name) for name in visit.disposition.requires), visit.disposition.code
    assert PromiseToPay.objects.filter(state="KEPT").exists() and PromiseToPay.objects.filter(state="BROKEN").exists()


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 29, 3, 0, tzinfo=UTC),  # a Sunday
        datetime(2026, 12, 1, 0, 30, tzinfo=UTC),  # the first morning of a month
        datetime(2027, 1, 9, 16, 0, tzinfo=UTC),  # the last day of a month's orders
        datetime(2027, 1, 10, 1, 0, tzinfo=UTC),  # and the first of the next
        datetime(2028, 2, 29, 23, 0, tzinfo=UTC),
    ],
)
def test_nothing_lies_in_the_future_whatever_the_day(db, now):
    build(customers=400, now=now, tell=str)
    today = timezone.localdate(now)
    assert (
        not Visit.objects.filter(visited_at__gt=now).exists() and not Visit.objects.filter(received_at__gt=now).exists()
    )
    assert not Change.objects.filter(at__gt=now).exclude(verb="load_demo").exists()
    assert not Bill.objects.filter(paid_on__gt=today).exists()
    assert (
        not WorkOrder.objects.filter(changed_at__gt=now).exists()
        and not WorkOrder.objects.filter(issued_on__gt=today).exists()
    )
    assert WorkOrder.objects.open().exists() and Visit.objects.exists()
    for visit in Visit.objects.select_related("order__witel"):
        local = visit.visited_at.astimezone(visit.order.witel.zone)
        assert visit.business_day == local.date() and local.isoweekday() < 7 and 8 <= local.hour <= 20
        assert today - visit.business_day <= timedelta(days=60)
        assert local.date() > visit.order.issued_on


def test_the_agents_of_bandung_have_their_orders_around_them(country):
    agents = User.objects.agents().filter(witel__code="BANDUNG")
    orders = [order for agent in agents for order in WorkOrder.objects.visible_to(agent).open()]
    assert len(orders) > 5
    assert all(distance_m(order.lat, order.lon, -6.92, 107.61) < 15_000 for order in orders if order.lat)
