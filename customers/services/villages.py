"""VILLAGE candidates: the centre of the village that an address names. An area to search in, never a point to go to."""

from collections.abc import Callable, Iterable

import polars as pl
from django.db.models import Max

from common.batches import batched
from common.bulk import load_rows, read_rows, update_rows
from common.tx import in_transaction
from customers.locating.gazetteer import find_villages
from customers.models import Customer, LocationCandidate
from customers.services.areas import gazetteer
from customers.services.locations import resolve_locations

TABLE = LocationCandidate._meta.db_table
ADDRESS = {
    "customer": pl.Int64,
    "area": pl.Int64,
    "raw": pl.String,
    "village": pl.String,
    "district": pl.String,
    "city": pl.String,
}
SELECT_STANDING = f"SELECT id, customer_id, lat, lon, accuracy_m FROM {TABLE} WHERE source = 'VILLAGE'"
STANDING = {"id": pl.Int64, "customer": pl.Int64, "old_lat": pl.Float64, "old_lon": pl.Float64, "old_m": pl.Float64}
# Keys of customers in one piece; each piece is a transaction of its own.
PIECE = 20_000
Progress = Callable[[str, int, int], None]


def village_candidates(addresses: pl.DataFrame) -> pl.DataFrame:
    """VILLAGE candidates (as `locating.candidates.Read` has them) of the addresses whose village is certain.

    `addresses` has the columns of ADDRESS; `area` is the key of the witel.
    """
    found = find_villages(addresses, gazetteer())
    return found.select(
        "customer",
        source=pl.lit("VILLAGE"),
        lat="lat",
        lon="lon",
        accuracy_m="radius_m",
        observed_on=pl.lit(None, dtype=pl.Date),
        actor=pl.lit(""),
        device=pl.lit(""),
        faults=pl.lit(0, dtype=pl.Int64),
        status=pl.lit("ACTIVE"),
    )


def has_villages() -> bool:
    """Whether there is any village to match with: without one nothing need be read."""
    return not gazetteer().villages.is_empty()


def match_villages(*, progress: Progress) -> list[int]:
    """Match the addresses of all customers anew and decide the points that follow; the customers whose candidate came,
    went or moved. What repeats their points (orders) is for the caller to refresh.
    """
    if not has_villages() and not LocationCandidate.objects.filter(source="VILLAGE").exists():
        return []
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    changed = []
    for first in range(1, last + 1, PIECE):
        progress("matching", first, last)
        changed += in_transaction(lambda first=first: match_piece(first, first + PIECE - 1))
    progress("matching", last, last)
    return changed


def match_piece(first: int, last: int) -> list[int]:
    rows = read_rows(
        "SELECT c.id, c.witel_id, a.raw, a.village, a.district, a.city FROM customers_customer c "
        "JOIN customers_address a ON a.customer_id = c.id WHERE c.id BETWEEN %s AND %s",
        [first, last],
    )
    addresses = pl.DataFrame(rows, schema=ADDRESS, orient="row")
    standing = read_rows(f"{SELECT_STANDING} AND customer_id BETWEEN %s AND %s", [first, last])
    changed = write_villages(standing, village_candidates(addresses))
    resolve_locations(customers=changed)
    return changed


def replace_villages(*, customers: Iterable[int], candidates: pl.DataFrame) -> None:
    """VILLAGE candidates of these customers become those given."""
    for some in batched(customers, 2000):
        marks = ", ".join(["%s"] * len(some))
        standing = read_rows(f"{SELECT_STANDING} AND customer_id IN ({marks})", some)
        write_villages(standing, candidates.filter(pl.col("customer").is_in(some)))


def write_villages(standing: list[tuple], candidates: pl.DataFrame) -> list[int]:
    """One that stays keeps its key; a refuted one stays refuted until it moves. The customers that it changed."""
    old = pl.DataFrame(standing, schema=STANDING, orient="row")
    both = candidates.join(old, on="customer", how="left")
    gone = old.join(candidates, on="customer", how="anti")
    fresh = both.filter(pl.col("id").is_null())
    moves = pl.any_horizontal(
        pl.col(new) != pl.col(was) for new, was in (("lat", "old_lat"), ("lon", "old_lon"), ("accuracy_m", "old_m"))
    )
    moved = both.filter(pl.col("id").is_not_null() & moves)
    load_rows(TABLE, fresh.select(candidates.columns).rename({"customer": "customer_id"}))
    update_rows(TABLE, "id", moved.select("id", "lat", "lon", "accuracy_m", "status"))
    for keys in batched(gone["id"], 2000):
        LocationCandidate.objects.filter(pk__in=keys).delete()
    return pl.concat(part["customer"] for part in (fresh, moved, gone)).to_list()
