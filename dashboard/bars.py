"""Charts as numbers for SVG attributes: zero baseline, intervals drawn, no script."""

from dataclasses import dataclass
from datetime import date

from dashboard.figures import Cause
from releases.models import Step

WIDTH = 120.0
HEIGHT = 100.0
BAR = 10.0
GAP = 2.0


@dataclass(frozen=True)
class CauseBar:
    """A rate's mark and its interval on a line of 120 units; the longest interval fills it."""

    cause: Cause
    low: float
    width: float
    mark: float


def cause_bars(causes: list[Cause]) -> list[CauseBar]:
    most = max((cause.rate.high or 0.0 for cause in causes), default=0.0) or 1.0
    scale = (WIDTH - 3) / most
    return [
        CauseBar(
            cause,
            round(cause.rate.low * scale, 1),
            round((cause.rate.high - cause.rate.low) * scale, 1),
            round(cause.rate.share * scale, 1),
        )
        for cause in causes
    ]


@dataclass(frozen=True)
class StepBar:
    """A step on a line of 120 units, which the slowest fills."""

    step: Step
    width: float


def step_bars(steps: list[Step], most: int = 8) -> list[StepBar]:
    """The slowest steps; those of no time at all are none of them."""
    slowest = sorted((step for step in steps if step.milliseconds), key=lambda step: -step.milliseconds)[:most]
    return [StepBar(step, round(WIDTH * step.milliseconds / slowest[0].milliseconds, 1)) for step in slowest]


@dataclass(frozen=True)
class DayBar:
    day: date
    attempts: int
    not_found: int
    x: float
    height: float
    y: float
    not_found_height: float
    not_found_y: float


@dataclass(frozen=True)
class DayBars:
    width: float
    most: int
    bars: list[DayBar]


def day_bars(days: list[tuple[date, int, int]]) -> DayBars:
    """One bar a day from a zero baseline; the part that was not found stands at its foot."""
    most = max((attempts for _, attempts, _ in days), default=0)
    scale = HEIGHT / most if most else 0.0
    bars = [
        DayBar(
            day,
            attempts,
            not_found,
            x=number * (BAR + GAP),
            height=round(attempts * scale, 1),
            y=round(HEIGHT - attempts * scale, 1),
            not_found_height=round(not_found * scale, 1),
            not_found_y=round(HEIGHT - not_found * scale, 1),
        )
        for number, (day, attempts, not_found) in enumerate(days)
    ]
    return DayBars(width=len(days) * (BAR + GAP) - GAP, most=most, bars=bars)
