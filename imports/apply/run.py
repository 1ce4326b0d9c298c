"""What the appliers share: the batch, its journal, the outcome of a chunk."""

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from imports.journal import Journal
from imports.models import Batch

ISSUES = {
    "row": pl.Int64,
    "line": pl.Int64,
    "severity": pl.String,
    "field": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "message": pl.String,
}


@dataclass
class Run:
    """One chunk of one batch. `cause` is the batch that is running: another one when held rows are released."""

    batch: Batch
    cause: Batch
    journal: Journal
    now: datetime
    today: date
    columns: frozenset[str]
    create_agents: bool = False
    reach: frozenset[int] | None = None  # witel keys that the actor may write to; None is the whole country
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    refused: int = 0
    repaired: int = 0
    issues: list[pl.DataFrame] = field(default_factory=list)

    def tell(self, rows: pl.DataFrame, *, severity: str, field: str, value, reason, message) -> None:
        """Note an issue for each of `rows` (row, line); value, reason and message are expressions over them."""
        if rows.is_empty():
            return
        frame = rows.select(
            pl.col("row").cast(pl.Int64),
            pl.col("line").cast(pl.Int64),
            severity=pl.lit(severity),
            field=pl.lit(field),
            value=value,
            reason=reason if isinstance(reason, pl.Expr) else pl.lit(reason),
            message=message if isinstance(message, pl.Expr) else pl.lit(message),
        )
        self.issues.append(
            frame.with_columns(pl.col("value").cast(pl.String).fill_null("").str.slice(0, 200)).cast(ISSUES)
        )

    def refuse(self, rows: pl.DataFrame, *, field: str, reason: str, message: str) -> None:
        """Refuse rows (row, line and the column `field`)."""
        self.refused += rows.height
        self.tell(rows, severity="refused", field=field, value=pl.col(field), reason=reason, message=message)

    def within_reach(self, rows: pl.DataFrame, *, field: str, witel: str = "witel_id") -> pl.DataFrame:
        """The rows whose witel (a column of keys, null is nobody's) the actor may write to; the others are refused."""
        if self.reach is None:
            return rows
        reachable = pl.col(witel).is_null() | pl.col(witel).is_in(list(self.reach))
        self.refuse(
            rows.filter(~reachable),
            field=field,
            reason="out_of_scope",
            message="This row belongs to a witel outside your region. Whoever is responsible there must import it.",
        )
        return rows.filter(reachable)

    def all_issues(self) -> pl.DataFrame:
        return pl.concat(self.issues) if self.issues else pl.DataFrame(schema=ISSUES)


def changed(frame: pl.DataFrame, pairs: dict[str, str]) -> pl.Expr:
    """True where a column differs from the one that stands in the table; null is an ordinary value."""
    return pl.any_horizontal([pl.col(new).ne_missing(pl.col(old)) for new, old in pairs.items()])
