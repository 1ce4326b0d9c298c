"""Writes areas as a whole, set-based: those of a file, those learned from customers, and the witel that serve them."""

import uuid
from dataclasses import asdict, dataclass

import polars as pl

from common.bulk import load_rows, look_up, read_rows, update_rows
from common.tx import in_transaction
from history.models import Change
from history.services import record
from regions.models import Area
from regions.services.spread import spread_m

TABLE = Area._meta.db_table
KEY = ["kind", "code"]
WORDS = ("name", "district", "regency", "province")
VALUES = {
    **dict.fromkeys(WORDS, pl.String),
    "witel_id": pl.Int64,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "radius_m": pl.Float64,
    "boundary": pl.String,
}
# A village's code begins with its regency's: 32.14.06.2011 lies in 32.14.
REGENCY_OF = r"^(\d\d\.\d\d)\."
WHOLE_TABLE = Area(pk=0)  # what a Change of many areas points at


@dataclass(frozen=True)
class Saved:
    """How many rows were new, differed, stood there already, and got the witel of their regency."""

    created: int
    updated: int
    unchanged: int
    placed: int


def save_areas(*, rows: pl.DataFrame, source: str, origin: str = Area.Origin.FILE, actor=None) -> Saved:
    """Bring areas in: one row per kind and code, the columns of VALUES; null leaves what the table has.

    Villages and districts take the witel of their regency, whichever of the two came first; one that was given a witel
    of its own keeps it. `source` (a file's name) goes into the history.
    """
    return in_transaction(lambda: write_areas(rows, source, origin, actor))


def write_areas(rows: pl.DataFrame, source: str, origin: str, actor) -> Saved:
    regencies = witel_of_regencies()
    known = look_up(TABLE, rows, on={"kind": "kind", "code": "code"}, columns=standing_columns())
    known.columns = ["id", *KEY, *(f"old_{name}" for name in VALUES)]
    merged = rows.join(known, on=KEY, how="left", maintain_order="left").with_columns(
        pl.coalesce(name, f"old_{name}") for name in VALUES
    )
    merged = with_spread(merged).with_columns(pl.col(*WORDS).fill_null(""))
    is_new = pl.col("id").is_null()
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in VALUES)
    new, changed = merged.filter(is_new), merged.filter(~is_new & differs)
    load_rows(TABLE, new.select(*KEY, *VALUES, origin=pl.lit(str(origin))))
    update_rows(TABLE, "id", changed.select("id", *VALUES))
    saved = Saved(new.height, changed.height, merged.height - new.height - changed.height, follow_regencies(regencies))
    record(actor=actor, verb="save_areas", target=WHOLE_TABLE, after={"source": source} | asdict(saved))
    return saved


def standing_columns() -> dict[str, pl.DataType]:
    return {"t.id": pl.Int64} | {f"t.{name}": pl.String for name in KEY} | {f"t.{n}": t for n, t in VALUES.items()}


def with_spread(rows: pl.DataFrame) -> pl.DataFrame:
    """A centre without a spread gets one from its neighbours of the same kind in these rows; what stands, stays."""
    parts = []
    for part in rows.with_row_index("at").partition_by("kind"):
        placed = part.filter(pl.col("lat").is_not_null())
        metres = spread_m(placed["lat"].to_numpy(), placed["lon"].to_numpy())
        parts.append(placed.select("at", near_m=pl.Series(metres, dtype=pl.Float64)))
    near = pl.concat(parts) if parts else pl.DataFrame(schema={"at": pl.UInt32, "near_m": pl.Float64})
    rows = rows.with_row_index("at").join(near, on="at", how="left", maintain_order="left")
    return rows.with_columns(radius_m=pl.coalesce("radius_m", "near_m")).drop("at", "near_m")


def witel_of_regencies() -> pl.DataFrame:
    """regency (code) and its witel_id, null where nobody said."""
    rows = read_rows(f"SELECT code, witel_id FROM {TABLE} WHERE kind = %s", [Area.Kind.REGENCY])
    return pl.DataFrame(rows, schema={"regency": pl.String, "witel_id": pl.Int64}, orient="row")


def follow_regencies(before: pl.DataFrame) -> int:
    """Villages and districts without a witel, or with the one that their regency had `before`, take that of their
    regency now; the number that changed.
    """
    rows = read_rows(
        f"SELECT id, code, witel_id FROM {TABLE} WHERE kind IN (%s, %s)", [Area.Kind.VILLAGE, Area.Kind.DISTRICT]
    )
    inner = pl.DataFrame(rows, schema={"id": pl.Int64, "code": pl.String, "witel_id": pl.Int64}, orient="row")
    inner = inner.with_columns(regency=pl.col("code").str.extract(REGENCY_OF))
    inner = inner.join(before.rename({"witel_id": "was"}), on="regency", how="left")
    inner = inner.join(witel_of_regencies().rename({"witel_id": "now"}), on="regency")
    is_own = pl.col("witel_id").is_not_null() & pl.col("witel_id").ne_missing(pl.col("was"))
    moved = inner.filter(~is_own & pl.col("now").is_not_null() & pl.col("witel_id").ne_missing(pl.col("now")))
    update_rows(TABLE, "id", moved.select("id", witel_id="now"))
    return moved.height


def save_learned_areas(*, rows: pl.DataFrame, source: str) -> Saved:
    """Make these the areas learned from customers, and forget those learned before that are not among them."""

    def write() -> Saved:
        saved = write_areas(rows, source, Area.Origin.LEARNED, None)
        kept = set(rows.select(KEY).rows())
        learned = Area.objects.filter(origin=Area.Origin.LEARNED).values_list("pk", *KEY)
        Area.objects.filter(pk__in=[key for key, *code in learned if tuple(code) not in kept]).delete()
        return saved

    return in_transaction(write)


def areas_stamp() -> uuid.UUID | None:
    """Changes whenever areas do: what is built from them may be kept as long as this stays."""
    return (
        Change.objects.filter(target_type=Area._meta.model_name, target_id=str(WHOLE_TABLE.pk))
        .values_list("cause", flat=True)
        .first()
    )


def as_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with every column that `save_areas` wants; those that it lacks are null."""
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in VALUES.items() if name not in frame.columns]
    return frame.with_columns(absent).select(*KEY, *(pl.col(n).cast(t) for n, t in VALUES.items()))
