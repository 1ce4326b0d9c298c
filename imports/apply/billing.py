"""Billing: one row is a line's bill of one period. What turns paid settles orders and promises."""

import polars as pl

from common.bulk import look_up
from customers.models import Bill
from customers.services import recount_arrears
from imports.apply.lines import with_customers
from imports.apply.run import Run, changed
from imports.apply.tables import insert, update
from workorders.services.settlement import settle

VALUES = ("amount", "paid_amount", "status", "paid_on")
ALWAYS = ("amount", "status")
EXISTING = {
    "t.id": pl.Int64,
    "t.customer_id": pl.Int64,
    "t.period": pl.Int64,
    "t.amount": pl.Int64,
    "t.paid_amount": pl.Int64,
    "t.status": pl.String,
    "t.paid_on": pl.Date,
}


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; no lines are new."""
    rows = with_customers(run, rows).with_columns(pl.col("period").cast(pl.Int64))
    existing = existing_bills(rows)
    compared = rows.join(existing, on=["customer", "period"], how="left")
    new = compared.filter(pl.col("id").is_null())
    differing = compared.filter(
        pl.col("id").is_not_null() & changed(compared, {name: f"old_{name}" for name in touched(run)})
    )
    create_bills(run, new)
    update_bills(run, differing)
    run.created += new.height
    run.updated += differing.height
    run.unchanged += compared.height - new.height - differing.height
    follow_bills(run, pl.concat([new["customer"], differing["customer"]]).unique().sort().to_list())
    return []


def touched(run: Run) -> list[str]:
    """The values that this file has; a feed without paid amounts leaves them as they are."""
    return [name for name in VALUES if name in ALWAYS or name in run.columns]


def existing_bills(rows: pl.DataFrame) -> pl.DataFrame:
    found = look_up(Bill._meta.db_table, rows, on={"customer": "customer_id", "period": "period"}, columns=EXISTING)
    found.columns = ["id", "customer", "period", *(f"old_{name}" for name in VALUES)]
    return found


def create_bills(run: Run, rows: pl.DataFrame) -> None:
    frame = rows.select(*VALUES, "period", customer_id="customer", feed_batch=pl.lit(run.batch.pk))
    insert(run, Bill, frame)


def update_bills(run: Run, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    run.journal.watch_keys(Bill, rows["id"].to_list())
    update(Bill, rows.select("id", *touched(run), feed_batch=pl.lit(run.batch.pk)))


def follow_bills(run: Run, customers: list[int]) -> None:
    """What follows from bills: arrears, withdrawn and reopened orders, promises."""
    recount_arrears(customers=customers)
    settle(customers=customers, today=run.today, remember=run.journal.watch_keys)
