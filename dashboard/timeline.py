"""Everything that happened to an order, newest first: changes, visits, assignments, promises."""

from dataclasses import dataclass
from datetime import datetime

from history.models import Change
from workorders.models import Visit, WorkOrder
from workorders.states import State

STATES = dict(State.choices)
FLAGS = dict(Visit.Flag.choices)
MOST = 200
# A visit and an assignment tell their own story; the change of state that came with them is part of it.
TOLD_OTHERWISE = frozenset({"visit"})


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
    events = [*changes_of(order, may_read), *map_visits(visits, may_read), *assignments_of(order)]
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


def map_visits(visits: list[Visit], may_read: bool):
    for visit in visits:
        flags = tuple(FLAGS.get(flag, flag) for flag in visit.flags)
        who = str(visit.agent or "berkas lama")
        note = visit.note if may_read else ""
        yield Event(visit.visited_at_corrected, "visit", who, visit.disposition.label_id, note, flags)
        if promise := getattr(visit, "promise", None):
            if promise.settled_on and promise.state != "OPEN":
                at = visit.visited_at_corrected.replace(
                    year=promise.settled_on.year, month=promise.settled_on.month, day=promise.settled_on.day
                )
                yield Event(at, "promise", "", f"Janji bayar: {promise.get_state_display().lower()}")


def assignments_of(order: WorkOrder):
    """Only those that no change tells: the feed's and the plan's."""
    for assignment in order.assignments.filter(kind__in=["FEED", "PLAN"]).select_related("agent", "by"):
        kind = assignment.get_kind_display().lower()
        yield Event(
            assignment.from_at, "assign", str(assignment.by or "Sistem"), f"Ditugaskan kepada {assignment.agent}", kind
        )
