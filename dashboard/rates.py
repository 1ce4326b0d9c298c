"""Shares with an honest interval."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`; `share`, `low` and `high` are None when there is nothing to count."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float | None:
        return wilson(self.hits, self.n)[0]

    @property
    def high(self) -> float | None:
        return wilson(self.hits, self.n)[1]


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval of hits out of n: honest also for few visits and for shares near 0 and 1."""
    if not n:
        return None, None
    share, z2 = hits / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
