"""What the commands print: the plan, the progress, how it ended."""

import signal
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from releases.models import Archive, Direction, Run, Step
from releases.operations import key_of
from releases.plan import Plan, statements
from releases.preflight import values_to_keep
from releases.problems import Declined, Ended, Refused
from releases.returning import LEAVE_OUT
from releases.services import Session

QUESTION = "Application in production. Do you really wish to run this command? (yes/no) [no] "


def tell_plan(command: BaseCommand, session: Session, plan: Plan, *, sql: bool) -> None:
    """Migrations, what is kept and how much of it, how long it may take, and with `sql` every step."""
    out = command.stdout
    word = "Apply" if plan.direction == "RELEASE" else "Take back"
    out.write(f"{word} {len(plan.migrations)} migrations in {len(plan.steps)} steps:")
    for migration in plan.migrations:
        out.write(f"  {'.'.join(key_of(migration))}")
    for archive in plan.archives:
        rows = values_to_keep(session.database, plan, archive)
        out.write(f"  keeps {archive.kind.lower()} {archive}: {rows:,} rows, {WAYS[archive.way]} {archive.name}")
    for archive in plan.returning:
        out.write(
            f"  brings back {archive.kind.lower()} {archive}:"
            f" {archive.rows} rows kept on {archive.kept_at:%Y-%m-%d %H:%M}"
        )
    for note in plan.notes:
        out.write(f"  note: {note}")
    seconds = session.expected_seconds(plan)
    out.write("  expected: unknown, not rehearsed" if seconds is None else f"  expected: {seconds:.1f} s of statements")
    if sql:
        for step in plan.steps:
            out.write(f"{step.number:4}  {step.app}.{step.migration}  {step.operation}  [{step.kind.lower()}]")
            for text in statements(step):
                out.write(f"        {text};")


WAYS = {
    Archive.Way.COPIED: "copied into",
    Archive.Way.RENAMED: "renamed to",
    Archive.Way.PARKED: "stays in its table as",
}


class Progress:
    """One line per step, with elapsed and expected seconds; on a terminal each over the last one."""

    def __init__(self, command: BaseCommand):
        self.out = command.stdout
        self.started = time.monotonic()

    def __call__(self, step: Step, count: int, expected: float) -> None:
        elapsed = time.monotonic() - self.started
        times = f"[{elapsed:6.1f} s of about {max(expected, elapsed):.0f} s]"
        line = f"{times} {step.number}/{count} {step.migration}: {step.operation}"
        if self.out.isatty():
            self.out.write(f"\r\033[K{line[:150]}", ending="")
            self.out.flush()
        else:
            self.out.write(line)


def confirm(noinput: bool) -> None:
    """In production asks."""
    if not settings.DEBUG and not noinput:
        ask(QUESTION)


def ask(question: str) -> None:
    """Takes everything but yes for no, and no answer too. Raises Declined."""
    sys.stdout.flush()
    # Polars, once loaded, has Ctrl-C restart what waits for a key; Python's own way ends it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        answer = input(question)
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() not in ("yes", "y"):
        raise Declined("Declined. Nothing was changed.")


def tell_end(command: BaseCommand, run: Run, seconds: float) -> None:
    found = run.verification
    same = sum(row["same"] for row in found["rows"].values())
    steps = list(run.steps.all())
    kept = sum(archive.rows or 0 for archive in run.archives.all())
    out = command.stdout
    if out.isatty():
        out.write("\r\033[K", ending="")
    stayed = f"{same} of {len(found['rows'])} tables that stay have the same rows as before"
    out.write(f"Done in {seconds:.1f} s. Structure as planned; {stayed}; {kept:,} rows and values kept.")
    for step in steps:
        left_out = sum(step.outcome.get("rows", [])) if step.operation == LEAVE_OUT else 0
        if left_out:
            name = step.body[0].split("FROM " if "DELETE" in step.body[0] else "UPDATE ")[1].split()[0].strip('`"')
            out.write(f"  left out: {left_out} rows of {name}, which refer to rows that are gone; they stay archived")
    for table, row in found["rows"].items():
        if not row["same"]:
            out.write(f"  {table}: {row['before']} rows before, {row['after']} after; written by {row['written_by']}")
    if found["after"]:
        out.write(f"Afterwards: {found['after']}")
    if run.direction == Direction.ROLLBACK:
        out.write("This build waits for its migrations now: put back the build that was before it.")
    elif found["ready"]:
        out.write(f"Ready: {found['ready'][:200]}")


class EndedCommand(BaseCommand):
    """A command whose refusals have exit codes of their own: 3 refused, 4 locked, 5 stopped, 6 drift, 7 not verified,
    8 nothing to do, 9 declined."""

    requires_migrations_checks = False

    def handle(self, **options):
        try:
            self.work(**options)
        except Ended as error:
            self.stderr.write(str(error))
            for line in error.reasons:
                if line:
                    self.stderr.write(f"  {line}")
            sys.exit(error.exit_code)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database does not answer: {error}") from error


class ReleaseCommand(EndedCommand):
    """What `release` and `rollback` have in common."""

    def add_arguments(self, parser):
        parser.add_argument("--pretend", action="store_true", help="print every statement, change nothing")
        parser.add_argument("--resume", action="store_true", help="go on with one that was cut short")
        parser.add_argument("--force", action="store_true", help="overrule what the pre-flight found")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="do not ask")

    def session(self, verbosity: int) -> Session:
        say = self.stdout.write if verbosity else lambda line: None
        return Session(say=say, progress=Progress(self) if verbosity else None)

    def show(self, session: Session, plan: Plan, *, production: bool, force: bool) -> None:
        """`--pretend`: every statement, and what speaks against the plan. Refused where the real one would be."""
        tell_plan(self, session, plan, sql=True)
        objections = session.objections(plan, production=production)
        if objections and not force:
            raise Refused("Nothing was changed. What speaks against it:", objections)
        for line in objections:
            self.stdout.write(f"  overruled by --force: {line}")
