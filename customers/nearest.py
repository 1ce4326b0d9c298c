"""Customers by their distance from a point."""

from common.nearest import SMALL, Origin, Ranked, rank, search
from customers.models import ResolvedLocation

# Ten times as many customers as orders: smaller tiles to begin with.
START_ZOOM = 17


def nearest_customers(customers, origin: Origin, count: int, *, scope=None) -> list[Ranked]:
    """The first `count` of a queryset of customers beyond the origin's last row; those without a point come last.

    `scope` says that the queryset is all of that reach: then the index of resolved locations is searched.
    """
    if scope is None:
        rows = list(customers.order_by().values_list("pk", "location__lat", "location__lon")[: SMALL + 1])
        if len(rows) <= SMALL:
            return rank(rows, origin, count)
    located = ResolvedLocation.objects.all()
    located = located.filter(customer__in=customers.order_by()) if scope is None else located.filter(scope.q())
    return search(located, customers.filter(location=None), origin, count, START_ZOOM)
