"""From a table of text to typed rows, and an account of every row that is not among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from imports.columns import Column, lookup
from imports.headers import words_of
from imports.reading import Table
from imports.reasons import MESSAGES

# Reasons that refuse a row in any column: the export is damaged, or somebody means harm.
DAMAGE = ("nul_byte", "formula")
VALUE_LENGTH = 200  # of a value quoted in an issue

ISSUE_SCHEMA = {
    "row": pl.Int64, "line": pl.Int64, "field": pl.String, "value": pl.String,
    "reason": pl.String, "severity": pl.String, "message": pl.String,
}  # fmt: skip
DOUBLED_SCHEMA = {"row": pl.Int64, "line": pl.Int64, "winner_row": pl.Int64, "same": pl.Boolean}


@dataclass(frozen=True)
class Cleaned:
    """rows read = `frame` + the rows with an issue of severity `refused` (one each) + `doubled`.

    `frame`: typed rows that passed, with `row` and `line`. `issues`: row, line, field, value, reason, severity
    (`refused`, `warning`), message. `doubled`: row, line, winner_row, same, for rows whose key a later row of the
    file has again.
    """

    frame: pl.DataFrame
    issues: pl.DataFrame
    doubled: pl.DataFrame


class Cleaning:
    """Collects cleaned columns and their problems. The order of the calls is the order in which reasons to refuse
    count.
    """

    def __init__(self, table: Table):
        self.rows = table.frame
        self._values: dict[str, pl.Series] = {}
        self._problems: list[tuple[str, pl.Series, pl.Series, pl.Series]] = []

    def written(self, field: str) -> pl.Series:
        """The text of a field as it stands in the file."""
        return self.rows[field]

    def value(self, field: str) -> pl.Series:
        return self._values[field]

    def keep(self, field: str, value: pl.Series) -> None:
        self._values[field] = value

    def take(
        self, field: str, column: Column, *, refuse: bool = False, absent: str = "", written: pl.Series | None = None
    ) -> None:
        """Adds a cleaned column. Its reasons refuse the row if `refuse`, else warn; `absent` is the reason of empty
        cells.

        What DAMAGE names refuses the row in any column.
        """
        self.keep(field, column.value)
        text = self.written(field) if written is None else written
        reason = column.reason
        if absent:
            reason = reason.set(text.is_null() & reason.is_null(), absent)
        self.problem(
            field,
            reason,
            text,
            refuse=pl.Series([refuse]).extend_constant(refuse, max(len(text) - 1, 0)) | reason.is_in(DAMAGE),
        )

    def refuse(self, field: str, where: pl.Series, reason: str, written: pl.Series | None = None) -> None:
        """Refuses the rows of a Boolean mask."""
        self.problem(field, _where(where, reason), self.written(field) if written is None else written, refuse=where)

    def warn(self, field: str, where: pl.Series, reason: str) -> None:
        self.problem(field, _where(where, reason), self.written(field), refuse=~where)

    def problem(self, field: str, reason: pl.Series, written: pl.Series, *, refuse: pl.Series) -> None:
        if reason.is_not_null().any():
            self._problems.append((field, reason, written, refuse.fill_null(False)))

    def finish(self, key: Sequence[str], *, drop: Collection[str] = ()) -> Cleaned:
        """Sorts the rows into passed, refused and doubled. Of rows with one key the last that passed stays."""
        issues = self._issues()
        refused = issues.filter(severity="refused").select("row")
        typed = pl.DataFrame({"row": self.rows["row"], "line": self.rows["line"]} | self._values)
        passed = typed.join(refused, on="row", how="anti", maintain_order="left") if refused.height else typed
        frame = passed.unique(key, keep="last", maintain_order=True)
        doubled = _doubled(passed, frame, key)
        superseded = doubled.filter(~pl.col("same")).select(
            "row",
            "line",
            field=pl.lit(key[0]),
            value=pl.format("row {}", "winner_row"),
            reason=pl.lit("superseded"),
            severity=pl.lit("warning"),
        )
        issues = pl.concat([issues, _explained(superseded)]).sort("row", maintain_order=True)
        return Cleaned(frame.drop(drop), issues, doubled)

    def _issues(self) -> pl.DataFrame:
        """Every problem of every row; the first that refuses a row has severity `refused`, so that refusals add up."""
        parts = []
        for field, reason, written, refuse in self._problems:
            part = self.rows.select(
                "row",
                "line",
                field=pl.lit(field),
                value=written.str.slice(0, VALUE_LENGTH),
                reason=reason,
                refuse=refuse,
            )
            parts.append(part.filter(pl.col("reason").is_not_null()))
        if not parts:
            return pl.DataFrame(schema=ISSUE_SCHEMA)
        issues = pl.concat(parts)
        first = pl.col("refuse") & (pl.col("refuse").cum_sum().over("row") == 1)
        severity = pl.when(first).then(pl.lit("refused")).otherwise(pl.lit("warning"))
        return _explained(issues.with_columns(severity=severity).drop("refuse"))


def _where(where: pl.Series, reason: str) -> pl.Series:
    return pl.select(pl.when(where).then(pl.lit(reason)).otherwise(pl.lit(None, dtype=pl.String)).alias("reason"))[
        "reason"
    ]


def _explained(issues: pl.DataFrame) -> pl.DataFrame:
    message = pl.col("reason").replace_strict(MESSAGES, return_dtype=pl.String)
    return issues.with_columns(message=message).select(pl.col(name).cast(dtype) for name, dtype in ISSUE_SCHEMA.items())


def _doubled(passed: pl.DataFrame, winners: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows that lost to a later one of the same key, and whether they said the same."""
    if winners.height == passed.height:
        return pl.DataFrame(schema=DOUBLED_SCHEMA)
    losers = passed.join(winners.select("row"), on="row", how="anti", maintain_order="left")
    pairs = losers.join(winners, on=key, how="left", nulls_equal=True, suffix="_won", maintain_order="left")
    compared = [c for c in passed.columns if c not in (*key, "row", "line")]
    same = [pl.col(c).eq_missing(pl.col(f"{c}_won")) for c in compared]
    return pairs.select("row", "line", winner_row="row_won", same=pl.all_horizontal(pl.lit(True), *same))


def witel(text: pl.Series, witels: Mapping[str, str]) -> Column:
    """String code of the witel whose code or name is written, `WITEL ` before it or not. Reason `unknown_witel`."""
    meanings = {"".join(words_of(name)): code for name, code in witels.items()}
    return lookup(
        text, meanings | {f"witel{name}": code for name, code in meanings.items()}, "unknown_witel", pl.String
    )


def in_letters(column: Column) -> Column:
    """The same text in upper case: codes are compared without case."""
    return Column(column.value.str.to_uppercase(), column.reason)
