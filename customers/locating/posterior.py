"""Where a house may be, as a sum of Gaussians: the mathematics of fusing, for many houses at once.

Each observation says two things at once. Most probably it was taken at the house, and missed it by its accuracy; with
a small probability it was taken somewhere else (another house, the office, before the customer moved), and then the
house is only somewhere around. So an observation at c is the likelihood

    (1 - w) N(x; c, s^2) + w N(x; c, WRONG_M^2)                                                              (1)

of the house being at x, and what all observations say together is the product of their likelihoods. A product of
Gaussians is a Gaussian times a number, so the product of n sums of two is a sum of 2^n Gaussians, one for each answer
to "which of the observations are wrong", weighted by how well that answer explains them. That is the Gaussian sum
filter (Alspach and Sorenson 1972) without the motion. Beyond SUMMANDS the least likely answers are dropped.

From the sum follow the point, which is the centre of the smallest circle that holds CORE of it (the densest place: a
mean would lie between two houses), and the radius around it that holds 68 % of it. One more observation at that very
point can only make both circles smaller, since (1) falls with the distance: Chebyshev's association inequality.

One thing makes several observations wrong at once: the customer moved, and all that was written when the line was laid
is of the former house. So there are two such products, weighted by how probable a move is since then and by how well
each explains the observations (Bayes).

Arrays are float64 of (houses, observations) or (houses, summands); metres east and north of any origin near the house.
"""

from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

# How far a wrong observation lies from its house, along each axis. Offices are a kilometre off, a shop across the town
# or a former house several.
WRONG_M = 5_000.0
# Beyond two and a half times that all distances are alike: a point in another province is as wrong as one near, and
# a Gaussian's tail would rather believe that two observations are wrong than that one is very wrong.
FAR_LOG = -3.0
# More summands than this change the radius by less than a per mille: with ten observations all but a few of the 1,024
# answers are absurd.
SUMMANDS = 32
# The share of belief that the smallest circle is taken around. Below one half, so that of two rival places one is
# chosen and not the middle; well above the share of a single wrong observation.
CORE = 0.40
# What a stated radius holds: as phones state their accuracy (Android: 68 %).
STATED = 0.68
# A circle of this many standard deviations holds 68 % of a round Gaussian: sqrt(-2 ln(1 - 0.68)).
SD_OF_STATED = 1.509592
# Places tried as centre and summands that weigh in a radius: the rest holds less than a per mille of the belief.
CENTRES, WEIGHED = 4, 10
# A centre is a place that an answer of some weight names; "all are wrong" names the middle of them, where nobody was.
NAMED_SD_M, NAMED_SHARE = 1_000.0, 0.25
# Houses that are halved at once: their arrays stay in the processor's cache.
AT_ONCE = 1_000
HALVINGS = 20  # of the logarithm of the radius: exact to a hundredth of a per mille


@dataclass(frozen=True)
class Belief:
    """(houses, summands): `log` is the logarithm of the mass, up to a constant per house; `sd` the standard deviation
    along each axis, in metres.
    """

    log: np.ndarray
    east: np.ndarray
    north: np.ndarray
    sd: np.ndarray

    @property
    def mass(self) -> np.ndarray:
        """Sums to 1 in each row."""
        mass = np.exp(self.log - self.log.max(axis=1, keepdims=True))
        return mass / mass.sum(axis=1, keepdims=True)

    def take(self, which) -> "Belief":
        """Some summands of each house: `which` are their places, (houses, some)."""
        return Belief(*(np.take_along_axis(v, which, axis=1) for v in (self.log, self.east, self.north, self.sd)))


def believe(east, north, sd, wrong, of_record: int, moved) -> Belief:
    """The sum of Gaussians of each house from its observations, each (houses, observations).

    `wrong` is the probability that the observation was taken elsewhere. The first `of_record` observations are of the
    day when the line was laid; `moved` (houses,) is the probability that the customer moved since. The order of the
    observations does not matter up to SUMMANDS; give the sharpest first, so that what is dropped is the least likely.
    """
    size = east.shape[1]
    said = [either(east[:, n], north[:, n], sd[:, n], wrong[:, n]) for n in range(size)]
    record, since = reduce(times, said[:of_record], None), reduce(times, said[of_record:], None)
    if record is None:
        return since
    stayed, left = times(record, since), times(elsewhere(record), since)
    log = np.concatenate([stayed.log + np.log1p(-moved)[:, None], left.log + np.log(moved)[:, None]], axis=1)
    pairs = [(getattr(stayed, name), getattr(left, name)) for name in ("east", "north", "sd")]
    return heaviest(Belief(log, *(np.concatenate(pair, axis=1) for pair in pairs)))


