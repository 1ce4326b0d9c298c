"""A made-up town of which the truth is known: houses, ODPs, technicians and agents, with the errors of the real feeds.

Everything a record says is made here with one noise model; what Find&Go makes of it goes through the product's own
functions. The noise models differ in how a fix misses its house, and none of them is the one that the fusing assumes
but `gauss`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from common.geo import distance_m, metres_per_degree
from customers.locating import reliability
from customers.locating.candidates import read_installations
from customers.locating.fusion import fuse
from customers.locating.stacks import find_stacked

TOWN = -6.9147, 107.6098
YEAR = 2026
TECHNICIANS, AGENTS = 80, 60
SD_OF_STATED = 1.509592  # sqrt(-2 ln 0.32): the 68 % radius of a round Gaussian of standard deviation 1
NOISES = ("gauss", "laplace", "student", "overclaimed", "sloppy_technicians")


@dataclass(frozen=True)
class Town:
    """`truth`: customer, lat, lon, is_moved, defect. `candidates` as of `fusion.fuse`. `faults`: customer, defect, lat,
    lon, faults, is_repaired, as the checks at the door left them.
    """

    truth: pl.DataFrame
    candidates: pl.DataFrame
    faults: pl.DataFrame

    def errors(self, points: pl.DataFrame) -> np.ndarray:
        """Metres from the truth of points (customer, lat, lon)."""
        rows = points.join(self.truth, on="customer", how="left", suffix="_true", maintain_order="left")
        return distance_m(*(rows[name].to_numpy() for name in ("lat", "lon", "lat_true", "lon_true")))

    def resolved(self) -> pl.DataFrame:
        """What the product makes of it: actors learned, then everything fused."""
        return fuse(self.candidates, year=YEAR, actors=reliability.learn(self.candidates, YEAR))


def build_town(houses: int, noise: str, seed: int) -> Town:
    rng = np.random.default_rng(seed)
    truth = pl.DataFrame({"customer": np.arange(houses)}).with_columns(
        **dict(zip(("lat", "lon"), offset(*TOWN, rng.normal(0, 6_000, (houses, 2))), strict=True)),
        years=pl.Series(rng.integers(0, 12, houses)),
    )
    truth = truth.with_columns(is_moved=pl.Series(rng.random(houses)) < 0.008 * pl.col("years"))
    at = truth["lat"].to_numpy(), truth["lon"].to_numpy()
    records, defects = installations(rng, noise, at, truth)
    read = read_installations(records)
    installed = read.candidates.filter(pl.col("source") == "INSTALL")
    odps = read.candidates.filter(pl.col("source") == "ODP")
    pairs = installed.join(odps.select("customer", odp_lat="lat", odp_lon="lon"), on="customer", how="left")
    shared = find_stacked(*(pairs[name].to_numpy() for name in ("lat", "lon", "odp_lat", "odp_lon")))
    installed = installed.with_columns(faults=pl.col("faults") | pl.Series(shared))
    found = visits(rng, noise, at)
    truth = truth.with_columns(defect=pl.Series(defects))
    nobody = pl.lit(0, dtype=pl.Int64)
    everything = pl.concat([installed, odps, found.select(odps.columns)]).with_columns(key=nobody)
    checked = read.checked.select("customer", "lat", "lon", "is_repaired", own="faults")
    told = installed.select("customer", shared="faults")
    faults = truth.select("customer", "defect").join(checked, on="customer").join(told, on="customer", how="left")
    faults = faults.with_columns(faults=pl.col("own") | pl.col("shared").fill_null(0))
    return Town(truth, everything, faults)


def installations(rng, noise: str, at, truth: pl.DataFrame):
    """Provisioning records, and what is wrong with each on purpose ('' for nothing)."""
    n, is_moved = truth.height, truth["is_moved"].to_numpy()
    technician = rng.integers(0, TECHNICIANS, n)
    shops = rng.normal(0, 4_000, (TECHNICIANS, 2))
    odp = offset(*at, rng.normal(0, 69, (n, 2)))
    miss = error(rng, noise, np.full(n, 12.0), technician)
    moved_from = rng.normal(0, 2_500, (n, 2)) * is_moved[:, None]
    lat, lon = offset(*at, miss + moved_from)
    # The ODP is the one of the house where the line was laid.
    odp = tuple(np.where(is_moved, o, p) for o, p in zip(offset(lat, lon, rng.normal(0, 69, (n, 2))), odp, strict=True))
    kind = rng.choice(
        ["", "at_odp", "office", "stack", "missing", "swapped", "lost_decimal"],
        n,
        p=[0.82, 0.06, 0.02, 0.03, 0.03, 0.02, 0.02],
    )
    lat, lon = np.where(kind == "at_odp", odp[0], lat), np.where(kind == "at_odp", odp[1], lon)
    # An exchange area of a mile has one office, where whoever does not go out stamps his lines.
    office = tuple(np.floor(v * 60) / 60 + part for v, part in zip(odp, (0.004, 0.009), strict=True))
    lat, lon = np.where(kind == "office", office[0], lat), np.where(kind == "office", office[1], lon)
    shop = offset(*TOWN, shops[technician % 10])
    lat, lon = np.where(kind == "stack", shop[0], lat), np.where(kind == "stack", shop[1], lon)
    lat = np.where(kind == "missing", np.nan, lat)
    lat, lon = np.where(kind == "swapped", lon, lat), np.where(kind == "swapped", lat, lon)
    lat = np.where(kind == "lost_decimal", np.round(lat, 6) * 1e6, lat)
    return pl.DataFrame(
        {
            "customer": np.arange(n),
            "given_lat": lat,
            "given_lon": lon,
            "odp_lat": odp[0],
            "odp_lon": odp[1],
            "area_lat": np.full(n, TOWN[0]),
            "area_lon": np.full(n, TOWN[1]),
            "area_reach_m": np.full(n, 60_000.0),
            "area": np.zeros(n, dtype=np.int64),
            "installed_on": [date(YEAR - int(y), 3, 1) for y in truth["years"]],
            "technician": [f"T{t:03d}" for t in technician],
            "accuracy_m": np.full(n, np.nan),
        }
    ).with_columns(pl.col("accuracy_m").fill_nan(None)), np.where(is_moved & (kind == ""), "moved", kind)


def visits(rng, noise: str, at) -> pl.DataFrame:
    """Confirming fixes of agents, none to five per house; one in twenty-five was not at the house."""
    house = np.repeat(np.arange(at[0].size), rng.choice([0, 1, 2, 3, 5], at[0].size, p=[0.45, 0.2, 0.15, 0.12, 0.08]))
    n = house.size
    agent = rng.integers(0, AGENTS, n)
    stated = rng.choice([4.0, 6.0, 10.0, 20.0, 40.0], n, p=[0.2, 0.3, 0.3, 0.15, 0.05])
    miss = error(rng, noise, stated, agent)
    wrong = rng.random(n) < 0.04
    miss[wrong] = rng.normal(0, 1_200, (int(wrong.sum()), 2))
    lat, lon = offset(at[0][house], at[1][house], miss)
    return pl.DataFrame(
        {
            "customer": house,
            "source": ["VISIT"] * n,
            "lat": lat,
            "lon": lon,
            "accuracy_m": stated,
            "observed_on": [date(YEAR, 1 + int(m), 1) for m in rng.integers(0, 10, n)],
            "actor": [f"agent{a}" for a in agent],
            "device": [f"phone{a}" for a in agent],
            "faults": np.zeros(n, dtype=np.int64),
            "status": ["ACTIVE"] * n,
        }
    )


def error(rng, noise: str, stated, person) -> np.ndarray:
    """(n, 2) metres east and north by which fixes of this stated accuracy (68 %) miss their house."""
    n = stated.size
    sd = stated / SD_OF_STATED
    if noise == "laplace":  # the distance has long tails: 68 % within 2.36 means
        distance = rng.gamma(2.0, 1.0, n) / 2.3495 * stated
        angle = rng.uniform(0, 2 * np.pi, n)
        return np.column_stack([np.cos(angle), np.sin(angle)]) * distance[:, None]
    if noise == "student":  # now and then three times as far: multipath between houses
        return rng.normal(0, 1, (n, 2)) * (sd * np.where(rng.random(n) < 0.1, 2.6, 0.88))[:, None]
    if noise == "overclaimed":  # phones promise more than they hold
        return rng.normal(0, 1, (n, 2)) * (sd * 1.6)[:, None]
    if noise == "sloppy_technicians":
        own = np.random.default_rng(7).choice([0.6, 1.0, 1.0, 2.5], 100)
        return rng.normal(0, 1, (n, 2)) * (sd * own[person])[:, None]
    return rng.normal(0, 1, (n, 2)) * sd[:, None]


def offset(lat, lon, metres) -> tuple[np.ndarray, np.ndarray]:
    """Points `metres` (east, north) from others."""
    per_north, per_east = metres_per_degree(np.asarray(lat))
    return lat + metres[:, 1] / per_north, lon + metres[:, 0] / per_east
