"""Everything that happened to an order, newest first: changes, visits and what was made of them, assignments, promises,
and what two people noted differently of its customer.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from dashboard.templatetags.findgo import detail_lines, noted
from dashboard.words import reason_text
from history.models import Change
from workorders.models import Conflict, Visit, WorkOrder
from workorders.states import State

STATES = dict(State.choices)
FLAGS = dict(Visit.Flag.choices)
MOST = 200
NOON = time(12)  # the billing feed knows the day only
# A visit and an assignment tell their own story; the change of state that came with them is part of it.
TOLD_OTHERWISE = frozenset({"visit", "assign"})


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    who: str
    title: str
    text: str = ""
    flags: tuple[str, ...] = ()


def order_timeline(order: WorkOrder, visits: list[Visit], user) -> list[Event]:
    """At most the newest 200; notes and reasons only for those who may read names."""
    may_read = user.may("see_names")
    events = [
        *changes_of(order, may_read),
        *tell_visits(visits, may_read, order.witel.zone),
        *assignments_of(order, may_read),
        *conflicts_of(order, user),
    ]
    events.append(Event(order.created_at, "made", "", "Order masuk ke Find&Go"))
    return sorted(events, key=lambda event: event.at, reverse=True)[:MOST]


def changes_of(order: WorkOrder, may_read: bool):
    changes = Change.objects.filter(target_type="workorder", target_id=str(order.pk)).select_related("actor")[:MOST]
    for change in changes:
        if change.verb in TOLD_OTHERWISE:
            continue
        before, after = (change.before or {}).get("state"), (change.after or {}).get("state")
        moved = f"{STATES.get(before, before)} → {STATES.get(after, after)}" if before != after else ""
        reason = reason_text(change.reason) if may_read else ""
        yield Event(
            change.at,
            change.verb,
            str(change.actor or "Sistem"),
            change.verb,
            " · ".join(filter(None, [moved, reason])),
        )


def tell_visits(visits: list[Visit], may_read: bool, zone: ZoneInfo):
    for visit in visits:
        flags = tuple(FLAGS.get(flag, flag) for flag in visit.flags)
        who = str(visit.agent or "berkas lama")
        said = [*(f"{label}: {text}" for label, text in detail_lines(visit)), visit.note] if may_read else []
        text = " · ".join(filter(None, said))
        yield Event(visit.visited_at_corrected, "visit", who, visit.disposition.label_id, text, flags)
        promise = getattr(visit, "promise", None)
        if promise and promise.settled_on:
            at = datetime.combine(promise.settled_on, NOON, zone)
            yield Event(at, "promise", "", f"Janji bayar: {promise.get_state_display().lower()}")
        review = getattr(visit, "review", None)
        if review:
            reason = review.reason if may_read else ""
            title = f"Kunjungan dinilai {review.get_verdict_display().lower()}"
            yield Event(review.at, "review", str(review.by), title, reason)


def assignments_of(order: WorkOrder, may_read: bool):
    for assignment in order.assignments.select_related("agent", "by"):
        reason = reason_text(assignment.reason) if may_read else ""
        text = " · ".join(filter(None, [assignment.get_kind_display().lower(), reason]))
        who = str(assignment.by or "Sistem")
        yield Event(assignment.from_at, "assign", who, f"Ditugaskan kepada {assignment.agent}", text)


def conflicts_of(order: WorkOrder, user):
    """Proposals where something else stood, and the decision; for who decides of them."""
    rows = Conflict.objects.visible_to(user).filter(customer=order.customer_id).select_related("agent", "decided_by")
    for row in rows[:MOST]:
        proposed, stands = (noted(value, row.field) for value in (row.proposed, row.stands))
        title = f"{row.get_field_display()}: usulan yang berbeda"
        yield Event(row.received_at, "conflict", str(row.agent), title, f"{stands} → {proposed}")
        if row.decided_at:
            title = f"{row.get_field_display()}: {row.get_state_display().lower()}"
            yield Event(row.decided_at, "decide", str(row.decided_by), title, row.reason)
