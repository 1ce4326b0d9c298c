"""How much waits for a person's decision: three counts, each stopped at MOST."""

from dataclasses import dataclass

from workorders.models import Conflict, Quarantine, Visit

MOST = 1000


@dataclass(frozen=True)
class Waiting:
    quarantine: int
    conflicts: int
    flagged: int

    @property
    def total(self) -> int:
        return self.quarantine + self.conflicts + self.flagged


def waiting_for(request) -> Waiting | None:
    """What waits for who asks; None for who decides nothing. Counted once for a page, however often it is shown."""
    if not request.user.is_authenticated or not request.user.may("decide"):
        return None
    if not hasattr(request, "waiting_decisions"):
        request.waiting_decisions = count_waiting(request.user)
    return request.waiting_decisions


def count_waiting(user) -> Waiting:
    return Waiting(
        quarantine=at_most(Quarantine.objects.visible_to(user).filter(state=Quarantine.State.OPEN)),
        conflicts=at_most(Conflict.objects.visible_to(user).filter(state=Conflict.State.OPEN)),
        flagged=at_most(Visit.objects.visible_to(user).to_review()),
    )


def at_most(rows) -> int:
    return rows.order_by()[:MOST].count()
