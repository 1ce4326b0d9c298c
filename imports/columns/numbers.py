"""Service numbers, rupiah and plain decimals."""

import polars as pl

from imports.columns.column import Column, by_distinct, cleaned, reason_where

SERVICE_NUMBER = r"^[0-9]{11,13}$"
SCIENTIFIC = r"^[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$"
MOST_RUPIAH_DIGITS = 15  # a thousand times the national arrears; more is a service number in the wrong column


def service_number(text: pl.Series) -> Column:
    """String of 11-13 digits. Reasons: `no_nd`, `scientific` (digits lost to a spreadsheet), `bad_nd`.

    Spaces, dashes, a leading apostrophe, thousands separators in threes and a trailing `.0` do not change the number; a
    number in scientific notation has lost its last digits and is never filled up.
    """
    plain = pl.col("text").str.normalize("NFKC").str.replace_all(r"[\s'\u{2019}`-]", "")
    plain = plain.str.replace(r"[.,]0{1,2}$", "")
    grouped = plain.str.contains(r"^[0-9]{1,3}(?:(?:\.[0-9]{3}){3,4}|(?:,[0-9]{3}){3,4})$")
    digits = pl.when(grouped).then(plain.str.replace_all(r"[.,]", "")).otherwise(plain)
    frame = text.rename("text").to_frame().select("text", digits=digits)
    good = pl.col("digits").str.contains(SERVICE_NUMBER)
    reason = (
        pl.when(pl.col("text").is_null()).then(pl.lit("no_nd"))
        .when(good).then(pl.lit(None, dtype=pl.String))
        .when(pl.col("text").str.replace_all(r"[\s']", "").str.contains(SCIENTIFIC)).then(pl.lit("scientific"))
        .otherwise(pl.lit("bad_nd"))
    )  # fmt: skip
    return cleaned(frame.select(value=pl.when(good).then("digits"), reason=reason))


def money(text: pl.Series) -> Column:
    """Int64 rupiah, the fraction rounded half up. Reason `bad_amount`, also for negative amounts.

    Groups of three are thousands whichever mark parts them: in Indonesia `387.500` is 387,500. A number below a
    thousand with a fraction (`387.5`) may be thousands that a spreadsheet shortened, and is refused.
    """
    return cleaned(by_distinct(text, _money_of))


def _money_of(distinct: pl.DataFrame) -> pl.DataFrame:
    plain = (
        pl.col("text").str.to_uppercase()
        .str.replace_all(r"[\s\u{a0}'\u{2019}+]", "")
        .str.replace(r"^(?:RP|IDR)[.:]?", "")
        .str.replace(r"(?:RP|IDR)\.?$", "")
        .str.replace(r"[.,][-\u{2013}\u{2014}=]+$", "")
    )  # fmt: skip
    frame = distinct.with_columns(plain=plain)
    p = pl.col("plain")
    dotted = p.str.contains(r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?$")
    comma = p.str.contains(r"^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$")
    bare = p.str.contains(r"^[0-9]+(?:[.,][0-9]*)?$")
    number = (
        pl.when(dotted).then(p.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(comma).then(p.str.replace_all(",", "", literal=True))
        .when(bare).then(p.str.replace(",", ".", literal=True))
    )  # fmt: skip
    frame = frame.with_columns(
        whole=number.str.extract(r"^([0-9]+)"), part=number.str.extract(r"\.([0-9]+)$").fill_null("0")
    )
    rupiah = pl.col("whole").str.to_integer(base=10, strict=False, dtype=pl.Int64)
    up = pl.col("part").str.contains(r"^[5-9]").cast(pl.Int64)
    doubtful = (rupiah < 1000) & (rupiah > 0) & pl.col("part").str.contains(r"[1-9]")
    good = (pl.col("whole").str.len_bytes() <= MOST_RUPIAH_DIGITS) & doubtful.not_()
    return frame.select(
        "text", value=pl.when(good).then(rupiah + up), reason=reason_where(good.fill_null(False).not_(), "bad_amount")
    )


def decimal(text: pl.Series) -> Column:
    """Float64 of a plain measure such as an accuracy in metres (`12,5 m`). Reason `bad_number`."""
    return cleaned(by_distinct(text, _decimal_of))


def _decimal_of(distinct: pl.DataFrame) -> pl.DataFrame:
    plain = (
        pl.col("text")
        .str.to_lowercase()
        .str.replace(r"\s*(?:m|meter|metres?|meters?)$", "")
        .str.replace(",", ".", literal=True)
    )
    value = plain.str.strip_chars().cast(pl.Float64, strict=False)
    value = pl.when(value.is_finite()).then(value)
    return distinct.select("text", value=value, reason=reason_where(value.is_null(), "bad_number"))
