"""The areas of the database as the locating code takes them: read once per process, and again when areas change."""

import uuid
from collections import defaultdict
from functools import lru_cache

import orjson
import polars as pl

from common.bulk import read_rows
from common.polygons import polygons_of
from customers.locating.area_cells import MARGIN_CELLS, Cells, fill_outline, inhabited_cells, join_cells
from customers.locating.areas import ServiceAreas
from customers.locating.gazetteer import Gazetteer, make_gazetteer
from regions.models import Area
from regions.services.areas import areas_stamp

VILLAGE_COLUMNS = {
    "witel_id": pl.Int64,
    "name": pl.String,
    "district": pl.String,
    "regency": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "radius_m": pl.Float64,
    "origin": pl.String,
}


def service_areas() -> ServiceAreas:
    """Service areas by the key of their witel. One query, unless areas changed."""
    return build_service_areas(areas_stamp())


def gazetteer() -> Gazetteer:
    """The villages of every witel. One query, unless areas changed."""
    return build_gazetteer(areas_stamp())


@lru_cache(maxsize=1)
def build_service_areas(stamp: uuid.UUID | None) -> ServiceAreas:
    """`stamp` only tells whether what was built still holds; the whole country takes about a second.

    To a witel's boundaries belong the centres of its villages, since small islands are lost when lines are simplified,
    and what its own customers showed, since a regency may be served by two witel.
    """
    patches = boundary_cells()
    centres = villages()
    for (key,), some in centres.filter(pl.col("witel_id").is_in(list(patches))).group_by("witel_id"):
        patches[key].append(inhabited_cells(some["lat"].to_numpy(), some["lon"].to_numpy(), 1, MARGIN_CELLS))
    for area in Area.objects.filter(kind=Area.Kind.WITEL, origin=Area.Origin.LEARNED, boundary__isnull=False):
        patches[area.witel_id].append(fill_outline(polygons_of(orjson.loads(area.boundary)), margin=0))
    return ServiceAreas({key: join_cells(some) for key, some in patches.items()})


def boundary_cells() -> dict[int, list[Cells]]:
    """Witel key → cells of its outline, or of its regencies where each of them has one: half a witel is no area."""
    rows = Area.objects.filter(kind__in=[Area.Kind.REGENCY, Area.Kind.WITEL], origin=Area.Origin.FILE)
    rows = rows.filter(witel__isnull=False).order_by("pk")
    outlined, incomplete = defaultdict(list), set()
    for kind, key, boundary in rows.values_list("kind", "witel_id", "boundary"):
        if boundary is not None:
            outlined[kind, key].append(fill_outline(polygons_of(orjson.loads(boundary))))
        elif kind == Area.Kind.REGENCY:
            incomplete.add(key)
    patches: dict[int, list[Cells]] = defaultdict(list)
    for (kind, key), cells in outlined.items():
        if kind == Area.Kind.WITEL or key not in incomplete:
            patches[key] += cells
    return patches


@lru_cache(maxsize=1)
def build_gazetteer(stamp: uuid.UUID | None) -> Gazetteer:
    return make_gazetteer(villages().rename({"witel_id": "area"}))


def villages() -> pl.DataFrame:
    """Villages with a centre and a witel; those learned from customers only where the operator loaded none."""
    rows = read_rows(
        f"SELECT {', '.join(VILLAGE_COLUMNS)} FROM {Area._meta.db_table} "
        "WHERE kind = %s AND witel_id IS NOT NULL AND lat IS NOT NULL ORDER BY id",
        [Area.Kind.VILLAGE],
    )
    found = pl.DataFrame(rows, schema=VILLAGE_COLUMNS, orient="row")
    loaded = found.filter(origin=str(Area.Origin.FILE))["witel_id"].unique().implode()
    return found.filter((pl.col("origin") == Area.Origin.FILE) | ~pl.col("witel_id").is_in(loaded))
