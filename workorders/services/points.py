import uuid
from collections.abc import Iterable, Mapping

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from common.batches import batched
from common.bulk import update_objects
from customers.models import ResolvedLocation
from workorders.models import WorkOrder
from workorders.priority import weigh
from workorders.services.feed import announce
from workorders.services.risk import assess_orders
from workorders.services.triage import triage


def refresh_points(
    *,
    customers: Iterable[int],
    actor=None,
    cause: uuid.UUID | None = None,
    causes: Mapping[int, uuid.UUID] | None = None,
) -> None:
    """Copy the resolved point of these customers (primary keys) onto their orders; weigh, triage and assess these.

    What moves is noted as of `actor`, caused by `cause`, or by what `causes` says of its customer.
    """
    customers = list(customers)
    point = ResolvedLocation.objects.filter(pk=OuterRef("customer_id"))
    for keys in batched(customers, 2000):
        orders = WorkOrder.objects.filter(customer__in=keys).order_by()
        orders.update(
            lat=Subquery(point.values("lat")),
            lon=Subquery(point.values("lon")),
            mq=Subquery(point.values("mq")),
            grade=Coalesce(Subquery(point.values("grade")), Value("")),
        )
        weigh_orders(orders)
    triage(customers=customers, actor=actor, cause=cause, causes=causes)
    assess_orders(customers=customers)
    announce(customers=customers)


def weigh_orders(orders) -> None:
    """Set the priority of open orders of a queryset; only those whose number changes are written."""
    heavier = []
    for order in orders.open().only("balance", "grade", "attempts", "priority"):
        total = weigh(balance=order.balance, grade=order.grade, attempts=order.attempts).total
        if total != order.priority:
            order.priority = total
            heavier.append(order)
    update_objects(heavier, ["priority"])
