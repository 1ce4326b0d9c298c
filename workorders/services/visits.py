"""Records what happened at the door. A visit is a fact: it is kept whatever became of the order meanwhile."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from common.geo import distance_m
from common.problems import Invalid, NotFound, Problem, require
from common.tx import in_transaction
from customers.locating.trails import length_m, simplify
from customers.models import LocationCandidate
from customers.services import Fix, report_house
from workorders.models import AddressHold, Disposition, PromiseToPay, SearchTrail, Visit, WorkOrder
from workorders.services.holds import open_hold, search_in_vain, target_of
from workorders.services.photos import PhotoReport, declare_photos
from workorders.services.points import refresh_points, weigh_orders
from workorders.services.rescue import StepReport, require_steps, write_steps
from workorders.services.states import end_assignments, move
from workorders.states import CARRIED, State


class VisitChanged(Problem):
    code, status, message = "visit_changed", 409, "A visit with this id but another content was received before."


# The phone's clock is believed up to this far ahead of ours, and this far behind.
CLOCK_AHEAD = timedelta(minutes=5)
CLOCK_BEHIND = timedelta(days=14)
# The details that are days, kept as ISO text; each is the day of the next visit where it was agreed.
AMOUNT_MOST = 10**12
DAYS = ("promised_on", "next_on", "returns_on")
# The results that carry a promise to pay.
PROMISES = ("MET-PTP", "MET-PART")
# Fields of a visit's body that are columns; everything else that a disposition requires is kept in `details`.
COLUMNS = ("relation", "note")


@dataclass(frozen=True)
class Trail:
    """The way of the search: positions in the order of walking, and how long it took."""

    points: tuple[Fix, ...]
    seconds: int


@dataclass(frozen=True)
class VisitReport:
    """A visit as a client sends it; `details` holds amount, promised_on, reason, … as its disposition requires."""

    order_id: int
    disposition: str
    visited_at: datetime
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    arrived: Fix | None = None
    fix: Fix | None = None
    candidate_id: int | None = None
    is_at_house: bool | None = None
    is_found_after_rescue: bool = False
    relation: str = ""
    note: str = ""
    details: dict = field(default_factory=dict)
    steps: tuple[StepReport, ...] = ()
    trail: Trail | None = None
    photos: tuple[PhotoReport, ...] = ()


def content_hash(body: dict) -> str:
    """SHA-256 of a body, the same whatever the order of its keys, and without photos what it was before there were."""
    body = {name: value for name, value in body.items() if name != "photos" or value}
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def record_visit(*, agent, visit_id: uuid.UUID, report: VisitReport, sent: str, now: datetime, device=None):
    """Store the visit once and move its order; `(visit, is_new)`.

    `sent` is the content hash of the body: the same content again is the stored visit, other content VisitChanged.
    Raises NotAllowed, NotFound (also for orders the agent never had), Invalid.
    """
    require(agent, "write_visits")

    def work():
        stored = Visit.objects.filter(pk=visit_id).first()
        if stored is None:
            order = find_own_order(agent, report.order_id)
            disposition = find_disposition(report)
            try:
                with transaction.atomic():
                    return write_visit(agent, visit_id, report, sent, now, device, order, disposition), True
            except IntegrityError:  # the same visit arrived on another connection a moment ago
                stored = Visit.objects.filter(pk=visit_id).first()
                if stored is None:
                    raise
        if stored.agent_id != agent.pk or stored.content_hash != sent:
            raise VisitChanged()
        return stored, False

    return in_transaction(work)


def find_own_order(agent, order_id: int) -> WorkOrder:
    """The order if it is or ever was the agent's; locked until the visit is written."""
    order = WorkOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None or not (order.assignee_id == agent.pk or order.assignments.filter(agent=agent).exists()):
        raise NotFound()
    return order


