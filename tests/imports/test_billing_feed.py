"""What the billing feed settles: orders withdrawn and reopened, promises kept and broken, arrears."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.models import Bill, Customer
from customers.services import recount_arrears
from imports.undo import undo_batch
from tests.imports.digest import differences, tables
from tests.imports.feeds import BILLING
from tests.make import make_bill, make_customer, make_order
from workorders.models import Disposition, PromiseToPay, Visit, WorkOrder
from workorders.services.points import refresh_points
from workorders.states import State

pytestmark = pytest.mark.django_db
ND = "131000000777"


@pytest.fixture
def order(cast):
    customer = make_customer(service_number=ND)
    make_bill(customer)
    recount_arrears(customers=[customer.pk])
    order = make_order(customer=customer, assignee=cast.agent)
    refresh_points(customers=[customer.pk])
    return order


def promise(order, agent, *, due_on, amount=387_500):
    visit = Visit.objects.create(
        id="018f0000-0000-7000-8000-000000000001",
        order=order,
        agent=agent,
        disposition=Disposition.objects.get(code="MET-PTP"),
        visited_at=timezone.now(),
        visited_at_corrected=timezone.now(),
        received_at=timezone.now(),
        business_day=timezone.localdate(),
        content_hash="x",
    )
    return PromiseToPay.objects.create(visit=visit, order=order, amount=amount, due_on=due_on)


def test_a_bill_that_turns_paid_withdraws_the_open_order_and_keeps_its_visits(feed, order, cast):
    promise(order, cast.agent, due_on=date(2026, 11, 20))
    batch = feed("billing", BILLING, f"{ND};202610;Rp 387.500;LUNAS;18/11/2026")
    order.refresh_from_db()
    assert (batch.updated, order.state, order.cancel_reason) == (1, State.CANCELLED, "PAID")
    assert order.visits.count() == 1
    assert Customer.objects.get(service_number=ND).unpaid_months == 0


def test_a_payment_taken_back_reopens_the_order_and_flags_it(feed, order):
    feed("billing", BILLING, f"{ND};202610;387500;LUNAS;18/11/2026")
    feed("billing", BILLING, f"{ND};202610;387500;BELUM;")
    order.refresh_from_db()
    assert (order.state, order.is_flagged, order.assignee) == (State.READY, True, None)
    assert Customer.objects.get(service_number=ND).unpaid_amount == 387_500


def test_a_promise_paid_by_its_day_is_kept_and_paid_later_is_broken(feed, order, cast):
    made = promise(order, cast.agent, due_on=date(2026, 11, 20))
    feed("billing", BILLING, f"{ND};202610;387500;LUNAS;20/11/2026")
    made.refresh_from_db()
    assert (made.state, made.settled_on) == ("KEPT", date(2026, 11, 20))
    feed("billing", BILLING, f"{ND};202610;387500;LUNAS;21/11/2026")
    made.refresh_from_db()
    assert made.state == "BROKEN"


def test_a_promise_still_owed_after_its_day_is_broken_and_before_it_stays_open(feed, order, cast):
    made = promise(order, cast.agent, due_on=timezone.localdate() + timedelta(days=3))
    feed("billing", BILLING, f"{ND};202610;387501;BELUM;")
    made.refresh_from_db()
    assert made.state == "OPEN"
    PromiseToPay.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    feed("billing", BILLING, f"{ND};202610;387502;BELUM;")
    made.refresh_from_db()
    assert made.state == "BROKEN"


def test_undo_gives_back_the_order_the_promise_and_the_bill(feed, order, cast):
    promise(order, cast.agent, due_on=date(2026, 11, 20))
    before = tables()
    batch = feed("billing", BILLING, f"{ND};202610;387500;LUNAS;18/11/2026", f"{ND};202609;100000;BELUM;")
    report = undo_batch(batch=batch)
    assert report.kept == []
    assert differences(before, tables()) == {}


def test_undo_leaves_what_somebody_changed_since_and_says_so(feed, order, cast):
    batch = feed("billing", BILLING, f"{ND};202610;387500;LUNAS;18/11/2026")
    later = feed("billing", BILLING, f"{ND};202610;400000;LUNAS;18/11/2026")
    report = undo_batch(batch=batch)
    assert any("bill" in line for line in report.kept)
    assert Bill.objects.get(customer__service_number=ND).amount == 400_000
    assert later.updated == 1


def test_a_bill_paid_before_the_order_comes_withdraws_it_at_once(feed):
    feed.lines(ND)
    feed("billing", BILLING, f"{ND};202610;387500;LUNAS;18/10/2026")
    feed("workorders", "NO_WO;ND;PERIODE;CTB;TGL_WO;SALDO", f"WO1;{ND};202610;;05/11/2026;387500")
    assert WorkOrder.objects.get(number="WO1").state == State.CANCELLED


def test_bills_of_unknown_lines_wait_and_apply_themselves(feed):
    batch = feed("billing", BILLING, f"{ND};202610;387500;BELUM;")
    assert (batch.held, Bill.objects.count()) == (1, 0)
    feed.lines(ND)
    assert Bill.objects.get().amount == 387_500
    assert Customer.objects.get().unpaid_months == 1


def test_the_same_waiting_row_twice_is_kept_once(feed):
    for _ in range(2):
        assert feed("billing", BILLING, f"{ND};202610;387500;BELUM;").held == 1
    feed.lines(ND)
    assert Bill.objects.count() == 1


def test_bad_values_are_refused_with_row_field_value_and_reason(feed):
    feed.lines(ND)
    batch = feed(
        "billing", BILLING, f"{ND};202610;dua ratus;BELUM;", f"{ND};202613;1000;BELUM;", "1.35260E+11;202610;1;BELUM;"
    )
    told = set(batch.issues.values_list("row", "field", "value", "reason"))
    assert {
        (1, "amount", "dua ratus", "bad_amount"),
        (2, "period", "202613", "bad_period"),
        (3, "service_number", "1.35260E+11", "scientific"),
    } <= told
    assert (batch.refused, Bill.objects.count()) == (3, 0)
