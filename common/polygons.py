"""Outlines as GeoJSON writes them: their rings, their size, their middle. Pure numpy, no Django.

A polygon is a list of rings, the outer one first and then its holes; a ring is a float64 array (n, 2) of longitude and
latitude in degrees, its last point equal to its first.
"""

from collections.abc import Sequence

import numpy as np

from common.geo import metres_per_degree

SHORTEST_RING = 4  # a triangle, closed


class NoOutline(ValueError):
    """The geometry is no Polygon or MultiPolygon of closed rings of numbers."""


def polygons_of(geometry: dict | None) -> list[list[np.ndarray]]:
    """The polygons of a GeoJSON geometry. Raises NoOutline."""
    kind = (geometry or {}).get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise NoOutline(f"a {kind or 'missing geometry'} is no Polygon or MultiPolygon")
    try:
        parts = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
        polygons = [[as_ring(ring) for ring in part] for part in parts]
    except (KeyError, TypeError, ValueError) as error:
        raise NoOutline(str(error)) from error
    if not polygons or not all(polygons):
        raise NoOutline("there are no rings in it")
    return polygons


def as_ring(points: Sequence) -> np.ndarray:
    ring = np.array([point[:2] for point in points], dtype=np.float64)
    if ring.ndim != 2 or ring.shape[1] != 2 or not np.isfinite(ring).all():
        raise NoOutline("a ring holds something else than pairs of numbers")
    if len(ring) < SHORTEST_RING or (ring[0] != ring[-1]).any():
        raise NoOutline("a ring is not closed")
    return ring


def middle_and_area(polygons: list[list[np.ndarray]]) -> tuple[float, float, float]:
    """(lat, lon, square metres): the centre of gravity and the area, holes taken off.

    Planar in metres around the first point: within 1 % for outlines up to a few hundred kilometres. An outline without
    any area has the mean of its points as its middle.
    """
    west, south = polygons[0][0][0]
    per_north, per_east = metres_per_degree(south)
    area = east = north = 0.0
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            x, y = (ring[:, 0] - west) * per_east, (ring[:, 1] - south) * per_north
            cross = x[:-1] * y[1:] - x[1:] * y[:-1]
            # Outer rings add and holes take off, whichever way round they were drawn.
            sign = np.copysign(1.0, cross.sum()) * (1 if number == 0 else -1)
            area += sign * cross.sum() / 2
            east += sign * ((x[:-1] + x[1:]) * cross).sum() / 6
            north += sign * ((y[:-1] + y[1:]) * cross).sum() / 6
    if area <= 0:
        lon, lat = np.concatenate([ring for polygon in polygons for ring in polygon]).mean(axis=0)
        return float(lat), float(lon), 0.0
    return float(south + north / area / per_north), float(west + east / area / per_east), float(area)
