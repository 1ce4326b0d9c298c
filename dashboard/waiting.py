"""How much waits for a person's decision: three counts, each stopped at MOST."""

from dataclasses import dataclass

from django.core.cache import cache

from workorders.models import Conflict, Quarantine, Visit

MOST = 1000
FRESH_S = 60


@dataclass(frozen=True)
class Waiting:
    quarantine: int
    conflicts: int
    flagged: int

    @property
    def total(self) -> int:
        return self.quarantine + self.conflicts + self.flagged


def waiting_for(request, *, is_fresh=False) -> Waiting | None:
    """What waits for who asks; None for who decides nothing. The same all over one page.

    The navigation of every page shows it, so there it may be FRESH_S old: of 200,000 visits the flagged ones take
    MariaDB 0.5 s to count, for no index holds them.
    """
    user = request.user
    if not user.is_authenticated or not user.may("decide"):
        return None
    if not hasattr(request, "waiting_decisions"):
        key = f"waiting_decisions:{user.pk}"
        counted = None if is_fresh else cache.get(key)
        if counted is None:
            counted = count_waiting(user)
            cache.set(key, counted, FRESH_S)
        request.waiting_decisions = counted
    return request.waiting_decisions


def count_waiting(user) -> Waiting:
    return Waiting(
        quarantine=at_most(Quarantine.objects.visible_to(user).filter(state=Quarantine.State.OPEN)),
        conflicts=at_most(Conflict.objects.visible_to(user).filter(state=Conflict.State.OPEN)),
        flagged=at_most(Visit.objects.visible_to(user).to_review()),
    )


def at_most(rows) -> int:
    return rows.order_by()[:MOST].count()
