"""Coordinates as people, phones, maps and spreadsheets write them -> two numbers, as written.

Nothing is repaired here: swapped columns stay swapped and a lost decimal point stays lost (`-6851193`), because only
the witel and the ODP can tell what was meant. See customers/locating/faults.py.
"""

from typing import NamedTuple

import polars as pl

from imports.columns.column import reason_where

# Hemispheres in both languages and the letter each comes down to here; the words before the letters they contain.
HEMISPHERES = (
    (r"lintang\s*selatan|south|selatan|ls", "S"),
    (r"lintang\s*utara|north|utara|lu", "N"),
    (r"bujur\s*timur|east|timur|bt", "E"),
    (r"bujur\s*barat|west|barat|bb", "W"),
)
SINGLE_LETTERS = {"U": "N", "T": "E", "B": "W"}
LABELS = r"(?i)\b(?:latitude|longitude|latlong|lintang|bujur|long|lat|lon|lng|koordinat|tikor)\b\s*[:=]?"
SPELLED_DEGREES = (
    r"(?i)([0-9]+)\s*(?:derajat|deg|d)\s*([0-9]+(?:[.,][0-9]+)?)\s*(?:menit|min|m)\s*"
    r"(?:([0-9]+(?:[.,][0-9]+)?)\s*(?:detik|sec|s)\b)?"
)

SIGN = r"([NSEW])?\s*([-+])?\s*"
GROUPED = r"[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})"  # thousands that a spreadsheet put into a lost decimal
DECIMAL = rf"^{SIGN}({GROUPED}|[0-9]+(?:[.,][0-9]+)?(?:E[-+]?[0-9]{{1,2}})?)\s*°?\s*([NSEW])?$"
DEGREES = r"[0-9]{1,3}\s*[°º*:\s]\s*[0-9]{1,2}(?:[.,][0-9]+)?\s*[':\s]?\s*(?:[0-9]{1,2}(?:[.,][0-9]+)?\s*(?:\"|'')?)?"
SEXAGESIMAL = (
    rf"^{SIGN}([0-9]{{1,3}})\s*[°º*:\s]\s*([0-9]{{1,2}}(?:[.,][0-9]+)?)\s*[':\s]?\s*"
    r"(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:\"|'')?)?\s*([NSEW])?$"
)

# Ways to write both numbers in one cell, tried in turn: decimal points; the same and an altitude; decimal commas with
# another mark between; decimal commas with a comma between; hemispheres before; behind; degrees without hemispheres.
ANY = rf"(?:{DEGREES}|[0-9]+(?:[.,][0-9]+)*\s*°?)"
PAIRS = (
    r"^\(?\s*([-+]?[0-9]+(?:\.[0-9]+)*)\s*[\s,;/|]\s*([-+]?[0-9]+(?:\.[0-9]+)*)\s*\)?$",
    r"^\(?\s*([-+]?[0-9]+\.[0-9]+)\s*[\s,;]\s*([-+]?[0-9]+\.[0-9]+)\s*[\s,;]\s*[-+]?[0-9]+(?:\.[0-9]+)?\s*M?\s*\)?$",
    r"^\(?\s*([-+]?[0-9]+(?:,[0-9]+)?)\s*[\s;/|]\s*([-+]?[0-9]+(?:,[0-9]+)?)\s*\)?$",
    r"^\(?\s*([-+]?[0-9]+,[0-9]+),\s*([-+]?[0-9]+,[0-9]+)\s*\)?$",
    rf"^\(?\s*([NSEW]\s*{ANY})[\s,;/|]*([NSEW]\s*{ANY})\s*\)?$",
    rf"^\(?\s*([-+]?\s*{ANY}\s*[NSEW])[\s,;/|]*([-+]?\s*{ANY}\s*[NSEW])\s*\)?$",
    rf"^\(?\s*([-+]?\s*{ANY})\s*[,;/|]\s*([-+]?\s*{ANY})\s*\)?$",
    r"^\(?\s*([-+]?[0-9]{1,3}\s*°[^°]*?)\s+([-+]?[0-9]{1,3}\s*°[^°]*)\)?$",
)
# A lone cell is taken for a pair only with a clear mark between: `-6,851193` is half a point, not two numbers.
CLEARLY_TWO = r"[0-9][^0-9]*[;\s][^0-9]*[0-9]|\..*,.*\."
LINKS = (
    r"!3d(-?[0-9]+(?:\.[0-9]+)?)!4d(-?[0-9]+(?:\.[0-9]+)?)",
    r"[?&](?:q|query|ll|sll|daddr|destination|center|mlat)=(?:loc:)?(-?[0-9]+(?:\.[0-9]+)?)(?:,|%2C|&mlon=)[+\s]*"
    r"(-?[0-9]+(?:\.[0-9]+)?)",
    r"@(-?[0-9]+(?:\.[0-9]+)?),\s*(-?[0-9]+(?:\.[0-9]+)?)",
    r"(?:geo:|/place/|/search/|/dir/)(-?[0-9]+(?:\.[0-9]+)?),\+?\s*(-?[0-9]+(?:\.[0-9]+)?)",
)
WELL_KNOWN_TEXT = (
    r"(?i)^(?:SRID=[0-9]+;)?\s*POINT\s*Z?\s*\(\s*"
    r"(-?[0-9]+(?:\.[0-9]+)?)\s+(-?[0-9]+(?:\.[0-9]+)?)(?:\s+-?[0-9.]+)?\s*\)$"
)


