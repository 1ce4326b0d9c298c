"""What an order's visits say of it, and whose visit it was when a feed of the past did not name the order."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models import Count, Max, Q, QuerySet

from common.batches import batched
from common.bulk import update_objects
from workorders.models import Visit, WorkOrder
from workorders.services.points import weigh_orders

# An order is worked for two months at most, until its line is cleansed.
WORKED = timedelta(days=62)


def count_attempts(*, orders: Iterable[int]) -> None:
    """Set attempts and the day of the last visit of these orders (primary keys) from their visits."""
    for keys in batched(orders, 2000):
        counted = WorkOrder.objects.filter(pk__in=keys).annotate(
            n=Count("visits", filter=Q(visits__disposition__is_attempt=True)), last=Max("visits__business_day")
        )
        changed = []
        for order in counted:
            if (order.attempts, order.last_visit_on) != (order.n, order.last):
                order.attempts, order.last_visit_on = order.n, order.last
                changed.append(order)
        update_objects(changed, ["attempts", "last_visit_on"])
        weigh_orders(WorkOrder.objects.filter(pk__in=keys))


def attach_past_visits(*, customers: Iterable[int], watch: Callable[[QuerySet], None]) -> None:
    """Visits that named only their line go to the order that was worked then: the last one issued before the visit.

    A visit for which there is none stays on the past order that was made for it. `watch` is called with the visits
    that are about to move, so that an import can take it back.
    """
    for keys in batched(customers, 2000):
        feed = Visit.objects.filter(order__customer__in=keys, feed_batch__isnull=False).select_related("order")
        nameless = [visit for visit in feed if Visit.Flag.NO_ORDER in visit.flags]
        if not nameless:
            continue
        issued: dict[int, list[WorkOrder]] = {}
        for order in WorkOrder.objects.filter(customer__in=keys, issued_on__isnull=False).order_by(
            "issued_on", "number"
        ):
            issued.setdefault(order.customer_id, []).append(order)
        moved, touched = [], set()
        for visit in nameless:
            order = worked_on(issued.get(visit.order.customer_id, []), visit.business_day)
            if order and order.pk != visit.order_id:
                touched |= {visit.order_id, order.pk}
                visit.order = order
                moved.append(visit)
        for some in batched((visit.pk for visit in moved), 2000):
            watch(Visit.objects.filter(pk__in=some))
        update_objects(moved, ["order_id"])
        count_attempts(orders=sorted(touched))


def worked_on(orders: list[WorkOrder], day) -> WorkOrder | None:
    """The last of `orders` (by day of issue) that was issued by `day` and still worked."""
    return next((order for order in reversed(orders) if order.issued_on <= day <= order.issued_on + WORKED), None)
