"""Faults at the door: what is flagged, what is repaired, and what is left alone."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from common.geo import distance_m
from customers.locating.faults import ODP_REACH_M, Fault, check_points

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.exists(), reason=f"the real inputs are not at {DATA}: the truth of input a is NOT checked"
)

HOUSE, ODP, BANDUNG, REACH_M = (-6.914744, 107.609810), (-6.913900, 107.610500), (-6.91924, 107.6366), 150_000.0
UNKNOWN = (np.nan, np.nan)


def check(lat, lon, odp=ODP, area=BANDUNG, reach_m=REACH_M):
    """(lat, lon, faults, repaired) of one point."""
    checked = check_points(
        [lat], [lon], odp_lat=odp[0], odp_lon=odp[1], area_lat=area[0], area_lon=area[1], area_reach_m=reach_m
    )
    return checked.lat[0], checked.lon[0], Fault(int(checked.faults[0])), bool(checked.repaired[0])


def assert_repaired(result, house, fault):
    lat, lon, faults, repaired = result
    assert repaired and faults & fault == fault
    assert distance_m(lat, lon, *house) < 2


def test_a_sound_point_stays_as_written_without_faults():
    assert check(*HOUSE) == (*HOUSE, Fault(0), False)
    assert check(*HOUSE, odp=UNKNOWN, area=UNKNOWN, reach_m=np.nan) == (*HOUSE, Fault(0), False)


@pytest.mark.parametrize("lat, lon", [(np.nan, np.nan), (np.nan, 107.6), (-6.9, np.nan), (np.inf, 107.6)])
def test_half_a_point_is_missing(lat, lon):
    lat, lon, faults, repaired = check(lat, lon)
    assert np.isnan(lat) and np.isnan(lon) and faults == Fault.MISSING and not repaired


@pytest.mark.parametrize("lat, lon", [(0.0, 0.0), (0.0005, -0.0009)])
def test_zero_is_no_place(lat, lon):
    lat, lon, faults, _ = check(lat, lon)
    assert np.isnan(lat) and faults == Fault.ZERO


@pytest.mark.parametrize("odp", [ODP, UNKNOWN])
def test_swapped_numbers_are_swapped_back(odp):
    assert_repaired(check(HOUSE[1], HOUSE[0], odp=odp), HOUSE, Fault.SWAPPED)


@pytest.mark.parametrize("odp", [ODP, UNKNOWN])
def test_a_lost_sign_is_put_back(odp):
    assert_repaired(check(-HOUSE[0], HOUSE[1], odp=odp), HOUSE, Fault.SIGN_LOST)


def test_a_sign_lost_within_the_country_is_put_back_when_the_odp_says_so():
    house, odp, jayapura = (-3.739439, 137.039076), (-3.739055, 137.038961), (-2.66453, 140.80014)
    assert_repaired(check(-house[0], house[1], odp=odp, area=jayapura, reach_m=800_000), house, Fault.SIGN_LOST)


def test_a_sign_lost_within_the_country_is_only_flagged_without_an_odp():
    lat, lon, faults, repaired = check(3.739439, 137.039076, odp=UNKNOWN, area=(-2.66453, 140.80014), reach_m=800_000)
    assert not repaired and lat == 3.739439 and faults == Fault.OUTSIDE_AREA


@pytest.mark.parametrize("decimals", [4, 5, 6, 7, 8, 14])
@pytest.mark.parametrize("odp", [ODP, UNKNOWN])
def test_a_lost_decimal_point_is_put_back_whatever_the_number_of_digits(decimals, odp):
    lat, lon = (float(f"{v:.{decimals}f}".replace(".", "")) for v in HOUSE)
    assert distance_m(*check(lat, lon, odp=odp)[:2], *HOUSE) < 12
    assert check(lat, lon, odp=odp)[2:] == (Fault.DECIMAL_LOST, True)


def test_digits_lost_by_one_number_only_or_at_different_lengths_are_put_back():
    assert_repaired(check(-6914744, HOUSE[1]), HOUSE, Fault.DECIMAL_LOST)
    assert_repaired(check(HOUSE[0], 10760981), HOUSE, Fault.DECIMAL_LOST)
    assert_repaired(check(-691474.4, 10760981), HOUSE, Fault.DECIMAL_LOST)


def test_two_kinds_of_damage_are_undone_together():
    assert_repaired(check(107609810, -6914744), HOUSE, Fault.SWAPPED | Fault.DECIMAL_LOST)
    assert_repaired(check(6914744, 107609810), HOUSE, Fault.SIGN_LOST | Fault.DECIMAL_LOST)
    assert_repaired(check(107.609810, 6.914744), HOUSE, Fault.SWAPPED | Fault.SIGN_LOST)


def test_a_foreign_point_is_flagged_and_dropped_not_shifted_into_a_large_witel():
    for lat, lon in ((51.5072, -0.1276), (35.68, 139.69), (13.75, 100.5), (-33.87, 151.2), (40.0, 116.0)):
        for odp in (ODP, UNKNOWN):
            got_lat, _, faults, repaired = check(lat, lon, odp=odp, area=(-2.66453, 140.80014), reach_m=2_000_000)
            assert np.isnan(got_lat) and faults == Fault.OUTSIDE_COUNTRY and not repaired


def test_two_readings_that_both_make_sense_mean_that_nobody_knows():
    """Near the equator -0.0685 and -0.685 are both in the witel: without an ODP the digits cannot tell."""
    lat, _, faults, repaired = check(-685119, 109331700, odp=UNKNOWN, area=(-0.02578, 109.3317), reach_m=300_000)
    assert np.isnan(lat) and faults == Fault.OUTSIDE_COUNTRY and not repaired


def test_a_plausible_point_is_not_moved_even_when_far_from_its_odp():
    lat, lon = -6.904680, 107.683166
    got = check(lat, lon)
    assert got == (lat, lon, Fault.FAR_FROM_ODP, False)


def test_a_point_in_the_country_outside_the_witel_is_kept_and_flagged():
    got = check(-7.2574, 112.7521)
    assert got == (-7.2574, 112.7521, Fault.OUTSIDE_AREA | Fault.FAR_FROM_ODP, False)


def test_the_odps_own_point_is_recognised():
    assert check(*ODP)[2] == Fault.AT_ODP
    assert check(*HOUSE)[2] == Fault(0)


@pytest.mark.parametrize("digits, coarse", [(1, True), (2, True), (3, True), (4, False), (6, False)])
def test_too_few_decimals_are_coarse(digits, coarse):
    lat, lon = round(HOUSE[0] + 1e-5, digits), round(HOUSE[1] + 1e-5, digits)
    assert bool(check(lat, lon, odp=UNKNOWN)[2] & Fault.COARSE) == coarse


def test_an_odp_outside_the_country_is_no_evidence():
    assert check(*HOUSE, odp=(0.0, 0.0)) == (*HOUSE, Fault(0), False)
    assert_repaired(check(HOUSE[1], HOUSE[0], odp=(107.61, -6.91)), HOUSE, Fault.SWAPPED)


def test_blocks_and_single_points_get_the_same_answers():
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(-8, -6, 40_000), rng.uniform(107, 109, 40_000)
    lat[::7], lon[::7] = lon[::7], lat[::7].copy()
    around = dict(odp_lat=np.nan, odp_lon=np.nan, area_lat=-7.0, area_lon=108.0, area_reach_m=400_000.0)
    whole = check_points(lat, lon, **around)
    assert whole.repaired.sum() == len(lat[::7])
    for k in (0, 1, 16_383, 16_384, 39_999):
        one = check_points(lat[k : k + 1], lon[k : k + 1], **around)
        assert (one.lat[0], one.faults[0]) == (whole.lat[k], whole.faults[k])


def test_no_points_give_no_points():
    assert check_points([], [], odp_lat=[], odp_lon=[], area_lat=[], area_lon=[], area_reach_m=[]).lat.size == 0


@needs_data
@pytest.mark.parametrize("with_odp", [True, False])
def test_input_a_every_numeric_defect_is_flagged_and_every_repair_is_right(with_odp):
    with (DATA / "witel.csv").open(encoding="utf-8") as file:
        centres = {w["witel_code"]: (float(w["lat"]), float(w["lon"])) for w in csv.DictReader(file)}
    truth = json.loads((DATA / "inputs/a/truth.json").read_text())["customers"]
    with (DATA / "inputs/a/provisioning.csv").open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["ND_INTERNET"] in truth and r["WITEL"] in centres]
    numbers = {
        k: np.array([float(r[k]) if r[k] else np.nan for r in rows])
        for k in ("LATITUDE", "LONGITUDE", "ODP_LAT", "ODP_LON")
    }
    centre = np.array([centres[r["WITEL"]] for r in rows])
    checked = check_points(
        numbers["LATITUDE"], numbers["LONGITUDE"],
        odp_lat=numbers["ODP_LAT"] if with_odp else np.nan, odp_lon=numbers["ODP_LON"] if with_odp else np.nan,
        area_lat=centre[:, 0], area_lon=centre[:, 1], area_reach_m=np.full(len(rows), 150_000.0),
    )  # fmt: skip
    told = [truth[r["ND_INTERNET"]] for r in rows]
    off_m = distance_m(checked.lat, checked.lon, np.array([t["lat"] for t in told]), np.array([t["lon"] for t in told]))
    wanted = {
        "missing": Fault.MISSING, "zero": Fault.ZERO, "swapped": Fault.SWAPPED, "lost_decimal": Fault.DECIMAL_LOST,
        "out_of_country": Fault.OUTSIDE_COUNTRY,
    }  # fmt: skip
    if with_odp:
        wanted["at_odp"] = Fault.AT_ODP
    false_alarms = Counter()
    for k, one in enumerate(told):
        if one["defect"] in wanted:
            assert checked.faults[k] & wanted[one["defect"]], (one, checked.faults[k])
        if one["defect"] in ("swapped", "lost_decimal"):
            assert checked.repaired[k] and off_m[k] < 50
        else:
            assert not checked.repaired[k]
        if one["defect"] is None:
            false_alarms[checked.faults[k] != 0] += 1
    assert false_alarms[True] < 0.01 * false_alarms.total()
    assert (off_m[checked.repaired] < 50).all()


def test_the_reach_of_an_odp_is_a_drop_cable():
    assert 200 < ODP_REACH_M < 300