class Point(NamedTuple):
    """`lat`, `lon` Float64 as written (null when missing or unreadable), `raw` the texts joined by ' | ', `reason` a
    word.
    """

    lat: pl.Series
    lon: pl.Series
    raw: pl.Series
    reason: pl.Series


WRAPPING = r"^\s*['\u{2019}\[]+\s*"  # a spreadsheet's apostrophe, a list's bracket


def point(lat: pl.Series, lon: pl.Series, both: pl.Series) -> Point:
    """Two columns, one column with both numbers, or either: a cell of `both` counts where the two are not both filled.

    Null columns stand for those a file has not. Reason `point_unreadable` where something is written that is no point.
    """
    bare = (cells.str.replace(WRAPPING, "").str.replace(r"\]\s*$", "") for cells in (lat, lon, both))
    texts = pl.DataFrame(dict(zip(("lat", "lon", "both"), bare, strict=True)))
    lat, lon = texts["lat"], texts["lon"]
    lone = pl.when(pl.col("lon").is_null()).then("lat").when(pl.col("lat").is_null()).then("lon")
    half = pl.col("lat").is_null() | pl.col("lon").is_null()
    pair = pl.when(half).then(pl.coalesce("both", pl.when(lone.str.contains(CLEARLY_TWO)).then(lone)))
    first, second = _pair(texts.select(pair=pair)["pair"])
    texts = texts.with_columns(y=pl.coalesce(axis(first), axis(lat)), x=pl.coalesce(axis(second), axis(lon)))
    whole = pl.col("y").is_not_null() & pl.col("x").is_not_null()
    written = pl.any_horizontal(pl.col("lat", "lon", "both").is_not_null())
    done = texts.select(
        lat=pl.when(whole).then("y"),
        lon=pl.when(whole).then("x"),
        raw=pl.when(written).then(pl.concat_str(["lat", "lon", "both"], separator=" | ", ignore_nulls=True)),
        reason=reason_where(written & whole.not_(), "point_unreadable"),
    )
    return Point(*done.get_columns())


