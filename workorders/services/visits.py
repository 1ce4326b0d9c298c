"""Records what happened at the door. A visit is a fact: it is kept whatever became of the order meanwhile."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from common.bulk import save_objects
from common.geo import distance_m
from common.problems import Invalid, NotFound, Problem, require
from common.tx import in_transaction
from customers.locating.trails import length_m, simplify
from customers.models import LocationCandidate
from customers.services import Fix, Target
from history.services import Note, record_all
from workorders.models import (
    AddressHold,
    Disposition,
    Lesson,
    PromiseToPay,
    RescueStep,
    SearchTrail,
    Visit,
    WorkOrder,
)
from workorders.priority import weigh
from workorders.services.clocks import Moment
from workorders.services.codebook import Codebook
from workorders.services.holds import Targets
from workorders.services.lessons import learn_lessons, lesson_of
from workorders.services.photos import declare_photos
from workorders.services.reports import Draft, Trail, VisitReport
from workorders.services.rescue import Steps
from workorders.services.signals import Way, flags_of
from workorders.services.states import TURNED, end_assignments, find_own_orders, turn
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


def record_visit(*, agent, draft: Draft) -> tuple[Visit, bool]:
    """Store the visit once, move its order, and learn from it; `(visit, is_new)`.

    The same content again is the stored visit, other content VisitChanged. Raises NotAllowed, NotFound (also for orders
    the agent never had), Invalid.
    """
    require(agent, "write_visits")

    def work():
        stored = Visit.objects.filter(pk=draft.id).first()
        if stored is None:
            try:
                with transaction.atomic():
                    return write_visits(agent, [draft])[0], True
            except IntegrityError:  # the same visit arrived on another connection a moment ago
                stored = Visit.objects.filter(pk=draft.id).first()
                if stored is None:
                    raise
        if stored.agent_id != agent.pk or stored.content_hash != draft.report.content_hash:
            raise VisitChanged()
        return stored, False

    visit, is_new = in_transaction(work)
    if is_new:
        learn_lessons(visits=[draft.id])
        visit = Visit.objects.get(pk=draft.id)  # the first answer reads as the second: times in UTC, its order as it is
    return visit, is_new


def write_visits(agent, drafts: Sequence[Draft], codes: Codebook | None = None) -> list[Visit]:
    """Store new visits of one agent in their order, and move their orders. What they teach is left as lessons.

    All or none, in few statements however many they are. Raises the Problem of the first that cannot be stored, and
    IntegrityError where an id is taken.
    """
    book = Book(agent, drafts, codes or Codebook())
    visits = [book.write(draft) for draft in drafts]
    book.store()
    for draft, visit in zip(drafts, visits, strict=True):
        declare_photos(visit, draft.report.photos)
    return visits


# What a visit may change of its order.
MOVED = (*TURNED, "attempts", "priority", "last_visit_on", "next_on", "outcome_id", "hold_reason", "is_flagged")


class Book:
    """Visits of one agent that are written together: what is asked of the database is read once for all of them, each
    is decided in memory after the one before it, and the rows are stored by kind.
    """

    def __init__(self, agent, drafts: Sequence[Draft], codes: Codebook):
        self.agent, self.codes = agent, codes
        self.orders = find_own_orders(agent, {draft.report.order_id for draft in drafts})
        for order in self.orders.values():
            order.witel = codes.witels[order.witel_id]
        chosen = {draft.report.candidate_id for draft in drafts} - {None}
        self.candidates = LocationCandidate.objects.in_bulk(chosen) if chosen else {}
        reported = {step.id for draft in drafts for step in draft.report.steps}
        self.steps = Steps(agent, self.orders.keys(), reported, codes, drafts[0].received_at)
        self.targets = Targets({order.customer_id for order in self.orders.values()})
        moments = [draft.moment.at for draft in drafts]
        self.way = Way(agent, min(moments), max(moments))
        self.rows: dict[type, list] = {model: [] for model in (Visit, SearchTrail, PromiseToPay, AddressHold, Lesson)}
        self.notes: list[Note] = []
        self.closed: list[WorkOrder] = []

    def write(self, draft: Draft) -> Visit:
        """The visit, not yet stored; its order has moved in memory. Raises NotFound, Invalid, StepChanged."""
        report, moment, agent = draft.report, draft.moment, self.agent
        order = self.orders.get(report.order_id)
        if order is None:
            raise NotFound()
        disposition = find_disposition(report, moment, self.codes)
        target = self.candidates.get(report.candidate_id)
        if target is not None and target.customer_id != order.customer_id:  # not a point of this house
            target = None
        self.steps.add(order, report.steps)
        self.steps.require(order, disposition)
        distance = distance_to(order, target, report.fix)
        was_rescued = report.is_found_after_rescue or (disposition.verdict == "+" and self.steps.are_any(order))
        visit = Visit(
            id=draft.id,
            order=order,
            agent=agent,
            device=draft.device,
            disposition=disposition,
            visited_at=report.visited_at,
            visited_at_corrected=moment.at,
            clock_trust=moment.trust,
            started_at=report.started_at,
            arrived_at=report.arrived_at,
            received_at=draft.received_at,
            business_day=moment.at.astimezone(order.witel.zone).date(),
            **position("arrived_", report.arrived),
            **position("", report.fix),
            distance_m=distance,
            candidate=target,
            is_at_house=report.is_at_house,
            is_found_after_rescue=was_rescued,
            relation=report.relation,
            note=report.note,
            details=report.details,
            flags=[*flags_of(agent, draft, order, self.way, distance=distance), *draft.flags],
            content_hash=report.content_hash,
        )
        self.rows[Visit].append(visit)
        if report.trail:
            self.rows[SearchTrail].append(trail_of(visit, report.trail))
        amount, due_on = report.details.get("amount"), agreed_day(report.details, "promised_on")
        if disposition.code in PROMISES and amount and due_on:
            self.rows[PromiseToPay].append(PromiseToPay(visit=visit, order=order, amount=amount, due_on=due_on))
        failed = self.targets.of(order, target) if disposition.is_address_not_found else None
        was_sent = self.move_order(visit, failed) and Visit.Flag.FAR_FROM_TARGET not in visit.flags
        way = report.trail.points if report.trail else ()
        self.rows[Lesson].append(lesson_of(visit, failed if was_sent else None, way))
        return visit

    def move_order(self, visit: Visit, failed: Target | None) -> bool:
        """The order follows its visit, unless it is no longer this agent's: then it is flagged. Whether it followed."""
        order, disposition = visit.order, visit.disposition
        if order.is_open:  # a closed order only says that there is something to look at
            order.last_visit_on = visit.business_day
            order.attempts += disposition.is_attempt
            order.priority = weigh(balance=order.balance, grade=order.grade, attempts=order.attempts).total
        state = next_state(order, self.agent, disposition)
        if state is None:
            order.is_flagged = order.is_flagged or order.assignee_id != self.agent.pk or not order.is_open
            return False
        fields = {"next_on": None}
        if state == State.CLOSED:
            fields["outcome"] = disposition
            self.closed.append(order)
        elif state == State.FOLLOW_UP:
            fields["next_on"] = revisit_on(visit, disposition)
        elif state == State.ADDRESS_HOLD:
            fields["hold_reason"] = disposition.code
            self.rows[AddressHold].append(self.targets.hold(order, visit, failed))
        self.notes.append(turn(order, state, actor=self.agent, verb="visit", cause=visit.pk, **fields))
        return True

    def store(self) -> None:
        RescueStep.objects.bulk_create(self.steps.fresh.values())
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows)
        save_objects(list(self.orders.values()), MOVED)
        record_all(self.notes)
        end_assignments(*self.closed)


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


def trail_of(visit: Visit, trail: Trail) -> SearchTrail:
    """The row of a search, not yet stored."""
    line = simplify([(point.lat, point.lon) for point in trail.points if point.is_usable])
    return SearchTrail(visit=visit, line=line, metres=length_m(line), seconds=trail.seconds)


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
