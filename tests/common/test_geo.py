"""Distances against the geodesic, and the Morton code against its definition."""

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from common.geo import bearing_deg, distance_m, in_indonesia, interleave, mq, mq_range, tile_at


def test_distance_is_within_a_thousandth_of_the_geodesic_up_to_500_km():
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(-11.2, 6.3, 2_000), rng.uniform(94.7, 141.1, 2_000)
    reach = 10 ** rng.uniform(-4, np.log10(3.1), 2_000)  # degrees: 10 m to 500 km
    to_lat, to_lon = lat + reach * rng.uniform(-1, 1, 2_000), lon + reach * rng.uniform(-1, 1, 2_000)
    starts, ends = np.column_stack([lat, lon]), np.column_stack([to_lat, to_lon])
    true_m = np.array([geodesic(a, b).m for a, b in zip(starts, ends, strict=True)])
    error = np.abs(distance_m(lat, lon, to_lat, to_lon) - true_m) / true_m
    assert error.max() < 1e-3


@pytest.mark.parametrize("lat", [-50, -0.001, 0, 0.001, 50])
def test_distance_holds_at_the_equator_and_far_from_it(lat):
    for d_lat, d_lon in ((0, 4), (4, 0), (2, 3), (0.001, 0)):
        assert distance_m(lat, 110, lat + d_lat, 110 + d_lon) == pytest.approx(
            geodesic((lat, 110), (lat + d_lat, 110 + d_lon)).m, rel=1e-3
        )


def test_distance_takes_scalars_arrays_and_nan():
    assert distance_m(-6.2, 106.8, -6.2, 106.8) == 0
    result = distance_m(-6.2, 106.8, np.array([-6.2, np.nan]), 106.9)
    assert result.shape == (2,) and np.isnan(result[1])


def test_distance_goes_the_short_way_over_the_date_line():
    assert distance_m(0, 179.9, 0, -179.9) == pytest.approx(22_264, rel=1e-3)


def test_bearing_counts_clockwise_from_north():
    assert np.allclose(bearing_deg(-6, 107, [-5, -6, -7, -6], [107, 108, 107, 106]), [0, 90, 180, 270], atol=1e-9)


def test_indonesia_holds_its_corners_and_not_its_neighbours():
    lat, lon = np.array([5.9, -10.9, -8.5, -12.46, 13.7, np.nan]), np.array([95.2, 122.9, 141.0, 130.8, 100.5, 110])
    assert in_indonesia(lat, lon).tolist() == [True, True, True, False, False, False]


def test_interleave_puts_x_in_even_and_y_in_odd_bits():
    for x, y in ((1, 0), (0, 1), (0b1011, 0b0110), ((1 << 26) - 1, 0), ((1 << 26) - 1, (1 << 26) - 1)):
        wanted = sum(((x >> k & 1) << 2 * k) | ((y >> k & 1) << (2 * k + 1)) for k in range(26))
        assert interleave(x, y) == wanted


@settings(max_examples=200)
@given(st.floats(-85, 85), st.floats(-180, 179.999), st.integers(0, 26))
def test_a_tiles_range_holds_exactly_the_points_of_the_tile(lat, lon, zoom):
    x, y = (int(v) for v in tile_at(lat, lon, zoom))
    first, last = mq_range(zoom, x, y)
    assert first <= mq(lat, lon) <= last
    if zoom:
        other_first, other_last = mq_range(zoom, x ^ 1, y)
        assert not other_first <= mq(lat, lon) <= other_last


def test_tiles_are_those_of_web_maps():
    assert [int(v) for v in tile_at(-6.9, 107.6, 10)] == [818, 531]
    assert mq(np.array([-6.9, 89.99]), np.array([107.6, 180.0])).dtype == np.int64
