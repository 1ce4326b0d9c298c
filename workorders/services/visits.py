"""Records what happened at the door. A visit is a fact: it is kept whatever became of the order meanwhile."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from common.geo import distance_m
from common.problems import Invalid, Problem, require
from common.tx import in_transaction
from customers.locating.trails import length_m, simplify
from customers.models import LocationCandidate
from customers.services import Fix
from workorders.models import AddressHold, Disposition, PromiseToPay, SearchTrail, Visit, WorkOrder
from workorders.priority import weigh
from workorders.services.clocks import Moment, by_wall
from workorders.services.codebook import Codebook
from workorders.services.holds import open_hold, target_of
from workorders.services.lessons import give_lesson, learn_lessons
from workorders.services.photos import declare_photos
from workorders.services.reports import Trail, VisitReport
from workorders.services.rescue import is_rescued, require_steps, write_steps
from workorders.services.signals import flags_of
from workorders.services.states import end_assignments, find_own_order, move
from workorders.states import CARRIED, State


class VisitChanged(Problem):
    code, status, message = "visit_changed", 409, "A visit with this id but another content was received before."


# The details that are days, kept as ISO text; each is the day of the next visit where it was agreed.
AMOUNT_MOST = 10**12
DAYS = ("promised_on", "next_on", "returns_on")
# The results that carry a promise to pay.
PROMISES = ("MET-PTP", "MET-PART")
# Fields of a visit's body that are columns; everything else that a disposition requires is kept in `details`.
COLUMNS = ("relation", "note")


def record_visit(
    *,
    agent,
    visit_id: uuid.UUID,
    report: VisitReport,
    now: datetime,
    device=None,
    moment: Moment | None = None,
    is_mock: bool = False,
    codes: Codebook | None = None,
) -> tuple[Visit, bool]:
    """Store the visit once, move its order, and learn from it; `(visit, is_new)`.

    The same content again is the stored visit, other content VisitChanged. Raises NotAllowed, NotFound (also for orders
    the agent never had), Invalid.
    """
    require(agent, "write_visits")
    moment = moment or by_wall(report.visited_at, now)

    def work():
        stored = Visit.objects.filter(pk=visit_id).first()
        if stored is None:
            order = find_own_order(agent, report.order_id)
            try:
                with transaction.atomic():
                    visit = write_visit(
                        agent, visit_id, report, order, moment, now, device=device, is_mock=is_mock, codes=codes
                    )
            except IntegrityError:  # the same visit arrived on another connection a moment ago
                stored = Visit.objects.filter(pk=visit_id).first()
                if stored is None:
                    raise
            else:
                return visit, True
        if stored.agent_id != agent.pk or stored.content_hash != report.content_hash:
            raise VisitChanged()
        return stored, False

    visit, is_new = in_transaction(work)
    if is_new:
        learn_lessons(visits=[visit_id])
        visit = Visit.objects.get(pk=visit_id)  # the first answer reads as the second: times in UTC, its order as it is
    return visit, is_new


def find_disposition(report: VisitReport, moment: Moment, codes: Codebook) -> Disposition:
    """The disposition of the report, with all the fields that it requires filled."""
    disposition = codes.dispositions.get(report.disposition)
    if disposition is None:
        raise Invalid(disposition=[f"{report.disposition} is not a known code."])
    given = report.details | {name: getattr(report, name) for name in COLUMNS}
    missing = [name for name in disposition.requires if given.get(name) in (None, "", [])]
    if missing:
        raise Invalid(**{name: [f"{disposition.code} needs this field."] for name in missing})
    for name in DAYS:
        agreed = agreed_day(report.details, name)
        if agreed and agreed < moment.at.date() - timedelta(days=1):  # a day to spare for zones
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


def write_visit(
    agent,
    visit_id: uuid.UUID,
    report: VisitReport,
    order: WorkOrder,
    moment: Moment,
    now: datetime,
    *,
    device=None,
    is_mock: bool = False,
    flags: Iterable[str] = (),
    codes: Codebook | None = None,
) -> Visit:
    """Store a new visit of a locked order and move the order. What it teaches is left as a lesson.

    `flags` come on top of those that the visit earns by itself. IntegrityError: the id is taken.
    """
    codes = codes or Codebook()
    disposition = find_disposition(report, moment, codes)
    order.witel = codes.witels[order.witel_id]
    target = find_candidate(order, report.candidate_id)
    write_steps(order, agent, report.steps, codes, now)
    require_steps(order, agent, disposition, codes)
    distance = distance_to(order, target, report.fix)
    earned = flags_of(agent, report, order, moment, distance=distance, is_mock=is_mock)
    visit = Visit.objects.create(
        id=visit_id,
        order=order,
        agent=agent,
        device=device,
        disposition=disposition,
        visited_at=report.visited_at,
        visited_at_corrected=moment.at,
        clock_trust=moment.trust,
        started_at=report.started_at,
        arrived_at=report.arrived_at,
        received_at=now,
        business_day=moment.at.astimezone(order.witel.zone).date(),
        **position("arrived_", report.arrived),
        **position("", report.fix),
        distance_m=distance,
        candidate=target,
        is_at_house=report.is_at_house,
        is_found_after_rescue=report.is_found_after_rescue or (disposition.verdict == "+" and is_rescued(order, agent)),
        relation=report.relation,
        note=report.note,
        details=report.details,
        flags=[*earned, *flags],
        content_hash=report.content_hash,
    )
    declare_photos(visit, report.photos)
    if report.trail:
        write_trail(visit, report.trail)
    amount, due_on = report.details.get("amount"), agreed_day(report.details, "promised_on")
    if disposition.code in PROMISES and amount and due_on:
        PromiseToPay.objects.create(visit=visit, order=order, amount=amount, due_on=due_on)
    failed = target_of(order, target) if disposition.is_address_not_found else None
    was_sent = move_order(visit, agent, disposition, failed) and Visit.Flag.FAR_FROM_TARGET not in visit.flags
    give_lesson(visit, failed if was_sent else None, report.trail.points if report.trail else (), now)
    return visit


def find_candidate(order: WorkOrder, candidate_id: int | None) -> LocationCandidate | None:
    """The point that the agent chose, if it is one of this customer's."""
    if candidate_id is None:
        return None
    return LocationCandidate.objects.filter(pk=candidate_id, customer=order.customer_id).first()


