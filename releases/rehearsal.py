"""A release taken back and applied again on a copy of the real data, and what that proves."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from releases import filling, preflight
from releases.databases import database_of
from releases.models import Archive, Release, Run, Step, is_ours
from releases.problems import Ended, NothingToDo, Refused
from releases.services import Session, step_digest
from releases.structure import fingerprint
from releases.verification import VOLATILE

LIMIT_S = 120
WRITTEN = "it is written by the data migration"


@dataclass
class Stage:
    """A release or a rollback on the copy. `seconds` from the command to the verified end, `statement_s` in them."""

    run: Run
    steps: list[Step]
    seconds: float
    statement_s: float
    rows: dict  # table → [rows, checksum] of the whole database after it
    structure: dict


@dataclass
class Rehearsed:
    tag: str
    migrations: list
    copy_s: float
    copy_bytes: int
    database: str
    filled: dict = field(default_factory=dict)  # table → rows that were invented to have some
    first: Stage | None = None  # None where the release had been applied before
    rows_initial: dict = field(default_factory=dict)  # before that
    rows_applied: dict = field(default_factory=dict)
    structure_applied: dict = field(default_factory=dict)
    structure_before: dict | None = None  # as the release recorded it
    back: Stage | None = None
    again: Stage | None = None
    archives: list = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def rollback_s(self) -> float:
        return self.back.seconds if self.back else 0.0

    def step_milliseconds(self) -> dict[str, int]:
        stages = [stage for stage in (self.first, self.back, self.again) if stage]
        steps = [step for stage in stages for step in stage.steps if step.milliseconds is not None]
        return {step_digest(step): step.milliseconds for step in steps}


def rehearse(*, say: Callable[[str], None], progress: Callable, keep: bool = False) -> Rehearsed:
    """Release (where migrations are pending) → rollback → release on a copy. What goes wrong is in `failures`."""
    live = Session(say=say)
    database = live.database
    with live.locked():
        live.refuse_unfinished()
        if not live.history.applied and not live.history.pending():
            raise NothingToDo("There is nothing to rehearse.")
        size = sum(database.sizes().values())
        room = preflight.too_little_room(database, 2 * size)
        if room:
            raise Refused("The copy would not fit.", room)
    started = time.monotonic()
    with on_a_copy(database, say, keep) as name:
        say(f"copied in {time.monotonic() - started:.1f} s as {name}")
        found = Rehearsed("", [], time.monotonic() - started, size, database_of(connection).version())
        try:
            go(found, say, progress)
        except Ended as error:
            found.failures += [str(error), *error.reasons]
        judge(found)
    return found


@contextmanager
def on_a_copy(database, say: Callable, keep: bool) -> Iterator[str]:
    """The default connection leads to a copy of its database: data migrations use it without asking which."""
    real = connection.settings_dict["NAME"]
    with database.scratch(f"{real}_rehearsal", keep=keep) as other:
        database.copy_everything(other, tell=lambda table: say(f"copying {table} …"))
        name = other.settings_dict["NAME"]
        other.close()
        point_to(name)
        try:
            yield str(name)
        finally:
            point_to(real)


def point_to(name) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def go(found: Rehearsed, say: Callable, progress: Callable) -> None:
    session = Session(say=say, progress=progress, wakes_site=False)
    with session.locked():
        if session.history.pending():
            say("release of what is pending")
            found.rows_initial = sums(session.database)
            found.first = stage(session, lambda: session.start(session.plan_release()))
    session = Session(say=say, progress=progress, wakes_site=False)
    with session.locked():
        (release,) = session.last_releases()
        found.tag, found.migrations = release.tag, release.migrations
        found.structure_before = release.structure_before
        found.structure_applied = session.database.structure()
        found.filled = filling.fill("default", session.history.applied_apps(), fresh(release, found.structure_applied))
        found.rows_applied = sums(session.database)
        say(f"rollback of {release.tag}")
        found.back = stage(session, lambda: session.start(session.plan_rollback([release]), releases=[release]))
        found.archives = list(found.back.run.archives.filter(state=Archive.State.KEPT))
    session = Session(say=say, progress=progress, wakes_site=False)
    with session.locked():
        say(f"release of {found.tag} again")
        found.again = stage(session, lambda: session.start(session.plan_release(), tag=found.tag + " again"))


def fresh(release: Release, now: dict) -> dict[str, set[str] | None]:
    """Table → its columns that the release brought, or None where it brought the table."""
    before = release.structure_before or {}
    brought = {}
    for table, facts in now.items():
        if is_ours(table) or table.startswith(VOLATILE):
            continue
        if table not in before:
            brought[table] = None
        elif columns := facts["columns"].keys() - before[table]["columns"].keys():
            brought[table] = set(columns)
    return brought


def stage(session: Session, act: Callable[[], Run]) -> Stage:
    started = time.monotonic()
    run = act()
    seconds = time.monotonic() - started
    steps = list(run.steps.all())
    statement_s = sum(step.milliseconds or 0 for step in steps) / 1000
    return Stage(run, steps, seconds, statement_s, sums(session.database), session.database.structure())


def sums(database) -> dict[str, list]:
    """Table → [rows, checksum of all columns], of all that is the product's."""
    found = {}
    for table, facts in sorted(database.structure().items()):
        if is_ours(table) or table.startswith(VOLATILE):
            continue
        names = {column: "text" for column in facts["columns"]}
        found[table] = [*database.checksum(table, names, {name: name for name in names})]
    return found


def judge(found: Rehearsed) -> None:
    """Adds to `failures` what a verified run cannot see by itself: that going and coming back was for nothing."""
    if found.again is None or found.back is None:
        return
    if found.first:
        lines = changed(found, found.rows_initial, found.back, "before the release", "after the rollback")
        # What a data migration did to rows that stay need not be undone by its way back: its author decides.
        found.notes += [line for line in lines if WRITTEN in line]
        found.failures += [line for line in lines if WRITTEN not in line]
    found.failures += changed(found, found.rows_applied, found.again, "before the rollback", "after the next release")
    if fingerprint(found.structure_applied) != fingerprint(found.again.structure):
        found.failures.append("the structure after the next release is not that before the rollback")
    if found.archives and not sum(archive.rows or 0 for archive in found.archives):
        found.failures.append("the archive is empty: nothing was proved about rows")
    if found.rollback_s > LIMIT_S:
        found.failures.append(f"the rollback took {found.rollback_s:.0f} s, more than {LIMIT_S} s")


def changed(found: Rehearsed, before: dict, stage: Stage, was: str, now: str) -> list[str]:
    """Each table with other rows than before, and which data migration writes it."""
    written = {}
    for one in (found.first, found.back, found.again):
        rows = one.run.verification["rows"].items() if one else ()
        written |= {table: row["written_by"] for table, row in rows if row["written_by"]}
    lines = []
    for table, (rows, total) in before.items():
        other_rows, other_total = stage.rows.get(table, ("no", None))
        if (rows, total) != (other_rows, other_total):
            by = f"; {WRITTEN} {written[table]}" if table in written else ", or other values in them"
            lines.append(f"{table}: {rows} rows {was}, {other_rows} {now}{by}")
    return lines
