"""Every migration goes forward, back and forward again, and the reference rows with it."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.migrations.lint import folders

OURS = [folder.parent.name for folder in folders()]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def from_nothing():
    """Transactional tests before this one emptied the reference tables; begin as a new database does."""
    for app in OURS:
        call_command("migrate", app, "zero", verbosity=0)
    call_command("migrate", verbosity=0)


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


def reference_rows() -> dict:
    models = (
        "regions.Region",
        "regions.Witel",
        "customers.Stage",
        "workorders.Disposition",
        "workorders.DispositionAlias",
    )
    hidden = {"id", "region_id", "disposition_id"}
    rows = {}
    for label in models:
        model = apps.get_model(label)
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in hidden]
        rows[label] = sorted(map(str, model.objects.order_by().values_list(*names)))
    return rows


def test_forward_back_forward_ends_where_it_began():
    before, rows = structure(), reference_rows()
    assert rows["regions.Region"] and len(rows["regions.Witel"]) == 61
    for app in OURS:
        call_command("migrate", app, "zero", verbosity=0)
    with connection.cursor() as cursor:
        left = [name for name in connection.introspection.table_names(cursor) if name.split("_")[0] in OURS]
    assert left == []
    call_command("migrate", verbosity=0)
    assert structure() == before
    assert reference_rows() == rows


def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
