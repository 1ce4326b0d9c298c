"""How far each technician, agent and phone is to be believed, learned from what was confirmed later.

An observation is judged by what all *other people* say of the same house: their fused point, where it is good enough to
judge by. Farther than WRONG_FROM_M it was taken elsewhere; nearer, the distance tells how its claimed accuracy relates
to the real one. Both are shrunk towards what is known of its source, and that towards the constants of `weights`, so
that one lucky or unlucky observation moves little (empirical Bayes: a Beta prior for the share of wrong ones, pseudo-
observations for the accuracy).
"""

from collections.abc import Iterator

import polars as pl

from common.geo import distance_m
from customers.locating.fusion import fuse
from customers.locating.posterior import SD_OF_STATED
from customers.locating.weights import ACTORS, CONFIRMING, DEVICE, LEAST_ACCURACY_M, WRONG, voice_of, weigh

# Later confirmed within this: a fix is off by tens of metres, a wrong place by hundreds.
WRONG_FROM_M = 100.0
# What surrounds a house is judged for how far it lies from houses, the same law for all; wrong is what lies farther
# than this many of its own accuracies.
SURROUNDINGS, WRONG_FROM_ACCURACIES = ("ODP", "NEIGHBOUR"), 4.0
# Only a point that holds its house within this can judge another.
JUDGE_RADIUS_M = 40.0
# How many observations the prior counts as: a technician needs some twenty judged points to be known by his own.
PRIOR_OF_ACTOR, PRIOR_OF_SOURCE = 20.0, 100.0
# Whoever judges is believed as he deserves, which is known after the first round only; a fourth changes 1 %.
ROUNDS = 4
SCALES = (0.25, 5.0)  # of claimed accuracies; beyond, the sample is at fault
LEARNED = ACTORS | {"judged": pl.Int64, "confirmed": pl.Int64}


def learn(candidates: pl.DataFrame, year: int) -> pl.DataFrame:
    """LEARNED: one row per source and actor with judged observations, per source with actor '', and per device.

    `candidates` as of `fuse`; customers with confirmations of two or more people suffice.
    """
    learned = pl.DataFrame(schema=LEARNED)
    for _ in range(ROUNDS):
        judged = judge(candidates, learned.select(*ACTORS), year)
        learned = pl.concat([of_sources(judged), *of_actors(judged), of_devices(judged)])
    return learned


def of_actors(judged: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """LEARNED of each actor, drawn towards the source."""
    for pooled in of_sources(judged).iter_rows(named=True):
        rows = judged.filter(pl.col("source") == pooled["source"], pl.col("actor") != "")
        yield shrink(rows, ["source", "actor"], PRIOR_OF_ACTOR, pooled["wrong"], pooled["scale"]).select(*LEARNED)


def of_devices(judged: pl.DataFrame) -> pl.DataFrame:
    """LEARNED of each phone, drawn towards what phones hold as a whole."""
    rows = judged.filter(pl.col("device") != "")
    pooled = shrink(rows, [], PRIOR_OF_SOURCE, 0.0, 1.0)
    scale = pooled["scale"][0] if pooled.height else 1.0
    own = shrink(rows.drop("actor"), ["device"], PRIOR_OF_ACTOR, 0.0, scale)
    return own.select(
        source=pl.lit(DEVICE), actor="device", scale="scale", wrong="wrong", judged="judged", confirmed="confirmed"
    )


def of_sources(judged: pl.DataFrame) -> pl.DataFrame:
    """LEARNED of each source as a whole."""
    rows = [
        shrink(some, ["source"], PRIOR_OF_SOURCE, WRONG[source], 1.0).with_columns(actor=pl.lit("")).select(*LEARNED)
        for (source,), some in judged.group_by("source", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=LEARNED), *rows])


def judge(candidates: pl.DataFrame, actors: pl.DataFrame, year: int) -> pl.DataFrame:
    """Each judged fix: source, actor, sd_m as claimed, away_m, judge_sd_m, is_wrong."""
    judged = weigh(candidates, actors, year).filter(pl.col("is_fix") | pl.col("source").is_in(SURROUNDINGS))
    fixes = judged.drop("wrong", "moved", "of_record").with_columns(person=voice_of()).with_row_index("own")
    others = fixes.join(fixes.filter("is_fix"), on="customer", how="inner", suffix="_other").filter(
        pl.col("person") != pl.col("person_other")
    )
    confirmed = others.filter(pl.col("source_other").is_in(CONFIRMING).any().over("own"))
    points = fuse(
        confirmed.select(
            customer=pl.col("own").cast(pl.Int64),
            **{
                name: f"{name}_other"
                for name in (
                    "source",
                    "lat",
                    "lon",
                    "accuracy_m",
                    "observed_on",
                    "actor",
                    "device",
                    "faults",
                    "status",
                    "key",
                )
            },
        ),
        year=year,
        actors=actors,
    ).filter(pl.col("radius_m") <= JUDGE_RADIUS_M)
    rows = fixes.join(points.select(own="customer", at_lat="lat", at_lon="lon", radius_m="radius_m"), on="own")
    away = distance_m(*(rows[name].to_numpy() for name in ("lat", "lon", "at_lat", "at_lon")))
    return rows.with_columns(
        away_m=pl.Series(away, dtype=pl.Float64),
        sd_m=pl.max_horizontal("accuracy_m", pl.lit(LEAST_ACCURACY_M)) / SD_OF_STATED,
        judge_sd_m=pl.col("radius_m") / SD_OF_STATED,
        is_wrong=pl.Series(away, dtype=pl.Float64)
        > pl.when(pl.col("is_fix")).then(WRONG_FROM_M).otherwise(WRONG_FROM_ACCURACIES * pl.col("accuracy_m")),
    )


def shrink(judged: pl.DataFrame, by: list[str], prior: float, wrong: float, scale: float) -> pl.DataFrame:
    """Per group: judged, confirmed, wrong and scale, drawn towards the prior's by the weight of `prior` observations.

    The scale is the one with which 68 of 100 right ones lie as near as claimed, the judge's own error allowed for; by
    quantile and not by variance, since a radius promises the former and heavy tails are no matter.
    """
    right = ~pl.col("is_wrong")
    needed2 = ((pl.col("away_m") / SD_OF_STATED) ** 2 - pl.col("judge_sd_m") ** 2) / pl.col("sd_m") ** 2
    ratio2 = needed2.filter(right).quantile(0.68).clip(SCALES[0] ** 2, SCALES[1] ** 2)
    groups = judged.group_by(by, maintain_order=True) if by else judged.group_by(pl.lit(0).alias("all"))
    rows = groups.agg(
        judged=pl.len().cast(pl.Int64),
        confirmed=right.sum().cast(pl.Int64),
        ratio2=ratio2.fill_null(scale**2),
    )
    return rows.with_columns(
        wrong=(prior * wrong + pl.col("judged") - pl.col("confirmed")) / (prior + pl.col("judged")),
        scale=((prior * scale**2 + pl.col("confirmed") * pl.col("ratio2")) / (prior + pl.col("confirmed"))).sqrt(),
    )
