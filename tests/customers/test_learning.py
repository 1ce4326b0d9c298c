"""Who is believed how far is learned from what others found later."""

import numpy as np
import polars as pl
import pytest

from customers.locating import reliability
from customers.locating.fusion import fuse
from tests.customers.simulated import YEAR, build_town


@pytest.fixture(scope="module")
def sloppy():
    town = build_town(12_000, "sloppy_technicians", seed=5)
    return town, reliability.learn(town.candidates, YEAR)


def scale_of(learned, source, actor):
    return learned.filter(pl.col("source") == source, pl.col("actor") == actor)["scale"][0]


def test_who_misses_more_than_he_claims_is_found_out(sloppy):
    _, learned = sloppy
    own = np.random.default_rng(7).choice([0.6, 1.0, 1.0, 2.5], 100)  # as simulated.error draws them
    technicians = learned.filter(pl.col("source") == "INSTALL", pl.col("judged") > 30, pl.col("actor") != "")
    worst = [scale for actor, scale in technicians.select("actor", "scale").iter_rows() if own[int(actor[1:])] == 2.5]
    best = [scale for actor, scale in technicians.select("actor", "scale").iter_rows() if own[int(actor[1:])] == 0.6]
    assert min(worst) > 1.4 > 0.95 > max(best)


def test_phones_are_learned_beside_their_owners(sloppy):
    _, learned = sloppy
    phones = learned.filter(pl.col("source") == "DEVICE")
    assert phones.height == 60 and phones["scale"].max() > 1.8 and phones["scale"].min() < 0.8


def test_what_is_learned_makes_better_points(sloppy):
    town, learned = sloppy
    plain, taught = (fuse(town.candidates, year=YEAR, actors=actors) for actors in (None, learned))
    errors = [np.quantile(town.errors(answers), [0.5, 0.9]) for answers in (plain, taught)]
    assert (errors[1] < errors[0]).all()


def test_one_wrong_point_condemns_nobody():
    """A single observation moves the prior by a twentieth."""
    town = build_town(3_000, "gauss", seed=6)
    learned = reliability.learn(town.candidates, YEAR)
    few = learned.filter(pl.col("judged") <= 2, pl.col("source").is_in(["INSTALL", "VISIT"]))
    assert few.height == 0 or few["wrong"].max() < 0.25


def test_nobody_confirmed_teaches_nothing():
    town = build_town(500, "gauss", seed=1)
    alone = town.candidates.filter(pl.col("source") != "VISIT")
    assert reliability.learn(alone, YEAR).height == 0


def test_who_stamps_far_away_becomes_doubtful(sloppy):
    town, _ = sloppy
    cheat = pl.col("source") == "VISIT", pl.col("actor") == "agent3"
    moved = town.candidates.with_columns(
        lat=pl.when(pl.all_horizontal(*cheat)).then(pl.col("lat") + 0.01).otherwise("lat")
    )
    learned = reliability.learn(moved, YEAR)
    wrong = dict(learned.filter(pl.col("source") == "VISIT").select("actor", "wrong").iter_rows())
    assert wrong["agent3"] > 0.7 > 0.25 > np.median([value for actor, value in wrong.items() if actor != "agent3"])
