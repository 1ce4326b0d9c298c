"""The pair every cleaner returns, and the trick that makes most of them cheap: clean each distinct text once."""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl


class Column(NamedTuple):
    """`value` of the cleaner's type, `reason` a word (String) where the text was refused, null elsewhere; both of n
    rows.
    """

    value: pl.Series
    reason: pl.Series


def by_distinct(text: pl.Series, clean: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Applies `clean` to a frame of the distinct texts (column `text`, no null) and spreads its other columns over
    all rows.

    Dates, amounts and states repeat: a million rows hold a few thousand of them.
    """
    rows = text.rename("text").to_frame()
    distinct = clean(rows.unique().drop_nulls())
    return rows.join(distinct, on="text", how="left", maintain_order="left").drop("text")


def cleaned(frame: pl.DataFrame) -> Column:
    """The Column of a frame that has `value` and `reason`."""
    return Column(frame["value"], frame["reason"])


def reason_where(bad: pl.Expr, word: str) -> pl.Expr:
    """`word` where `bad` holds, null elsewhere."""
    return pl.when(bad).then(pl.lit(word)).otherwise(pl.lit(None, dtype=pl.String))
