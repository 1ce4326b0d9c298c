from datetime import date

import pytest

from dashboard.bars import cause_bars, day_bars
from dashboard.figures import Cause
from dashboard.rates import Rate, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (380, 4812, 0.0717, 0.0869), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_wilsons(hits, n, low, high):
    assert wilson(hits, n) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_to_count_is_no_rate():
    assert (Rate(0, 0).share, Rate(0, 0).low, Rate(0, 0).high) == (None, None, None)


def test_bars_stay_within_their_line():
    bars = cause_bars([Cause("A", "a", Rate(131, 4812)), Cause("B", "b", Rate(0, 4812))])

    assert all(0 <= bar.low <= bar.mark <= bar.low + bar.width <= 120 for bar in bars)
    assert cause_bars([]) == []


def test_days_begin_at_zero_and_the_busiest_fills_the_height():
    bars = day_bars([(date(2026, 11, 1), 0, 0), (date(2026, 11, 2), 8, 2)])

    assert [(bar.y, bar.height, bar.not_found_height) for bar in bars.bars] == [(100, 0, 0), (0, 100, 25)]
    assert day_bars([]).most == 0
