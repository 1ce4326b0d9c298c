"""Visits: the VOC results of the past, the baseline to improve on. They are facts beside an order; none moves one."""

import uuid
from datetime import datetime, timedelta
from datetime import timezone as fixed_zone

import polars as pl

from accounts.models import User
from common.bulk import look_up
from common.geo import in_indonesia
from imports.apply.lines import with_customers
from imports.apply.run import Run
from imports.apply.tables import insert
from regions.models import Witel
from workorders.models import Disposition, DispositionAlias, Visit, WorkOrder
from workorders.services.attempts import attach_past_visits, count_attempts
from workorders.services.reports import content_hash
from workorders.states import State

# Visits of a feed get the same id whenever and wherever they are imported.
NAMESPACE = uuid.UUID("6a1c2b1e-5b0f-4a57-9a61-0d2c1f6a7e11")


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; no lines are new."""
    rows = with_codes(run, with_lines_of_orders(rows))
    rows = with_customers(run, rows)
    rows = placed(with_orders(run, rows))
    people = dict(User.objects.filter(username__in=names_in(rows)).values_list("username", "pk"))
    zones = {witel.pk: witel.zone for witel in Witel.objects.all()}
    visits = [visit_of(run, row, people, zones) for row in rows.iter_rows(named=True)]
    present = set(Visit.objects.filter(pk__in=[visit.pk for visit in visits]).values_list("pk", flat=True))
    fresh = {visit.pk: visit for visit in visits if visit.pk not in present}
    Visit.objects.bulk_create(fresh.values(), batch_size=500)
    for key in fresh:
        run.journal.created(Visit, key, key)
    count_attempts(orders=sorted({visit.order_id for visit in fresh.values()}))
    attach_past_visits(customers=rows["customer"].unique().sort().to_list(), watch=run.journal.watch)
    run.created += len(fresh)
    run.unchanged += len(visits) - len(fresh)
    return []


def names_in(rows: pl.DataFrame) -> list[str]:
    return rows["agent"].drop_nulls().unique().to_list()


def with_lines_of_orders(rows: pl.DataFrame) -> pl.DataFrame:
    """A row that names only its order gets the service number of that order's line."""
    columns = {"t.number": pl.String, "t.customer_id": pl.Int64}
    orders = look_up(
        WorkOrder._meta.db_table, rows.filter(pl.col("number").is_not_null()), on={"number": "number"}, columns=columns
    )
    orders.columns = ["number", "customer_id"]
    lines = look_up(
        "customers_customer",
        orders,
        on={"customer_id": "id"},
        columns={"t.id": pl.Int64, "t.service_number": pl.String},
    )
    lines.columns = ["customer_id", "line_of_order"]
    rows = rows.join(orders.join(lines, on="customer_id"), on="number", how="left")
    return rows.with_columns(service_number=pl.coalesce("service_number", "line_of_order")).drop(
        "customer_id", "line_of_order"
    )


def with_codes(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose result is one of our codes or a name of an old list; the others are refused with the name."""
    codes = {code.lower(): pk for code, pk in Disposition.objects.values_list("code", "pk")}
    names = {label.lower(): pk for label, pk in Disposition.objects.values_list("label_id", "pk")}
    old = dict(DispositionAlias.objects.values_list("text", "disposition_id"))
    known = names | old | codes
    text = pl.col("result").fill_null("").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    rows = rows.with_columns(disposition=text.replace_strict(known, default=None, return_dtype=pl.Int64))
    run.refuse(
        rows.filter(pl.col("disposition").is_null()),
        field="result",
        reason="unknown_disposition",
        message="This result is neither a code nor a known old name. Add it as an alias in the admin and import again.",
    )
    return rows.filter(pl.col("disposition").is_not_null())


def with_orders(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """`order_id` of each row: by its number, else a past order of the line's month, made where there is none."""
    month = pl.col("visited_at").dt.year() * 100 + pl.col("visited_at").dt.month()
    past = pl.concat_str(pl.lit("VOC-"), pl.col("service_number"), pl.lit("-"), month.cast(pl.String))
    rows = rows.with_columns(
        number=pl.coalesce("number", past), period=month.cast(pl.Int64), is_nameless=pl.col("number").is_null()
    )
    present = find_orders(rows)
    missing = rows.join(present, on="number", how="anti").unique("number", keep="first", maintain_order=True)
    create_past_orders(run, missing)
    return rows.join(find_orders(rows), on="number", how="inner")


def find_orders(rows: pl.DataFrame) -> pl.DataFrame:
    found = look_up(
        WorkOrder._meta.db_table, rows, on={"number": "number"}, columns={"t.id": pl.Int64, "t.number": pl.String}
    )
    found.columns = ["order_id", "number"]
    return found


def create_past_orders(run: Run, rows: pl.DataFrame) -> None:
    """Past orders are over: EXPIRED and never issued, until a work-order feed brings the real one."""
    insert(
        run,
        WorkOrder,
        rows.select(
            "number",
            "witel_id",
            "period",
            customer_id="customer",
            state=pl.lit(State.EXPIRED.value),
            created_at=pl.lit(run.now),
            changed_at=pl.lit(run.now),
            feed_batch=pl.lit(run.batch.pk),
        ),
    )


def placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Positions outside the country are none."""
    inside = in_indonesia(pl.col("lat"), pl.col("lon")).fill_null(False)
    return rows.with_columns(pl.when(inside).then(name).alias(name) for name in ("lat", "lon"))


def visit_of(run: Run, row: dict, people: dict[str, int], zones: dict) -> Visit:
    visited_at = aware(row["visited_at"], row["offset_min"], zones[row["witel_id"]])
    fact = {name: row[name] for name in ("number", "agent", "result", "note", "lat", "lon")}
    identity = f"{row['service_number']}|{row['number']}|{visited_at.isoformat()}|{row['agent'] or ''}"
    return Visit(
        id=uuid.uuid5(NAMESPACE, identity),
        order_id=row["order_id"],
        agent_id=people.get(row["agent"]),
        named_agent=row["agent"] or "",
        disposition_id=row["disposition"],
        visited_at=visited_at,
        visited_at_corrected=visited_at,
        received_at=run.now,
        business_day=visited_at.astimezone(zones[row["witel_id"]]).date(),
        lat=row["lat"],
        lon=row["lon"],
        note=row["note"] or "",
        details=details_of(row),
        flags=[Visit.Flag.FEED.value, *([Visit.Flag.NO_ORDER.value] if row["is_nameless"] else [])],
        content_hash=content_hash(fact),
        feed_batch=run.batch.pk,
    )


def aware(moment: datetime, offset_minutes: int | None, zone) -> datetime:
    """A feed's time as an instant: by the offset that it states, else in the witel's own zone."""
    if offset_minutes is not None:
        zone = fixed_zone(timedelta(minutes=offset_minutes))
    return moment.replace(tzinfo=zone)


def details_of(row: dict) -> dict:
    details = {"amount": row["amount"], "promised_on": row["promise_on"] and row["promise_on"].isoformat()}
    return {name: value for name, value in details.items() if value is not None}
