"""Visits of the past with their VOC results: the baseline to improve on."""

from collections.abc import Mapping

import polars as pl

from imports.cleaned import Cleaned, Cleaning, in_letters
from imports.columns import Column, day, moment, money, point, service_number, text
from imports.kinds import aliases
from imports.reading import Table

_VISIT = ("visit", "kunjungan", "ctb", "agent", "petugas", "checkin")

COLUMNS = {
    "number": aliases.ORDER_NUMBER,
    "service_number": aliases.SERVICE_NUMBER,
    "agent": aliases.AGENT,
    "visited_at": (
        "tgl visit", "tanggal visit", "visit date", "tgl kunjungan", "tanggal kunjungan", "waktu visit",
        "waktu kunjungan",
        "visited at", "visited on", "visit at", "visit time", "timestamp", "tanggal", "tgl", "date", "waktu",
        "datetime",
        "date visit", "tgl jam visit", "tanggal jam",
    ),
    "time": ("jam", "jam visit", "jam kunjungan", "pukul", "time", "waktu jam", "time of visit"),
    "result": (
        "hasil visit", "voc", "hasil voc", "hasil", "result", "hasil kunjungan", "disposisi", "disposition",
        "kode voc", "voc code",
        "status visit", "status kunjungan", "alasan", "reason", "kategori voc", "outcome", "kode hasil", "visit result",
    ),
    "note": (
        "keterangan", "catatan", "note", "notes", "remark", "remarks", "ket", "komentar", "keterangan visit", "detail",
    ),
    "lat": (*aliases.LATITUDE, *aliases.around(aliases.LATITUDE, *_VISIT)),
    "lon": (*aliases.LONGITUDE, *aliases.around(aliases.LONGITUDE, *_VISIT)),
    "point": (*aliases.POINT, *aliases.around(aliases.POINT, *_VISIT)),
    "amount": (
        "nominal janji", "nominal janji bayar", "jumlah janji", "jumlah janji bayar", "rp janji", "promise amount",
        "ptp amount",
        "nominal", "amount", "jumlah bayar", "rp bayar", "nominal bayar", "nominal ptp", "janji nominal", "nilai janji",
    ),
    "promise_on": (
        "janji bayar", "tgl janji bayar", "tanggal janji bayar", "tgl janji", "tanggal janji", "promise date",
        "ptp date", "ptp",
        "tgl ptp", "tanggal ptp", "promise on", "date promise", "promise to pay",
    ),
}  # fmt: skip
REQUIRED = ("number|service_number", "visited_at", "result")
KEY = ("target", "visited_at", "agent")


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: number, service_number (one of them may be null), agent (lower case, nullable), visited_at (naive local
    Datetime), offset_min (Int32 minutes east of UTC where written), result, note, lat, lon (as written), amount
    (Int64), promise_on (Date). The result is the feed's own word; the caller maps it to a code.
    """
    c = Cleaning(table)
    _take_target(c)
    c.refuse("number", c.rows["extra"], "extra_fields")
    _take_time(c)
    c.take("result", text(c.written("result"), 200), refuse=True, absent="no_result")
    c.take("note", text(c.written("note"), 2000))
    c.keep("note", c.value("note").fill_null(""))
    agent, reason = text(c.written("agent"), 150)
    c.take("agent", Column(agent.str.to_lowercase(), reason))
    read = point(c.written("lat"), c.written("lon"), c.written("point"))
    c.keep("lat", read.lat)
    c.keep("lon", read.lon)
    c.problem("point", read.reason, read.raw, refuse=pl.zeros(len(read.raw), dtype=pl.Boolean, eager=True))
    c.take("amount", money(c.written("amount")))
    c.take("promise_on", day(c.written("promise_on")))
    return c.finish(KEY, drop=("target",))


def _take_target(c: Cleaning) -> None:
    """The order or, where none is written, the line; a bad line beside a good order is only a warning."""
    c.take("number", in_letters(text(aliases.whole(c.written("number")), 60)))
    line = service_number(c.written("service_number"))
    has_order = c.value("number").is_not_null()
    c.keep("service_number", line.value)
    reason = line.reason.set(has_order & (line.reason == "no_nd"), None)
    c.problem("service_number", reason, c.written("service_number"), refuse=~has_order)
    c.keep("target", c.value("number").fill_null(line.value))


def _take_time(c: Cleaning) -> None:
    """A clock time in its own column is put behind the date; where the two make no moment, the first alone counts."""
    alone = moment(c.written("visited_at"))
    both = moment(c.written("visited_at") + " " + c.written("time"))
    c.take("visited_at", Column(both.value.fill_null(alone.value), alone.reason), refuse=True, absent="no_date")
    c.keep("offset_min", both.offset_min.fill_null(alone.offset_min))