def either(east, north, sd, wrong) -> Belief:
    """One observation per house: taken at the house, or elsewhere."""
    return Belief(
        np.log(np.stack([1 - wrong, wrong], axis=1)),
        np.repeat(east[:, None], 2, axis=1),
        np.repeat(north[:, None], 2, axis=1),
        np.stack([sd, np.hypot(sd, WRONG_M)], axis=1),
    )


def elsewhere(record: Belief) -> Belief:
    """What the record of a former house says of the present one: it is somewhere around."""
    top = record.log.max(axis=1, keepdims=True)
    whole = top + np.log(np.exp(record.log - top).sum(axis=1, keepdims=True))
    mass = record.mass
    east, north = ((mass * v).sum(axis=1, keepdims=True) for v in (record.east, record.north))
    return Belief(whole, east, north, np.full_like(whole, WRONG_M))


def times(one: Belief | None, other: Belief | None) -> Belief | None:
    """The product of two sums, each pair of summands a summand; the mass keeps how well they explain each other.

    N(x; a, s^2) N(x; b, t^2) = N(a; b, s^2 + t^2) N(x; (a t^2 + b s^2) / (s^2 + t^2), s^2 t^2 / (s^2 + t^2)).
    """
    if one is None or other is None:
        return one or other
    houses = len(one.log)
    (m, x, y, v), (n, a, b, w) = (
        (part.log[axis], part.east[axis], part.north[axis], part.sd[axis] ** 2)
        for part, axis in ((one, np.s_[:, :, None]), (other, np.s_[:, None, :]))
    )
    total = v + w
    apart = -0.5 * ((x - a) ** 2 + (y - b) ** 2) / total
    # Beyond that a wrong observation says nothing of where the house is: the sharper of the two stays as it was.
    flat = (total >= WRONG_M**2) & (apart < FAR_LOG)
    apart = np.where(flat, FAR_LOG, apart)
    pull = np.where(flat, v > w, v / total)
    sd = np.sqrt(np.where(flat, np.minimum(v, w), v * w / total))
    product = (m + n + apart - np.log(2 * np.pi * total), x + (a - x) * pull, y + (b - y) * pull, sd)
    return heaviest(Belief(*(values.reshape(houses, -1) for values in product)))


def heaviest(belief: Belief) -> Belief:
    """The SUMMANDS heaviest of each house."""
    if belief.log.shape[1] <= SUMMANDS:
        return belief
    return belief.take(np.argpartition(-belief.log, SUMMANDS - 1, axis=1)[:, :SUMMANDS])


def look_elsewhere(belief: Belief, east, north, reach_m, found_if_there) -> Belief:
    """Less belief in the places where somebody searched and did not find the house.

    `east`, `north`, `reach_m`: (houses, places), NaN where a house has fewer; each place was searched within about
    `reach_m`. `found_if_there`: the probability that the house would have been found there. A summand loses the share
    of its mass that lies within a place: the integral of its Gaussian times the place's own, exp(-d^2 / 2 reach^2).
    """
    kept = np.ones_like(belief.log)
    for n in range(east.shape[1]):
        reach2 = (reach_m[:, n] ** 2)[:, None]
        total = reach2 + belief.sd**2
        gap2 = (belief.east - east[:, n : n + 1]) ** 2 + (belief.north - north[:, n : n + 1]) ** 2
        share = reach2 / total * np.exp(-0.5 * gap2 / total)
        kept = np.minimum(kept, 1 - found_if_there * np.nan_to_num(share))
    return Belief(belief.log + np.log(kept), belief.east, belief.north, belief.sd)