def _pair(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(first, second) number of cells that hold both, as text; latitude first except in well-known text."""
    if not cells.is_not_null().any():
        return cells, cells
    cell, plain = pl.col("cell"), pl.col("plain")
    frame = cells.to_frame("cell").with_columns(plain=_plain(pl.col("cell")))
    firsts = [
        plain.str.extract(PAIRS[0], 1),
        *(cell.str.extract(link, 1) for link in LINKS),
        cell.str.extract(WELL_KNOWN_TEXT, 2),
    ]
    seconds = [
        plain.str.extract(PAIRS[0], 2),
        *(cell.str.extract(link, 2) for link in LINKS),
        cell.str.extract(WELL_KNOWN_TEXT, 1),
    ]
    firsts += [plain.str.extract(pattern, 1) for pattern in PAIRS[1:]]
    seconds += [plain.str.extract(pattern, 2) for pattern in PAIRS[1:]]
    done = frame.select(first=pl.coalesce(firsts), second=pl.coalesce(seconds))
    return done["first"], done["second"]


def axis(cells: pl.Series) -> pl.Series:
    """Float64 degrees of one coordinate as written, null where unreadable. Plain decimals, nearly all, take a short
    cut.
    """
    dotted = cells.str.replace(",", ".", literal=True)
    simple = dotted.str.contains(r"^-?[0-9]+(?:\.[0-9]+)?$") & (cells.str.len_bytes() <= 20)
    value = dotted.set(simple.not_(), None).cast(pl.Float64)
    rest = (simple.not_() & cells.is_not_null()).arg_true()
    if not rest.len():
        return value
    plain = cells.gather(rest).to_frame("plain").with_columns(_plain(pl.col("plain")))
    return value.scatter(rest, plain.select(value=pl.coalesce(_decimal(), _sexagesimal()))["value"])


def _plain(cell: pl.Expr) -> pl.Expr:
    """Hemispheres as N, S, E, W; plain minus signs, quotes and spaces; labels such as `Lat:` removed; upper case."""
    plain = (
        cell.str.replace_all(r"[\u{2212}\u{2010}-\u{2015}\u{fe63}\u{ff0d}]", "-")
        .str.replace_all(r"[\u{2018}\u{2019}\u{201b}\u{2032}\u{b4}`]", "'")
        .str.replace_all(r"[\u{201c}-\u{201f}\u{2033}]|''", '"')
        .str.replace_all(r"[\s\u{a0}\u{200b}\u{feff}]+", " ")
        .str.replace_all(SPELLED_DEGREES, "${1}°${2}'${3}\"")
    )
    for words, letter in HEMISPHERES:
        plain = plain.str.replace_all(rf"(?i)(?:{words})", letter)
    plain = plain.str.replace_all(LABELS, "").str.to_uppercase().str.strip_chars(" ,;")
    return plain.str.replace_many(SINGLE_LETTERS)


def _decimal() -> pl.Expr:
    """Degrees of `plain` written as one number; of one with thousands in it, its digits."""
    number = pl.col("plain").str.extract(DECIMAL, 3)
    several = number.str.count_matches(r"[.,]") > 1
    digits = (
        pl.when(several).then(number.str.replace_all(r"[.,]", "")).otherwise(number.str.replace(",", ".", literal=True))
    )
    value = digits.cast(pl.Float64, strict=False)
    return _sign(DECIMAL, 4) * pl.when(value.is_finite()).then(value)


def _sexagesimal() -> pl.Expr:
    """Degrees of `plain` written in degrees, minutes and perhaps seconds; minutes and seconds below 60."""
    degrees, minutes, seconds = (
        pl.col("plain").str.extract(SEXAGESIMAL, k).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        for k in (3, 4, 5)
    )
    seconds = seconds.fill_null(0.0)
    value = degrees + minutes / 60 + seconds / 3600
    return _sign(SEXAGESIMAL, 6) * pl.when((minutes < 60) & (seconds < 60)).then(value)


def _sign(pattern: str, last: int) -> pl.Expr:
    """-1 where a minus, S or W stands before the number or S or W behind it (group `last`), else 1."""
    before, minus, behind = (pl.col("plain").str.extract(pattern, k) for k in (1, 2, last))
    negative = (minus == "-").fill_null(False) | pl.coalesce(behind, before).is_in(["S", "W"]).fill_null(False)
    return pl.when(negative).then(-1.0).otherwise(1.0)
