"""Text, and the closed lists of words that mean one of a few things."""

from collections.abc import Mapping

import polars as pl

from imports.columns.column import Column, by_distinct, cleaned, reason_where

BILL_STATUS = {
    "PAID": "lunas paid paidoff lunash2h sudah "
    "sudahbayar sudahlunas sudahdibayar sdhbayar terbayar dibayar bayar settled closed close "
    "y ya yes 1 true ok",
    "UNPAID": "belum belumbayar belumlunas belumdibayar blmbayar blm unpaid notpaid open outstanding tertunggak "
    "menunggak tunggakan nunggak tidakbayar tidaklunas n no tidak 0 false",
    "PARTIAL": "sebagian bayarsebagian lunassebagian dibayarsebagian partial partiallypaid partlypaid "
    "cicil cicilan dicicil angsur angsuran kurangbayar",
}
TRUE_WORDS = "y ya yes 1 true t aktif active on enabled"
FALSE_WORDS = "n tidak no 0 false f nonaktif tidakaktif inactive off disabled resign keluar"

# What common.formulas writes before a text that a spreadsheet would run.
NEUTRALISED = r"^'('*(?:\s*[=+\-@＝＋－＠]|[\t\r\n]))"
# A call or a reference to another program: `=1+1`, `+cmd|' /C calc'!A0`, `@SUM(A1)`. A lone dash or plus is not.
FORMULA = r"^\s*(?:[=＝]|[+\-@＋－＠]\s*(?:[A-Za-z_.]+\s*\(|.*\|.*!))"
NOT_TIDY = r"[^ -~]|  |^ | $"  # everything but printable ASCII with single spaces needs a closer look
CONTROL = r"[\x{00}-\x{08}\x{0b}\x{0e}-\x{1f}\x{7f}-\x{9f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}]"


def text(value: pl.Series, max_length: int) -> Column:
    """String in NFC, whitespace folded, control and direction marks removed.

    Reasons: `too_long`, `nul_byte`, `formula`.

    Nothing is cut: half an address sends people to the wrong house. The apostrophe that our own exports put before
    what looks like a formula is taken off; what a spreadsheet would run is refused, since no house is called so.
    """
    value = value.str.replace(NEUTRALISED, "${1}")
    nul = value.str.contains("\x00", literal=True).fill_null(False)
    odd = value.str.contains(NOT_TIDY).fill_null(False).arg_true()
    tidy = value.clone().scatter(odd, _tidied(value.gather(odd)))  # scatter writes in place
    long = (tidy.str.len_chars() > max_length).fill_null(False)
    formula = tidy.str.contains(FORMULA).fill_null(False)
    reasons = pl.select(
        reason=pl.when(nul)
        .then(pl.lit("nul_byte"))
        .when(formula)
        .then(pl.lit("formula"))
        .when(long)
        .then(pl.lit("too_long"))
    )
    return Column(tidy.set(nul | formula | long, None), reasons["reason"])


def _tidied(value: pl.Series) -> pl.Series:
    tidy = value.str.normalize("NFC").str.replace_all(CONTROL, "").str.replace_all(r"\s+", " ").str.strip_chars()
    return tidy.set(tidy == "", None)


def username(value: pl.Series, max_length: int = 150) -> Column:
    """String in lower case without spaces. Reasons: `too_long`, `bad_username`."""
    tidy, reason = text(value, max_length)
    name = tidy.str.to_lowercase()
    frame = pl.DataFrame({"name": name, "reason": reason})
    good = pl.col("name").str.contains(r"^[\w.@+-]+$")
    return cleaned(
        frame.select(
            value=pl.when(good).then("name"),
            reason=pl.coalesce("reason", reason_where(pl.col("name").is_not_null() & good.not_(), "bad_username")),
        )
    )


def squashed(value: pl.Expr) -> pl.Expr:
    """Lower-case letters and digits only: the form in which words of closed lists are compared."""
    return value.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")


def lookup(value: pl.Series, meanings: Mapping[str, object], reason: str, dtype: pl.DataType) -> Column:
    """What `meanings` (squashed word -> meaning) says of each text; `reason` where it says nothing."""

    def mean(distinct: pl.DataFrame) -> pl.DataFrame:
        found = squashed(pl.col("text")).replace_strict(dict(meanings), default=None, return_dtype=dtype)
        return distinct.select("text", value=found, reason=reason_where(found.is_null(), reason))

    return cleaned(by_distinct(value, mean))


def bill_status(value: pl.Series) -> Column:
    """PAID, UNPAID or PARTIAL. Reason `bad_status`."""
    return lookup(
        value, {word: state for state, words in BILL_STATUS.items() for word in words.split()}, "bad_status", pl.String
    )


def flag(value: pl.Series) -> Column:
    """Boolean. Reason `bad_flag`."""
    meanings = dict.fromkeys(TRUE_WORDS.split(), True) | dict.fromkeys(FALSE_WORDS.split(), False)
    return lookup(value, meanings, "bad_flag", pl.Boolean)
