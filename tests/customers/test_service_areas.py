"""Service areas: inside the outline is inside, far beyond is outside, and nothing is said of what is not known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.polygons import NoOutline, middle_and_area, polygons_of
from customers.locating.area_cells import as_geometry, fill_outline, inhabited_cells
from customers.locating.areas import ServiceAreas
from customers.locating.faults import Fault, check_points

KEY, OTHER = 7.0, 8.0
SQUARE = [[107.0, -7.0], [107.5, -7.0], [107.5, -6.5], [107.0, -6.5], [107.0, -7.0]]
LAKE = [[107.2, -6.8], [107.3, -6.8], [107.3, -6.7], [107.2, -6.7], [107.2, -6.8]]
ODP_OUTSIDE = (-6.30, 107.25)


def outline(*rings):
    return polygons_of({"type": "Polygon", "coordinates": [list(ring) for ring in rings]})


def areas_of(*rings, margin=1) -> ServiceAreas:
    return ServiceAreas({int(KEY): fill_outline(outline(*rings), margin)})


def contains(areas, lat, lon, area=KEY) -> bool:
    return bool(areas.contains(np.array([lat]), np.array([lon]), np.array([area]))[0])


def test_inside_the_outline_is_inside_and_beyond_its_margin_is_not():
    areas = areas_of(SQUARE)
    assert contains(areas, -6.75, 107.25)
    assert contains(areas, -6.495, 107.25)  # half a kilometre over the line
    assert not contains(areas, -6.45, 107.25)
    assert not contains(areas, 60.0, -170.0)


def test_a_hole_is_not_inside():
    assert not contains(areas_of(SQUARE, LAKE), -6.75, 107.25)


def test_an_island_smaller_than_a_cell_is_not_lost():
    island = [[107.0011, -7.0011], [107.0013, -7.0011], [107.0013, -7.0009], [107.0011, -7.0011]]
    assert contains(areas_of(island, margin=0), -7.001, 107.0012)


def test_nothing_is_said_of_an_unknown_area_or_without_a_point():
    areas = areas_of(SQUARE)
    assert areas.knows(np.array([KEY, OTHER, np.nan])).tolist() == [True, False, False]
    assert not contains(areas, -6.75, 107.25, OTHER)
    assert not contains(areas, np.nan, 107.25)
    assert not contains(ServiceAreas({}), -6.75, 107.25)


@settings(deadline=None, max_examples=60)
@given(
    corners=st.lists(st.floats(0.02, 0.4), min_size=3, max_size=12),
    at=st.tuples(st.floats(-9.0, 4.0), st.floats(97.0, 139.0)),
    shares=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20),
)
def test_every_point_of_an_outline_is_inside_whatever_its_shape(corners, at, shares):
    angles = np.linspace(0, 2 * np.pi, len(corners), endpoint=False)
    ring = np.column_stack([at[1] + corners * np.cos(angles), at[0] + corners * np.sin(angles)])
    areas = areas_of(np.vstack([ring, ring[:1]]).tolist())
    for along, inwards in shares:  # a point between the middle and the line itself
        edge = min(int(along * len(ring)), len(ring) - 1)
        share = along * len(ring) - edge
        lon, lat = (ring[edge] * (1 - share) + ring[(edge + 1) % len(ring)] * share) * inwards + np.array(at[::-1]) * (
            1 - inwards
        )
        assert contains(areas, lat, lon)
    assert not contains(areas, at[0], at[1] + 0.6)


def test_cells_drawn_as_an_outline_are_the_same_cells():
    lat, lon = np.random.default_rng(1).uniform((-7.0, 107.0), (-6.9, 107.2), (400, 2)).T
    cells = inhabited_cells(lat, lon)
    again = fill_outline(polygons_of(as_geometry(cells)), margin=0)
    rows, cols = np.nonzero(cells.mask)
    again_rows, again_cols = np.nonzero(again.mask)
    assert set(zip(rows + cells.row, cols + cells.col, strict=True)) == set(
        zip(again_rows + again.row, again_cols + again.col, strict=True)
    )


def test_a_stack_of_customers_on_one_spot_makes_no_area():
    assert inhabited_cells(np.full(50, -6.9), np.full(50, 107.6)) is None


def test_size_and_middle_of_an_outline():
    lat, lon, area = middle_and_area(outline(SQUARE, LAKE))
    assert (lat, lon) == pytest.approx((-6.75, 107.25), abs=1e-3)
    assert area == pytest.approx((0.25 - 0.01) * 110_600 * 110_500, rel=0.01)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [107, -6]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[107, -6], [108, -6], [108, -7]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
        {"type": "Polygon"},
    ],
)
def test_what_is_no_closed_outline_is_refused(geometry):
    with pytest.raises(NoOutline):
        polygons_of(geometry)


def check(lat, lon, *, odp=(np.nan, np.nan), area=KEY, areas=None):
    """(lat, lon, faults, repaired) of a point whose witel has a circle of 150 km around the square's middle."""
    checked = check_points(
        [lat], [lon], odp_lat=odp[0], odp_lon=odp[1], area_lat=-6.75, area_lon=107.25, area_reach_m=150_000.0,
        area=area, areas=areas_of(SQUARE) if areas is None else areas,
    )  # fmt: skip
    return checked.lat[0], checked.lon[0], Fault(int(checked.faults[0])), bool(checked.repaired[0])


def test_a_point_within_the_circle_but_outside_the_boundary_is_flagged_and_kept():
    assert check(-6.301234, 107.251234) == (-6.301234, 107.251234, Fault.OUTSIDE_AREA, False)
    assert check(-6.701234, 107.251234)[2] == Fault(0)


def test_where_the_boundary_is_not_known_the_circle_stays_in_force():
    assert check(-6.301234, 107.251234, area=OTHER)[2] == Fault(0)
    assert check(-3.301234, 107.251234, area=OTHER)[2] == Fault.OUTSIDE_AREA
    assert check(-3.301234, 107.251234, area=np.nan, areas=ServiceAreas({}))[2] == Fault.OUTSIDE_AREA


def test_a_repair_has_to_land_inside_the_boundary():
    assert check(107.251234, -6.701234) == (-6.701234, 107.251234, Fault.SWAPPED, True)
    lat, _, faults, repaired = check(107.251234, -6.301234)
    assert np.isnan(lat) and not repaired and faults & Fault.OUTSIDE_COUNTRY
    assert not check(107.251234, ODP_OUTSIDE[0], odp=ODP_OUTSIDE)[3]


def test_no_point_is_outside_an_area_when_there_is_no_point():
    assert check(np.nan, np.nan)[2] == Fault.MISSING
