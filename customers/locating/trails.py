"""The way of an agent who searched for a house: shortened for keeping, and as places where he would have seen it."""

from collections.abc import Sequence

import numpy as np

from common.geo import distance_m, offsets_m

# What a simplified line may leave out, in metres: a phone's own error on the way.
TOLERANCE_M = 8.0
Point = tuple[float, float]


def simplify(line: Sequence[Point], tolerance_m: float = TOLERANCE_M) -> list[Point]:
    """The line (lat, lon) without points that lie within `tolerance_m` of it (Douglas and Peucker 1973)."""
    if len(line) < 3:
        return list(line)
    lat, lon = np.array(line, dtype=np.float64).T
    north, east = offsets_m(lat[0], lon[0], lat, lon)
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = off_line(north[first : last + 1], east[first : last + 1])
        farthest = int(away.argmax())
        if away[farthest] > tolerance_m:
            keep[first + farthest] = True
            spans += [(first, first + farthest), (first + farthest, last)]
    return [point for point, kept in zip(line, keep, strict=True) if kept]


def off_line(north, east) -> np.ndarray:
    """Metres of each point from the line between the first and the last."""
    along_north, along_east = north[-1] - north[0], east[-1] - east[0]
    length2 = along_north**2 + along_east**2
    if length2 == 0:
        return np.hypot(north - north[0], east - east[0])
    share = ((north - north[0]) * along_north + (east - east[0]) * along_east) / length2
    share = np.clip(share, 0, 1)
    return np.hypot(north - north[0] - share * along_north, east - east[0] - share * along_east)


def length_m(line: Sequence[Point]) -> float:
    """Metres along a line."""
    if len(line) < 2:
        return 0.0
    lat, lon = np.array(line, dtype=np.float64).T
    return float(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
