"""The risk that a visit ends in ATK (address not found), told before anybody rides out.

A logistic regression on what is known of the house beforehand, starting from the share of ATK in its area. It is never
a reason to drop a customer: it says what to do first (`advise`). The coefficients below are a start; `fit` learns the
operator's own from past visits, and only what beats the area's share on later visits is taken.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

# The share where nothing is known of an area: one visit result in five, as the operator counts them.
NATIONAL_SHARE = 0.20
# Visits that the national share counts as in an area's own.
PRIOR_VISITS = 50.0
# Above this the ride is more likely wasted than the same hour is on the phone: two in five of the visits to houses that
# are known to within a street fail.
FIX_FIRST = 0.35
FEATURES = (
    "address_gaps",  # 0-1: what the address lacks, 1 - completeness / 100
    "spread",  # log10 of the radius over 15 m: 0 for grade A, 1 for 150 m
    "no_fix",  # 1 where nobody ever stood at the house with a GPS
    "doubtful",  # 1 where the installation's point contradicts its own record
    "odp_far",  # 0-1: the point's distance from its ODP over 1 km
    "contradicted",  # 1 where somebody searched at the point in vain, or reported the house elsewhere
    "earlier_atk",  # ATK results of this house before, at most 3
    "confirmed",  # people whose fixes agree, at most 3
    "age",  # of the installation's record in decades, at most 3
)
# Log-odds of one unit each, against a house with a full address, a radius of 15 m, one fix and a new record.
START = {
    "address_gaps": 0.9,
    "spread": 1.0,
    "no_fix": 0.4,
    "doubtful": 0.5,
    "odp_far": 0.5,
    "contradicted": 1.5,
    "earlier_atk": 0.6,
    "confirmed": -0.7,
    "age": 0.2,
}
# The log-odds of an average house in its own area: the intercept that makes the area's share come out on the whole.
AVERAGE = 0.35
WORDS_FROM = 0.15  # of log-odds: a feature that adds less is not told
RIDGE = 1.0  # pulls what is fitted on few visits towards START


@dataclass(frozen=True)
class Model:
    """Coefficients in the order of FEATURES, and the log-odds of an average house."""

    coefficients: tuple[float, ...] = tuple(START[name] for name in FEATURES)
    average: float = AVERAGE


SHARE_ALONE = Model((0.0,) * len(FEATURES), 0.0)


def features(houses: pl.DataFrame) -> np.ndarray:
    """(n, FEATURES) of houses: completeness, radius_m (null: no point), agreeing, is_doubtful, odp_m,
    is_contradicted, atk, years.
    """
    radius = pl.col("radius_m").fill_null(5_000.0).clip(15.0, 5_000.0)
    return houses.select(
        address_gaps=1 - pl.col("completeness") / 100,
        spread=(radius / 15.0).log10(),
        no_fix=(pl.col("agreeing").fill_null(0) == 0).cast(pl.Float64),
        doubtful=pl.col("is_doubtful").fill_null(False).cast(pl.Float64),
        odp_far=(pl.col("odp_m").fill_null(0.0) / 1_000).clip(0, 1),
        contradicted=pl.col("is_contradicted").fill_null(False).cast(pl.Float64),
        earlier_atk=pl.col("atk").clip(0, 3).cast(pl.Float64),
        confirmed=pl.col("agreeing").fill_null(0).clip(0, 3).cast(pl.Float64),
        age=(pl.col("years").fill_null(0) / 10).clip(0, 3),
    ).to_numpy()


def area_share(atk, visits) -> np.ndarray:
    """The share of ATK in an area, drawn to the national one where visits are few."""
    return (np.asarray(atk) + PRIOR_VISITS * NATIONAL_SHARE) / (np.asarray(visits) + PRIOR_VISITS)


def assess(x: np.ndarray, share, model: Model | None = None) -> np.ndarray:
    """Probability of ATK of n houses, given their features and their areas' share."""
    model = model or Model()
    return expit(logit(np.asarray(share)) - model.average + x @ np.array(model.coefficients))


def reasons(x: np.ndarray, model: Model | None = None) -> list[str]:
    """For each house the features that raise its risk, the strongest first, as words joined by commas."""
    model = model or Model()
    parts = x * np.array(model.coefficients)
    order = np.argsort(-parts, axis=1)
    return [",".join(FEATURES[f] for f in row if part[f] >= WORDS_FROM) for part, row in zip(parts, order, strict=True)]


def advise(risk, has_point, has_phone) -> np.ndarray:
    """What to do first: GO, FIX (no usable point), ASK (the customer, for a pin) or LOCAL (send who knows the area)."""
    risk, has_point, has_phone = np.broadcast_arrays(risk, has_point, has_phone)
    return np.select([~has_point, risk < FIX_FIRST, has_phone], ["FIX", "GO", "ASK"], default="LOCAL")  # in this order


def fit(x: np.ndarray, share, is_atk, rounds: int = 100) -> Model:
    """The model that past visits teach: logistic regression by Newton's method, a ridge towards START.

    A step is halved until it improves: near-certain results would throw plain Newton out. What would turn a sign round
    is left out: no operator would believe that a confirmed point is harder to find.

    `x` (visits, FEATURES) as known before each visit, `share` of its area before it, `is_atk` bool.
    """
    start = np.array([START[name] for name in FEATURES] + [-AVERAGE])
    design = np.column_stack([x, np.ones(len(x))])
    offset, wanted, beta = logit(np.asarray(share)), np.asarray(is_atk, dtype=np.float64), start.copy()

    def loss(at):
        z = offset + design @ at
        return np.sum(np.logaddexp(0, z) - wanted * z) + RIDGE / 2 * np.sum((at - start) ** 2)

    for _ in range(rounds):
        p = expit(offset + design @ beta)
        gradient = design.T @ (wanted - p) - RIDGE * (beta - start)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + RIDGE * np.eye(len(beta))
        step = np.linalg.solve(hessian, gradient)
        while loss(beta + step) > loss(beta) and np.abs(step).max() > 1e-9:
            step /= 2
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    same = np.sign(beta[:-1]) == np.sign(start[:-1])
    return Model(tuple(np.where(same, beta[:-1], 0.0).tolist()), float(-beta[-1]))


def brier(p, is_atk) -> float:
    """Mean squared error of probabilities: 0 is a prophet, 0.16 who always says one in five."""
    return float(np.mean((np.asarray(p) - np.asarray(is_atk)) ** 2))


def auc(p, is_atk) -> float:
    """The chance that an ATK visit was given a higher risk than another; ties count half. NaN with one kind only."""
    p, hit = np.asarray(p), np.asarray(is_atk, dtype=bool)
    if not hit.any() or hit.all():
        return float("nan")
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n = hit.sum()
    return float((rank[hit].sum() - n * (n + 1) / 2) / (n * (hit.size - n)))


def logit(p):
    return np.log(p / (1 - p))


def expit(z):
    return 1 / (1 + np.exp(-z))
