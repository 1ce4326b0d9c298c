"""Where a house should be among its neighbours: on the same street of the same ODP, between the numbers around it.

Numbers run along a street, odd on one side and even on the other, so a house between two known ones lies between them.
They also jump, restart and stand double, hence the wide radius: a clue where to look, and never a fix.
"""

import polars as pl

# The house stands this near the place that its neighbours say, beside the uncertainty of those.
BESIDE_M = 20.0
# Neighbours this many numbers on say nothing any more: twenty plots are a street's length.
FARTHEST_NUMBER = 40
# Along a street of row houses a plot is about as wide as this; with one neighbour only the direction is unknown.
PLOT_M = 8.0
# Neighbours that are themselves not known better than this say nothing.
KNOWN_WITHIN_M = 50.0
KEY = ("odp", "street")
CLUES = {"customer": pl.Int64, "lat": pl.Float64, "lon": pl.Float64, "accuracy_m": pl.Float64}


def clues(wanted: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """CLUES for the customers of `wanted` that have known neighbours.

    `wanted`: customer, odp, street, house_number. `known`: the same with lat, lon, radius_m. Rows without a street or a
    number say nothing.
    """
    wanted = with_number(wanted).select("customer", *KEY, "number")
    known = with_number(known.filter(pl.col("radius_m") <= KNOWN_WITHIN_M))
    known = known.select(*KEY, "lat", "lon", "radius_m", neighbour="customer", at="number")
    pairs = wanted.join(known, on=KEY, how="inner").filter(pl.col("customer") != pl.col("neighbour"))
    pairs = pairs.with_columns(
        steps=(pl.col("number") - pl.col("at")).abs(),
        is_below=pl.col("at") <= pl.col("number"),
        same_side=(pl.col("number") - pl.col("at")) % 2 == 0,
    ).filter(pl.col("steps") <= FARTHEST_NUMBER)
    # Of each direction the nearest number; of two as near the one on the same side of the street.
    nearest = pairs.sort("customer", "is_below", "steps", ~pl.col("same_side"), "radius_m", "neighbour")
    sides = nearest.unique(["customer", "is_below"], keep="first", maintain_order=True)
    below, above = (sides.filter(pl.col("is_below") == side).drop("is_below") for side in (True, False))
    both = below.join(above, on="customer", how="inner", suffix="_above")
    one = pl.concat([below, above]).join(both, on="customer", how="anti")
    return pl.concat([between(both), beside(one)])


def with_number(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a street and a house number, as `number`: `23-39` and `12a` count as 23 and 12."""
    number = pl.col("house_number").str.extract(r"([0-9]{1,4})").cast(pl.Int64)
    return rows.with_columns(number=number).filter(
        pl.col("number").is_not_null(), pl.col("odp").is_not_null(), pl.col("street").fill_null("") != ""
    )


def between(both: pl.DataFrame) -> pl.DataFrame:
    """On the line between two neighbours, by the numbers; as uncertain as a third of their distance."""
    share = pl.col("steps") / (pl.col("steps") + pl.col("steps_above"))
    apart = apart_m("lat", "lon", "lat_above", "lon_above")
    return both.select(
        "customer",
        lat=pl.col("lat") + (pl.col("lat_above") - pl.col("lat")) * share,
        lon=pl.col("lon") + (pl.col("lon_above") - pl.col("lon")) * share,
        accuracy_m=BESIDE_M + apart / 3 + pl.max_horizontal("radius_m", "radius_m_above"),
    )


def beside(one: pl.DataFrame) -> pl.DataFrame:
    """At the only neighbour, as far off as the plots between them may be wide."""
    return one.select("customer", "lat", "lon", accuracy_m=BESIDE_M + pl.col("steps") * PLOT_M + pl.col("radius_m"))


def apart_m(lat: str, lon: str, to_lat: str, to_lon: str) -> pl.Expr:
    """Metres between two near points, good to a per cent over a street's length."""
    north = (pl.col(to_lat) - pl.col(lat)) * 110_600.0
    east = (pl.col(to_lon) - pl.col(lon)) * 111_300.0 * pl.col(lat).radians().cos()
    return (north * north + east * east).sqrt()
