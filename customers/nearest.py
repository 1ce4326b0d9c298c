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


def nearest_confirmed(origin: Origin, count: int, *, besides: int, within_m: float) -> list[Ranked]:
    """The nearest `count` houses within a distance at which somebody stood, but the customer `besides`."""
    known = ResolvedLocation.objects.filter(grade__in=["A", "B"], agreeing__gte=1).exclude(pk=besides)
    near = search(known, ResolvedLocation.objects.none(), origin, count, START_ZOOM)
    return [row for row in near if row.distance_m is not None and row.distance_m <= within_m]
