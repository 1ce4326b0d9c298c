"""Does what the journal says, step by step, and can go on wherever it was killed.

MariaDB: mark → run → mark around each statement that changes structure; rows move in one transaction with their mark.
SQLite: all steps of one migration and their marks are one transaction.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from releases.databases.references import kept_references, lost_references
from releases.models import Archive, Direction, Run, Step
from releases.operations import History, key_of, leaves
from releases.plan import statements
from releases.problems import Drifted, Stopped
from releases.structure import digest

TRIES = 3


class Execution:
    """`tell(step, number of steps)` is called before each step."""

    def __init__(self, database, run: Run, history: History, tell: Callable):
        self.database, self.run, self.history, self.tell = database, run, history, tell
        self.connection = database.connection
        self.alias = self.connection.alias
        self.steps = list(run.steps.using(self.alias).select_related("archive").order_by("number"))
        self.migrations = {key_of(m): m for m in history.named(run.migrations, run.direction)}
        self.states: dict = {}

    def go(self) -> None:
        left = [step for step in self.steps if step.state != Step.State.DONE]
        if not left:
            return
        self.look_where_it_stands(left[0])
        if any(step.kind == Step.Kind.PYTHON for step in left):
            self.states = self.history.states(list(self.migrations.values()))
        if self.database.can_undo_structure:
            for _, steps in groupby(left, key=lambda step: (step.app, step.migration)):
                self.migrate_at_once(list(steps))
        else:
            for step in left:
                self.do(step)

    def look_where_it_stands(self, step: Step) -> None:
        """The structure must be that before the next step, or after it where it had been started."""
        now = digest(self.database.exact())
        drifted = now not in (step.exact_before, step.exact_after)
        if drifted and not self.database.can_undo_structure and self.put_back_references(step):
            now = digest(self.database.exact())
        if now == step.exact_before:
            return
        if step.state == Step.State.STARTED and step.kind == Step.Kind.STRUCTURE and now == step.exact_after:
            self.finish(step, started=None)  # the server had finished it
            self.steps = [other for other in self.steps if other.pk != step.pk]
            return
        raise Drifted(
            f"Step {step}: the structure is neither that before it nor that after it. Nothing was executed.",
            ["Somebody changed the database since. `verify_schema` names the differences; undo them, then --resume."],
        )

    def migrate_at_once(self, steps: list[Step]) -> None:
        self.database.run("PRAGMA foreign_keys=OFF")
        try:
            with transaction.atomic(using=self.alias):
                for step in steps:
                    self.perform(step)
        finally:
            self.database.run("PRAGMA foreign_keys=ON")

    def put_back_references(self, step: Step) -> bool:
        """Whether a crash of the server took foreign keys, in this step or the one before, that are there again now."""
        before = [other for other in self.steps if other.number == step.number - 1]
        texts = [
            text
            for other in (*before, step)
            for text in lost_references(self.database, other.outcome.get("references", {}), statements(other))
        ]
        for text in dict.fromkeys(texts):
            self.database.run(text)
        return bool(texts)

    def do(self, step: Step) -> None:
        if step.state == Step.State.DONE:
            return
        if not self.database.is_locked_by_us():
            raise Stopped("The lock was lost: the connection was idle for too long or cut.")
        if step.kind in (Step.Kind.STRUCTURE, Step.Kind.ARCHIVE):
            unseen = step.state == Step.State.STARTED and step.exact_before == step.exact_after
            if step.state != Step.State.STARTED:  # as it was before the first try
                step.outcome = {"references": kept_references(self.database, statements(step))}
            step.state = Step.State.STARTED
            step.save(using=self.alias, update_fields=["state", "outcome"])
            try:
                self.perform(step)
            except Exception as error:
                # A key that serves a reference is no part of the fingerprint: only a second try tells that it is done.
                if not (unseen and self.database.is_done_already(error)):
                    raise
                self.finish(step, started=None)
        else:
            if step.kind in (Step.Kind.PYTHON, Step.Kind.ROWS):
                self.keep_counters(step)
            with transaction.atomic(using=self.alias):
                self.perform(step)

    def keep_counters(self, step: Step) -> None:
        """Automatic numbers are not rolled back here: rows of a second try would have others than those of a first."""
        now = self.database.counters()
        before = step.outcome.get("counters")
        if before is None:
            step.outcome, step.state = {"counters": now}, Step.State.STARTED
            step.save(using=self.alias, update_fields=["outcome", "state"])
            return
        for table, number in before.items():
            if now.get(table, number) != number:
                for text in self.database.set_counter(table, number):
                    self.database.run(text)

    def perform(self, step: Step) -> None:
        self.tell(step, len(self.steps))
        started = time.monotonic()
        if step.archive and step.kind != Step.Kind.RETURN and step.archive.kind == Archive.Kind.TABLE:
            step.archive.counter = self.database.counter(step.archive.table) or step.archive.counter
            step.archive.save(using=self.alias, update_fields=["counter"])
        match step.kind:
            case Step.Kind.PYTHON:
                step.outcome = {"written": self.run_python(step)}
            case Step.Kind.RECORD:
                self.record(step)
            case Step.Kind.RETURN:
                step.outcome = {"rows": [self.database.run(text) for text in statements(step)]}
            case _:
                for text in statements(step):
                    self.run_statement(text)
        self.finish(step, started)

    def run_statement(self, text: str) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self.database.run(text)
                return
            except Exception as error:
                if self.database.is_row_too_large(error) and text.startswith("ALTER TABLE `") and attempt == 1:
                    self.database.rebuild(text.split("`")[1])
                elif not self.database.is_lock_wait(error) or attempt == TRIES or self.database.can_undo_structure:
                    raise

    def run_python(self, step: Step) -> list[str]:
        """The data migration itself; the tables that it wrote. It may not change structure: that would commit."""
        key = (step.app, step.migration)
        leaf = list(leaves(self.migrations[key], self.states[key], self.run.direction))[step.body]
        written = set()

        def watch(execute, sql, params, many, context):
            if self.database.may_not_be_in_data(sql):
                raise RuntimeError(f"A data migration may not change structure: {sql[:100]}")
            found = self.database.WRITES.match(sql)
            if found:
                written.add(found[1])
            return execute(sql, params, many, context)

        editor = self.connection.schema_editor(atomic=False)
        editor.deferred_sql = []
        with self.references_checked(written), self.connection.execute_wrapper(watch):
            leaf.run(step.app, editor, self.run.direction)
        return sorted(written)

    @contextmanager
    def references_checked(self, written: set[str]) -> Iterator[None]:
        """A data migration may leave no orphans. On the way back rows may go before those that refer to them, in tables
        that go later in the same run."""
        if self.run.direction == Direction.ROLLBACK:
            yield
            self.refuse_orphans(written)
            return
        with self.database.references_checked():
            yield
        if self.database.can_undo_structure:
            near = {
                table
                for table, facts in self.database.structure().items()
                if table in written or any(target in written for _, target, *_ in facts["references"])
            }
            self.connection.check_constraints(table_names=sorted(near))

    def refuse_orphans(self, written: set[str]) -> None:
        """Rows of tables that stay may not be left without what they refer to. `migrate` would refuse it as well."""
        now = self.database.structure()
        for table, facts in self.run.structure_expected.items():
            for own, target, target_columns, *_ in facts["references"]:
                here = table in now and target in now and set(own) <= now[table]["columns"].keys()
                if here and {table, target} & written:
                    count = self.database.count_orphans(table, own, target, target_columns)
                    if count:
                        raise RuntimeError(
                            f"{table}: {count} rows would refer by {', '.join(own)} to rows of {target} that the way"
                            " back takes away. Change those rows first, or take back the release that brought them too."
                        )

    def record(self, step: Step) -> None:
        recorder = self.history.executor.recorder
        migration = self.migrations[step.app, step.migration]
        names = [*migration.replaces] if migration.replaces else []
        if self.run.direction == Direction.RELEASE:
            for app, name in names or [(step.app, step.migration)]:
                recorder.record_applied(app, name)
        else:
            for app, name in [*names, (step.app, step.migration)]:
                recorder.record_unapplied(app, name)

    def finish(self, step: Step, started: float | None) -> None:
        archive = step.archive
        if archive and archive.state == Archive.State.PLANNED:
            condition = (
                f"COUNT({self.database.quote(archive.name)})" if archive.way == Archive.Way.PARKED else "COUNT(*)"
            )
            archive.rows = self.database.rows(f"SELECT {condition} FROM {self.database.quote(archive.holder)}")[0][0]
            archive.state, archive.kept_at = Archive.State.KEPT, timezone.now()
            archive.save(using=self.alias, update_fields=["rows", "state", "kept_at"])
        step.state = Step.State.DONE
        step.milliseconds = int((time.monotonic() - started) * 1000) if started is not None else None
        step.save(using=self.alias, update_fields=["state", "milliseconds", "outcome"])
