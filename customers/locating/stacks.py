"""Many customers on one point: the technician tagged them at the pole, the shop or at home.

Two phones at two doors never write the same point, so five customers within a metre share a stamp and not a house. The
exception is a tall house, which the fusing allows for (`weights.WRONG_WITH_FAULT`).
"""

import numpy as np

from common.geo import distance_m, metres_per_degree

STACK_OF = 5  # customers; two or three neighbours in one row of shops may share a fix honestly
WITHIN_M = 1.0
# A square around a point's neighbours is two metres wide, and one of the four grids of this width, each shifted by
# half a square, holds it whole.
SQUARE_M = 4 * WITHIN_M
SHIFTS = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)]


def find_stacked(lat, lon) -> np.ndarray:
    """True for each of n points, one per customer, that has STACK_OF - 1 others within WITHIN_M. False for NaN.

    Points that share no square with enough others are out; distances are taken between the few that are left.
    """
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    near = np.zeros(lat.size, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    for shift in SHIFTS:
        squares = square_of(lat[known], lon[known], *shift)
        _, place, counts = np.unique(squares, return_inverse=True, return_counts=True)
        crowded = counts[place] >= STACK_OF
        near[known[crowded]] = np.maximum(near[known[crowded]], neighbours(known[crowded], place[crowded], lat, lon))
    return near >= STACK_OF


def square_of(lat, lon, north: float, east: float) -> np.ndarray:
    """int64 code of each point's square in the grid shifted by these shares of a square.

    Bands of a tenth of a degree share a width of squares; a stack across their edge may count as two.
    """
    per_north, _ = metres_per_degree(0.0)
    _, per_east = metres_per_degree(np.floor(lat * 10) / 10)
    row, column = np.floor(lat * per_north / SQUARE_M + north), np.floor(lon * per_east / SQUARE_M + east)
    return (row.astype(np.int64) << 32) + column.astype(np.int64)


def neighbours(points, place, lat, lon) -> np.ndarray:
    """How many points of its own `place` (square) lie within WITHIN_M of each point, itself included.

    Counted pair by pair, one step along the sorted squares at a time, until every point is decided.
    """
    order = np.argsort(place, kind="stable")
    place, points = place[order], points[order]
    lat, lon = lat[points], lon[points]
    near = np.ones(points.size, dtype=np.int64)
    first, step = np.arange(points.size), 1
    while first.size:
        first = first[first + step < points.size]
        first = first[place[first] == place[first + step]]
        open_yet = first[(near[first] < STACK_OF) | (near[first + step] < STACK_OF)]
        if not open_yet.size:
            break
        there = open_yet + step
        close = open_yet[distance_m(lat[open_yet], lon[open_yet], lat[there], lon[there]) <= WITHIN_M]
        near[close] += 1
        near[close + step] += 1
        step += 1
    counted = np.empty_like(near)
    counted[order] = near
    return counted
