"""Distances on the WGS84 ellipsoid and the Morton code (`mq`) that indexes points. Pure numpy, no Django.

Every function takes scalars or arrays that broadcast against each other; degrees in, metres out. NaN goes through.
"""

import numpy as np

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)

# Indonesia from Rote to Weh, from Weh to the border of Papua New Guinea, with some 20 km to spare.
INDONESIA_LAT = (-11.2, 6.3)
INDONESIA_LON = (94.7, 141.1)

MQ_ZOOM = 26  # a cell of 0.6 m at the equator: finer than any fix, and 52 bits fit a signed BIGINT
FAR_M = 300_000.0  # where the flat formula of `distance_m` gives way to the round one
MERCATOR_LAT = 85.05112877980659  # where the square Web-Mercator map ends


def in_indonesia(lat, lon):
    """True where the point lies in Indonesia's box; False for NaN."""
    south, north = INDONESIA_LAT
    west, east = INDONESIA_LON
    return (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)


def metres_per_degree(lat):
    """(north-south, east-west) metres per degree at a latitude: the two radii of curvature of the ellipsoid."""
    phi = np.radians(lat)
    shrink = 1 - ECCENTRICITY_2 * np.sin(phi) ** 2
    across = SEMI_MAJOR_M / np.sqrt(shrink)
    along = across * (1 - ECCENTRICITY_2) / shrink
    return np.radians(along), np.radians(across * np.cos(phi))


def distance_m(lat1, lon1, lat2, lon2):
    """Metres between points by Gauss's mid-latitude formula.

    Within 0.1 % of the geodesic up to 500 km between 50 degrees south and north; not meant for longer lines.
    """
    north_m, east_m = offsets_m(lat1, lon1, lat2, lon2)
    return np.sqrt(north_m * north_m + east_m * east_m)


def far_distance_m(lat1, lon1, lat2, lon2):
    """Metres between points at any distance within 0.1 %: Gauss up to FAR_M, Lambert's formula for longer lines."""
    metres = distance_m(lat1, lon1, lat2, lon2)
    if np.any(metres > FAR_M):
        return np.where(metres > FAR_M, lambert_m(lat1, lon1, lat2, lon2), metres)
    return metres


def lambert_m(lat1, lon1, lat2, lon2):
    """The great circle between reduced latitudes, with Lambert's correction of first order in the flattening."""
    beta1, beta2 = (np.arctan((1 - FLATTENING) * np.tan(np.radians(v))) for v in (lat1, lat2))
    half_lat = np.sin((beta2 - beta1) / 2) ** 2
    half_lon = np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    chord = np.clip(half_lat + np.cos(beta1) * np.cos(beta2) * half_lon, 1e-18, 1 - 1e-12)
    angle = 2 * np.arcsin(np.sqrt(chord))
    middle, half = np.sin((beta1 + beta2) / 2) ** 2, half_lat
    x = (angle - np.sin(angle)) * middle * (1 - half) / (1 - chord)
    y = (angle + np.sin(angle)) * half * (1 - middle) / chord
    return SEMI_MAJOR_M * (angle - FLATTENING / 2 * (x + y))


def bearing_deg(lat1, lon1, lat2, lon2):
    """Direction from the first point to the second at their middle, 0 = north, clockwise, in [0, 360)."""
    north_m, east_m = offsets_m(lat1, lon1, lat2, lon2)
    return np.degrees(np.arctan2(east_m, north_m)) % 360


def offsets_m(lat1, lon1, lat2, lon2):
    """(metres north, metres east) from the first point to the second, the short way round the date line."""
    lat1, lon1, lat2, lon2 = (np.asarray(v, dtype=np.float64) for v in (lat1, lon1, lat2, lon2))
    per_north, per_east = metres_per_degree((lat1 + lat2) / 2)
    east = lon2 - lon1
    east = np.where(np.abs(east) > 180, east - np.copysign(360, east), east)
    return (lat2 - lat1) * per_north, east * per_east


def tile_at(lat, lon, zoom):
    """(x, y) int64 of the Web-Mercator tile that holds the point; points beyond the map go to its edge."""
    size = 1 << zoom
    phi = np.radians(np.clip(np.asarray(lat, dtype=np.float64), -MERCATOR_LAT, MERCATOR_LAT))
    x = (np.asarray(lon, dtype=np.float64) + 180) / 360 * size
    y = (1 - np.arcsinh(np.tan(phi)) / np.pi) / 2 * size
    return tuple(np.clip(np.floor(v), 0, size - 1).astype(np.int64) for v in (x, y))


def tile_corner(zoom, x, y):
    """(lat, lon) of the north-west corner of a tile; of tile (x + 1, y + 1): the south-east one."""
    size = 1 << zoom
    return np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / size)))), x / size * 360 - 180


def mq(lat, lon):
    """int64 Morton code of the tile at zoom 26: bits of x in the even places, of y in the odd ones.

    The point must not be NaN: no code would be right for it.
    """
    x, y = tile_at(lat, lon, MQ_ZOOM)
    return interleave(x, y)


def mq_range(zoom, x, y):
    """(first, last) codes of tile (zoom, x, y): the bounds of a BETWEEN that finds all its points."""
    shift = 2 * (MQ_ZOOM - zoom)
    first = int(interleave(x, y)) << shift
    return first, first + (1 << shift) - 1


def interleave(x, y):
    """Morton code of two integers below 2**31."""
    return spread_bits(x) | (spread_bits(y) << 1)


def spread_bits(v):
    """Moves bit k of an integer below 2**32 to bit 2k, by halving the distance five times."""
    v = np.asarray(v, dtype=np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        v = (v | (v << shift)) & mask
    return v
