"""Areas learned from customers. Made on demand and kept, so that an import judges by what stood before it began."""

import orjson
import polars as pl

from common.bulk import read_rows
from customers.locating.area_cells import as_geometry
from customers.locating.learned import learn_cells, learn_villages
from customers.services.areas import boundary_cells
from customers.services.villages import Progress, match_villages
from regions.models import Area, Witel
from regions.services.areas import Saved, as_rows, save_learned_areas

# Houses where somebody stood: those that visits and pins confirmed, and installation points that agree with their ODP.
# That such a point lies outside the area known so far (128) must not keep the area from growing.
VERIFIED = """SELECT p.customer_id, p.source, p.lat, p.lon, a.village, a.district FROM customers_customer c
    JOIN customers_locationcandidate p ON p.customer_id = c.id JOIN customers_address a ON a.customer_id = c.id
    LEFT JOIN customers_installation i ON i.customer_id = c.id
    WHERE c.witel_id = %s AND p.status = 'ACTIVE' AND (p.source IN ('VISIT', 'AGENT_PIN', 'CUSTOMER_PIN')
        OR (p.source = 'INSTALL' AND i.odp_id IS NOT NULL AND i.faults IN (0, 128)))"""
POINT = {
    "customer": pl.Int64,
    "source": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "village": pl.String,
    "district": pl.String,
}


def learn_areas(*, progress: Progress) -> tuple[Saved, list[int]]:
    """Learn villages where the operator loaded none, and where each witel has houses; match addresses anew.

    The second part is what `match_villages` gives.
    """
    bounded = boundary_cells().keys()
    with_villages = set(
        Area.objects.filter(kind=Area.Kind.VILLAGE, origin=Area.Origin.FILE, witel__isnull=False)
        .order_by()
        .values_list("witel_id", flat=True)
        .distinct()
    )
    witels, rows = list(Witel.objects.order_by("pk")), []
    for number, witel in enumerate(witels):
        progress("learning", number, len(witels))
        points = verified_points(witel.pk)
        rows += witel_rows(witel, points, has_boundary=witel.pk in bounded)
        if witel.pk not in with_villages:
            rows.append(village_rows(witel, points))
    saved = save_learned_areas(rows=pl.concat(rows), source="customers")
    return saved, match_villages(progress=progress)


def verified_points(witel_id: int) -> pl.DataFrame:
    """One verified point per customer; one that a visit or a pin gave goes before the technician's."""
    points = pl.DataFrame(read_rows(VERIFIED, [witel_id]), schema=POINT, orient="row")
    return points.sort("customer", pl.col("source") == "INSTALL", "lat", "lon").unique("customer", keep="first")


def witel_rows(witel: Witel, points: pl.DataFrame, *, has_boundary: bool) -> list[pl.DataFrame]:
    """The row of the cells where this witel has houses, if they say enough."""
    cells = learn_cells(points["lat"].to_numpy(), points["lon"].to_numpy(), has_boundary=has_boundary)
    if cells is None:
        return []
    row = {"kind": [Area.Kind.WITEL.value], "code": [f"{witel.code}/"], "name": [witel.name], "witel_id": [witel.pk]}
    return [as_rows(pl.DataFrame(row | {"boundary": [orjson.dumps(as_geometry(cells)).decode()]}))]


def village_rows(witel: Witel, points: pl.DataFrame) -> pl.DataFrame:
    code = pl.concat_str(pl.lit(witel.code), "district_key", "village_key", separator="/").str.slice(0, 150)
    found = learn_villages(points).with_columns(
        kind=pl.lit(Area.Kind.VILLAGE.value), code=code.str.to_uppercase(), witel_id=pl.lit(witel.pk, dtype=pl.Int64)
    )
    return as_rows(found.unique("code", keep="first", maintain_order=True))
