"""Work orders: the PraNPC customers to be visited this month, and by whom."""

from collections.abc import Mapping

from imports.cleaned import Cleaned, Cleaning, in_letters
from imports.columns import Column, day, money, period, service_number, text
from imports.kinds import aliases
from imports.reading import Table

COLUMNS = {
    "number": aliases.ORDER_NUMBER,
    "service_number": aliases.SERVICE_NUMBER,
    "period": aliases.PERIOD,
    "agent": aliases.AGENT,
    "issued_on": (
        "tgl wo", "tanggal wo", "wo date", "tgl order", "tanggal order", "order date", "issued on", "issued at",
        "issue date",
        "tanggal", "tgl", "date", "created", "created at", "tgl dibuat", "tanggal dibuat", "tgl terbit",
        "tanggal terbit",
        "tgl create", "created date", "date issued", "date wo", "tgl tugas", "tanggal tugas",
    ),
    "balance": (
        "saldo", "balance", "tunggakan", "saldo tunggakan", "outstanding", "rp tunggakan", "jumlah tunggakan",
        "saldo piutang",
        "piutang", "tagihan", "jumlah tagihan", "nilai tunggakan", "total tunggakan", "amount", "arrears", "nominal",
        "rp saldo",
        "outstanding balance", "balance due", "total tagihan",
    ),
}  # fmt: skip
REQUIRED = ("number", "service_number", "period")
KEY = ("number",)


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: number, service_number, period (Int32), agent (lower case), issued_on (Date), balance (Int64); the
    last three may be null. The witel of an order is its customer's."""
    c = Cleaning(table)
    c.take("number", in_letters(text(aliases.whole(c.written("number")), 60)), refuse=True, absent="no_number")
    c.take("service_number", service_number(c.written("service_number")), refuse=True)
    c.refuse("number", c.rows["extra"], "extra_fields")
    c.take("period", period(c.written("period")), refuse=True, absent="no_period")
    c.take("issued_on", day(c.written("issued_on")))
    c.take("balance", money(c.written("balance")))
    agent, reason = text(c.written("agent"), 150)
    c.take("agent", Column(agent.str.to_lowercase(), reason))
    return c.finish(KEY)
