"""Every migration goes forward, back and forward again, and the reference rows with it.

It went forward when the database of the tests was made; transactional tests since then emptied the tables at most.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.migrations.lint import folders
from tests.migrations.reference import reference_rows

OURS = [folder.parent.name for folder in folders()]


def back() -> None:
    """All of ours at once: a command for each app would read and render the whole history for each."""
    MigrationExecutor(connection).migrate([(app, None) for app in OURS])


def structure() -> dict:
    """Table → its columns and constraints, as the database describes them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = connection.introspection.get_table_description(cursor, table)
            constraints = connection.introspection.get_constraints(cursor, table)
            found[table] = (
                sorted((column.name, column.type_code, column.null_ok) for column in columns),
                sorted((name, str(sorted(facts.items(), key=str))) for name, facts in constraints.items()),
            )
    return found


@pytest.mark.django_db(transaction=True)
def test_forward_back_forward_ends_where_it_began(rows_as_created):
    before = structure()
    assert rows_as_created["regions.Region"] and len(rows_as_created["regions.Witel"]) == 61
    back()
    with connection.cursor() as cursor:
        left = [name for name in connection.introspection.table_names(cursor) if name.split("_")[0] in OURS]
    assert left == []
    call_command("migrate", verbosity=0)
    assert structure() == before
    assert reference_rows() == rows_as_created


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
