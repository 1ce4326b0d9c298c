"""What fusing promises of one house, whatever the evidence."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.geo import distance_m, metres_per_degree
from customers.locating.faults import Fault
from customers.locating.fusion import SEARCHES, fuse

HOUSE = -6.914744, 107.609810
YEAR, DAY = 2026, date(2026, 3, 1)
GRADES = "ABCD"


def at(east: float, north: float) -> tuple[float, float]:
    """A point so many metres from the house."""
    per_north, per_east = metres_per_degree(HOUSE[0])
    return HOUSE[0] + north / per_north, HOUSE[1] + east / per_east


def seen(
    source="VISIT", east=0.0, north=0.0, *, accuracy_m=10.0, actor="andi", faults=0, status="ACTIVE", on=DAY, key=1
):
    lat, lon = at(east, north)
    return {
        "customer": 1,
        "source": source,
        "lat": lat,
        "lon": lon,
        "accuracy_m": float(accuracy_m),
        "observed_on": on,
        "actor": actor,
        "device": "",
        "key": key,
        "faults": int(faults),
        "status": status,
    }


def resolve(*observations, searches=()):
    """The answer for one customer, None where there is none."""
    rows = fuse(
        pl.DataFrame(list(observations), infer_schema_length=None),
        year=YEAR,
        searches=pl.DataFrame(list(searches), schema=SEARCHES, orient="row"),
    )
    return rows.row(0, named=True) if rows.height else None


def away_m(answer) -> float:
    return float(distance_m(answer["lat"], answer["lon"], *HOUSE))


odp = seen("ODP", 80, 0, accuracy_m=105, actor="", on=None)
installed = seen("INSTALL", 5, 3, accuracy_m=12, actor="T1")


def test_a_technicians_point_and_its_odp_are_grade_b():
    answer = resolve(installed, odp)
    assert answer["grade"] == "B" and answer["source"] == "INSTALL" and away_m(answer) < 10
    assert answer["radius_m"] < 15  # sharp, but one person is not enough for an A


def test_three_people_who_agree_are_grade_a():
    answer = resolve(installed, odp, seen(actor="andi"), seen(east=4, actor="budi"))
    assert answer["grade"] == "A" and answer["agreeing"] == 3


def test_one_person_three_times_is_not_grade_a():
    answer = resolve(seen(), seen(east=2), seen(north=3), seen("AGENT_PIN", 1, 1))
    assert answer["grade"] == "B" and answer["agreeing"] == 1


def test_a_wrong_place_among_agreeing_fixes_is_left_out_and_not_averaged():
    answer = resolve(installed, seen(actor="andi"), seen(east=3, actor="budi"), seen(east=900, actor="cici"))
    assert away_m(answer) < 5 and answer["radius_m"] < 10


def test_of_two_rival_places_one_is_taken_with_a_radius_that_reaches_the_other():
    answer = resolve(seen(actor="andi"), seen(east=900, actor="budi"))
    assert min(away_m(answer), abs(away_m(answer) - 900)) < 1  # never the middle
    assert answer["grade"] == "D" and "other_place_m:900" in answer["reasons"]


def test_a_point_far_from_its_odp_gives_way_to_the_odp():
    answer = resolve(seen("INSTALL", 1_000, 0, accuracy_m=12, actor="T1", faults=Fault.FAR_FROM_ODP), odp)
    assert answer["source"] == "ODP" and "no_fix" in answer["reasons"]


def test_a_point_copied_from_the_odp_counts_as_the_odp_once():
    copied = seen("INSTALL", 80, 0, accuracy_m=105, actor="T1", faults=Fault.AT_ODP)
    assert resolve(copied, odp)["radius_m"] == pytest.approx(resolve(odp)["radius_m"], rel=0.1)


def test_a_village_alone_is_no_answer_and_beside_a_fix_it_changes_little():
    village = seen("VILLAGE", 600, 0, accuracy_m=800, actor="", on=None)
    assert resolve(village) is None
    assert away_m(resolve(installed, village)) < 10


def test_a_refuted_fix_does_not_count():
    answer = resolve(seen("INSTALL", 400, 0, actor="T1", status="REFUTED"), seen())
    assert away_m(answer) < 1
    assert resolve(seen(status="REFUTED")) is None


def test_where_somebody_searched_in_vain_is_believed_less_and_graded_d():
    doubted = {"customer": 1, "lat": HOUSE[0], "lon": HOUSE[1], "reach_m": 30.0, "searched_on": DAY, "after": 1}
    near, far = seen("INSTALL", 0, 0, accuracy_m=12, actor="T1"), seen(east=300, actor="andi", on=date(2025, 1, 1))
    before, after = resolve(near, far), resolve(near, far, searches=[doubted])
    assert after["radius_m"] != before["radius_m"] and away_m(after) == pytest.approx(300, abs=2)
    alone = resolve(near, searches=[doubted])
    assert alone["grade"] == "D" and "searched_in_vain" in alone["reasons"]


def test_a_later_confirmation_outweighs_an_earlier_search():
    doubted = {
        "customer": 1,
        "lat": HOUSE[0],
        "lon": HOUSE[1],
        "reach_m": 30.0,
        "searched_on": date(2026, 1, 1),
        "after": 1,
    }
    answer = resolve(installed, seen(on=date(2026, 2, 1)), searches=[doubted])
    assert answer["grade"] != "D" and "searched_in_vain" not in answer["reasons"]


def test_within_one_day_what_came_later_counts():
    doubted = {"customer": 1, "lat": HOUSE[0], "lon": HOUSE[1], "reach_m": 30.0, "searched_on": DAY, "after": 5}
    assert resolve(seen(key=4), searches=[doubted])["grade"] == "D"
    assert resolve(seen(key=6), searches=[doubted])["grade"] == "B"


def test_a_customer_who_may_have_moved_makes_an_old_record_less_sure():
    old = resolve(seen("INSTALL", actor="T1", on=date(2010, 1, 1)), seen(east=2_000, actor="andi"))
    new = resolve(seen("INSTALL", actor="T1", on=date(2026, 1, 1)), seen(east=2_000, actor="andi"))
    assert away_m(old) == pytest.approx(2_000, abs=5) and old["radius_m"] < new["radius_m"]


metres = st.floats(-3_000, 3_000)
near = st.floats(-60, 60)
observation = st.builds(
    seen,
    st.sampled_from(["INSTALL", "VISIT", "AGENT_PIN", "CUSTOMER_PIN", "ODP", "NEIGHBOUR", "VILLAGE"]),
    st.one_of(near, metres),
    st.one_of(near, metres),
    accuracy_m=st.floats(3, 300),
    actor=st.sampled_from(["andi", "budi", "cici", "T1"]),
    faults=st.sampled_from([0, Fault.FAR_FROM_ODP, Fault.STACKED, Fault.OUTSIDE_AREA]),
    status=st.sampled_from(["ACTIVE", "ACTIVE", "REFUTED"]),
    on=st.dates(date(2012, 1, 1), date(2026, 12, 1)),
)
search = st.builds(
    lambda east, north, reach_m: dict(zip(SEARCHES, (1, *at(east, north), reach_m, date(2026, 2, 1), 1), strict=True)),
    near,
    near,
    st.floats(10, 80),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(observation, min_size=1, max_size=6), st.lists(search, max_size=2), st.randoms())
def test_the_order_of_evidence_does_not_matter(observations, searches, luck):
    answer = resolve(*observations, searches=searches)
    luck.shuffle(observations)
    luck.shuffle(searches)
    assert resolve(*observations, searches=searches) == answer


@settings(max_examples=300, deadline=None)
@given(st.lists(observation, min_size=1, max_size=6), st.lists(search, max_size=2), st.floats(3, 50))
def test_one_more_good_fix_at_the_point_never_widens_the_radius_or_worsens_the_grade(observations, searches, accuracy):
    before = resolve(*observations, searches=searches)
    if before is None:
        return
    fix = seen(actor="dewi", accuracy_m=accuracy, on=date(2026, 3, 1)) | {name: before[name] for name in ("lat", "lon")}
    after = resolve(*observations, fix, searches=searches)
    assert after["radius_m"] <= before["radius_m"] * 1.001
    assert GRADES.index(after["grade"]) <= GRADES.index(before["grade"])


@settings(max_examples=100, deadline=None)
@given(st.lists(observation, min_size=1, max_size=8))
def test_an_answer_is_a_point_with_a_finite_radius(observations):
    answer = resolve(*observations)
    if answer is not None:
        assert np.isfinite([answer["lat"], answer["lon"], answer["radius_m"]]).all()
        assert answer["radius_m"] > 0 and answer["grade"] in GRADES
