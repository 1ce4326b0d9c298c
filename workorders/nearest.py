"""Orders by their distance from a point."""

from common.nearest import SMALL, Origin, Ranked, rank, search


def nearest_orders(orders, origin: Origin, count: int, *, is_narrow: bool) -> list[Ranked]:
    """The first `count` of a queryset of orders beyond the origin's last row; those without a point come last.

    `is_narrow` expects few rows, an agent's own or those of a search: one query, ranked in memory.
    """
    if is_narrow:
        rows = list(orders.order_by().values_list("pk", "lat", "lon")[: SMALL + 1])
        if len(rows) <= SMALL:
            return rank(rows, origin, count)
    return search(orders.filter(mq__isnull=False), orders.filter(mq__isnull=True), origin, count)
