"""What was kept of tables and columns that went away: how much, since when, and its end."""

from datetime import timedelta

from django.utils import timezone

from releases.databases import database_of
from releases.models import Archive


def present(connection) -> list[tuple[Archive, int | None]]:
    """(archive, bytes or None where the database cannot tell) of all that still takes room, oldest first."""
    database = database_of(connection)
    tables = set(database.all_tables())
    found = []
    for archive in Archive.objects.using(connection.alias).filter(
        state__in=[Archive.State.KEPT, Archive.State.RETURNED]
    ):
        if archive.way == Archive.Way.PARKED:
            archive.table = database.table_with_column(archive.name)  # it may have been renamed since
            if archive.table:
                found.append((archive, None))
        elif archive.name in tables:
            found.append((archive, database.size_of(archive.name)))
    return found


def older_than(found: list[tuple[Archive, int | None]], days: int) -> list[Archive]:
    limit = timezone.now() - timedelta(days=days)
    return [archive for archive, _ in found if archive.kept_at <= limit]


def prune(connection, archives: list[Archive]) -> None:
    """Drops them for good, each marked when it is gone. A column that stood in its table leaves it."""
    database = database_of(connection)
    for archive in archives:
        name = database.quote(archive.name)
        if archive.way == Archive.Way.PARKED:
            database.run(f"ALTER TABLE {database.quote(archive.table)} DROP COLUMN {name}")
        else:
            database.run(f"DROP TABLE {name}")
        archive.state = Archive.State.PRUNED
        archive.save(using=connection.alias, update_fields=["state"])