def write_trail(visit: Visit, trail: Trail) -> SearchTrail:
    line = simplify([(point.lat, point.lon) for point in trail.points if point.is_usable])
    return SearchTrail.objects.create(visit=visit, line=line, metres=length_m(line), seconds=trail.seconds)


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


def move_order(visit: Visit, agent, disposition: Disposition, failed) -> bool:
    """The order follows its visit, unless it is no longer this agent's: then it is flagged. Whether it followed."""
    order = visit.order
    facts = {}
    if order.is_open:  # a closed order only says that there is something to look at
        facts["last_visit_on"] = visit.business_day
        order.attempts += disposition.is_attempt
        facts["attempts"] = order.attempts
        facts["priority"] = weigh(balance=order.balance, grade=order.grade, attempts=order.attempts).total
    state = next_state(order, agent, disposition)
    if state is None:
        kept = order.assignee_id == agent.pk and order.is_open
        facts["is_flagged"] = order.is_flagged or not kept
        WorkOrder.objects.filter(pk=order.pk).update(**facts)
        return False
    fields = {"next_on": None}
    if state == State.CLOSED:
        fields["outcome"] = disposition
    elif state == State.FOLLOW_UP:
        fields["next_on"] = revisit_on(visit, disposition)
    elif state == State.ADDRESS_HOLD:
        fields["hold_reason"] = disposition.code
    move(order, state, actor=agent, verb="visit", cause=visit.pk, facts=facts, is_told_later=True, **fields)
    if state == State.ADDRESS_HOLD:
        open_hold(order, why=AddressHold.Why.ATK, failed=failed, visit=visit)
    if state == State.CLOSED:
        end_assignments(order)
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
