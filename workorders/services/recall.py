"""Withdraw all open orders of one customer: nobody goes there any more, whatever is owed."""

from common.problems import Problem
from history.services import record
from workorders.models import WorkOrder
from workorders.services.settlement import change
from workorders.states import OPEN, State


class OnTheWay(Problem):
    code, status, message = "on_the_way", 409, "An agent is on the way or at the door. Take the order back first."


def refuse_on_the_way(*, customer: int) -> None:
    """Raises OnTheWay while an agent drives to this customer or stands at the door: a visit is about to arrive."""
    under_way = WorkOrder.objects.filter(customer=customer, state__in=[State.EN_ROUTE, State.ON_SITE])
    if under_way.exists():
        raise OnTheWay(orders=list(under_way.order_by("id").values_list("pk", flat=True)))


def recall_orders(*, customer: int, actor=None) -> int:
    """Cancel the open orders as recalled; phones hear of it as of any other. Returns how many; run in a transaction."""
    orders = list(WorkOrder.objects.select_for_update().filter(customer=customer, state__in=OPEN))
    recalled = WorkOrder.CancelReason.RECALLED
    change(
        WorkOrder.objects.filter(pk__in=[order.pk for order in orders]),
        lambda model, keys: None,
        state=State.CANCELLED,
        cancel_reason=recalled,
        next_on=None,
        hold_reason="",
        hold_until=None,
    )
    for order in orders:
        after = {"state": State.CANCELLED.value, "cancel_reason": recalled.value}
        record(actor=actor, verb="recall", target=order, before={"state": order.state}, after=after)
    return len(orders)
