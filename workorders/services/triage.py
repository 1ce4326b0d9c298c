"""Which orders may be sent out, by what is known of their house: the others wait for a better address.

Runs whenever points move. It says the same however often it runs, so that nothing has to remember it.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from common.batches import batched
from customers.locating.fusion import USABLE_RADIUS_M
from customers.models import LocationCorrection, ResolvedLocation
from history.models import Change
from workorders.models import AddressHold, Assignment, WorkOrder
from workorders.services.feed import announce
from workorders.services.holds import Place, Refuted, is_new_to, known_points, refuted_places
from workorders.states import State

Why = AddressHold.Why
# Without a usable point an order is not given out. One that an agent has is taken from him only where the point was
# refuted: he may know the house. Who is on his way is not called back.
UNSENT, SENT = frozenset({State.NEW, State.READY}), frozenset({State.ASSIGNED, State.FOLLOW_UP})


@dataclass(frozen=True)
class Turn:
    """One order's move: to READY, or into a hold for a reason, with the point that failed."""

    order: WorkOrder
    state: State
    why: str = ""
    failed: Place | None = None


@dataclass(frozen=True)
class Known:
    """What triage looks at: usable points, refuted ones and the last approvals by customer, open holds by order."""

    places: dict[int, Place]
    refuted: dict[int, Refuted]
    holds: dict[int, AddressHold]
    approvals: dict[int, datetime]


@dataclass(frozen=True)
class Noted:
    """As whose doing the moves are noted, and what caused them."""

    actor: object
    cause: uuid.UUID
    causes: Mapping[int, uuid.UUID]


def triage(
    *,
    customers: Iterable[int],
    actor=None,
    cause: uuid.UUID | None = None,
    causes: Mapping[int, uuid.UUID] | None = None,
) -> int:
    """Hold or return the open orders of these customers (primary keys); how many moved.

    With an `actor` each move is noted in the history, with what `causes` says of its customer, or else `cause`; an
    import notes its batch.
    """
    noted = Noted(actor, cause or uuid.uuid4(), causes or {})
    return sum(triage_some(keys, noted) for keys in batched(customers, 2000))


def triage_some(keys: list[int], noted: Noted) -> int:
    orders = WorkOrder.objects.filter(customer__in=keys, state__in=[*UNSENT, *SENT, State.ADDRESS_HOLD])
    orders = list(orders.order_by("pk").only("pk", "customer_id", "state", "version", "assignee_id"))
    if not orders:
        return 0
    known = Known(usable_places(keys), refuted_places(keys), open_holds(orders), approvals_of(keys))
    turns = [turn for order in orders if (turn := turn_of(order, known))]
    return sum(turned(some, noted) for some in batched(turns, 500))


def usable_places(keys: list[int]) -> dict[int, Place]:
    rows = ResolvedLocation.objects.filter(pk__in=keys, radius_m__lte=USABLE_RADIUS_M).order_by()
    return {
        key: Place(lat, lon, radius_m) for key, lat, lon, radius_m in rows.values_list("pk", "lat", "lon", "radius_m")
    }


def approvals_of(keys: list[int]) -> dict[int, datetime]:
    """When the desk last approved a move of each of these customers."""
    rows = LocationCorrection.objects.filter(customer__in=keys, state=LocationCorrection.State.APPROVED)
    return dict(rows.order_by("decided_at").values_list("customer", "decided_at"))


def open_holds(orders: list[WorkOrder]) -> dict[int, AddressHold]:
    """Also of orders that left their hold by another way, as when the feed took a payment back."""
    keys = [order.pk for order in orders]
    return {hold.order_id: hold for hold in AddressHold.objects.filter(order__in=keys, closed_at=None).order_by("id")}


def turn_of(order: WorkOrder, known: Known) -> Turn | None:
    place, hold = known.places.get(order.customer_id), known.holds.get(order.pk)
    spoiled = known.refuted.get(order.customer_id)
    is_refuted = spoiled is not None and (place is None or spoiled.holds(place))
    is_news = hold is not None and place is not None and is_new_to(hold, place, known.approvals.get(order.customer_id))
    if order.state == State.ADDRESS_HOLD:
        return Turn(order, State.READY) if is_news and not is_refuted else None
    if is_refuted:
        return Turn(order, State.ADDRESS_HOLD, Why.REFUTED, place)
    if order.state in UNSENT and hold is not None and not is_news:
        return Turn(order, State.ADDRESS_HOLD, hold.why)
    if place is None and order.state in UNSENT:
        return Turn(order, State.ADDRESS_HOLD, Why.NO_POINT)
    return None


def turned(turns: list[Turn], noted: Noted) -> int:
    """Write the moves of orders that nobody moved meanwhile."""
    now = timezone.now()
    done = [turn for turn in turns if moved(turn, now)]
    held = [turn for turn in done if turn.state == State.ADDRESS_HOLD]
    keys = [turn.order.pk for turn in done]
    returned = [turn.order.pk for turn in done if turn.state == State.READY]
    AddressHold.objects.filter(order__in=returned, closed_at=None).update(closed_at=now)
    open_yet = set(AddressHold.objects.filter(order__in=keys, closed_at=None).values_list("order", flat=True))
    Assignment.objects.filter(order__in=keys, until_at=None).update(until_at=now)
    known = known_points({turn.order.customer_id for turn in held})
    AddressHold.objects.bulk_create(
        AddressHold(
            order=turn.order,
            why=turn.why,
            **(vars(turn.failed) if turn.failed else {}),
            known=known.get(turn.order.customer_id, []),
            opened_at=now,
        )
        for turn in held
        if turn.order.pk not in open_yet
    )
    if noted.actor is not None:
        Change.objects.bulk_create(change_of(turn, noted, now) for turn in done)
    announce(customers=[turn.order.customer_id for turn in done])
    return len(done)


def moved(turn: Turn, now) -> bool:
    order = turn.order
    return bool(
        WorkOrder.objects.filter(pk=order.pk, state=order.state, version=order.version).update(
            state=turn.state,
            assignee=None,
            next_on=None,
            hold_reason=turn.why,
            version=F("version") + 1,
            changed_at=now,
        )
    )


def change_of(turn: Turn, noted: Noted, now) -> Change:
    return Change(
        at=now,
        actor=noted.actor,
        cause=noted.causes.get(turn.order.customer_id, noted.cause),
        verb="address_held" if turn.why else "address_repaired",
        target_type="workorder",
        target_id=str(turn.order.pk),
        before={"state": turn.order.state, "assignee": turn.order.assignee_id},
        after={"state": turn.state, "assignee": None},
    )
