"""Brings areas in: villages, boundaries, and which witel serves which regency. Every row read is accounted for."""

import gzip
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from common.locks import only_one
from customers.services.villages import match_villages
from imports.geojson import looks_like_json, read_geojson
from imports.kinds import areas
from imports.reading import MAX_BYTES, Table, read_table
from imports.refusals import FileRefused
from imports.services import Progress, silent, undone_at_the_end, witel_names
from regions.models import Area, Witel
from regions.services.areas import Saved, as_rows, save_areas
from workorders.services.points import refresh_points

GZIP_MAGIC = b"\x1f\x8b"
CANNOT_TAKE = ("no_header", "missing_columns", "not_features")  # refusals after which it helps to say what is expected


@dataclass(frozen=True)
class AreaReport:
    """rows = created + updated + unchanged + refused. `issues`: row, line, field, value, reason, severity, message.

    `kinds`: rows taken per kind; `matched`: customers whose VILLAGE candidate came, went or moved.
    """

    rows: int
    refused: int
    saved: Saved
    kinds: dict[str, int]
    matched: int
    issues: pl.DataFrame

    def summary(self) -> dict:
        counts = vars(self.saved) | {"refused": self.refused, "matched": self.matched, "kinds": self.kinds}
        return {"rows": self.rows} | counts


def import_areas(
    *, path: Path, filename: str, kind: str | None = None, dry_run: bool = False, progress: Progress = silent
) -> AreaReport:
    """Bring a file of areas in and match addresses with its villages. The same file twice changes nothing.

    `kind` is the kind of all rows, where their codes do not tell. Raises FileRefused when the file as a whole makes no
    sense, Busy when an import runs.
    """
    with only_one("import"), undone_at_the_end() if dry_run else nullcontext():
        progress("reading", 0, 1)
        table = read_area_file(path)
        progress("checking", 0, 1)
        cleaned = areas.clean(table, witels=witel_names(), kind=kind)
        if cleaned.frame.is_empty() and (cleaned.issues["field"] == "code").all():
            raise FileRefused("no_areas", f"No row of this file is an area that we know. {areas.EXPECTED}")
        progress("writing", 0, 1)
        saved = save_areas(rows=as_rows(with_witel_keys(cleaned.frame)), source=filename)
        saved = Saved(saved.created, saved.updated, saved.unchanged + cleaned.doubled.height, saved.placed)
        has_changed = saved.created or saved.updated or saved.placed
        matched = match_villages(progress=progress) if has_changed else []
        refresh_points(customers=matched)
        return AreaReport(
            rows=table.frame.height,
            refused=cleaned.issues.filter(severity="refused")["row"].n_unique(),
            saved=saved,
            kinds=dict(cleaned.frame.group_by("kind").len().sort("kind").iter_rows()),
            matched=len(matched),
            issues=cleaned.issues,
        )


def read_area_file(path: Path) -> Table:
    """The table of a CSV or XLSX file or of a FeatureCollection, gzipped or not. Raises FileRefused."""
    with path.open("rb") as file:
        if file.read(2) == GZIP_MAGIC:
            return read_unpacked(path)
        file.seek(0)
        is_json = looks_like_json(file.read(4096))
    try:
        if is_json:
            return read_geojson(path.read_bytes(), columns=areas.COLUMNS, boundary="boundary")
        table = read_table(path, columns=areas.COLUMNS, required=areas.REQUIRED)
    except FileRefused as refusal:
        if refusal.code not in CANNOT_TAKE:
            raise
        raise FileRefused(refusal.code, f"{refusal.message} {areas.EXPECTED}") from refusal
    if table.frame.is_empty():
        raise FileRefused("no_rows", "The file has a header and no rows under it. Export it again.")
    if not {"lat", "point", "boundary", "witel"} & table.headers.keys():
        found = ", ".join(table.headers.values())
        raise FileRefused("missing_columns", f"There is no point, boundary or witel beside {found}. {areas.EXPECTED}")
    return table


def read_unpacked(path: Path) -> Table:
    """The same file without gzip around it."""
    with tempfile.NamedTemporaryFile(prefix="findgo-areas-") as plain:
        try:
            with gzip.open(path) as packed:
                content = packed.read(MAX_BYTES + 1)
        except (OSError, EOFError) as error:
            raise FileRefused("damaged", "The gzip archive breaks off or is damaged. Send it again.") from error
        plain.write(content)
        plain.flush()
        return read_area_file(Path(plain.name))


def with_witel_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """`witel_id` of each row; a witel's own area belongs to it by its code."""
    witels = pl.DataFrame(
        list(Witel.objects.values_list("code", "pk")), schema={"witel": pl.String, "witel_id": pl.Int64}, orient="row"
    )
    own = pl.when(pl.col("kind") == Area.Kind.WITEL).then("code")
    return frame.with_columns(witel=pl.coalesce("witel", own)).join(witels, on="witel", how="left")
