"""A release or rollback step by step: how far it is, and where its time goes."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dashboard.bars import StepBar, step_bars
from releases.journal import rehearsed_milliseconds
from releases.models import Direction, Run, Step
from releases.plan import statements
from releases.rehearsal import LIMIT_S
from releases.services import step_digest


@dataclass(frozen=True)
class Line:
    step: Step
    statements: list[str]
    expected: int | None  # milliseconds; None where no rehearsal knows the step


@dataclass(frozen=True)
class Stopwatch:
    run: Run
    elapsed: float | None  # seconds; None for what bare `migrate` did
    limit: int | None
    migrations: list[tuple[str, list[Line]]]
    slowest: list[StepBar]

    @property
    def lines(self) -> list[Line]:
        return [line for _, lines in self.migrations for line in lines]

    @property
    def done(self) -> int:
        return sum(line.step.state == Step.State.DONE for line in self.lines)

    @property
    def current(self) -> Step | None:
        """The step at which the run is, or would go on."""
        return next((line.step for line in self.lines if line.step.state != Step.State.DONE), None)

    @property
    def is_late(self) -> bool:
        return bool(self.limit and self.elapsed and self.elapsed > self.limit)

    @property
    def worked(self) -> float:
        """Seconds in the steps themselves."""
        return sum(line.step.milliseconds or 0 for line in self.lines) / 1000

    @property
    def expected(self) -> float | None:
        known = [line.expected for line in self.lines if line.expected is not None]
        return sum(known) / 1000 if known else None


def read_stopwatch(run: Run, now: datetime) -> Stopwatch:
    known = rehearsed_milliseconds()
    steps = list(run.steps.order_by("number"))
    return Stopwatch(
        run=run,
        elapsed=elapsed(run, now),
        limit=LIMIT_S if run.direction == Direction.ROLLBACK else None,
        migrations=[
            (name, [Line(step, statements(step), known.get(step_digest(step))) for step in found])
            for name, found in groupby(steps, key=lambda step: f"{step.app}.{step.migration}")
        ],
        slowest=step_bars(steps),
    )


def elapsed(run: Run, now: datetime) -> float | None:
    """A run that goes on keeps the end of its first part until it has a new one."""
    if run.state == Run.State.RUNNING:
        return (now - run.started_at).total_seconds()
    return run.seconds
