"""From provisioning records to candidates: the technician's point, checked and repaired, and the ODP's."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from customers.locating.areas import ServiceAreas
from customers.locating.faults import NO_AREAS, Fault, check_points
from customers.locating.weights import ACCURACY_M

GIVEN = ("given_lat", "given_lon", "odp_lat", "odp_lon", "area_lat", "area_lon", "area_reach_m", "area")
# A last decimal stands for a square; the circle with a radius of SQUARE_HOLDS sides is as large as 68 % of it.
DEGREE_M, SQUARE_HOLDS = 111_000.0, (0.68 / np.pi) ** 0.5


@dataclass(frozen=True)
class Read:
    """`checked`: the input with lat, lon (null when no point is usable), faults, is_repaired.

    `candidates`: customer, source, lat, lon, accuracy_m, observed_on, actor, faults, status: INSTALL and ODP rows.
    """

    checked: pl.DataFrame
    candidates: pl.DataFrame


def read_installations(records: pl.DataFrame, areas: ServiceAreas = NO_AREAS) -> Read:
    """Check the points of provisioning records and say which candidates they make.

    `records` has the columns of GIVEN (`area` is the witel's key in `areas`), customer, installed_on, technician,
    accuracy_m (null where unknown).
    """
    given = {name: records[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in GIVEN}
    result = check_points(
        given["given_lat"],
        given["given_lon"],
        odp_lat=given["odp_lat"],
        odp_lon=given["odp_lon"],
        area_lat=given["area_lat"],
        area_lon=given["area_lon"],
        area_reach_m=given["area_reach_m"],
        area=given["area"],
        areas=areas,
    )
    checked = records.with_columns(
        lat=pl.Series(result.lat).fill_nan(None),
        lon=pl.Series(result.lon).fill_nan(None),
        faults=pl.Series(result.faults.astype(np.int64)),
        is_repaired=pl.Series(result.repaired),
    )
    return Read(checked, pl.concat([install_candidates(checked), odp_candidates(checked)]))


def install_candidates(checked: pl.DataFrame) -> pl.DataFrame:
    """The technician's points. What speaks against one stays in `faults`, for the fusing to weigh; the accuracy is that
    of a right one: of the device, of the decimals that were kept, or of the ODP that it was copied from.
    """
    stated = pl.col("accuracy_m").fill_null(ACCURACY_M["INSTALL"]).clip(lower_bound=1.0)
    accuracy = (
        pl.when((pl.col("faults") & int(Fault.COARSE)) != 0)
        .then(pl.max_horizontal(stated, coarse_m()))
        .when((pl.col("faults") & int(Fault.AT_ODP)) != 0)
        .then(ACCURACY_M["ODP"])
        .otherwise(stated)
    )
    return checked.filter(pl.col("lat").is_not_null()).select(
        "customer",
        source=pl.lit("INSTALL"),
        lat="lat",
        lon="lon",
        accuracy_m=accuracy,
        observed_on="installed_on",
        actor="technician",
        device=pl.lit(""),
        faults="faults",
        status=pl.lit("ACTIVE"),
    )


def coarse_m() -> pl.Expr:
    """The accuracy that the decimals of a coarse point leave: 52 m with three, 5.2 km with one."""
    kept = pl.lit(3)
    for decimals in (2, 1, 0):
        fewer = pl.all_horizontal(
            (pl.col(name) * 10**decimals - (pl.col(name) * 10**decimals).round()).abs() < 1e-6
            for name in ("lat", "lon")
        )
        kept = pl.when(fewer).then(decimals).otherwise(kept)
    return SQUARE_HOLDS * DEGREE_M / pl.lit(10.0).pow(kept)


def odp_candidates(checked: pl.DataFrame) -> pl.DataFrame:
    return checked.filter(pl.col("odp_lat").is_not_null() & pl.col("odp_lon").is_not_null()).select(
        "customer",
        source=pl.lit("ODP"),
        lat="odp_lat",
        lon="odp_lon",
        accuracy_m=pl.lit(ACCURACY_M["ODP"]),
        observed_on=pl.lit(None, dtype=pl.Date),
        actor=pl.lit(""),
        device=pl.lit(""),
        faults=pl.lit(0, dtype=pl.Int64),
        status=pl.lit("ACTIVE"),
    )
