"""Everything that happened to an order, newest first: changes, visits, assignments, promises."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from history.models import Change
from workorders.models import Visit, WorkOrder
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
        reason = change.reason if may_read else ""
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
        note = visit.note if may_read else ""
        yield Event(visit.visited_at_corrected, "visit", who, visit.disposition.label_id, note, flags)
        promise = getattr(visit, "promise", None)
        if promise and promise.settled_on:
            at = datetime.combine(promise.settled_on, NOON, zone)
            yield Event(at, "promise", "", f"Janji bayar: {promise.get_state_display().lower()}")


def assignments_of(order: WorkOrder, may_read: bool):
    for assignment in order.assignments.select_related("agent", "by"):
        reason = assignment.reason if may_read else ""
        text = " · ".join(filter(None, [assignment.get_kind_display().lower(), reason]))
        who = str(assignment.by or "Sistem")
        yield Event(assignment.from_at, "assign", who, f"Ditugaskan kepada {assignment.agent}", text)
