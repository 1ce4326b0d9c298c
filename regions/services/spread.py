"""How far an area spreads where only its centre is known: half the way to its neighbours. Pure numpy."""

import numpy as np

from common.geo import distance_m, mq

# Centres of areas of one size lie some two radii apart (1.9 in a honeycomb), measured to the NEAREST ones around.
NEAREST = 4
# Neighbours are looked for among so many before and behind on the Morton curve, which keeps what is near together; now
# and then one beyond a seam of the curve is missed, and the spread comes out a little larger.
WINDOW = 12
# An area alone in its file: a village of Java has some 4 km², which is this radius, and most villages are Java's.
DEFAULT_M = 1_200.0
# Two centres on one spot say nothing of size, and neighbours across a sea are none.
LEAST_M, MOST_M = 100.0, 20_000.0


def spread_m(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """float64 metres of n centres without NaN: half the mean distance to the nearest ones; DEFAULT_M for one alone."""
    if len(lat) < 2:
        return np.full(len(lat), DEFAULT_M)
    order = np.argsort(mq(lat, lon), kind="stable")
    lat, lon = lat[order], lon[order]
    window = min(WINDOW, len(lat) - 1)
    near = np.full((len(lat), 2 * window), np.inf)
    for step in range(1, window + 1):
        metres = distance_m(lat[step:], lon[step:], lat[:-step], lon[:-step])
        near[step:, step - 1], near[:-step, window + step - 1] = metres, metres
    nearest = np.sort(near, axis=1)[:, :NEAREST]
    found = np.isfinite(nearest)
    spread = np.empty(len(lat))
    spread[order] = np.where(found, nearest, 0).sum(axis=1) / found.sum(axis=1) / 2
    return np.clip(spread, LEAST_M, MOST_M)
