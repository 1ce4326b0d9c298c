"""The rows nearest to a point, exactly, from any queryset with `lat`, `lon` and an indexed `mq`.

A small list is ranked in memory. A large table is searched in blocks of 3 x 3 map tiles around the point: every row
that is nearer than the block's border lies inside the block, so its rank is proven; while too few are proven, the tiles
double once or several times. A tile is one BETWEEN range of `mq`.
"""

from math import ceil, log
from typing import NamedTuple

import numpy as np
from django.db.models import Q, QuerySet

from common.geo import bearing_deg, far_distance_m, mq_range, tile_at, tile_corner

# Tiles of 1.2 km at the equator: a block holds tens to hundreds of the open orders of a city.
START_ZOOM = 15
# At this zoom a block is 900 km wide: ask for everything instead.
LAST_ZOOM = 7
STEP_MOST = 3
# The border's distance is measured along its parallel or meridian; a geodesic to a far border is shorter by less.
PROOF = 0.99
# Where the first block holds too little, the whole may be no more than this: cheaper to read than to search.
FEW = 1_000
# Up to this many rows are ranked in memory at once.
SMALL = 5_000

POINTS = [("id", np.int64), ("lat", np.float64), ("lon", np.float64)]


class Ranked(NamedTuple):
    """A row's key, and its way from the origin; None for a row without a point, which comes after all others."""

    id: int
    distance_m: float | None
    bearing_deg: float | None


class Origin(NamedTuple):
    """Where the question was asked, and the (distance, key) of the last row that was answered."""

    lat: float
    lon: float
    after: tuple[float | None, int] | None = None

    @property
    def reached_m(self) -> float:
        """No unanswered row is nearer than this."""
        return self.after[0] or 0.0 if self.after else 0.0

    @property
    def is_past_located(self) -> bool:
        return self.after is not None and self.after[0] is None


def rank(rows: list[tuple], origin: Origin, count: int) -> list[Ranked]:
    """The first `count` of (key, lat, lon) beyond the origin's last row, by distance; those without a point last."""
    located = [row for row in rows if row[1] is not None]
    found = [] if origin.is_past_located else rank_located(located, origin, count)
    if len(found) < count:
        last = origin.after[1] if origin.is_past_located else 0
        rest = sorted(row[0] for row in rows if row[1] is None and row[0] > last)
        found += [Ranked(key, None, None) for key in rest[: count - len(found)]]
    return found


def rank_located(rows: list[tuple], origin: Origin, count: int, within_m: float = np.inf) -> list[Ranked]:
    points = np.array(rows, dtype=POINTS)
    # Whole millimetres, so that one row has one distance in every page that asks for it.
    distances = np.round(far_distance_m(origin.lat, origin.lon, points["lat"], points["lon"]), 3)
    wanted = distances <= within_m
    if origin.after:
        last_m, last_id = origin.after
        wanted &= (distances > last_m) | ((distances == last_m) & (points["id"] > last_id))
    points, distances = points[wanted], distances[wanted]
    first = np.lexsort((points["id"], distances))[:count]
    points, distances = points[first], distances[first]
    bearings = bearing_deg(origin.lat, origin.lon, points["lat"], points["lon"])
    return [Ranked(*row) for row in zip(points["id"].tolist(), distances.tolist(), bearings.tolist(), strict=True)]


def search(located: QuerySet, unlocated: QuerySet, origin: Origin, count: int, zoom: int = START_ZOOM) -> list[Ranked]:
    """The same from tables of any size: `located` has lat, lon and mq, `unlocated` is what has no point."""
    found = [] if origin.is_past_located else search_located(located.order_by(), origin, count, zoom)
    if len(found) < count:
        last = origin.after[1] if origin.is_past_located else 0
        rest = unlocated.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: count - len(found)]
        found += [Ranked(key, None, None) for key in rest]
    return found


def search_located(located: QuerySet, origin: Origin, count: int, zoom: int) -> list[Ranked]:
    rows = located.values_list("pk", "lat", "lon")
    while zoom > LAST_ZOOM and border_m(origin, zoom) < origin.reached_m:
        zoom -= 1
    first = zoom
    while zoom > LAST_ZOOM:
        inside = list(rows.filter(block(origin, zoom)))
        found = rank_located(inside, origin, count, within_m=border_m(origin, zoom))
        if len(found) == count:
            return found
        if zoom == first and len(few := list(rows[: FEW + 1])) <= FEW:
            return rank_located(few, origin, count)
        zoom -= step(len(inside), count)
    return rank_located(list(rows), origin, count)


def step(found: int, count: int) -> int:
    """How many times to double the tiles: by what was found, a block of which half is proven should hold `count`."""
    return STEP_MOST if not found else min(STEP_MOST, max(1, ceil(log(2 * count / found, 4))))


def block(origin: Origin, zoom: int) -> Q:
    """The 3 x 3 tiles around the origin as ranges of mq, neighbouring ones joined."""
    x, y = (int(v) for v in tile_at(origin.lat, origin.lon, zoom))
    last = (1 << zoom) - 1
    tiles = [(i, j) for i in (x - 1, x, x + 1) for j in (y - 1, y, y + 1) if 0 <= i <= last and 0 <= j <= last]
    joined: list[list[int]] = []
    for first, end in sorted(mq_range(zoom, *tile) for tile in tiles):
        if joined and joined[-1][1] + 1 == first:
            joined[-1][1] = end
        else:
            joined.append([first, end])
    condition = Q()
    for first, end in joined:
        condition |= Q(mq__gte=first, mq__lte=end)
    return condition


def border_m(origin: Origin, zoom: int) -> float:
    """Metres from the origin to the nearest edge of its block."""
    x, y = (int(v) for v in tile_at(origin.lat, origin.lon, zoom))
    north, west = tile_corner(zoom, x - 1, y - 1)
    south, east = tile_corner(zoom, x + 2, y + 2)
    edges_lat = [north, south, origin.lat, origin.lat]
    edges_lon = [origin.lon, origin.lon, west, east]
    return float(np.min(far_distance_m(origin.lat, origin.lon, edges_lat, edges_lon))) * PROOF
