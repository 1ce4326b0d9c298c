"""What the clock alone brings about: one call, safe to run twice, and as often as one likes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from common.tx import in_transaction
from workorders.models import Operation, PromiseToPay, WorkOrder
from workorders.services.developing import develop_left
from workorders.services.expiry import expire_uploads
from workorders.services.feed import forget_farewells
from workorders.services.lessons import learn_lessons
from workorders.services.settlement import settle
from workorders.services.states import NotPossible, move, triaged
from workorders.states import State
from workorders.sync.push import HELD_FOR, release_late

# A phone that has not asked for so long fetches everything anew.
FAREWELLS_KEPT = timedelta(days=90)


def run_due(*, now: datetime, read: Callable) -> dict[str, int]:
    """Everything that is due by now: what was done → how often. `read` makes an Op of a held operation's content."""
    today = timezone.localdate(now)
    return {
        "lessons learned": learn_lessons(),
        "operations applied without their forerunners": release_held(now, read),
        "holds ended": end_holds(today),
        "lines with promises settled": settle_promises(today),
        "photos finished": develop_left(now),
        "uploads and files expired": expire_uploads(now),
        "farewells forgotten": forget_farewells(before=now - FAREWELLS_KEPT),
    }


def release_held(now: datetime, read: Callable) -> int:
    """Operations that waited for five days in vain; those of agents one after the other."""
    late = Operation.objects.filter(status=Operation.Status.HELD, received_at__lt=now - HELD_FOR)
    agents = sorted(set(late.order_by().values_list("agent", flat=True)))
    return sum(release_late(agent_id=agent, read=read, now=now) for agent in agents)


def end_holds(today: date) -> int:
    """Orders that were held until a day before today go on."""
    held = WorkOrder.objects.filter(state=State.ON_HOLD, hold_until__lt=today).order_by("pk")
    return sum(in_transaction(lambda key=key: end_hold(key, today)) for key in held.values_list("pk", flat=True))


def end_hold(key: int, today: date) -> int:
    order = WorkOrder.objects.select_for_update().get(pk=key)
    if order.state != State.ON_HOLD or not order.hold_until or order.hold_until >= today:
        return 0
    state = State.ASSIGNED if order.assignee_id else State.READY
    try:
        move(order, state, actor=None, verb="release", reason="", hold_reason="", hold_until=None)
    except NotPossible:  # somebody was faster
        return 0
    triaged(order, None)
    return 1


def settle_promises(today: date) -> int:
    """Lines with a promise whose day has passed: it says what became of it, as after a billing feed."""
    passed = PromiseToPay.objects.filter(state=PromiseToPay.State.OPEN, due_on__lt=today)
    customers = sorted(set(passed.order_by().values_list("order__customer", flat=True)))
    if customers:
        in_transaction(lambda: settle(customers=customers, today=today, remember=lambda model, keys: None))
    return len(customers)
