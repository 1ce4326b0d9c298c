"""Coordinate checks in points per second, ours beside one row at a time: `python -m benchmarks.checks [POINTS]`.

Houses 250 m around their ODP all over the country, with three kinds of knowledge: the circle of each witel (no file
imported), its service area (a made-up outline of some 200 km per witel), the same with 8 % of the points damaged as
feeds damage them. The alternative does the same rules for a clean point in a plain loop over rows. Each runs at
three sizes ×10 apart, up to POINTS (default 2,000,000; the loop to a hundredth of it); the exponent is that of seconds
against points: 1 is proportional. By processor time, so that others on the machine do not count.
"""

import math
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common.geo import INDONESIA_LAT, INDONESIA_LON
from customers.locating.area_cells import fill_outline
from customers.locating.areas import ServiceAreas
from customers.locating.faults import AT_ODP_M, NO_AREAS, ODP_REACH_M, check_points

WITELS, SPREAD_DEG, OUTLINE_DEG, DAMAGED = 61, 0.3, 1.0, 0.08
SIZES, ROUNDS, LOOP_SHARE = (100, 10, 1), 3, 100
TARGET = 5_000_000


def main(points: int) -> None:
    areas = made_up_areas()
    cases = (
        ("circle, clean", NO_AREAS, 0.0),
        ("service areas, clean", areas, 0.0),
        ("service areas, 8 % damaged", areas, DAMAGED),
    )
    loop = rates("one row at a time, clean", points // LOOP_SHARE, lambda n: one_by_one(**feed(n, 0.0)))
    for name, known, share in cases:
        rate = rates(name, points, lambda n, known=known, share=share: check_points(**feed(n, share), areas=known))
        print(f"{'':28} {rate / loop:,.0f} × one row at a time; {rate / TARGET:.2f} of the target of 5M points/s")


def rates(name: str, most: int, work) -> float:
    """Points per second at the largest size; prints all three and the exponent between them."""
    sizes = [max(most // part, 1) for part in SIZES]
    for size in sizes:
        feed(size, 0.0), feed(size, DAMAGED)
    seconds = [min(timed(work, size) for _ in range(ROUNDS)) for size in sizes]
    exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    told = ", ".join(f"{size:,}: {size / took / 1e6:.2f} M/s" for size, took in zip(sizes, seconds, strict=True))
    print(f"{name:28} {told}; exponent {exponent:.2f}", flush=True)
    return sizes[-1] / seconds[-1]


def timed(work, size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start


FEEDS: dict[tuple[int, float], dict] = {}


def feed(points: int, damaged: float) -> dict:
    """The arguments of `check_points` for this many houses; made once, so that making them is not measured."""
    if (points, damaged) not in FEEDS:
        FEEDS[points, damaged] = make_feed(np.random.default_rng(1), points, damaged)
    return FEEDS[points, damaged]


def make_feed(chance, points: int, damaged: float) -> dict:
    seats = witel_seats()
    area = chance.integers(0, WITELS, points)
    odp_lat, odp_lon = (seats[:, axis][area] + chance.uniform(-SPREAD_DEG, SPREAD_DEG, points) for axis in (0, 1))
    lat, lon = (odp + chance.uniform(-1, 1, points) * 0.0015 for odp in (odp_lat, odp_lon))
    lat, lon = np.round(lat, 6), np.round(lon, 6)
    kinds = np.where(chance.random(points) < damaged, chance.integers(1, 6, points), 0)
    lat, lon = np.where(kinds == 1, lon, lat), np.where(kinds == 1, lat, lon)
    lat = np.where(kinds == 2, -lat, lat)
    lat, lon = (np.where(kinds == 3, np.round(axis * 1e6), axis) for axis in (lat, lon))
    lat, lon = (np.where(kinds == 4, 0.0, np.where(kinds == 5, np.nan, axis)) for axis in (lat, lon))
    around = {"odp_lat": odp_lat, "odp_lon": odp_lon, "area_lat": seats[area, 0], "area_lon": seats[area, 1]}
    return {"lat": lat, "lon": lon, **around, "area_reach_m": np.full(points, 150_000.0), "area": area.astype(float)}


def witel_seats() -> np.ndarray:
    """(61, 2) latitudes and longitudes well within the country."""
    chance, far = np.random.default_rng(7), OUTLINE_DEG + SPREAD_DEG
    ranges = [(low + far, high - far) for low, high in (INDONESIA_LAT, INDONESIA_LON)]
    return np.column_stack([chance.uniform(*span, WITELS) for span in ranges])


def made_up_areas() -> ServiceAreas:
    """A rough circle of OUTLINE_DEG around each seat, of 200 corners as simplified boundaries have them."""
    angle = np.append(np.linspace(0, 2 * np.pi, 200, endpoint=False), 0.0)
    reach = OUTLINE_DEG * (1 + 0.2 * np.sin(9 * angle))
    outlines = [
        np.column_stack([lon + reach * np.cos(angle), lat + reach * np.sin(angle)]) for lat, lon in witel_seats()
    ]
    return ServiceAreas({key: fill_outline([[ring]]) for key, ring in enumerate(outlines)})


def one_by_one(*, lat, lon, odp_lat, odp_lon, area_lat, area_lon, area_reach_m, area) -> int:
    """How many points are flawless, by the rules that a clean row meets and the circle of its witel."""
    (south, north), (west, east) = INDONESIA_LAT, INDONESIA_LON
    columns = (lat, lon, odp_lat, odp_lon, area_lat, area_lon, area_reach_m)
    flawless = 0
    for y, x, odp_y, odp_x, area_y, area_x, reach in zip(*(column.tolist() for column in columns), strict=True):
        is_coarse = round(y, 3) == y and round(x, 3) == x
        is_here = south <= y <= north and west <= x <= east and haversine_m(y, x, area_y, area_x) <= reach
        flawless += not is_coarse and is_here and AT_ODP_M < haversine_m(y, x, odp_y, odp_x) <= ODP_REACH_M
    return flawless


def haversine_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    up, along = math.radians(lat2 - lat1) / 2, math.radians(lon2 - lon1) / 2
    across = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2))
    return 12_742_000 * math.asin(math.sqrt(math.sin(up) ** 2 + across * math.sin(along) ** 2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
