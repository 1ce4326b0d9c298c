"""What verified customers show of a witel where no file tells: its villages, and where it has houses at all."""

import numpy as np
import polars as pl

from common.geo import distance_m
from customers.locating.area_cells import Cells, inhabited_cells
from customers.locating.areas import ServiceAreas
from customers.locating.gazetteer import squash

# Customers from which a village's centre is taken: of five, two may be wrong and the median still stands in it.
LEAST_IN_VILLAGE = 5
# A name whose customers lie farther apart than this is no one village but several, or a word read wrongly.
MOST_SPREAD_M = 5_000.0
LEAST_SPREAD_M = 100.0
HELD = 0.68  # of the houses, within the radius: what a radius means everywhere
# A witel's own customers stand for its service area from this many on, and where the cells that they make hold this
# share of them: with fewer, the next town to be connected would be called outside.
LEAST_IN_WITEL = 5_000
LEAST_HELD = 0.99


def learn_villages(points: pl.DataFrame) -> pl.DataFrame:
    """name, district, village_key, district_key, lat, lon, radius_m of the villages that enough customers name.

    `points`: verified houses of one witel: village and district as read of the address ("" where not), lat, lon. The
    centre is the median of each coordinate, the radius holds HELD of the houses.
    """
    keys = {f"{name}_key": squash(pl.col(name)) for name in ("village", "district")}
    named = points.with_columns(**keys).filter(pl.col("village_key") != "", pl.col("district_key") != "")
    of_village = ["district_key", "village_key"]
    named = named.with_columns(
        middle_lat=pl.col("lat").median().over(of_village), middle_lon=pl.col("lon").median().over(of_village)
    )
    metres = distance_m(*(named[name].to_numpy() for name in ("lat", "lon", "middle_lat", "middle_lon")))
    found = named.with_columns(metres=pl.Series(metres, dtype=pl.Float64)).group_by(of_village, maintain_order=True)
    villages = found.agg(
        number=pl.len(),
        name=pl.col("village").mode().min(),
        district=pl.col("district").mode().min(),
        lat=pl.col("middle_lat").first(),
        lon=pl.col("middle_lon").first(),
        radius_m=pl.col("metres").quantile(HELD, "higher").clip(LEAST_SPREAD_M),
    )
    kept = villages.filter(pl.col("number") >= LEAST_IN_VILLAGE, pl.col("radius_m") <= MOST_SPREAD_M)
    return kept.drop("number").sort(of_village)


def learn_cells(lat: np.ndarray, lon: np.ndarray, *, has_boundary: bool) -> Cells | None:
    """The cells where a witel has verified houses; None where they are too few to speak for all of it.

    Beside a boundary they only add to it, so that any inhabited cell counts.
    """
    cells = inhabited_cells(lat, lon) if has_boundary or len(lat) >= LEAST_IN_WITEL else None
    if cells is None or has_boundary:
        return cells
    held = ServiceAreas({0: cells}).contains(lat, lon, np.zeros(len(lat)))
    return cells if held.mean() >= LEAST_HELD else None
