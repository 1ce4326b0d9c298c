"""The journal's tables and the questions asked of them."""

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from releases.databases import database_of
from releases.models import JOURNAL, OUTSIDE, Archive, Direction, Holder, Rehearsal, Release, Run, Step
from releases.operations import History, key_of, why_not


def ensure_schema(connection) -> None:
    """Make the tables that are missing, and add the columns that a later version of this app brought."""
    there = set(connection.introspection.table_names())
    missing = [model for model in JOURNAL if model._meta.db_table not in there]
    if missing:
        with connection.schema_editor(atomic=False) as editor:
            for model in missing:
                editor.create_model(model)
    for model in set(JOURNAL) - set(missing):
        with connection.cursor() as cursor:
            columns = {
                column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
            }
        fresh = [field for field in model._meta.local_fields if field.column not in columns]
        if fresh:
            with connection.schema_editor(atomic=False) as editor:
                for field in fresh:
                    editor.add_field(model, field)


def has_journal(connection) -> bool:
    return Release._meta.db_table in connection.introspection.table_names()


def note_outside(connection, history: History) -> list[Run]:
    """Record what bare `migrate` applied as a release of its own, and take what it took back out of its releases."""
    alias, applied, now = connection.alias, history.applied, timezone.now()
    runs, known = [], set()
    for release in Release.objects.using(alias).filter(state=Release.State.APPLIED).order_by("id"):
        mine = [tuple(key) for key in release.migrations]
        left = [key for key in mine if key in applied]
        if len(left) != len(mine):
            runs.append(outside(Direction.ROLLBACK, release, [key for key in mine if key not in applied]))
            release.migrations = left
            release.state = Release.State.APPLIED if left else Release.State.ROLLED_BACK
            release.save(using=alias)
        known |= set(left)
    fresh = [key_of(migration) for migration in history.full_plan if key_of(migration) in applied - known]
    if fresh:
        release = Release.objects.using(alias).create(
            tag=free_tag(connection, f"outside-{now:%Y%m%d-%H%M%S}"),
            is_outside=True,
            migrations=fresh,
            state=Release.State.APPLIED,
            applied_at=now,
        )
        runs.append(outside(Direction.RELEASE, release, fresh))
    if runs:
        structure = database_of(connection).structure()
        for run in runs:
            run.started_at = run.finished_at = now
            run.structure_expected = structure
            run.save(using=alias)
    return runs


def outside(direction: str, release: Release, migrations: list) -> Run:
    return Run(direction=direction, state=Run.State.DONE, releases=[release.pk], migrations=migrations, actor=OUTSIDE)


def free_tag(connection, wanted: str) -> str:
    """`wanted`, with a number behind it where it is taken."""
    taken = set(Release.objects.using(connection.alias).filter(tag__startswith=wanted).values_list("tag", flat=True))
    return next(tag for tag in [wanted, *(f"{wanted}+{n}" for n in range(2, len(taken) + 3))] if tag not in taken)


def holder(alias: str) -> list[str]:
    """Who took the lock last, in words; [] where nobody ever did."""
    if Holder._meta.db_table not in connections[alias].introspection.table_names():
        return []
    return [f"{one}" for one in Holder.objects.using(alias).all()]


def kept_without_place(alias: str, migrations: dict) -> list[str]:
    """What was kept for migrations that this build does not have, in words."""
    kept = Archive.objects.using(alias).filter(state=Archive.State.KEPT, returned_by=None)
    return [
        f"{archive}: {archive.rows} rows stay in {archive.name}; this build has no {archive.app}.{archive.migration}"
        for archive in kept
        if (archive.app, archive.migration) not in migrations
    ]


def unfinished_run(alias: str = "default") -> Run | None:
    if not has_journal(connections[alias]):
        return None
    return Run.objects.using(alias).filter(state__in=[Run.State.RUNNING, Run.State.STOPPED]).order_by("-id").first()


