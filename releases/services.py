"""Release and rollback: locked, planned, looked at beforehand, executed, verified. Each raises an `Ended` or
returns its run."""

import getpass
import os
import re
import socket
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property

import django
from django.apps import apps as installed
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import Error, connections, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from releases import journal, preflight, stopping, verification
from releases.databases import database_of
from releases.execution import Execution
from releases.models import Archive, Direction, Holder, Rehearsal, Release, Run, Step
from releases.operations import History, key_of, why_not
from releases.plan import Plan
from releases.planning import make_plan
from releases.problems import Drifted, Locked, NothingToDo, Refused, Stopped, Unverified
from releases.structure import differences, digest

REHEARSAL_DAYS = 30


class Session:
    """One operator at work on one database: holds the lock, knows the migrations. `say(line)` is told what happens;
    a rehearsal does not wake the site (settings.RELEASES_AFTER)."""

    def __init__(
        self,
        *,
        alias: str = "default",
        say: Callable[[str], None] = lambda line: None,
        progress: Callable | None = None,
        wakes_site: bool = True,
    ):
        self.connection = connections[alias]
        self.alias = alias
        self.database = database_of(self.connection)
        self.say = say
        self.wakes_site = wakes_site
        self.progress = progress or (lambda step, count, expected: None)

    @contextmanager
    def locked(self):
        """Raises Locked, naming the holder, where another session is at work."""
        with self.database.lock() as got:
            if not got:
                raise Locked(
                    "Another release or rollback is at work on this database.",
                    [*journal.holder(self.alias), f"It is {self.database.lock_holder()}.", *self.running()],
                )
            self.database.settle()
            journal.ensure_schema(self.connection)
            Holder.objects.using(self.alias).update_or_create(pk=1, defaults={"actor": who(), "since": timezone.now()})
            self.history = History(self.connection)
            self.history.executor.recorder.ensure_schema()  # before the structure is looked at: it is no migration's
            yield self

    def running(self) -> list[str]:
        run = journal.unfinished_run(self.alias)
        return [f"{run} by {run.actor} since {run.started_at:%Y-%m-%d %H:%M:%S} UTC"] if run else []

    # --- planning

    def plan_release(self) -> Plan:
        stopping.close_between_migrations(self.database, Direction.ROLLBACK)
        self.refuse_unfinished()
        journal.note_outside(self.connection, self.history)
        pending = self.history.pending()
        if not pending:
            raise NothingToDo("Every migration of this build is applied. Nothing was changed.")
        return self.plan(pending, Direction.RELEASE)

    def plan_rollback(self, releases: list[Release]) -> Plan:
        keys = {tuple(key) for release in releases for key in release.migrations}
        unknown = sorted(keys - self.history.loader.disk_migrations.keys())
        if unknown:
            names = [".".join(key) for key in unknown]
            raise Refused(
                "This build does not have the migrations that are to be taken back: run the build that brought them.",
                names,
            )
        found = self.history.backwards(keys)
        if not found:
            raise NothingToDo("None of these migrations is applied. Nothing was changed.")
        return self.plan(found, Direction.ROLLBACK, releases[-1].structure_before)

    def plan(self, migrations: list, direction: str, baseline: dict | None = None) -> Plan:
        reasons = [reason for migration in migrations for reason in why_not(migration, direction)]
        if reasons:
            raise Refused("This cannot be done.", reasons)
        run_id = (Run.objects.using(self.alias).order_by("-id").values_list("id", flat=True).first() or 0) + 1
        plan = make_plan(
            connection=self.connection,
            history=self.history,
            migrations=migrations,
            direction=direction,
            run_id=run_id,
            shadow_name=getattr(settings, "RELEASES_SHADOW", ""),
            baseline=baseline,
        )
        plan.unlike = differences(baseline, plan.structure_after) if baseline else []
        if direction == Direction.RELEASE:
            plan.notes += [f"no way back: {reason}" for m in migrations for reason in why_not(m, Direction.ROLLBACK)]
            plan.notes += journal.kept_without_place(self.alias, self.history.loader.disk_migrations)
        return plan

    def last_releases(self, *, step: int = 1, to: str = "") -> list[Release]:
        """The newest `step` applied releases, or those after the tag `to`; newest first."""
        stopping.close_between_migrations(self.database, Direction.RELEASE)
        self.refuse_unfinished()
        journal.note_outside(self.connection, self.history)
        applied = list(Release.objects.using(self.alias).filter(state=Release.State.APPLIED).order_by("-id"))
        if to:
            tags = [release.tag for release in applied]
            if to not in tags:
                raise Refused(f"No applied release has the tag {to}.", [f"Applied: {', '.join(tags[:20]) or 'none'}"])
            applied = applied[: tags.index(to)]
        else:
            if applied and step > len(applied):
                raise Refused(
                    f"There are {len(applied)} releases to take back, not {step}.", [release.tag for release in applied]
                )
            applied = applied[:step]
        if not applied:
            raise NothingToDo("There is no release to take back. Nothing was changed.")
        return applied

    # --- looking

    def objections(self, plan: Plan, *, production: bool) -> list[str]:
        """What speaks against the plan; `--force` overrules it."""
        found = [*preflight.values_at_stake(self.database, plan), *preflight.invented_values(self.database, plan)]
        found += preflight.disk_room(self.database, plan)
        found += [f"the structure would not come back exactly: {line}" for line in plan.unlike]
        if plan.direction == Direction.ROLLBACK and production and not self.is_rehearsed(plan):
            found.append(
                "this rollback was not rehearsed with success in the last 30 days: manage.py rehearse_rollback"
            )
        return found

    def is_rehearsed(self, plan: Plan) -> bool:
        """All of its migrations at once, or one release after the other."""
        since = timezone.now() - timedelta(days=REHEARSAL_DAYS)
        recent = Rehearsal.objects.using(self.alias).filter(passed=True, at__gte=since)
        rehearsed = frozenset().union(*(journal.as_set(rehearsal.migrations) for rehearsal in recent))
        return {key_of(migration) for migration in plan.migrations} <= rehearsed

    @cached_property
    def known_milliseconds(self) -> dict[str, int]:
        """What each step took in the newest rehearsal."""
        rehearsal = Rehearsal.objects.using(self.alias).first()
        return dict(rehearsal.step_milliseconds) if rehearsal else {}

    def expected_milliseconds(self, step: Step) -> int:
        return self.known_milliseconds.get(step_digest(step), 50)

    def expected_seconds(self, plan: Plan) -> float | None:
        """None where most of the plan's steps were never rehearsed."""
        known = [self.known_milliseconds.get(step_digest(step)) for step in plan.steps]
        measured = [milliseconds for milliseconds in known if milliseconds is not None]
        return sum(measured) / 1000 if 2 * len(measured) > len(known) else None

    # --- doing

    def start(
        self,
        plan: Plan,
        *,
        releases: list[Release] | None = None,
        tag: str = "",
        force: bool = False,
        production: bool = False,
    ) -> Run:
        """Everything after the operator's yes. Raises Refused before the first statement where it must not be."""
        objections = self.objections(plan, production=production)
        if objections and not force:
            raise Refused("Nothing was changed. What speaks against it:", objections)
        for line in objections:
            self.say(f"overruled by --force: {line}")
        self.wait_for_others(plan)
        self.say("counting and summing the rows that stay …")
        watched = verification.count_rows(self.database, verification.rows_to_watch(plan), "before")
        run = self.write_down(plan, releases, tag, watched)
        return self.execute(run)

    def wait_for_others(self, plan: Plan) -> None:
        for line in self.database.open_transactions():
            self.say(f"waiting for {line}")
        try:
            self.database.wait_for_tables(plan.tables)
        except Exception as error:
            if not self.database.is_lock_wait(error):
                raise
            raise Refused(
                "Others use the tables and did not end in time. Nothing was changed.", self.database.open_transactions()
            ) from error

    def write_down(self, plan: Plan, releases: list[Release] | None, tag: str, watched: dict) -> Run:
        """The run, its steps and its archives, before the first statement."""
        now = timezone.now()
        names = [list(key_of(migration)) for migration in plan.migrations]
        with transaction.atomic(using=self.alias):
            if plan.direction == Direction.RELEASE:
                build = getattr(settings, "BUILD", "")
                wanted = tag or build or f"r-{now:%Y%m%d-%H%M%S}"
                tag = journal.free_tag(self.connection, wanted)
                if tag != wanted:
                    self.say(f"The tag {wanted} belongs to a release of before: this one is {tag}.")
                releases = [
                    Release.objects.using(self.alias).create(
                        tag=tag,
                        build=build,
                        migrations=names,
                        state=Release.State.UNFINISHED,
                        applied_at=now,
                        structure_before=plan.structure_before,
                        structure_after=plan.structure_after,
                    )
                ]
            run = Run(
                pk=plan.steps[0].run_id,
                direction=plan.direction,
                state=Run.State.RUNNING,
                releases=[release.pk for release in releases],
                migrations=names,
                actor=who(),
                started_at=now,
                structure_expected=plan.structure_after,
                rows_before=watched,
                backend=self.database.backend(),
                release_version=f"Django {django.__version__}, {self.database.version()}"[:60],
            )
            run.save(using=self.alias, force_insert=True)
            for archive in plan.archives:
                archive.save(using=self.alias)
            for step in plan.steps:
                step.archive = step.archive  # now that the archive has its key
            Step.objects.using(self.alias).bulk_create(plan.steps)
            keys = [archive.pk for archive in plan.returning]
            Archive.objects.using(self.alias).filter(pk__in=keys).update(returned_by=run.pk)
        return run

    def resume(self, direction: str) -> Run:
        run = journal.unfinished_run(self.alias)
        if run is None:
            raise NothingToDo("No run is half done. Nothing was changed.")
        if run.direction != direction:
            raise Refused(f"What is half done is a {run.direction.lower()}: manage.py {run.direction.lower()} --resume")
        missing = [key for key in run.migrations if tuple(key) not in self.history.loader.graph.nodes]
        if missing:
            raise Refused(
                "This build does not have the migrations of the run that is half done.",
                [".".join(key) for key in missing],
            )
        self.note_rows_of_others(run)
        run.state, run.reason, run.finished_at = Run.State.RUNNING, "", None
        run.backend = self.database.backend()
        run.save(using=self.alias)
        return self.execute(run)

    def note_rows_of_others(self, run: Run) -> None:
        """Who puts the cause of a stop right may have to write rows: they are theirs, and no loss."""
        watched = run.rows_before or {}
        stopped = {table: facts["stopped"] for table, facts in watched.items() if "stopped" in facts}
        if not stopped:
            return
        now = verification.sums_where_it_stands(self.database, {table: watched[table] for table in stopped})
        for table in stopped:
            if now.get(table) != stopped[table]:
                watched[table]["by"] = "somebody, between stop and resume"
                self.say(f"{table}: somebody wrote between stop and resume; its rows are not compared")

    def execute(self, run: Run) -> Run:
        execution = Execution(self.database, run, self.history, self.tell_progress)
        self.expected = {step.pk: self.expected_milliseconds(step) for step in execution.steps}
        try:
            execution.go()
        except (Exception, KeyboardInterrupt) as error:
            try:
                stopping.stop(self.database, run, error)
            except Error:
                again = f"When the database answers again: manage.py {run.direction.lower()} --resume"
                raise Stopped("The database does not answer.", [str(error), again]) from error
            raise
        return self.finish(run)

    def tell_progress(self, step: Step, count: int) -> None:
        self.progress(step, count, sum(ms for key, ms in self.expected.items()) / 1000)

    def finish(self, run: Run) -> Run:
        """Verify, close the run, wake the phones. Raises Unverified or Drifted where something is amiss."""
        models = History(self.connection).applied_apps()
        found = verification.verify(
            database=self.database,
            run=run,
            expected=run.structure_expected,
            models=models.get_models(include_auto_created=True),
            tell=lambda what: self.say(f"verifying {what} …"),
        )
        state_of = Release.State.APPLIED if run.direction == Direction.RELEASE else Release.State.ROLLED_BACK
        releases = Release.objects.using(self.alias).filter(pk__in=run.releases)
        releases.update(state=state_of)
        if run.direction == Direction.RELEASE:
            releases.update(structure_after=self.database.structure())
        Archive.objects.using(self.alias).filter(returned_by=run.pk).update(state=Archive.State.RETURNED)
        if run.direction == Direction.RELEASE and self.alias == "default":
            apps = models if found["structure"] else installed
            emit_post_migrate_signal(0, False, self.alias, apps=apps, plan=[])
        found["after"] = self.call_after(run)
        run.state, run.finished_at, run.verification = Run.State.DONE, timezone.now(), found
        run.save(using=self.alias)
        if found["structure"]:
            raise Drifted("Done, but the structure is not what the plan promised.", found["structure"])
        bad = [*found["lost"], *found["models"]]
        if bad:
            raise Unverified("Done, but not verified.", bad)
        return run

    def call_after(self, run: Run) -> str:
        """The site's own wish after a run (settings.RELEASES_AFTER); its failure is told, not raised."""
        name = getattr(settings, "RELEASES_AFTER", "")
        if not name or not self.wakes_site:
            return ""
        try:
            return str(import_string(name)(reason=str(run)) or "")
        except Exception as error:
            return f"failed: {error}"

    # --- what is half done

    def refuse_unfinished(self) -> None:
        run = journal.unfinished_run(self.alias)
        if run:
            word = run.direction.lower()
            raise Stopped(
                f"The {word} of {run.started_at:%Y-%m-%d %H:%M} is half done.",
                [run.reason, f"Finish it first: manage.py {word} --resume"],
            )


def who() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}, process {os.getpid()}"


def step_digest(step: Step) -> str:
    """The same step of another run, whatever its archives are called."""
    text = re.sub(r"zz_rb_\d+_\d+", "zz", str(step.body)) if isinstance(step.body, list) else f"{step.body}"
    return digest([step.app, step.migration, step.kind, text])[:16]
