"""Days, moments and bill periods in every way people and spreadsheets write them, English and Indonesian."""

from typing import NamedTuple

import polars as pl

from imports.columns.column import Column, by_distinct, cleaned, reason_where

YEARS = (1990, 2100)  # the oldest lines in service are younger, and nothing is billed beyond the century
CENTURY_TURN = 68  # two-digit years up to 68 are 20xx, as in POSIX
EXCEL_EPOCH = pl.date(1899, 12, 30)  # day 0 of spreadsheets, their false leap day of 1900 allowed for

MONTH_NAMES = (
    ("jan", "januari", "january"),
    ("feb", "peb", "februari", "pebruari", "february"),
    ("mar", "maret", "mrt", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("agu", "agt", "ags", "agst", "agus", "agust", "agustus", "aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"),
    ("nov", "nop", "november", "nopember"),
    ("des", "desember", "dec", "december"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}

YMD = r"^([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})$"
YMD_PACKED = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
DMY_PACKED = r"^([0-9]{2})([0-9]{2})([0-9]{4})$"
TWO_AND_YEAR = r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})$"
DAY_NAME_YEAR = r"^([0-9]{1,2})[-/., ]*([a-z]{3,9})[-/., ]*([0-9]{4}|[0-9]{2})$"
NAME_DAY_YEAR = r"^([a-z]{3,9})[-/., ]+([0-9]{1,2})[-/., ]+([0-9]{4})$"
YEAR_NAME_DAY = r"^([0-9]{4})[-/., ]*([a-z]{3,9})[-/., ]*([0-9]{1,2})$"
SERIAL = r"^([0-9]{5})(?:[.,]([0-9]+))?$"

CLOCK = (
    r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?(?:[.,][0-9]+)?\s*([ap]m)?\s*"
    r"(z|utc|gmt|wib|wita|wit|(?:utc|gmt)?[+-][0-9]{1,2}:?(?:[0-9]{2})?)?"
)
ZONE_MINUTES = {"z": 0, "utc": 0, "gmt": 0, "wib": 420, "wita": 480, "wit": 540}


class Moment(NamedTuple):
    """`value` naive Datetime as the clock on the wall had it, `offset_min` Int32 minutes east of UTC where written."""

    value: pl.Series
    reason: pl.Series
    offset_min: pl.Series


def day(text: pl.Series) -> Column:
    """Date. Reason `bad_date`. A time behind the date is dropped.

    Whether `03/04/2026` is day first is settled for the column as a whole: it is, unless some second part exceeds 12
    and no first part does.
    """
    return cleaned(
        by_distinct(text, lambda distinct: _days_of(_split(distinct)).select("text", value="day", reason="reason"))
    )


def moment(text: pl.Series) -> Moment:
    """Naive local Datetime in microseconds, midnight when no time is written. Reason `bad_date`."""
    frame = by_distinct(text, _moments_of)
    return Moment(frame["value"], frame["reason"], frame["offset_min"])


def period(text: pl.Series) -> Column:
    """Int32 such as 202610. Reason `bad_period`. A full date or a serial stands for its month."""
    return cleaned(by_distinct(text, _periods_of))


def _split(distinct: pl.DataFrame) -> pl.DataFrame:
    """Adds `date` (lower case, the weekday dropped) and `clock`: what stands before and from the time of day."""
    plain = (
        pl.col("text").str.to_lowercase().str.strip_chars(" '")
        .str.replace(r"^[a-z'\u{2019}]+,\s*", "")
        .str.replace_all(r"\s+", " ")
    )  # fmt: skip
    found = plain.str.extract_groups(rf"^(?<date>.+?)(?:t|,? ?(?:pukul|jam|at)? )(?<clock>{CLOCK})$")
    is_split = found.struct.field("clock").is_not_null() & found.struct.field("date").str.contains(r"[0-9].*[0-9]")
    return distinct.with_columns(
        date=pl.when(is_split).then(found.struct.field("date")).otherwise(plain).str.strip_chars(" ,"),
        clock=pl.when(is_split).then(found.struct.field("clock")),
    )


def _days_of(split: pl.DataFrame) -> pl.DataFrame:
    """Adds `day` and `reason`."""
    date = pl.col("date")
    month_first = _is_month_first(split["date"])
    two = ("m", "d", "y") if month_first else ("d", "m", "y")
    candidates = [
        _from_parts(date, YMD, "ymd"),
        _from_parts(date, YMD_PACKED, "ymd"),
        _from_parts(date, TWO_AND_YEAR, "".join(two)),
        _from_parts(date, DAY_NAME_YEAR, "dby"),
        _from_parts(date, NAME_DAY_YEAR, "bdy"),
        _from_parts(date, YEAR_NAME_DAY, "ybd"),
        _from_parts(date, DMY_PACKED, "dmy"),
        EXCEL_EPOCH + pl.duration(days=date.str.extract(SERIAL, 1).cast(pl.Int64, strict=False)),
    ]
    sane = [pl.when(c.dt.year().is_between(*YEARS)).then(c) for c in candidates]
    frame = split.with_columns(day=pl.coalesce(sane))
    return frame.with_columns(reason=reason_where(pl.col("day").is_null(), "bad_date"))