def find_disposition(report: VisitReport) -> Disposition:
    """The disposition of the report, with all the fields that it requires filled."""
    disposition = Disposition.objects.filter(code=report.disposition, is_active=True).first()
    if disposition is None:
        raise Invalid(disposition=[f"{report.disposition} is not a known code."])
    given = report.details | {name: getattr(report, name) for name in COLUMNS}
    missing = [name for name in disposition.requires if given.get(name) in (None, "", [])]
    if missing:
        raise Invalid(**{name: [f"{disposition.code} needs this field."] for name in missing})
    for name in DAYS:
        agreed = agreed_day(report.details, name)
        if agreed and agreed < report.visited_at.date() - timedelta(days=1):  # a day to spare for zones
            raise Invalid(**{name: ["This day lies before the visit."]})
    if "amount" in given and not is_amount(given["amount"]):
        raise Invalid(amount=["A whole number of rupiah above 0."])
    return disposition


def agreed_day(details: dict, name: str) -> date | None:
    """A day of `details`, which keeps it as text."""
    try:
        return date.fromisoformat(details[name]) if details.get(name) else None
    except (TypeError, ValueError) as error:
        raise Invalid(**{name: ["Write a day as 2026-11-23."]}) from error


def is_amount(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= AMOUNT_MOST


def write_visit(agent, visit_id, report, sent, now, device, order, disposition) -> Visit:
    target = order.customer.candidates.filter(pk=report.candidate_id).first() if report.candidate_id else None
    steps = write_steps(order, agent, report.steps, now)
    require_steps(order, agent, disposition, now)
    corrected = believed_time(report.visited_at, now)
    visit = Visit.objects.create(
        id=visit_id,
        order=order,
        agent=agent,
        device=device,
        disposition=disposition,
        visited_at=report.visited_at,
        visited_at_corrected=corrected,
        started_at=report.started_at,
        arrived_at=report.arrived_at,
        received_at=now,
        business_day=corrected.astimezone(order.witel.zone).date(),
        **position("arrived_", report.arrived),
        **position("", report.fix),
        distance_m=distance_to(order, target, report.fix),
        candidate=target,
        is_at_house=report.is_at_house,
        is_found_after_rescue=report.is_found_after_rescue or (disposition.verdict == "+" and bool(steps)),
        relation=report.relation,
        note=report.note,
        details=report.details,
        flags=flags_of(agent, report, order, target, corrected),
        content_hash=sent,
    )
    declare_photos(visit, report.photos)
    if report.trail:
        line = simplify([(point.lat, point.lon) for point in report.trail.points if point.is_usable])
        SearchTrail.objects.create(visit=visit, line=line, metres=length_m(line), seconds=report.trail.seconds)
    amount, due_on = report.details.get("amount"), agreed_day(report.details, "promised_on")
    if disposition.code in PROMISES and amount and due_on:
        PromiseToPay.objects.create(visit=visit, order=order, amount=amount, due_on=due_on)
    failed = target_of(order, target)
    was_sent = move_order(visit, agent, disposition, failed) and Visit.Flag.FAR_FROM_TARGET not in visit.flags
    learn(visit, failed if was_sent else None, report.trail)
    visit.refresh_from_db()  # the first answer reads as the second: times in UTC
    return visit


def believed_time(claimed: datetime, now: datetime) -> datetime:
    """The phone's time where it is plausible, else ours."""
    return claimed if now - CLOCK_BEHIND <= claimed <= now + CLOCK_AHEAD else now


def position(prefix: str, fix: Fix | None) -> dict:
    """A fix as columns. One outside the country (a phone without satellites says 0, 0) is no position."""
    if fix is None or not fix.is_usable:
        return {}
    return {f"{prefix}lat": fix.lat, f"{prefix}lon": fix.lon, f"{prefix}accuracy_m": fix.accuracy_m}


def distance_to(order, target, fix: Fix | None) -> float | None:
    goal = target or order
    if fix is None or not fix.is_usable or goal.lat is None:
        return None
    return float(distance_m(fix.lat, fix.lon, goal.lat, goal.lon))


def flags_of(agent, report: VisitReport, order: WorkOrder, target, corrected: datetime) -> list[str]:
    """Why a supervisor should look at this visit; none of it refuses the visit."""
    flags = []
    if not order.is_open:
        flags.append(Visit.Flag.ORDER_CLOSED)
    elif order.assignee_id != agent.pk:
        flags.append(Visit.Flag.ORDER_REASSIGNED)
    if not order.witel.region.is_visiting_time(corrected.astimezone(order.witel.zone)):
        flags.append(Visit.Flag.OUTSIDE_HOURS)
    if corrected != report.visited_at:
        flags.append(Visit.Flag.CLOCK)
    distance = distance_to(order, target, report.fix)
    if report.fix is None or not report.fix.is_usable:
        flags.append(Visit.Flag.NO_POSITION)
    elif distance is not None and distance - report.fix.accuracy_m > settings.GEOFENCE_M:
        flags.append(Visit.Flag.FAR_FROM_TARGET)
    return [str(flag) for flag in flags]


def learn(visit: Visit, failed, trail: Trail | None) -> None:
    """Hand the verdict down to the customer's evidence; every order of the line follows.

    `failed` is the point that he was sent to and searched at; None where he was sent to none, or was elsewhere.
    """
    # MV-KNOWN confirms the old house, never the new one: the fix may be at either.
    verdict = "?" if visit.disposition.code == "MV-KNOWN" else visit.disposition.verdict
    fix = None if visit.lat is None else Fix(visit.lat, visit.lon, visit.accuracy_m)
    if verdict == "+" and visit.is_at_house and fix and fix.is_at_a_door:
        report_house(
            customer=visit.order.customer,
            source=LocationCandidate.Source.VISIT,
            evidence=str(visit.pk),
            fix=fix,
            observed_on=visit.business_day,
            actor=visit.agent.username,
            device=str(visit.device_id or ""),
        )
    elif visit.disposition.is_address_not_found:
        search_in_vain(visit, verdict, failed, trail.points if trail else ())
    refresh_points(customers=[visit.order.customer_id], actor=visit.agent, cause=visit.pk)


def move_order(visit: Visit, agent, disposition: Disposition, failed) -> bool:
    """The order follows its visit, unless it is no longer this agent's: then it is flagged. Whether it followed."""
    order = visit.order
    order.refresh_from_db()
    facts = {"last_visit_on": visit.business_day}
    if disposition.is_attempt:
        facts["attempts"] = F("attempts") + 1
    state = next_state(order, agent, disposition)
    if not order.is_open:  # a closed order only says that there is something to look at
        facts = {}
    if state is None:
        kept = order.assignee_id == agent.pk and order.is_open
        order.is_flagged = order.is_flagged or not kept
        WorkOrder.objects.filter(pk=order.pk).update(**facts, is_flagged=order.is_flagged)
        return False
    fields = {"next_on": None}
    if state == State.CLOSED:
        fields["outcome"] = disposition
    elif state == State.FOLLOW_UP:
        fields["next_on"] = revisit_on(visit, disposition)
    elif state == State.ADDRESS_HOLD:
        fields["hold_reason"] = disposition.code
    WorkOrder.objects.filter(pk=order.pk).update(**facts)
    move(order, state, actor=agent, verb="visit", cause=visit.pk, **fields)
    if state == State.ADDRESS_HOLD:
        open_hold(order, why=AddressHold.Why.ATK, failed=failed, visit=visit)
    if state == State.CLOSED:
        end_assignments(order)
    weigh_orders(WorkOrder.objects.filter(pk=order.pk))
    return True


def next_state(order: WorkOrder, agent, disposition: Disposition) -> State | None:
    """Where the visit takes the order; None leaves it where it is."""
    if order.assignee_id != agent.pk or order.state not in CARRIED | {State.FOLLOW_UP}:
        return None
    if not disposition.is_attempt:  # said on the way or at the door: the agent carries it on
        return State.ASSIGNED if order.state in (State.EN_ROUTE, State.ON_SITE) else None
    if disposition.is_address_not_found:
        return State.ADDRESS_HOLD
    return State.CLOSED if disposition.is_final else State.FOLLOW_UP


def revisit_on(visit: Visit, disposition: Disposition) -> date:
    """The day of the next visit: the one agreed at the door, else the disposition's own waiting time."""
    agreed = [agreed_day(visit.details, name) for name in DAYS if visit.details.get(name)]
    return agreed[0] if agreed else visit.business_day + timedelta(days=disposition.revisit_days or 1)
