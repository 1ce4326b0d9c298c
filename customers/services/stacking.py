"""Finds the points that many customers share, and marks their candidates."""

from collections.abc import Callable, Iterable

import numpy as np
from django.db.models import F, QuerySet

from common.batches import batched
from customers.locating.stacks import find_stacked
from customers.models import LocationCandidate
from customers.services.locations import SHARED

ODP = ("customer__installation__odp__lat", "customer__installation__odp__lon")


def mark_stacks(*, witels: Iterable[int], watch: Callable[[QuerySet], None] | None = None) -> list[int]:
    """Mark the technicians' points of these witels STACKED and AT_OFFICE, or not; the customers whose marks changed.

    What is shared shows only among all points, so that a whole witel is read. `watch` is called with the
    rows that are about to change.
    """
    changed = []
    for witel in witels:
        points = LocationCandidate.objects.filter(source="INSTALL", customer__witel=witel).order_by()
        rows = list(points.values_list("pk", "customer_id", "faults", "lat", "lon", *ODP))
        if not rows:
            continue
        keys, customers, faults, *places = (np.array(column) for column in zip(*rows, strict=True))
        was, now = faults & SHARED, find_stacked(*(place.astype(np.float64) for place in places))
        for marks in np.unique(now):
            turned = np.flatnonzero((was != now) & (now == marks))
            for some in batched(keys[turned].tolist(), 2000):
                marked = LocationCandidate.objects.filter(pk__in=some)
                if watch:
                    watch(marked)
                marked.update(faults=F("faults").bitand(~SHARED).bitor(int(marks)))
            changed += customers[turned].tolist()
    return changed
