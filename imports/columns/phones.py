"""Telephone numbers to E.164."""

import phonenumbers
import polars as pl

from imports.columns.column import Column

REGION = "ID"
# A mobile number after its country code or trunk zero: 8 and eight to eleven digits more.
MOBILE = r"^(?:\+?62|0062|0)?0?(8[0-9]{8,11})$"
# Whose number it is, said behind it: `081234567890 (istri)`, `0812… bpk`.
SAID_BESIDE = r"\s*[(\[]?\s*[a-zA-Z][a-zA-Z .]*[)\]]?\s*$"
BETWEEN_NUMBERS = r"(?i)\s*(?:[/,;|&]|\bdan\b|\batau\b|\bor\b)\s*"


def phone(text: pl.Series) -> Column:
    """String of E.164 numbers joined by a space. Reason `phone_unreadable` when any number of the cell is; the others
    stay.

    Mobile numbers, nearly all there are, are read by one pattern; phonenumbers is asked about the rest.
    """
    several = text.str.contains(BETWEEN_NUMBERS).fill_null(False)
    value = _numbers(text)
    joined = _joined(text.filter(several))
    value = value.to_frame("one").with_columns(several=several).with_row_index("at")
    many = joined.with_columns(at=several.arg_true())
    frame = value.join(many, on="at", how="left", maintain_order="left").with_columns(text=text)
    best = pl.when("several").then("many").otherwise("one")
    unreadable = pl.col("text").is_not_null() & (best.is_null() | pl.col("broken").fill_null(False))
    done = frame.select(value=best, reason=pl.when(unreadable).then(pl.lit("phone_unreadable")))
    return Column(done["value"], done["reason"])


def _joined(cells: pl.Series) -> pl.DataFrame:
    """`many` (numbers joined by a space, each once) and `broken` (some part is no number) of cells with several
    numbers.
    """
    parts = cells.str.replace_all(BETWEEN_NUMBERS, "/").str.strip_chars("/ ").str.split("/")
    rows = parts.to_frame("part").with_row_index("cell").explode("part").filter(pl.col("part") != "")
    rows = rows.with_columns(number=_numbers(rows["part"]))
    found = rows.group_by("cell").agg(
        many=pl.col("number").drop_nulls().unique(maintain_order=True).str.join(" "),
        broken=pl.col("number").is_null().any(),
    )
    every = pl.DataFrame({"cell": pl.arange(0, cells.len(), dtype=pl.UInt32, eager=True)})
    joined = every.join(found, on="cell", how="left", maintain_order="left")
    return joined.select(many=pl.when(pl.col("many") != "").then("many"), broken="broken")


def _numbers(text: pl.Series) -> pl.Series:
    """E.164 of one number a cell, null where it is none."""
    text = text.str.replace(SAID_BESIDE, "")
    digits = text.str.replace_all(r"[\s().'\u{2010}-\u{2015}-]", "")
    mobile = digits.str.extract(MOBILE, 1)
    rest = text.is_not_null() & mobile.is_null()
    value = ("+62" + mobile).rename("mobile")
    if not rest.any():
        return value
    asked = {number: _ask(number) for number in text.filter(rest).unique()}
    answers = text.replace_strict(asked, default=None, return_dtype=pl.String)
    return value.fill_null(answers)


def _ask(number: str) -> str | None:
    """What the library makes of a number, or None. Possible is enough: new prefixes are younger than its tables."""
    if any(character.isalpha() for character in number):
        return None  # the library would dial the letters
    try:
        parsed = phonenumbers.parse(number.lstrip("'"), REGION)
    except phonenumbers.NumberParseException:
        return None
    national = str(parsed.national_number)
    if not phonenumbers.is_possible_number(parsed) or not 8 <= len(national) <= 12 or set(national) == {"0"}:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
