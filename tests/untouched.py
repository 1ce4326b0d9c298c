"""Denied means that nothing happened: assert it with `with nothing_written():`."""

import hashlib
from contextlib import contextmanager

from django.apps import apps

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
    return {
        model._meta.label_lower: rows_of(model)
        for label in OURS
        for model in models_of(label)
        if model._meta.label_lower not in COUNTS
    }


def models_of(label: str):
    return apps.get_app_config(label).get_models() if apps.is_installed(label) else ()


def rows_of(model, rows=None) -> tuple[int, str]:
    """Of all its rows, or of `rows`."""
    traces = TRACES.get(model._meta.label_lower, set())
    columns = [field.attname for field in model._meta.concrete_fields if field.name not in traces]
    digest, count = hashlib.sha256(), 0
    for row in (model._base_manager.all() if rows is None else rows).order_by("pk").values_list(*columns):
        digest.update(repr(row).encode())
        count += 1
    return count, digest.hexdigest()


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
