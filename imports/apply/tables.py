"""Moves frames into the product's own tables: new rows by their range of keys, changed rows by their key."""

import polars as pl
from django.db.models import Max

from common.bulk import load_rows, update_rows
from imports.apply.run import Run


def insert(run: Run, model, frame: pl.DataFrame) -> int:
    """Load new rows of a table that numbers itself, and journal their range; the last key before them."""
    last = model.objects.aggregate(last=Max("pk"))["last"] or 0
    if frame.height:
        load_rows(model._meta.db_table, frame)
        run.journal.created(model, last + 1, model.objects.aggregate(last=Max("pk"))["last"])
    return last


def update(model, frame: pl.DataFrame) -> None:
    """Write rows that stand in the table; the frame has the key, and columns that it lacks stay."""
    update_rows(model._meta.db_table, model._meta.pk.attname, frame)
