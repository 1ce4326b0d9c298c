"""Finds the points that many customers share, and marks their candidates."""

from collections.abc import Callable, Iterable

import numpy as np
from django.db.models import F, QuerySet

from common.batches import batched
from customers.locating.faults import Fault
from customers.locating.stacks import find_stacked
from customers.models import LocationCandidate

STACKED = int(Fault.STACKED)


def mark_stacks(*, witels: Iterable[int], watch: Callable[[QuerySet], None] | None = None) -> list[int]:
    """Set or take off STACKED on the technicians' points of these witels; the customers whose mark changed.

    A stack shows only among all points, so that a whole witel is read. `watch` is called with the rows that are about
    to change.
    """
    changed = []
    for witel in witels:
        points = LocationCandidate.objects.filter(source="INSTALL", customer__witel=witel).order_by()
        rows = list(points.values_list("pk", "customer_id", "lat", "lon", "faults"))
        if not rows:
            continue
        keys, customers, lat, lon, faults = (np.array(column) for column in zip(*rows, strict=True))
        was, now = (faults & STACKED) != 0, find_stacked(lat, lon)
        for fresh in (True, False):
            turned = np.flatnonzero((was != now) & (now == fresh))
            for some in batched(keys[turned].tolist(), 2000):
                marked = LocationCandidate.objects.filter(pk__in=some)
                if watch:
                    watch(marked)
                marked.update(faults=F("faults") + (STACKED if fresh else -STACKED))
            changed += customers[turned].tolist()
    return changed
