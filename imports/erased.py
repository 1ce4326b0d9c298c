"""Rows of people who were erased: no feed brings them back, and no issue quotes them.

Who was erased is the word of settings.IMPORTS_ERASED, a callable: `(lines=, orders=, billed=)` → (lines, orders).
"""

from dataclasses import replace

import polars as pl
from django.conf import settings
from django.utils.module_loading import import_string

from imports.apply.run import Run
from imports.cleaned import Cleaned
from imports.columns import service_number
from imports.reading import Table

MESSAGE = (
    "This line's person was erased; nothing of the row was kept. A new contract under the number is let in by an admin."
)


def without_erased(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a chunk without those of erased people, which are refused without being quoted."""
    mask = erased_mask(rows)
    if mask is None:
        return rows
    run.refused += int(mask.sum())
    run.tell(
        rows.filter(mask),
        severity="refused",
        field="service_number",
        value=pl.lit(""),
        reason="erased",
        message=MESSAGE,
    )
    return rows.filter(~mask)


def unquoted(table: Table, cleaned: Cleaned) -> Cleaned:
    """The same, with the values of erased people taken out of what is told of their rows."""
    if "service_number" not in table.frame.columns or cleaned.issues.is_empty():
        return cleaned
    told = table.frame.join(cleaned.issues.select("row").unique(), on="row", how="semi")
    written = told.with_columns(service_number=service_number(told["service_number"]).value)
    mask = erased_mask(written.select("row", *[name for name in ("service_number", "number") if name in told.columns]))
    if mask is None:
        return cleaned
    hidden = pl.col("row").is_in(written.filter(mask)["row"].to_list())
    value = pl.when(hidden).then(pl.lit("")).otherwise(pl.col("value")).alias("value")
    return replace(cleaned, issues=cleaned.issues.with_columns(value))


def erased_mask(rows: pl.DataFrame) -> pl.Series | None:
    """Which rows name an erased line or order; None where none does."""
    name = getattr(settings, "IMPORTS_ERASED", "")
    if not name or "service_number" not in rows.columns or rows.is_empty():
        return None
    orders = rows["number"] if "number" in rows.columns else pl.Series("number", [None] * rows.height, dtype=pl.String)
    lines, numbers = import_string(name)(
        lines=rows["service_number"].unique().to_list(), orders=orders.unique().to_list(), billed=billed(rows)
    )
    if not lines and not numbers:
        return None
    return rows["service_number"].is_in(list(lines)).fill_null(False) | orders.is_in(list(numbers)).fill_null(False)


def billed(rows: pl.DataFrame) -> dict[str, int]:
    """Line → newest period of its bills, where the rows are bills: they have a period and no order."""
    if "period" not in rows.columns or "number" in rows.columns or rows.schema["period"] == pl.String:
        return {}
    newest = rows.filter(pl.col("service_number").is_not_null()).group_by("service_number").agg(pl.col("period").max())
    return {line: period for line, period in newest.iter_rows() if period is not None}
