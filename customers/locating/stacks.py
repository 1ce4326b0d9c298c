"""Several customers on one point: the technician tagged them at the pole, the office, the shop or at home.

Two phones at two doors never write the same point, so five customers within a metre share a stamp and not a house. The
exception is a tall house, which the fusing allows for (`weights.WRONG_WITH_FAULT`). Where even two share a point but
not their ODP, it is neither's house nor pole: the office, the van, the technician's home.
"""

import numpy as np

from common.geo import distance_m, metres_per_degree
from customers.locating.faults import Fault

STACK_OF = 5  # customers; two or three neighbours in one row of shops may share a fix honestly
WITHIN_M = 1.0
OTHER_ODP_M = 50.0  # poles stand at least this far apart; nearer, one is written twice
# A square around a point's neighbours is two metres wide, and one of the four grids of this width, each shifted by
# half a square, holds it whole.
SQUARE_M = 4 * WITHIN_M
SHIFTS = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)]


def find_stacked(lat, lon, odp_lat, odp_lon) -> np.ndarray:
    """int64 Fault bits, STACKED and AT_OFFICE, of n points, one per customer; 0 for NaN and where an ODP is NaN.

    Points that share no square with another are out; distances are taken between the few that are left.
    """
    lat, lon, odp_lat, odp_lon = (np.asarray(v, dtype=np.float64) for v in (lat, lon, odp_lat, odp_lon))
    near, office = np.zeros(lat.size, dtype=np.int64), np.zeros(lat.size, dtype=bool)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    for shift in SHIFTS:
        squares = square_of(lat[known], lon[known], *shift)
        _, place, counts = np.unique(squares, return_inverse=True, return_counts=True)
        crowded = counts[place] > 1
        which = known[crowded]
        found, apart = neighbours(place[crowded], *(v[which] for v in (lat, lon, odp_lat, odp_lon)))
        near[which], office[which] = np.maximum(near[which], found), office[which] | apart
    # Written with four decimals, a square of 11 m, houses share a point honestly; five of them hardly do.
    rough = has_decimals(lat, lon, 4) & (near < STACK_OF)
    return (near >= STACK_OF) * int(Fault.STACKED) + (office & ~rough) * int(Fault.AT_OFFICE)


def has_decimals(lat, lon, most: int) -> np.ndarray:
    """True where neither number has more decimals than `most`."""
    lat, lon = lat * 10.0**most, lon * 10.0**most
    return (np.abs(lat - np.rint(lat)) < 1e-4) & (np.abs(lon - np.rint(lon)) < 1e-4)


def square_of(lat, lon, north: float, east: float) -> np.ndarray:
    """int64 code of each point's square in the grid shifted by these shares of a square.

    Bands of a tenth of a degree share a width of squares; a stack across their edge may count as two.
    """
    per_north, _ = metres_per_degree(0.0)
    _, per_east = metres_per_degree(np.floor(lat * 10) / 10)
    row, column = np.floor(lat * per_north / SQUARE_M + north), np.floor(lon * per_east / SQUARE_M + east)
    return (row.astype(np.int64) << 32) + column.astype(np.int64)


def neighbours(place, lat, lon, odp_lat, odp_lon) -> tuple[np.ndarray, np.ndarray]:
    """How many points of its own `place` (square) lie within WITHIN_M of each point, itself included, and whether one
    of them is served by another ODP.

    Counted pair by pair, one step along the sorted squares at a time, until every point is decided.
    """
    order = np.argsort(place, kind="stable")
    place, lat, lon, odp_lat, odp_lon = (v[order] for v in (place, lat, lon, odp_lat, odp_lon))
    near, apart = np.ones(place.size, dtype=np.int64), np.zeros(place.size, dtype=bool)
    first, step = np.arange(place.size), 1
    while first.size:
        first = first[first + step < place.size]
        first = first[place[first] == place[first + step]]
        open_yet = first[(near[first] < STACK_OF) | (near[first + step] < STACK_OF)]
        if not open_yet.size:
            break
        there = open_yet + step
        close = open_yet[distance_m(lat[open_yet], lon[open_yet], lat[there], lon[there]) <= WITHIN_M]
        there = close + step
        near[close] += 1
        near[there] += 1
        other = distance_m(odp_lat[close], odp_lon[close], odp_lat[there], odp_lon[there]) > OTHER_ODP_M
        apart[close[other]] = apart[there[other]] = True
        step += 1
    counted, parted = np.empty_like(near), np.empty_like(apart)
    counted[order], parted[order] = near, apart
    return counted, parted
