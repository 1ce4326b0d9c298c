"""Where rows stand: the witel with its centre and reach, and the ODP, made where it is new."""

import numpy as np
import polars as pl

from common.bulk import look_up
from common.geo import mq
from customers.locating.faults import check_points
from customers.models import DistributionPoint
from customers.services.areas import service_areas
from imports.apply.run import Run
from imports.apply.tables import insert
from regions.models import Witel

WITEL = {
    "witel": pl.String,
    "witel_id": pl.Int64,
    "area_lat": pl.Float64,
    "area_lon": pl.Float64,
    "area_reach_m": pl.Float64,
}


def with_witels(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `witel_id` and the witel's centre and reach."""
    witels = pl.DataFrame(
        list(Witel.objects.values_list("code", "pk", "lat", "lon", "reach_m")), schema=WITEL, orient="row"
    )
    return rows.join(witels, on="witel", how="left")


def checked_odps(rows: pl.DataFrame) -> pl.DataFrame:
    """The ODP's own point by the same rules as a house's: repaired where one reading makes sense, else dropped."""
    given = {
        name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name in ("odp_lat", "odp_lon", "area_lat", "area_lon", "area_reach_m")
    }
    nowhere = np.full(rows.height, np.nan)
    checked = check_points(
        given["odp_lat"],
        given["odp_lon"],
        odp_lat=nowhere,
        odp_lon=nowhere,
        area_lat=given["area_lat"],
        area_lon=given["area_lon"],
        area_reach_m=given["area_reach_m"],
        area=rows["witel_id"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        areas=service_areas(),
    )
    return rows.with_columns(
        odp_lat=pl.Series(checked.lat).fill_nan(None), odp_lon=pl.Series(checked.lon).fill_nan(None)
    )


def with_odps(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """`odp_id` of each row, created where it is new; a row without an ODP point of its own takes the register's."""
    stated = pl.col("odp_lat").is_not_null() & pl.col("odp_lon").is_not_null()
    sites = np.where(
        rows.select(stated).to_series().to_numpy(),
        mq(rows["odp_lat"].fill_null(0.0).to_numpy(), rows["odp_lon"].fill_null(0.0).to_numpy()),
        0,
    )
    rows = rows.with_columns(site=pl.Series(sites, dtype=pl.Int64))
    wanted = rows.filter(pl.col("odp") != "").unique(["witel_id", "odp", "site"], maintain_order=True)
    present = find_odps(wanted)
    missing = wanted.join(present, on=["witel_id", "odp", "site"], how="anti")
    create_odps(run, missing)
    if missing.height:
        present = find_odps(wanted)
    rows = rows.join(present, on=["witel_id", "odp", "site"], how="left")
    return rows.with_columns(
        odp_lat=pl.coalesce("odp_lat", "register_lat"), odp_lon=pl.coalesce("odp_lon", "register_lon")
    )


def find_odps(wanted: pl.DataFrame) -> pl.DataFrame:
    columns = {
        "t.id": pl.Int64,
        "t.witel_id": pl.Int64,
        "t.code": pl.String,
        "t.site": pl.Int64,
        "t.lat": pl.Float64,
        "t.lon": pl.Float64,
    }
    found = look_up(
        DistributionPoint._meta.db_table,
        wanted,
        on={"witel_id": "witel_id", "odp": "code", "site": "site"},
        columns=columns,
    )
    found.columns = ["odp_id", "witel_id", "odp", "site", "register_lat", "register_lon"]
    return found


def create_odps(run: Run, rows: pl.DataFrame) -> None:
    insert(
        run,
        DistributionPoint,
        rows.select("witel_id", "site", code="odp", lat="odp_lat", lon="odp_lon", feed_batch=pl.lit(run.batch.pk)),
    )
