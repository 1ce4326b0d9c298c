"""Rows that only the dashboard's and exports' tests need."""

import uuid
from datetime import UTC, datetime, timedelta

from releases.models import Direction, Rehearsal, Release, Run, Step
from tests.make import make_order
from workorders.models import Disposition, PromiseToPay, Visit

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Bandung, a Friday


def make_visit(*, order=None, agent=None, code="MET-PTP", at=NOON, promise=None, **fields) -> Visit:
    """A visit of that day; `promise` is (amount, due day, state)."""
    order = order or make_order(assignee=agent)
    visit = Visit.objects.create(
        id=fields.pop("id", None) or uuid.uuid4(),
        order=order,
        agent=agent,
        disposition=Disposition.objects.get(code=code),
        visited_at=at,
        visited_at_corrected=at,
        received_at=at,
        business_day=at.astimezone(order.witel.zone).date(),
        content_hash="0" * 64,
        **fields,
    )
    if promise:
        amount, due_on, state = promise
        PromiseToPay.objects.create(visit=visit, order=order, amount=amount, due_on=due_on, state=state)
    return visit


def make_release(tag="v1.4", **fields) -> Release:
    migrations = [["workorders", "0003_feed_epoch"], ["imports", "0001_batches_and_journal"]]
    return Release.objects.create(
        **{"tag": tag, "migrations": migrations, "state": Release.State.APPLIED, "applied_at": NOON} | fields
    )


def make_run(release: Release, *, done=2, steps=2, **fields) -> Run:
    """A run of `release` with `steps` steps, the first `done` of them done in a second each."""
    run = Run.objects.create(
        **{
            "direction": Direction.RELEASE,
            "state": Run.State.DONE,
            "releases": [release.pk],
            "migrations": release.migrations,
            "actor": "budi@server, process 7",
            "started_at": NOON,
            "finished_at": NOON + timedelta(seconds=8.7),
        }
        | fields
    )
    Step.objects.bulk_create(
        Step(
            run=run, number=number, kind="STRUCTURE", app="imports", migration="0001_batches_and_journal",
            operation="Create model Batch", body=[f"CREATE TABLE t{number} (id)"],
            exact_before="a", exact_after="b", state="DONE" if number <= done else "PENDING",
            milliseconds=1000 if number <= done else None,
        )
        for number in range(1, steps + 1)
    )  # fmt: skip
    return run


def make_rehearsal(tag="v1.4", **fields) -> Rehearsal:
    return Rehearsal.objects.create(
        **{"tag": tag, "at": NOON, "migrations": [["imports", "0001_batches_and_journal"]], "passed": True}
        | {"seconds": 12.3, "evidence": "rollback-20261120-1200"}
        | fields
    )
