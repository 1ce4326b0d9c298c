"""On made-up towns of which the truth is known: the fused point beats every source, and its radius says the truth."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from common.geo import distance_m
from customers.locating.faults import Fault
from tests.customers.simulated import NOISES, build_town

HOUSES = 20_000


@cache
def resolved_town(noise: str):
    town = build_town(HOUSES, noise, seed=1)
    return town, town.resolved()


@pytest.fixture(scope="module", params=NOISES)
def town(request):
    return resolved_town(request.param)


def spread(errors) -> np.ndarray:
    return np.quantile(errors, [0.5, 0.9])


def test_every_house_with_an_odp_gets_a_point(town):
    town, answers = town
    assert answers.height == HOUSES


def test_the_radius_holds_68_of_100_houses_in_every_grade(town):
    """Grade D is one house in seventy: too few in one town to tell 68 from 72, see below."""
    rows = held_by_grade(*town)
    assert set(rows) == set("ABCD")
    assert all(0.64 <= rows[grade].mean() <= 0.72 for grade in "ABC"), rows


def test_the_radius_of_doubtful_points_holds_68_of_100_too():
    held = pl.concat([held_by_grade(*resolved_town(noise))["D"] for noise in NOISES])
    assert held.len() > 1_000 and 0.64 <= held.mean() <= 0.72, held.mean()


def held_by_grade(town, answers) -> dict[str, pl.Series]:
    """By grade, for each house whether its circle holds it."""
    rows = answers.with_columns(held=pl.Series(town.errors(answers)) <= pl.col("radius_m"))
    return {grade: some["held"] for (grade,), some in rows.group_by("grade")}


@pytest.mark.parametrize("source", ["INSTALL", "ODP", "VISIT"])
def test_the_fused_point_beats_each_source_at_the_same_houses(town, source):
    town, answers = town
    alone = town.candidates.filter(pl.col("source") == source).unique("customer", keep="first", maintain_order=True)
    fused = answers.join(alone, on="customer", how="semi")
    assert (spread(town.errors(fused)) < spread(town.errors(alone))).all()


def test_the_fused_point_beats_the_mean_of_all_sources(town):
    town, answers = town
    means = town.candidates.group_by("customer").agg(pl.col("lat", "lon").mean())
    assert (spread(town.errors(answers)) < spread(town.errors(means)) / 3).all()


SHOWS = {
    "at_odp": Fault.AT_ODP,
    "office": Fault.FAR_FROM_ODP | Fault.AT_OFFICE,
    "stack": Fault.STACKED,
    "missing": Fault.MISSING,
    "swapped": Fault.SWAPPED,
    "lost_decimal": Fault.DECIMAL_LOST,
}


@pytest.mark.parametrize("defect", SHOWS)
def test_every_fault_is_recalled(town, defect):
    """An office within a drop cable's reach of the ODP shows where others stamped there too."""
    town, _ = town
    marks = town.faults.filter(pl.col("defect") == defect)["faults"].to_numpy()
    assert marks.size > 100
    assert ((marks & int(SHOWS[defect])) != 0).mean() >= 0.98


def test_clean_points_are_not_alarmed_and_no_repair_is_wrong(town):
    town, _ = town
    clean = town.faults.filter(pl.col("defect") == "")
    assert (clean["faults"] != 0).mean() < 0.01
    repaired = town.faults.filter("is_repaired").join(town.truth, on="customer", suffix="_true")
    off_m = distance_m(*(repaired[name].to_numpy() for name in ("lat", "lon", "lat_true", "lon_true")))
    assert repaired.height > 500 and repaired["defect"].is_in(["swapped", "lost_decimal"]).all()
    assert np.quantile(off_m[~repaired["is_moved"].to_numpy()], 0.99) < 60
