"""What the billing feed settles: paid orders are withdrawn, promises kept or broken, payments taken back."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from common.batches import batched
from common.bulk import update_objects
from customers.models import Bill
from workorders.models import Assignment, PromiseToPay, WorkOrder
from workorders.services.feed import announce
from workorders.services.triage import triage
from workorders.states import OPEN, State

# Called with (model, primary keys) before these rows change, so that an import can take it back.
Remember = Callable[[type, list], None]


def settle(*, customers: Iterable[int], today: date, remember: Remember) -> int:
    """Bring the orders and promises of these customers (primary keys) in line with their bills.

    Says the same however often it runs. Returns the number of orders withdrawn.
    """
    withdrawn = 0
    for keys in batched(customers, 2000):
        withdrawn += cancel_paid(keys, remember)
        reopen_unpaid(keys, remember)
        settle_promises(keys, today, remember)
        announce(customers=keys)
    return withdrawn


def paid_bill():
    return Exists(
        Bill.objects.filter(customer=OuterRef("customer_id"), period=OuterRef("period"), status=Bill.Status.PAID)
    )


def unpaid_bill():
    return Exists(
        Bill.objects.filter(customer=OuterRef("customer_id"), period=OuterRef("period")).exclude(
            status=Bill.Status.PAID
        )
    )


def change(orders, remember: Remember, **fields) -> int:
    """Write these fields into the orders, end who carried them, and tell the phones. Run in a transaction."""
    customers = dict(orders.order_by().values_list("pk", "customer"))
    keys = list(customers)
    if keys:
        remember(WorkOrder, keys)
        carried = Assignment.objects.filter(order__in=keys, until_at=None)
        remember(Assignment, list(carried.order_by().values_list("pk", flat=True)))
        carried.update(until_at=timezone.now())
        WorkOrder.objects.filter(pk__in=keys).update(**fields, version=F("version") + 1, changed_at=timezone.now())
        announce(customers=customers.values())
    return len(keys)


def cancel_paid(customers: list[int], remember: Remember) -> int:
    """Open orders whose bill is paid are withdrawn; their visits stay."""
    orders = WorkOrder.objects.filter(paid_bill(), customer__in=customers, state__in=OPEN)
    return change(orders, remember, state=State.CANCELLED, cancel_reason=WorkOrder.CancelReason.PAID, next_on=None)


def reopen_unpaid(customers: list[int], remember: Remember) -> int:
    """The feed took a payment back: the order is ready again, flagged, and nobody's yet."""
    orders = WorkOrder.objects.filter(
        unpaid_bill(), customer__in=customers, state=State.CANCELLED, cancel_reason=WorkOrder.CancelReason.PAID
    )
    reopened = change(orders, remember, state=State.READY, cancel_reason="", is_flagged=True, assignee=None)
    triage(customers=customers)
    return reopened


def settle_promises(customers: list[int], today: date, remember: Remember) -> None:
    """Every promise of these customers gets the state that its bill says."""
    promises = (
        PromiseToPay.objects.filter(order__customer__in=customers)
        .exclude(state=PromiseToPay.State.CANCELLED)
        .select_related("order")
    )
    promises = list(promises)
    bills = {
        (bill.customer_id, bill.period): bill
        for bill in Bill.objects.filter(customer__in={promise.order.customer_id for promise in promises})
    }
    settled = []
    for promise in promises:
        bill = bills.get((promise.order.customer_id, promise.order.period))
        state, day = verdict(promise, bill, today)
        if (state, day) != (promise.state, promise.settled_on):
            promise.state, promise.settled_on = state, day
            settled.append(promise)
    if settled:
        remember(PromiseToPay, [promise.pk for promise in settled])
        update_objects(settled, ["state", "settled_on"])


def verdict(promise: PromiseToPay, bill: Bill | None, today: date) -> tuple[str, date | None]:
    """What the bill says of a promise: paid by its day is kept, paid later or still owed after it is broken.

    PART_KEPT needs a feed that carries amounts.
    """
    states = PromiseToPay.State
    if bill is None:
        return promise.state, promise.settled_on
    if bill.status == Bill.Status.PAID:
        paid_on = bill.paid_on or min(today, promise.due_on)
        return (states.KEPT if paid_on <= promise.due_on else states.BROKEN), paid_on
    if bill.paid_amount and bill.paid_amount >= promise.amount:
        return states.KEPT, bill.paid_on or promise.due_on
    if today <= promise.due_on:
        return states.OPEN, None
    return (states.PART_KEPT if bill.paid_amount else states.BROKEN), promise.due_on
