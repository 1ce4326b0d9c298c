"""The states of a work order and which may follow which. A small fixed set drives logic; reasons are dispositions."""

from django.db.models import TextChoices


class State(TextChoices):
    NEW = "NEW", "Baru"
    READY = "READY", "Siap"
    ASSIGNED = "ASSIGNED", "Ditugaskan"
    EN_ROUTE = "EN_ROUTE", "Di jalan"
    ON_SITE = "ON_SITE", "Di lokasi"
    FOLLOW_UP = "FOLLOW_UP", "Tindak lanjut"
    ADDRESS_HOLD = "ADDRESS_HOLD", "Tunggu alamat"
    ON_HOLD = "ON_HOLD", "Ditahan"
    CLOSED = "CLOSED", "Selesai"
    CANCELLED = "CANCELLED", "Batal"
    EXPIRED = "EXPIRED", "Kedaluwarsa"


OPEN = frozenset(set(State) - {State.CLOSED, State.CANCELLED, State.EXPIRED})
# States in which an agent carries the order; each needs an assignee.
CARRIED = frozenset({State.ASSIGNED, State.EN_ROUTE, State.ON_SITE})

MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.READY, State.ADDRESS_HOLD, State.CANCELLED, State.EXPIRED}),
    State.READY: frozenset(
        {
            State.ASSIGNED,
            State.ADDRESS_HOLD,
            State.ON_HOLD,
            State.FOLLOW_UP,
            State.CLOSED,
            State.CANCELLED,
            State.EXPIRED,
        }
    ),
    State.ASSIGNED: frozenset(
        {
            State.READY,
            State.EN_ROUTE,
            State.ON_SITE,
            State.FOLLOW_UP,
            State.ADDRESS_HOLD,
            State.ON_HOLD,
            State.CLOSED,
            State.CANCELLED,
            State.EXPIRED,
        }
    ),
    State.EN_ROUTE: frozenset(
        {
            State.ON_SITE,
            State.ASSIGNED,
            State.FOLLOW_UP,
            State.ADDRESS_HOLD,
            State.CLOSED,
            State.CANCELLED,
            State.EXPIRED,
        }
    ),
    State.ON_SITE: frozenset(
        {State.ASSIGNED, State.FOLLOW_UP, State.ADDRESS_HOLD, State.CLOSED, State.CANCELLED, State.EXPIRED}
    ),
    State.FOLLOW_UP: frozenset(
        {State.ASSIGNED, State.READY, State.FOLLOW_UP, State.ADDRESS_HOLD, State.CLOSED, State.CANCELLED, State.EXPIRED}
    ),
    State.ADDRESS_HOLD: frozenset({State.READY, State.ADDRESS_HOLD, State.CANCELLED, State.EXPIRED}),
    State.ON_HOLD: frozenset({State.READY, State.ASSIGNED, State.CANCELLED, State.EXPIRED}),
    State.CLOSED: frozenset({State.READY}),
    State.CANCELLED: frozenset({State.READY}),
    State.EXPIRED: frozenset(),
}
