"""Denied means that nothing happened: assert it with `with nothing_written():`."""

import hashlib
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

OURS = ("accounts", "customers", "exports", "history", "imports", "privacy", "regions", "workorders")
# Signing in leaves these; they are no business rows.
COUNTS = {"accounts.passwordtries"}
TRACES = {
    "accounts.user": {"last_login"},
    "accounts.device": {"last_seen_at"},
    "workorders.deviceclock": {"received_at", "mono_ms", "wall"},
}


def business_rows() -> dict[str, tuple[int, str]]:
    """Table → number of rows and a checksum of all their columns."""
    return {model._meta.label_lower: rows_of(model) for model in business_models()}


def business_models() -> list:
    ours = (apps.get_app_config(label).get_models() for label in OURS if apps.is_installed(label))
    return [model for models in ours for model in models if model._meta.label_lower not in COUNTS]


def rows_of(model, rows=None) -> tuple[int, str]:
    """Of all its rows, or of `rows`."""
    traces = TRACES.get(model._meta.label_lower, set())
    fields = [field for field in model._meta.concrete_fields if field.name not in traces]
    if rows is None:
        # As the database has them: asked some hundred thousand times, the ORM would take the longest of many a test.
        quote = connection.ops.quote_name
        columns, key = ", ".join(quote(field.column) for field in fields), quote(model._meta.pk.column)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {quote(model._meta.db_table)} ORDER BY {key}")
            found = cursor.fetchall()
    else:
        found = list(rows.order_by("pk").values_list(*(field.attname for field in fields)))
    return len(found), hashlib.sha256(repr(found).encode()).hexdigest()


@contextmanager
def nothing_written(*, but: tuple[str, ...] = ()):
    """`but`: tables that may have got rows, as `history.access` where somebody looked."""
    before = business_rows()
    yield
    after = business_rows()
    changed = sorted(
        table for table in before.keys() | after.keys() if before.get(table) != after.get(table) and table not in but
    )
    assert not changed, f"rows changed in {changed}"
