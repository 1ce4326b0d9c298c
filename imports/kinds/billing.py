"""Billing: one row a line and month, paid or not."""

from collections.abc import Mapping

import polars as pl

from imports.cleaned import Cleaned, Cleaning
from imports.columns import bill_status, day, money, period, service_number
from imports.kinds import aliases
from imports.reading import Table

COLUMNS = {
    "service_number": aliases.SERVICE_NUMBER,
    "name": aliases.NAME,
    "period": aliases.PERIOD,
    "amount": (
        "jumlah tagihan", "tagihan", "rp tagihan", "amount", "nilai tagihan", "total tagihan", "bill amount",
        "nominal tagihan",
        "nominal", "jml tagihan", "tagihan bulan ini", "abonemen", "invoice amount", "billing amount", "jumlah",
        "rupiah", "total",
        "bill", "billed amount", "nilai",
    ),
    "paid_amount": (
        "jumlah bayar", "jml bayar", "rp bayar", "paid amount", "amount paid", "nominal bayar", "nilai bayar",
        "total bayar", "bayar",
        "dibayar", "payment amount", "pembayaran", "jumlah pembayaran", "jumlah dibayar", "nominal pembayaran", "paid",
    ),
    "status": (
        "status bayar", "status tagihan", "status pembayaran", "payment status", "status", "status lunas",
        "sts bayar", "bill status",
        "paid status", "keterangan bayar", "flag bayar", "lunas", "status billing", "is paid",
    ),
    "paid_on": (
        "tgl bayar", "tanggal bayar", "paid at", "paid on", "paid date", "payment date", "tgl pembayaran",
        "tanggal pembayaran",
        "date paid", "tgl lunas", "tanggal lunas", "tgl payment", "date of payment", "pay date",
    ),
}  # fmt: skip
REQUIRED = ("service_number", "period", "amount", "status|paid_on|paid_amount")
KEY = ("service_number", "period")


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: service_number, period (Int32), amount, paid_amount (Int64), status, paid_on (Date). Bills have no
    witel.

    Where no status is written, what was paid tells it: a date or the whole amount is PAID, less is PARTIAL, nothing
    UNPAID.
    """
    c = Cleaning(table)
    c.take("service_number", service_number(c.written("service_number")), refuse=True)
    c.take("period", period(c.written("period")), refuse=True, absent="no_period")
    c.refuse("service_number", c.rows["extra"], "extra_fields")
    c.take("amount", money(c.written("amount")), refuse=True, absent="no_amount")
    c.take("paid_amount", money(c.written("paid_amount")))
    c.take("paid_on", day(c.written("paid_on")))
    c.take("status", bill_status(c.written("status")), refuse=True)
    if "status" in table.headers:  # silence never takes a payment back
        silent = [c.written(name).is_null() for name in ("status", "paid_amount", "paid_on")]
        c.refuse("status", silent[0] & silent[1] & silent[2], "no_status")
    c.keep("status", _status(c))
    return c.finish(KEY)


def _status(c: Cleaning) -> pl.Series:
    paid = pl.DataFrame({name: c.value(name) for name in ("status", "amount", "paid_amount", "paid_on")})
    told = (
        pl.when(pl.col("paid_amount").is_null() & pl.col("paid_on").is_not_null()).then(pl.lit("PAID"))
        .when((pl.col("paid_amount") > 0) & (pl.col("paid_amount") >= pl.col("amount"))).then(pl.lit("PAID"))
        .when(pl.col("paid_amount") > 0).then(pl.lit("PARTIAL"))
        .otherwise(pl.lit("UNPAID"))
    )  # fmt: skip
    return paid.select(status=pl.coalesce("status", told))["status"]
