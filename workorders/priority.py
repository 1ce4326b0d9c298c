"""Which order first, when distance does not decide. Small whole numbers, so that a person can check them."""

from dataclasses import dataclass

# Rupiah that make one point; and the most that an amount can add, so that one rich line is not a whole morning.
RUPIAH_PER_POINT = 50_000
AMOUNT_MOST = 20
# A point that can be found is worth going to first; a bad one costs the visit.
GRADE_POINTS = {"A": 10, "B": 8, "C": 4, "D": 1, "": 0}
# Each failed attempt lowers the chance of the next.
ATTEMPT_POINTS = -3
PROMISE_DUE_POINTS = 15


@dataclass(frozen=True)
class Priority:
    """The parts whose sum is `WorkOrder.priority`."""

    amount: int
    point: int
    attempts: int
    promise: int

    @property
    def total(self) -> int:
        return self.amount + self.point + self.attempts + self.promise


def weigh(*, balance: int, grade: str, attempts: int, has_broken_promise: bool = False) -> Priority:
    """The priority of an order: `balance` in rupiah, `grade` A-D or empty, `attempts` so far."""
    return Priority(
        amount=min(AMOUNT_MOST, balance // RUPIAH_PER_POINT),
        point=GRADE_POINTS[grade],
        attempts=ATTEMPT_POINTS * attempts,
        promise=PROMISE_DUE_POINTS if has_broken_promise else 0,
    )
