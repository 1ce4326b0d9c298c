"""The journal's tables and the questions asked of them."""

from django.db import connections
from django.utils import timezone

from releases.databases import database_of
from releases.models import JOURNAL, Release, Run
from releases.operations import History, key_of


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


def note_outside(connection, history: History) -> Release | None:
    """Record what bare `migrate` applied as a release of its own, and forget of releases what it took back."""
    applied = history.applied
    known = set()
    for release in Release.objects.using(connection.alias).filter(state=Release.State.APPLIED).order_by("id"):
        mine = [tuple(key) for key in release.migrations]
        left = [key for key in mine if key in applied]
        if len(left) != len(mine):
            release.migrations = left
            release.state = Release.State.APPLIED if left else Release.State.ROLLED_BACK
            release.save(using=connection.alias)
        known |= set(left)
    fresh = [key_of(migration) for migration in history.full_plan if key_of(migration) in applied - known]
    if not fresh:
        return None
    now = timezone.now()
    return Release.objects.using(connection.alias).create(
        tag=free_tag(connection, f"outside-{now:%Y%m%d-%H%M%S}"),
        is_outside=True,
        migrations=fresh,
        state=Release.State.APPLIED,
        applied_at=now,
        structure_after=database_of(connection).structure(),
    )


def free_tag(connection, wanted: str) -> str:
    """`wanted`, with a number behind it where it is taken."""
    taken = set(Release.objects.using(connection.alias).filter(tag__startswith=wanted).values_list("tag", flat=True))
    return next(tag for tag in [wanted, *(f"{wanted}.{n}" for n in range(2, len(taken) + 3))] if tag not in taken)


def unfinished_run(alias: str = "default") -> Run | None:
    if not has_journal(connections[alias]):
        return None
    return Run.objects.using(alias).filter(state__in=[Run.State.RUNNING, Run.State.STOPPED]).order_by("-id").first()
