"""Points that many share."""

import numpy as np
import pytest

from customers.locating.faults import Fault
from customers.locating.stacks import find_stacked
from tests.customers.simulated import offset

SPOT = (-6.9147, 107.6098)


def town(n=2_000, seed=1):
    rng = np.random.default_rng(seed)
    lat, lon = offset(*SPOT, rng.normal(0, 3_000, (n, 2)))
    odp_lat, odp_lon = offset(lat, lon, rng.normal(0, 69, (n, 2)))
    return lat, lon, odp_lat, odp_lon


def test_five_on_one_point_are_a_stack_and_four_are_none():
    lat, lon, odp_lat, odp_lon = town()
    for places, size in ((range(5), 5), (range(10, 14), 4)):
        for k in places:
            lat[k], lon[k], odp_lat[k], odp_lon[k] = (
                lat[places[0]],
                lon[places[0]],
                odp_lat[places[0]],
                odp_lon[places[0]],
            )
        assert len(places) == size
    marks = find_stacked(lat, lon, odp_lat, odp_lon)
    assert (marks[:5] == Fault.STACKED).all() and (marks[5:] == 0).all()


def test_two_of_different_odps_on_one_point_are_the_office():
    lat, lon, odp_lat, odp_lon = town()
    lat[1], lon[1] = lat[0], lon[0]
    marks = find_stacked(lat, lon, odp_lat, odp_lon)
    assert (marks[:2] == Fault.AT_OFFICE).all() and not marks[2:].any()


def test_neighbours_of_one_odp_may_share_a_point():
    lat, lon, odp_lat, odp_lon = town()
    lat[1], lon[1], odp_lat[1], odp_lon[1] = lat[0], lon[0], odp_lat[0], odp_lon[0]
    assert not find_stacked(lat, lon, odp_lat, odp_lon).any()


@pytest.mark.parametrize("jitter_m", [0.0, 0.15])
def test_stacks_are_recalled_wherever_they_lie(jitter_m):
    rng = np.random.default_rng(3)
    lat, lon, odp_lat, odp_lon = town(40_000)
    stacked = np.zeros(lat.size, dtype=bool)
    for first in range(0, 4_000, 8):
        some = slice(first, first + rng.integers(5, 9))
        lat[some], lon[some] = offset(lat[first], lon[first], rng.normal(0, jitter_m, (len(lat[some]), 2)))
        odp_lat[some], odp_lon[some] = odp_lat[first], odp_lon[first]
        stacked[some] = True
    found = (find_stacked(lat, lon, odp_lat, odp_lon) & Fault.STACKED) != 0
    assert found[stacked].mean() >= 0.98 and not found[~stacked].any()


def test_a_stack_of_thousands_is_no_work():
    lat = np.full(20_000, SPOT[0])
    marks = find_stacked(lat, np.full(20_000, SPOT[1]), lat, np.full(20_000, SPOT[1]))
    assert (marks == Fault.STACKED).all()


def test_missing_points_and_odps_say_nothing():
    nan = np.full(6, np.nan)
    assert not find_stacked(nan, nan, nan, nan).any()
    lat, lon = np.full(4, SPOT[0]), np.full(4, SPOT[1])
    assert not find_stacked(lat, lon, nan[:4], nan[:4]).any()
