"""The risk of ATK before the ride."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.locating import risk

SOUND = {
    "completeness": 100,
    "radius_m": 10.0,
    "agreeing": 2,
    "is_doubtful": False,
    "odp_m": 80.0,
    "is_contradicted": False,
    "atk": 0,
    "years": 1,
}


def chance(**change) -> float:
    return float(risk.assess(risk.features(pl.DataFrame([SOUND | change])), 0.2)[0])


@pytest.mark.parametrize(
    "worse",
    [
        {"completeness": 40},
        {"radius_m": 300.0},
        {"agreeing": 0},
        {"is_doubtful": True},
        {"is_contradicted": True},
        {"odp_m": 900.0},
        {"atk": 2},
        {"years": 15},
    ],
)
def test_whatever_makes_a_house_harder_to_find_raises_its_risk(worse):
    assert chance(**worse) > chance()


def test_a_house_without_a_point_is_the_riskiest_and_a_confirmed_one_hardly_at_risk():
    assert chance(radius_m=None, agreeing=0, completeness=30) > 0.6
    assert chance(agreeing=3) < 0.08


def test_reasons_name_what_weighs_most_first():
    houses = pl.DataFrame([SOUND | {"radius_m": 800.0, "completeness": 50, "agreeing": 0}])
    assert risk.reasons(risk.features(houses))[0].split(",")[:2] == ["spread", "address_gaps"]


def test_advice_fixes_first_asks_who_can_answer_and_drops_nobody():
    advice = risk.advise(
        np.array([0.1, 0.5, 0.5, 0.9]), np.array([True, True, True, False]), np.array([True, True, False, True])
    )
    assert advice.tolist() == ["GO", "ASK", "LOCAL", "FIX"]


def test_an_area_s_share_is_drawn_to_the_national_one():
    assert risk.area_share(0, 0) == pytest.approx(0.2)
    assert 0.3 < risk.area_share(50, 100) < 0.5
    assert risk.area_share(5_000, 10_000) == pytest.approx(0.5, abs=0.01)


def past(n, seed):
    """Visits whose results follow other coefficients than those of the start."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, (n, len(risk.FEATURES)))
    true = risk.Model(tuple(2.5 * risk.START[name] for name in risk.FEATURES), 6.0)
    return x, rng.random(n) < risk.assess(x, np.full(n, 0.2), true)


def test_what_visits_teach_beats_the_area_s_share_on_later_visits():
    x, is_atk = past(6_000, 1)
    later, later_atk = past(3_000, 2)
    model = risk.fit(x, np.full(len(x), 0.2), is_atk)
    p = risk.assess(later, np.full(len(later), 0.2), model)
    assert risk.brier(p, later_atk) < risk.brier(np.full(len(later), later_atk.mean()), later_atk) - 0.01
    assert risk.auc(p, later_atk) > 0.65
    for low, high in ((0, 0.15), (0.15, 0.3), (0.3, 1)):  # what it says comes true
        some = (p >= low) & (p < high)
        assert some.sum() > 100 and later_atk[some].mean() == pytest.approx(p[some].mean(), abs=0.05)


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=30))
def test_auc_of_what_cannot_tell_is_a_half(values):
    half = len(values)
    assert risk.auc(values + values, [True] * half + [False] * half) == pytest.approx(0.5)