def half_done(alias: str = "default") -> str:
    """Which run is half done and how far it came; empty where none is."""
    run = unfinished_run(alias)
    if run is None:
        return ""
    steps = Step.objects.using(alias).filter(run=run)
    done = steps.filter(state=Step.State.DONE).count()
    return (
        f"{run.direction.lower()} of {run.started_at:%Y-%m-%d %H:%M} UTC by {run.actor}:"
        f" {done} of {steps.count()} steps done{', ' + run.reason if run.reason else ''}"
    )


def pending(alias: str = "default") -> list[str]:
    """The migrations of this build that are not applied, in the order in which `release` would apply them."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [".".join(key_of(migration)) for migration, _ in plan]


def runs_of(release: Release, alias: str = "default") -> list[Run]:
    """What applied the release and what took it back, newest first."""
    runs = Run.objects.using(alias).defer("structure_expected", "rows_before")
    return [run for run in runs if release.pk in run.releases]


def releases_from(release: Release, alias: str = "default") -> int:
    """How many applied releases `rollback` takes back until this one is gone, itself included."""
    return Release.objects.using(alias).filter(state=Release.State.APPLIED, id__gte=release.pk).count()


def rehearsed_milliseconds(alias: str = "default") -> dict[str, int]:
    """The digest of a step (`services.step_digest`) → what it took at the last rehearsal."""
    rehearsal = Rehearsal.objects.using(alias).first()
    return rehearsal.step_milliseconds if rehearsal else {}


def listing(alias: str = "default") -> list[dict]:
    """Every release, newest first: id, tag, build, state, outside, at, by, seconds, migrations, no_way_back (reasons),
    archived [{what, way, rows, name}], taken_back {at, by, seconds} and rehearsed {at, passed, seconds}, both or None.
    Empty where nothing was ever released."""
    if not has_journal(connections[alias]):
        return []
    runs: dict[tuple[int, str], list[Run]] = {}
    all_runs = Run.objects.using(alias).exclude(state=Run.State.NOTHING).order_by("id")
    for run in all_runs.defer("structure_expected", "rows_before", "verification"):
        for key in run.releases:
            runs.setdefault((key, run.direction), []).append(run)
    kept: dict[int, list[Archive]] = {}
    for archive in Archive.objects.using(alias).filter(state=Archive.State.KEPT):
        kept.setdefault(archive.run_id, []).append(archive)
    rehearsals = {as_set(one.migrations): one for one in Rehearsal.objects.using(alias).order_by("id")}
    migrations = MigrationLoader(None).disk_migrations
    found = []
    for release in Release.objects.using(alias).defer("structure_before", "structure_after"):
        forward = runs.get((release.pk, Direction.RELEASE), [])
        back = runs.get((release.pk, Direction.ROLLBACK), [])
        rehearsal = rehearsals.get(as_set(release.migrations))
        found.append(
            {
                "id": release.pk,
                "tag": release.tag,
                "build": release.build,
                "state": release.state,
                "outside": release.is_outside,
                "at": release.applied_at,
                "by": forward[-1].actor if forward else "",
                "seconds": forward[-1].seconds if forward else None,
                "migrations": [".".join(key) for key in release.migrations],
                "no_way_back": no_way_back(release, migrations),
                "archived": [
                    {"what": str(archive), "way": archive.way, "rows": archive.rows, "name": archive.name}
                    for run in forward + back
                    for archive in kept.get(run.pk, [])
                ],
                "taken_back": {"at": back[-1].started_at, "by": back[-1].actor, "seconds": back[-1].seconds}
                if back
                else None,
                "rehearsed": {"at": rehearsal.at, "passed": rehearsal.passed, "seconds": rehearsal.seconds}
                if rehearsal
                else None,
            }
        )
    return found


def no_way_back(release: Release, migrations: dict) -> list[str]:
    """Why this build cannot take the release back; empty where it can."""
    reasons = []
    for app, name in release.migrations:
        migration = migrations.get((app, name))
        if migration is None:
            reasons.append(f"{app}.{name}: this build does not have it")
        else:
            reasons += why_not(migration, Direction.ROLLBACK)
    return reasons


def as_set(migrations: list) -> frozenset[tuple]:
    return frozenset(map(tuple, migrations))
