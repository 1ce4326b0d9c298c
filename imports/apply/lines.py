"""Finds the customers that rows speak of, and holds the rows whose line no feed has brought yet."""

import orjson
import polars as pl

from common.bulk import load_rows, look_up
from imports.apply.run import Run
from imports.models import HeldRow

CUSTOMER = {"t.id": pl.Int64, "t.service_number": pl.String, "t.witel_id": pl.Int64}


def with_customers(run: Run, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose line is known, with `customer` and `witel_id`; the others are held."""
    known = look_up("customers_customer", frame, on={"service_number": "service_number"}, columns=CUSTOMER).rename(
        {"t.id": "customer", "t.service_number": "service_number", "t.witel_id": "witel_id"}
    )
    joined = frame.join(known, on="service_number", how="left")
    hold(run, joined.filter(pl.col("customer").is_null()).select(frame.columns))
    return run.within_reach(joined.filter(pl.col("customer").is_not_null()), field="service_number")


def hold(run: Run, rows: pl.DataFrame) -> None:
    """Keep rows until a feed brings their line. A row that is already waiting is not kept twice."""
    if rows.is_empty():
        return
    run.held += rows.height
    named = [name for name in ("service_number", "number") if name in rows.columns]
    keyed = rows.with_columns(waits_for=pl.coalesce(named))
    run.tell(
        keyed,
        severity="held",
        field="service_number",
        value=pl.col("waits_for"),
        reason="unknown_line",
        message="No feed has brought this line or order yet. The row waits and applies itself when one does.",
    )
    content = [name for name in rows.columns if name not in ("row", "line")]
    payloads = [orjson.dumps(row).decode() for row in rows.select(content).iter_rows(named=True)]
    waiting = keyed.select("row", "line", "waits_for").with_columns(payload=pl.Series(payloads, dtype=pl.String))
    present = {(row.waits_for, orjson.dumps(row.payload)) for row in waiting_rows(run.batch.kind, keyed)}
    fresh = [
        (key, orjson.dumps(orjson.loads(payload))) not in present
        for key, payload in waiting.select("waits_for", "payload").iter_rows()
    ]
    load_rows(HeldRow._meta.db_table, waiting.filter(pl.Series(fresh)).with_columns(batch_id=pl.lit(run.batch.pk)))


def waiting_rows(kind: str, keys: pl.DataFrame) -> list[HeldRow]:
    """Rows of this kind that wait for the lines or orders of the column `waits_for`, oldest batch first."""
    if not HeldRow.objects.filter(applied_by=None, batch__kind=kind).exists():
        return []
    found = look_up(HeldRow._meta.db_table, keys, on={"waits_for": "waits_for"}, columns={"t.id": pl.Int64})
    held = HeldRow.objects.filter(pk__in=found["t.id"].to_list(), applied_by=None, batch__kind=kind)
    return list(held.select_related("batch").order_by("batch", "row"))
