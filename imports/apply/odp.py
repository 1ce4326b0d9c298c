"""ODP register: one row is a distribution point with its place. Houses without a point of their own follow it."""

import polars as pl

from common.batches import batched
from customers.models import DistributionPoint, Installation, LocationCandidate, ResolvedLocation
from customers.services.locations import FROM_INSTALLATION, recheck_installations
from imports.apply.places import checked_odps, create_odps, find_odps, with_witels
from imports.apply.run import Run
from imports.apply.tables import update
from workorders.services.points import refresh_points


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; no lines are new."""
    rows = run.within_reach(with_witels(rows), field="witel").rename(
        {"code": "odp", "given_lat": "odp_lat", "given_lon": "odp_lon"}
    )
    rows = checked_odps(rows.with_columns(pl.col("odp").str.to_uppercase(), site=pl.lit(0, dtype=pl.Int64)))
    tell_unplaced(run, rows)
    compared = rows.join(find_odps(rows), on=["witel_id", "odp", "site"], how="left")
    new = compared.filter(pl.col("odp_id").is_null())
    moved = pl.col("odp_lat").ne_missing(pl.col("register_lat")) | pl.col("odp_lon").ne_missing(pl.col("register_lon"))
    # A row without a readable point never takes away one that is known.
    differing = compared.filter(pl.col("odp_id").is_not_null() & pl.col("odp_lat").is_not_null() & moved)
    create_odps(run, new)
    update_odps(run, differing)
    run.created += new.height
    run.updated += differing.height
    run.unchanged += compared.height - new.height - differing.height
    return []


def tell_unplaced(run: Run, rows: pl.DataFrame) -> None:
    run.tell(
        rows.filter(pl.col("odp_lat").is_null()),
        severity="warning",
        field="point",
        value=pl.col("odp"),
        reason="no_point",
        message="This ODP has no point inside its witel. The code is known, its place is not.",
    )


def update_odps(run: Run, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    keys = rows["odp_id"].to_list()
    run.journal.watch_keys(DistributionPoint, keys)
    houses = sorted(Installation.objects.filter(odp__in=keys).values_list("pk", flat=True))
    run.journal.watch_keys(Installation, houses)
    for some in batched(houses, 2000):
        run.journal.watch(LocationCandidate.objects.filter(customer__in=some, source__in=FROM_INSTALLATION))
    run.journal.watch_keys(ResolvedLocation, houses)
    update(DistributionPoint, rows.select(id="odp_id", lat="odp_lat", lon="odp_lon", feed_batch=pl.lit(run.batch.pk)))
    recheck_installations(customers=houses)
    refresh_points(customers=houses)
