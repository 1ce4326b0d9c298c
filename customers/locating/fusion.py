"""From all observations of a house to one point with an honest radius, a grade and the reasons.

`weights` says how far each observation is believed, `posterior` what they say together; here houses go in and answers
come out. The result depends on the observations alone: not on their order, nor on what was resolved before.
"""

import numpy as np
import polars as pl

from common.geo import distance_m, metres_per_degree
from customers.locating.posterior import Belief, believe, densest_place, look_elsewhere
from customers.locating.weights import ACTORS, CONFIRMING, NEVER_ALONE, voice_of, weigh

ALGORITHM = 2

# Metres within which a grade promises the house in 68 of 100 cases; above the last one it is D.
GRADE_LIMITS_M = (("A", 15.0), ("B", 50.0), ("C", 250.0))
# Grade A takes this many people whose fixes agree: with two, one wrong one cannot be told from the right one.
AGREEING_FOR_A = 3
# A fix agrees with the point within this, or within what 95 % of its own accuracy allows.
AGREES_M, AGREES_SD = 25.0, 2.45
# A fix that may confirm a point: this accurate or better (68 %).
DOOR_FIX_M = 50.0
# The chance that an agent who searched at the very house would have found it.
FOUND_IF_THERE = 0.85
# Fixes of a house beyond this number, the least accurate ones, add nothing.
MOST_OBSERVATIONS = 32
# No ride is worth a circle wider than this: a kilometre holds a thousand houses.
USABLE_RADIUS_M = 1_000.0
HOUSES_AT_ONCE = 20_000

ANSWER = {
    "customer": pl.Int64,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "radius_m": pl.Float64,
    "grade": pl.String,
    "source": pl.String,
    "agreeing": pl.Int64,
    "reasons": pl.String,
}
SEARCHES = {
    "customer": pl.Int64,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "reach_m": pl.Float64,
    "searched_on": pl.Date,
    "after": pl.Int64,
}