def densest_place(belief: Belief) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(east, north, radius_m) of each house: the centre of the smallest circle around CORE of the belief, chosen among
    the heaviest summands' centres, and the radius around it that holds 68 %.
    """
    size = min(WEIGHED, belief.log.shape[1])
    belief = belief.take(np.argsort(-belief.log, axis=1, kind="stable")[:, :size])
    mass, x, y, sd = belief.mass, belief.east, belief.north, belief.sd
    centres = min(CENTRES, size)
    named = ((sd < NAMED_SD_M) & (mass >= NAMED_SHARE * mass.max(axis=1, keepdims=True)))[:, :centres]
    named |= ~named.any(axis=1, keepdims=True)
    cores = np.full(named.shape, np.inf)
    for n in range(centres):
        some = named[:, n]
        cores[some, n] = circle(CORE, mass[some], x[some], y[some], sd[some], x[some, n], y[some, n])
    # Summands that agree lie millimetres apart with cores alike: the heaviest of them is the centre.
    best = np.argmax(cores <= cores.min(axis=1, keepdims=True) * 1.0001, axis=1)[:, None]
    at_x, at_y = (np.take_along_axis(v, best, axis=1)[:, 0] for v in (x, y))
    return at_x, at_y, circle(STATED, mass, x, y, sd, at_x, at_y)


def circle(share: float, mass, x, y, sd, at_x, at_y) -> np.ndarray:
    """The radius around (at_x, at_y) that holds `share` of the belief of each house, by halving."""
    parts = [slice(start, start + AT_ONCE) for start in range(0, len(mass), AT_ONCE)]
    radii = [circle_of_few(share, *(v[part] for v in (mass, x, y, sd, at_x, at_y))) for part in parts]
    return np.concatenate(radii) if radii else np.empty(0)


def circle_of_few(share: float, mass, x, y, sd, at_x, at_y) -> np.ndarray:
    away = np.hypot(x - at_x[:, None], y - at_y[:, None]) / sd
    within = share_within(away)
    low, high = np.log(sd.min(axis=1) * 0.05), np.log(((away + 6) * sd).max(axis=1))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        held = (mass * within(np.exp(middle)[:, None] / sd)).sum(axis=1)
        enough = held >= share
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.exp((low + high) / 2)


STEP, SPAN, FARTHEST = 0.05, 6.0, 12.0  # of the table below, in standard deviations


def share_within(away):
    """radius → the share of a round Gaussian within it of a place `away` from its centre, both in standard deviations.

    The Rice distribution, from a table: within 0.0002. Farther than FARTHEST only the difference counts.
    """
    table = rice_table()
    width, flat = table.shape[1], table.ravel()
    from_centre = np.minimum(away, FARTHEST - STEP / 2) / STEP
    row = from_centre.astype(np.int32)
    down, first = from_centre - row, row * width

    def within(radius):
        beyond = np.clip((radius - away + SPAN) / STEP, 0, width - 1.001)
        column = beyond.astype(np.int32)
        right, at = beyond - column, first + column
        upper, under = flat[at], at + width
        upper += (flat[at + 1] - upper) * right
        lower = flat[under]
        lower += (flat[under + 1] - lower) * right
        return upper + (lower - upper) * down

    return within


@cache
def rice_table() -> np.ndarray:
    """P(distance < radius) by rows of `away` and columns of `radius - away`.

    Seen from the place, the Gaussian's mass within the radius is an integral over the directions from its centre: with
    the centre inside the circle 1 - mean(exp(-out^2 / 2)), where `out` is the way to the circle; with the centre
    outside mean(exp(-near^2 / 2) - exp(-far^2 / 2)) over the directions that meet the circle.
    """
    away = np.arange(0, FARTHEST + 2 * STEP, STEP)[:, None, None]
    radius = np.maximum(away + np.arange(-SPAN, SPAN + STEP / 2, STEP)[None, :, None], 0)
    angle = (np.arange(720) + 0.5) * np.pi / 720
    rows = []
    for far, within in zip(away, radius, strict=True):
        chord2 = within**2 - (far * np.sin(angle)) ** 2
        chord, along = np.sqrt(np.maximum(chord2, 0)), far * np.cos(angle)
        beyond = np.exp(-0.5 * (along + chord) ** 2)
        hit = (chord2 > 0) & (along > 0)
        outside = np.where(hit, np.exp(-0.5 * (along - chord) ** 2) - beyond, 0)
        rows.append(np.where(within >= far, 1 - beyond, outside).mean(axis=1))
    return np.array(rows)
