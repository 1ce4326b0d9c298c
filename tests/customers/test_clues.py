"""Neighbours as a clue, and the way of a search."""

import numpy as np
import polars as pl
import pytest

from common.geo import distance_m
from customers.locating.neighbours import clues
from customers.locating.trails import length_m, simplify


def known(*houses):
    rows = [(n, 1, "mawar", str(number), -6.9, 107.6 + lon, 8.0) for n, (number, lon) in enumerate(houses, start=100)]
    return pl.DataFrame(
        rows, schema=["customer", "odp", "street", "house_number", "lat", "lon", "radius_m"], orient="row"
    )


def wanted(number="7", street="mawar", odp=1):
    return pl.DataFrame(
        {"customer": [1], "odp": [odp], "street": [street], "house_number": [number]},
        schema={"customer": pl.Int64, "odp": pl.Int64, "street": pl.String, "house_number": pl.String},
    )


def test_a_house_lies_between_its_numbers():
    (clue,) = clues(wanted("7"), known((5, 0.0), (11, 0.0006))).to_dicts()
    assert clue["lon"] == pytest.approx(107.6002) and 30 < clue["accuracy_m"] < 80


def test_with_one_neighbour_it_is_near_that_one():
    (clue,) = clues(wanted("7a"), known((5, 0.0))).to_dicts()
    assert clue["lon"] == pytest.approx(107.6) and clue["accuracy_m"] == 20 + 2 * 8 + 8


def test_the_same_side_of_the_street_is_preferred():
    (clue,) = clues(wanted("7"), known((6, 0.0), (5, 0.001))).to_dicts()
    assert clue["lon"] == pytest.approx(107.6)  # the nearer number wins
    (clue,) = clues(wanted("7"), known((9, 0.0), (9, 0.001))).to_dicts()
    assert clue["lon"] in (pytest.approx(107.6), pytest.approx(107.601))


@pytest.mark.parametrize("other", [{"street": "melati"}, {"odp": 2}, {"number": "99"}, {"number": ""}, {"odp": None}])
def test_another_street_pole_or_far_number_says_nothing(other):
    assert clues(wanted(**other), known((5, 0.0))).is_empty()


def test_a_straight_way_is_two_points_and_a_corner_three():
    straight = [(-6.9, 107.6 + n / 100_000) for n in range(50)]
    assert simplify(straight) == [straight[0], straight[-1]]
    corner = straight + [(-6.9 - n / 10_000, straight[-1][1]) for n in range(1, 20)]
    assert simplify(corner) == [corner[0], straight[-1], corner[-1]]


def test_a_simplified_way_stays_within_its_tolerance():
    rng = np.random.default_rng(4)
    way = [(-6.9 + a, 107.6 + b) for a, b in np.cumsum(rng.normal(0, 5e-5, (300, 2)), axis=0)]
    short = simplify(way)
    assert len(short) < len(way) and set(short) <= set(way) and short[0] == way[0] and short[-1] == way[-1]
    assert length_m(short) <= length_m(way)
    kept = np.array(short)
    for lat, lon in way:
        assert distance_m(kept[:, 0], kept[:, 1], lat, lon).min() < 300


@pytest.mark.parametrize("way", [[], [(-6.9, 107.6)], [(-6.9, 107.6)] * 5])
def test_no_way_has_no_length(way):
    assert length_m(simplify(way)) == 0
