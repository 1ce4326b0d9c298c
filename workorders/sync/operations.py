"""What a phone may say it did, and what follows from each. One function for each type; each runs in a transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from common.ids import id_or_none
from common.problems import NotFound, Problem, require
from customers.models import Customer
from customers.services import Fix, merge_notes, notes_of, report_search
from workorders.models import AgentPosition, Conflict, DeviceClock, Operation, SearchTrail, Visit, WorkOrder
from workorders.services.clocks import Contact, Moment, Stamp, moment_of
from workorders.services.codebook import Codebook
from workorders.services.feed import announce
from workorders.services.lessons import is_in_vain
from workorders.services.pins import find_customer, place_pin
from workorders.services.points import refresh_points
from workorders.services.reports import Draft, Trail, VisitReport
from workorders.services.rescue import StepReport, record_step
from workorders.services.visits import VisitChanged, trail_of, write_visits

Status = Operation.Status


class TrailChanged(Problem):
    code, status, message = "trail_changed", 409, "A trail of this visit with another content was received before."


@dataclass(frozen=True)
class FixReport:
    """Where the phone was when it happened; `age_ms` of the fix by then."""

    fix: Fix
    is_mock: bool = False
    age_ms: int = 0


@dataclass(frozen=True)
class PinReport:
    customer_id: int
    is_at_house: bool
    by_hand: bool
    note: str


@dataclass(frozen=True)
class TrailReport:
    visit_id: uuid.UUID
    trail: Trail


@dataclass(frozen=True)
class NoteReport:
    customer_id: int
    changes: dict[str, str]


@dataclass(frozen=True)
class StepOfOrder:
    order_id: int
    step: StepReport


@dataclass(frozen=True)
class PositionReport:
    """All of it is in the fix."""


Body = VisitReport | PinReport | TrailReport | NoteReport | StepOfOrder | PositionReport


@dataclass(frozen=True)
class Op:
    """One operation as a phone sent it: `content` is its JSON, `body` what that means; None where it means nothing
    (`problem` says why).
    """

    id: uuid.UUID
    content: dict
    content_hash: str
    seq: int = 0
    type: str = ""
    entity: str = ""
    base: int = 0
    after: tuple[uuid.UUID, ...] = ()
    at: Stamp | None = None
    fix: FixReport | None = None
    body: Body | None = None
    problem: Problem | None = None

    @property
    def name(self) -> str:
        """Its id as the phone wrote it."""
        return str(self.content.get("op", self.id))


@dataclass(frozen=True)
class Outcome:
    """What became of an operation; `result` is told to the phone and kept, so that it can be told again."""

    status: Status
    result: dict = field(default_factory=dict)
    customer: int | None = None


@dataclass
class Session:
    """Whose operations these are, from which phone, and what is the same for all of them."""

    agent: object
    device: object
    sent: Contact
    now: datetime
    codes: Codebook = field(default_factory=Codebook)

    @cached_property
    def boots(self) -> dict[uuid.UUID, Contact]:
        """The last contact within each boot of the phone."""
        rows = DeviceClock.objects.filter(device=self.device)
        return {row.boot: Contact(row.received_at, Stamp(row.wall, row.boot, row.mono_ms)) for row in rows}

    def moment(self, op: Op) -> Moment:
        return moment_of(op.at, self.sent, self.boots.get(op.at.boot))


def customer_of(op: Op) -> int | None:
    """Whose house it is about, as far as that is known: for the erasure of what was said of somebody, never told."""
    body = op.body if op.body is not None else op.content.get("body")
    order = said(body, "order_id", "order")
    visit = said(body, "visit_id", "visit")
    if order is not None:
        rows = WorkOrder.objects.filter(pk=order).values_list("customer", flat=True)
    elif visit is not None:
        rows = Visit.objects.filter(pk=visit).values_list("order__customer", flat=True)
        return rows.first() or customer_of_waiting(visit)
    else:
        key = said(body, "customer_id", "customer")
        if key is None and op.type == "customer.note" and op.entity.isascii() and op.entity.isdigit():
            key = int(op.entity[:18])
        rows = Customer.objects.filter(pk=key or 0).values_list("pk", flat=True)
    return rows.first()


def customer_of_waiting(visit: uuid.UUID) -> int | None:
    """Of a visit that is none: it waits, or was set aside."""
    waits = Operation.objects.filter(status__in=(Status.HELD, Status.QUARANTINED), type="visit.create")
    return waits.filter(entity=str(visit)).values_list("customer", flat=True).first()


def said(body, name: str, key: str):
    """A reference in a body that was read, or in one that could not be."""
    if not isinstance(body, dict):
        return getattr(body, name, None)
    value = body.get(key)
    if key == "visit":
        return id_or_none(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None


def apply(session: Session, op: Op, flags: tuple[str, ...] = ()) -> Outcome:
    """Do what `op` says. Raises the Problem that quarantines it, and IntegrityError where its entity exists."""
    return APPLY[op.type](session, op, flags)


def create_visit(session: Session, op: Op, flags) -> Outcome:
    return create_visits(session, [op], flags)[0]


def create_visits(session: Session, ops: Sequence[Op], flags: tuple[str, ...] = ()) -> list[Outcome]:
    """All of them or none, in few statements."""
    require(session.agent, "write_visits")
    drafts = [draft_of(session, op, flags) for op in ops]
    visits = write_visits(session.agent, drafts, session.codes)
    return [visit_outcome(visit) for visit in visits]


def draft_of(session: Session, op: Op, flags: tuple[str, ...]) -> Draft:
    is_mock = bool(op.fix and op.fix.is_mock)
    moment, received_at = session.moment(op), session.sent.received_at
    return Draft(uuid.UUID(op.entity), op.body, moment, received_at, session.device, is_mock, flags)


def visit_outcome(visit: Visit) -> Outcome:
    order = visit.order
    shown = {"order": order.pk, "order_state": str(order.state), "version": order.version}
    shown |= {"business_day": visit.business_day.isoformat(), "flags": visit.flags}
    return Outcome(Status.APPLIED, shown, order.customer_id)


def stored_visit(session: Session, op: Op) -> Outcome:
    """The visit of this id came before, by another operation or door: the same one, or VisitChanged."""
    visit = Visit.objects.filter(pk=op.entity).first()
    if visit is None or visit.agent_id != session.agent.pk or visit.content_hash != op.body.content_hash:
        raise VisitChanged()
    return Outcome(Status.APPLIED, {"order": visit.order_id, "business_day": visit.business_day.isoformat()})


def create_trail(session: Session, op: Op, flags) -> Outcome:
    visit = Visit.objects.select_for_update().filter(pk=op.body.visit_id, agent=session.agent).first()
    if visit is None:
        raise NotFound()
    if SearchTrail.objects.filter(pk=visit.pk).exists():
        raise TrailChanged()
    trail_of(visit, op.body.trail).save(force_insert=True)
    customer = visit.order.customer
    if is_in_vain(visit):
        report_search(
            customer=customer,
            evidence=op.entity,
            target=None,
            places=op.body.trail.points,
            searched_on=visit.business_day,
            actor=session.agent.username,
        )
        refresh_points(customers=[customer.pk], actor=session.agent, cause=visit.pk)
    announce(customers=[customer.pk])
    return Outcome(Status.APPLIED)


def create_pin(session: Session, op: Op, flags) -> Outcome:
    if op.fix is None:
        raise NotFound()
    correction, _ = place_pin(
        user=session.agent,
        customer_id=op.body.customer_id,
        pin_id=uuid.UUID(op.entity),
        fix=op.fix.fix,
        observed_on=timezone.localdate(session.moment(op).at),
        is_at_house=op.body.is_at_house,
        by_hand=op.body.by_hand,
        note=op.body.note,
        device="" if op.body.by_hand else str(session.device.pk),
    )
    return Outcome(Status.APPLIED, {"correction": correction and str(correction.state)})


def report_position(session: Session, op: Op, flags) -> Outcome:
    """The newest counts, whichever comes last."""
    if op.fix is not None and op.fix.fix.is_usable:
        fix, at = op.fix.fix, session.moment(op).at
        values = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": fix.accuracy_m, "at": at}
        position, is_new = AgentPosition.objects.get_or_create(pk=session.agent.pk, defaults=values)
        if not is_new:
            AgentPosition.objects.filter(pk=position.pk, at__lt=at).update(**values)
    return Outcome(Status.APPLIED)


def change_notes(session: Session, op: Op, flags) -> Outcome:
    customer = find_customer(session.agent, op.body.customer_id)
    later = Operation.objects.filter(agent=session.agent, device=session.device, entity=op.entity, seq__gt=op.seq)
    later = later.filter(type=op.type, status__in=(Status.APPLIED, Status.CONFLICT))
    merged = merge_notes(
        customer=customer,
        changes=op.body.changes,
        base=op.base,
        actor=session.agent,
        now=session.now,
        is_latest=not later.exists(),
    )
    announce(customers=[customer.pk])
    shown = {"version": merged.version, "notes": notes_of(customer)}
    if not merged.conflicts:
        return Outcome(Status.APPLIED, shown)
    return Outcome(Status.CONFLICT, shown | {"conflicts": merged.conflicts})


def file_conflicts(session: Session, op: Op, outcome: Outcome) -> None:
    """Keep what was proposed where something else stands, for a person to decide. After the ledger's row."""
    Conflict.objects.bulk_create(
        Conflict(
            operation_id=op.id,
            agent=session.agent,
            customer_id=op.body.customer_id,
            field=name,
            stands=stands,
            proposed=op.body.changes[name],
            received_at=session.sent.received_at,
        )
        for name, stands in outcome.result["conflicts"].items()
    )


def take_step(session: Session, op: Op, flags) -> Outcome:
    record_step(
        agent=session.agent,
        order_id=op.body.order_id,
        report=op.body.step,
        now=session.sent.received_at,
        codes=session.codes,
    )
    return Outcome(Status.APPLIED)


APPLY = {
    "visit.create": create_visit,
    "trail.create": create_trail,
    "pin.create": create_pin,
    "position.report": report_position,
    "customer.note": change_notes,
    "rescue.step": take_step,
}