def _is_month_first(dates: pl.Series) -> bool:
    parts = dates.str.extract_groups(TWO_AND_YEAR).struct.unnest()
    first, second = (parts[name].cast(pl.Int32) for name in parts.columns[:2])
    return bool((second > 12).any()) and not bool((first > 12).any())


def _from_parts(date: pl.Expr, pattern: str, order: str) -> pl.Expr:
    """The Date a pattern's three groups make; `order` names them: y, m, d, b (a month's name). Else null."""
    part = {kind: date.str.extract(pattern, k) for k, kind in enumerate(order, 1)}
    month = part["m"] if "m" in part else _month_number(part["b"])
    year = _full_year(part["y"])
    iso = pl.concat_str([year, month.str.zfill(2), part["d"].str.zfill(2)], separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)


def _month_number(name: pl.Expr) -> pl.Expr:
    return name.replace_strict({n: str(k) for n, k in MONTH_OF.items()}, default=None, return_dtype=pl.String)


def _full_year(year: pl.Expr) -> pl.Expr:
    """Four digits; of two digits, by the turn of the century."""
    century = pl.when(year.cast(pl.Int32) <= CENTURY_TURN).then(pl.lit("20")).otherwise(pl.lit("19"))
    return pl.when(year.str.len_bytes() == 2).then(century + year).otherwise(year)


def _moments_of(distinct: pl.DataFrame) -> pl.DataFrame:
    frame = _days_of(_split(distinct))
    clock = pl.col("clock").str.extract_groups(rf"^{CLOCK}$")
    hour, minute, second = (clock.struct.field(str(k)).cast(pl.Int64) for k in (1, 2, 3))
    half = clock.struct.field("4")
    hour = pl.when(half == "pm").then(hour % 12 + 12).when(half == "am").then(hour % 12).otherwise(hour)
    serial_day = pl.concat_str([pl.lit("0."), pl.col("date").str.extract(SERIAL, 2)]).cast(pl.Float64)
    seconds = pl.coalesce(
        hour * 3600 + minute * 60 + second.fill_null(0), (serial_day * 86_400).round().cast(pl.Int64), 0
    )
    possible = (hour < 24).fill_null(True) & (minute < 60).fill_null(True) & (second < 60).fill_null(True)
    value = pl.when(possible).then(pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds=seconds))
    return frame.select(
        "text",
        value=value,
        reason=reason_where(value.is_null(), "bad_date"),
        offset_min=_offset(clock.struct.field("5")),
    )


def _offset(zone: pl.Expr) -> pl.Expr:
    """Int32 minutes east of UTC of `z`, `wib`, `+07:00`, `gmt+7`; null where no zone is written."""
    sign = pl.when(zone.str.contains("-", literal=True)).then(-1).otherwise(1)
    hours = zone.str.extract(r"[+-]([0-9]{1,2})").cast(pl.Int32)
    minutes = zone.str.extract(r"[+-][0-9]{1,2}:?([0-9]{2})$").cast(pl.Int32).fill_null(0)
    named = zone.replace_strict(ZONE_MINUTES, default=None, return_dtype=pl.Int32)
    return pl.coalesce(sign * (hours * 60 + minutes), named).cast(pl.Int32)


def _periods_of(distinct: pl.DataFrame) -> pl.DataFrame:
    plain = (
        pl.col("text").str.to_lowercase().str.strip_chars(" '")
        .str.replace(r"^(?:bulan|periode|period|tagihan|bill(?:ing)?|rek(?:ening)?)[\s:]+", "")
        .str.replace(r"^([0-9]{6})[.,]0+$", "${1}")
    )  # fmt: skip
    frame = distinct.with_columns(plain=plain)
    p = pl.col("plain")
    candidates = [
        _year_month(p, r"^([0-9]{4})([0-9]{2})$", "ym"),
        _year_month(p, r"^([0-9]{4})[-/. m]([0-9]{1,2})$", "ym"),
        _year_month(p, r"^([0-9]{2})([0-9]{4})$", "my"),
        _year_month(p, r"^([0-9]{1,2})[-/. ]([0-9]{4})$", "my"),
        _year_month(p, r"^([a-z]{3,9})[-/., ']*([0-9]{4}|[0-9]{2})$", "by"),
        _year_month(p, r"^([0-9]{4})[-/., ]*([a-z]{3,9})$", "yb"),
    ]
    days = _days_of(_split(distinct))["day"]
    whole_date = days.dt.year() * 100 + days.dt.month().cast(pl.Int32)
    value = pl.coalesce(*candidates, whole_date).cast(pl.Int32)
    return frame.select("text", value=value, reason=reason_where(value.is_null(), "bad_period"))


def _year_month(plain: pl.Expr, pattern: str, order: str) -> pl.Expr:
    """Int32 yyyymm of a pattern's two groups (y, m, b), null unless the month is 1-12 and the year sane."""
    part = {kind: plain.str.extract(pattern, k) for k, kind in enumerate(order, 1)}
    month = (part["m"] if "m" in part else _month_number(part["b"])).cast(pl.Int32)
    year = _full_year(part["y"]).cast(pl.Int32)
    return pl.when(month.is_between(1, 12) & year.is_between(*YEARS)).then(year * 100 + month)