def fuse(
    candidates: pl.DataFrame,
    *,
    year: int,
    searches: pl.DataFrame | None = None,
    actors: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row of ANSWER per customer with a usable candidate.

    `candidates`: customer, source, lat, lon, accuracy_m, observed_on, actor, device, faults, status,
    key (may be absent); in any order. `searches`: SEARCHES, places where an agent looked and did not find the house;
    `after` is the last key before: keys tell only what came later within one day. `actors`: ACTORS, what was learned.
    """
    searches = pl.DataFrame(schema=SEARCHES) if searches is None else searches
    if "key" not in candidates.columns:
        candidates = candidates.with_columns(key=pl.lit(0, dtype=pl.Int64))
    weighed = weigh(candidates, pl.DataFrame(schema=ACTORS) if actors is None else actors, year)
    told = weighed.filter((~pl.col("source").is_in(NEVER_ALONE)).any().over("customer"))
    told = (
        told.sort("customer", "sd_m", "wrong", "lat", "lon", "source", "actor")
        .filter(pl.int_range(pl.len()).over("customer") < MOST_OBSERVATIONS)
        .sort("customer", ~pl.col("of_record"), maintain_order=True)
        .with_columns(size=pl.len().over("customer"), records=pl.col("of_record").sum().over("customer"))
    )
    answers = [pl.DataFrame(schema=ANSWER)]
    for (size, records), houses in told.group_by("size", "records", maintain_order=True):
        for start in range(0, houses.height, size * HOUSES_AT_ONCE):
            answers.append(fuse_alike(houses.slice(start, size * HOUSES_AT_ONCE), size, records, searches))
    return doubt(pl.concat(answers).sort("customer"), candidates.filter(pl.col("status") == "PENDING"))


def doubt(answers: pl.DataFrame, pending: pl.DataFrame) -> pl.DataFrame:
    """Grade D where somebody reported the house elsewhere and nobody has decided yet."""
    pairs = answers.join(pending.select("customer", "lat", "lon"), on="customer", how="inner", suffix="_reported")
    away = distance_m(*(pairs[name].to_numpy() for name in ("lat", "lon", "lat_reported", "lon_reported")))
    pairs = pairs.with_columns(away_m=pl.Series(away, dtype=pl.Float64))
    pairs = pairs.filter(pl.col("away_m") > AGREES_M)
    reported = pairs.group_by("customer").agg(pl.col("away_m").max())
    word = pl.format("reported_elsewhere_m:{}", pl.col("away_m").round(0).cast(pl.Int64))
    doubted = pl.col("away_m").is_not_null()
    return (
        answers.join(reported, on="customer", how="left", maintain_order="left")
        .with_columns(
            grade=pl.when(doubted).then(pl.lit("D")).otherwise("grade"),
            reasons=pl.when(doubted).then(pl.concat_str(word, pl.col("reasons"), separator=",")).otherwise("reasons"),
        )
        .select(*ANSWER)
    )


def fuse_alike(houses: pl.DataFrame, size: int, records: int, searches: pl.DataFrame) -> pl.DataFrame:
    """Houses with `size` observations each, which stand together, the `records` first and the sharpest first."""

    def column(name):
        return houses[name].to_numpy().reshape(-1, size)

    lat, lon = column("lat"), column("lon")
    origin = lat[:, :1], lon[:, :1]
    per_north, per_east = metres_per_degree(origin[0])
    east, north = (lon - origin[1]) * per_east, (lat - origin[0]) * per_north
    sd = column("sd_m")
    customers = column("customer")[:, 0]
    belief = believe(east, north, sd, column("wrong"), records, column("moved")[:, 0])
    looked = places_searched(customers, searches, origin, per_east, per_north)
    if looked is not None:
        belief = look_elsewhere(belief, *looked, FOUND_IF_THERE)
    at_east, at_north, radius = densest_place(belief)
    at_lat, at_lon = origin[0][:, 0] + at_north / per_north[:, 0], origin[1][:, 0] + at_east / per_east[:, 0]
    apart = np.hypot(east - at_east[:, None], north - at_north[:, None])
    houses = houses.with_columns(
        apart_m=pl.Series(apart.ravel()),
        agrees=pl.Series((apart <= np.maximum(AGREES_M, AGREES_SD * sd)).ravel()),
    )
    points = pl.DataFrame({"customer": customers, "lat": at_lat, "lon": at_lon, "radius_m": radius})
    return explain(points, houses, searches, rival_m(belief, at_east, at_north, radius))


def places_searched(customers, searches: pl.DataFrame, origin, per_east, per_north):
    """(east, north, reach_m) of the places searched for these customers: (houses, places) with NaN; or None."""
    rows = pl.DataFrame({"customer": customers}).with_row_index("house")
    rows = searches.join(rows, on="customer", how="inner").sort("house", "lat", "lon", "reach_m")
    if rows.is_empty():
        return None
    rows = rows.with_columns(at=pl.int_range(pl.len()).over("house"))
    shape = customers.size, rows["at"].max() + 1
    house, at = rows["house"].to_numpy(), rows["at"].to_numpy()
    east, north, reach = (np.full(shape, np.nan) for _ in range(3))
    east[house, at] = (rows["lon"].to_numpy() - origin[1][house, 0]) * per_east[house, 0]
    north[house, at] = (rows["lat"].to_numpy() - origin[0][house, 0]) * per_north[house, 0]
    reach[house, at] = rows["reach_m"].to_numpy()
    return east, north, reach


def rival_m(belief: Belief, at_east, at_north, radius) -> np.ndarray:
    """Metres to the heaviest belief outside the circle, NaN where there is none worth a word (one in six)."""
    apart = np.hypot(belief.east - at_east[:, None], belief.north - at_north[:, None])
    outside = np.where((apart > np.maximum(radius[:, None], AGREES_M)) & (belief.sd < 500.0), belief.mass, 0)
    best = outside.argmax(axis=1)[:, None]
    worth = np.take_along_axis(outside, best, axis=1)[:, 0] >= 1 / 6
    return np.where(worth, np.take_along_axis(apart, best, axis=1)[:, 0], np.nan)


def explain(points: pl.DataFrame, houses: pl.DataFrame, searches: pl.DataFrame, rivals: np.ndarray) -> pl.DataFrame:
    """The answers with grade, source (the sharpest observation that agrees) and reasons."""
    fixes = houses.filter("is_fix", "agrees", pl.col("sd_m") * 1.5 <= DOOR_FIX_M)
    people = fixes.group_by("customer").agg(agreeing=voice_of().n_unique())
    confirmed = fixes.filter(pl.col("source").is_in(CONFIRMING)).group_by("customer")
    confirmed = confirmed.agg(pl.col("observed_on", "key").sort_by("observed_on", "key", nulls_last=False).last())
    best = houses.sort("customer", ~pl.col("agrees"), "sd_m", "apart_m", "source").unique("customer", keep="first")
    rows = (
        points.with_columns(rival_m=pl.Series(rivals).fill_nan(None))
        .join(best.select("customer", "source"), on="customer", how="left", maintain_order="left")
        .join(people, on="customer", how="left", maintain_order="left")
        .join(confirmed, on="customer", how="left", maintain_order="left")
        .with_columns(pl.col("agreeing").cast(pl.Int64).fill_null(0))
    )
    rows = rows.with_columns(searched=is_refuted(rows, searches))
    return rows.with_columns(grade=grade_of(rows), reasons=reasons_of()).select(*ANSWER)


def is_refuted(rows: pl.DataFrame, searches: pl.DataFrame) -> pl.Series:
    """True where somebody searched at the point and did not find the house, and nobody confirmed it since."""
    pairs = rows.with_row_index("row").join(searches, on="customer", how="inner", suffix="_searched")
    away = distance_m(*(pairs[name].to_numpy() for name in ("lat", "lon", "lat_searched", "lon_searched")))
    hit = pairs.filter(
        pl.Series(away) <= pl.max_horizontal("reach_m", pl.lit(AGREES_M)),
        pl.col("observed_on").is_null()
        | (pl.col("observed_on") < pl.col("searched_on"))
        | ((pl.col("observed_on") == pl.col("searched_on")) & (pl.col("key") <= pl.col("after"))),
    )
    return pl.Series(np.isin(np.arange(rows.height), hit["row"].to_numpy()))


def grade_of(rows: pl.DataFrame) -> pl.Series:
    """Grade A-D of radius_m, agreeing and searched."""
    radius, grade = pl.col("radius_m"), pl.lit("D")
    for name, limit in reversed(GRADE_LIMITS_M):
        grade = pl.when(radius <= limit).then(pl.lit(name)).otherwise(grade)
    grade = pl.when((grade == "A") & (pl.col("agreeing") < AGREEING_FOR_A)).then(pl.lit("B")).otherwise(grade)
    return rows.select(pl.when("searched").then(pl.lit("D")).otherwise(grade).alias("grade"))["grade"]


def reasons_of() -> pl.Expr:
    """Words for people, most telling first, some with a number behind a colon."""
    return pl.concat_str(
        pl.when("searched").then(pl.lit("searched_in_vain")),
        pl.when(pl.col("agreeing") > 0).then(pl.format("fixes_agree:{}", "agreeing")),
        pl.when(pl.col("agreeing") == 0).then(pl.lit("no_fix")),
        pl.when(pl.col("rival_m").is_not_null()).then(
            pl.format("other_place_m:{}", pl.col("rival_m").round(0).cast(pl.Int64))
        ),
        pl.format("best:{}", pl.col("source").str.to_lowercase()),
        separator=",",
        ignore_nulls=True,
    )
