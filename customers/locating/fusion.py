"""From all observations of a house to one point with an honest radius and a grade.

The answer is the best single candidate: the one with the smallest stated accuracy among those that nobody refuted,
ties broken by the stronger source and then by the later observation.
"""

import polars as pl

ALGORITHM = 1

# Metres within which a grade promises the house in 68 of 100 cases; above the last one it is D.
GRADE_LIMITS_M = (("A", 15.0), ("B", 50.0), ("C", 250.0))

# Accuracy of a source whose record states none, in metres (68 %). A technician's phone stands at the house with an
# ordinary GPS; an ODP serves houses up to a drop cable's length away.
SOURCE_ACCURACY_M = {"INSTALL": 12.0, "ODP": 150.0}
# A technician's point that lies exactly on the ODP is the ODP's point, written twice.
AT_ODP_ACCURACY_M = 150.0
# A point that its own record contradicts (far from its ODP, outside the witel, too few decimals) is only an area.
DOUBTFUL_ACCURACY_M = 1_000.0

# Order among equal accuracies: who stood at the house last is believed first.
SOURCE_RANK = {"VISIT": 0, "AGENT_PIN": 1, "CUSTOMER_PIN": 2, "INSTALL": 3, "NEIGHBOUR": 4, "ODP": 5}

# A village's centre says nothing of a house: nobody is sent there.
NEVER_ALONE = ("VILLAGE",)


def grade_of(radius_m: pl.Expr) -> pl.Expr:
    """Grade A-D of a radius in metres."""
    grade = pl.lit("D")
    for name, limit in reversed(GRADE_LIMITS_M):
        grade = pl.when(radius_m <= limit).then(pl.lit(name)).otherwise(grade)
    return grade


def fuse(candidates: pl.DataFrame) -> pl.DataFrame:
    """One row per customer with a usable candidate: customer, lat, lon, radius_m, grade, source, reasons.

    `candidates` has the columns customer, source, lat, lon, accuracy_m, observed_on, faults, status; any order.
    """
    usable = candidates.filter(~pl.col("source").is_in(NEVER_ALONE), pl.col("status") != "REFUTED")
    best = usable.sort(
        "customer",
        "accuracy_m",
        pl.col("source").replace_strict(SOURCE_RANK, default=9),
        pl.col("observed_on"),
        "lat",
        "lon",
        descending=[False, False, False, True, False, False],
        nulls_last=True,
    ).unique("customer", keep="first", maintain_order=True)
    return best.select(
        "customer",
        "lat",
        "lon",
        radius_m=pl.col("accuracy_m"),
        grade=grade_of(pl.col("accuracy_m")),
        source=pl.col("source"),
        reasons=pl.lit("best_candidate"),
    )
