"""Takes what phones did: every operation with its own answer, none suffers from another, and nothing is lost.

The ledger's row is written in the transaction of the effect; its key decides what came before. What cannot be applied
is kept as it was sent, for a person to decide.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError

from common.problems import Problem
from common.tx import in_transaction
from workorders.models import DeviceClock, Operation, Quarantine, Visit
from workorders.services.clocks import Contact, Stamp
from workorders.services.feed import announce
from workorders.services.lessons import learn_lessons
from workorders.services.visits import VisitChanged
from workorders.sync.operations import (
    Op,
    Outcome,
    Session,
    apply,
    create_visits,
    customer_of,
    file_conflicts,
    stored_visit,
)

Status = Operation.Status
# An operation whose forerunner does not come is applied without it after this time (as ODK's backlog), and flagged.
HELD_FOR = timedelta(days=5)
DATABASE_AWAY = (OperationalError, InterfaceError)
# MySQL and MariaDB say OperationalError, too, where a value is none of its column's type: to ask again changes nothing.
VALUE_REFUSED = frozenset({1292, 1366, 1411})


log = logging.getLogger(__name__)


class Unforeseen(Problem):
    """A fault of ours. What the agent did is kept, and is applied when the fault is mended."""

    code, status, message = "server_error", 500, "This could not be applied by a fault of the server. It is kept."


@dataclass
class Answer:
    """One result: the phone keeps what was `applied` sealed for a week, shows what waits, and sends `retry` again."""

    op: str
    status: str
    code: str = ""
    message: str = ""
    result: dict = field(default_factory=dict)


def push(*, agent, device, sent: Contact, ops: list[Op], read: Callable[[dict], Op], now: datetime) -> list[Answer]:
    """Apply these operations in the order of their numbers; one answer each, in the order of `ops`.

    `read` makes an Op of the content of one that was held before.
    """
    run = Run(Session(agent, device, sent, now), read)
    note_contact(run.session)
    run.look_up(ops)
    # What came before is only answered: it parts no visits that are stored together.
    answers = {index: run.take(op) for index, op in enumerate(ops) if op.id in run.stored}
    fresh = sorted((index for index in range(len(ops)) if index not in answers), key=lambda index: ops[index].seq)
    for some in run.together(fresh, ops):
        answers |= zip(some, run.take_all([ops[index] for index in some]), strict=True)
    if not run.is_database_away:
        try:
            released = run.release_held()
        except DATABASE_AWAY:  # they go on waiting
            released = {}
        for index, op in enumerate(ops):
            if answers[index].status == Status.HELD and op.id in released:
                answers[index] = released[op.id]
        learn_lessons(agent=agent)
    return [answers[index] for index in range(len(ops))]


def note_contact(session: Session) -> None:
    """Keep what the phone's clocks say now, for what comes when it has booted again; a minute older says the same."""
    sent = session.sent
    stamp, known = sent.stamp, session.boots.get(sent.stamp.boot)
    if stamp.boot is None or stamp.mono_ms is None or (known is not None and known.agrees_with(sent)):
        return
    values = {"received_at": sent.received_at, "mono_ms": stamp.mono_ms, "wall": stamp.wall}
    in_transaction(
        lambda: DeviceClock.objects.update_or_create(device=session.device, boot=stamp.boot, defaults=values)
    )


@dataclass
class Run:
    """One batch under way."""

    session: Session
    read: Callable[[dict], Op]
    stored: dict[uuid.UUID, Operation] = field(default_factory=dict)
    done: set[uuid.UUID] = field(default_factory=set)
    waiting: dict[str, int] = field(default_factory=dict)
    is_database_away: bool = False

    def look_up(self, ops: Iterable[Op]) -> None:
        """What is known of these operations and of those that they wait for. Only a hint: the keys decide."""
        wanted = {op.id for op in ops} | {key for op in ops for key in op.after}
        self.stored = Operation.objects.in_bulk(list(wanted))
        own = {key: row for key, row in self.stored.items() if row.agent_id == self.session.agent.pk}
        self.done = {key for key, row in own.items() if row.status in DONE}  # nobody waits for what another one did
        for entity, seq in self.held().values_list("entity", "seq"):
            self.waiting[entity] = min(seq, self.waiting.get(entity, seq))

    def held(self):
        return Operation.objects.filter(agent=self.session.agent, status=Status.HELD).order_by("seq")

    def together(self, order: list[int], ops: list[Op]) -> Iterator[list[int]]:
        """Indexes of `ops` in this order, those in one list that may be applied together: new visits in a row."""
        some: list[int] = []
        for index in order:
            if some and not self.joins(ops[index], [ops[other] for other in some]):
                yield some
                some = []
            some.append(index)
        if some:
            yield some

    def joins(self, op: Op, others: list[Op]) -> bool:
        taken = {key for other in others for key in (other.id, other.entity)}
        return self.is_new_visit(op) and self.is_new_visit(others[0]) and taken.isdisjoint((op.id, op.entity))

    def is_new_visit(self, op: Op) -> bool:
        return op.type == "visit.create" and op.problem is None and not self.must_wait(op)

    def take_all(self, ops: list[Op]) -> list[Answer]:
        """Visits in one transaction; one by one where any of them is in the way of the others."""
        if len(ops) > 1 and not self.is_database_away:
            try:
                return self.write(ops)
            except Exception as error:
                self.is_database_away = is_away(error)
                # Else it is the affair of one of them, which it meets again alone.
                log.info("%d visits one by one: %s", len(ops), type(error).__name__)
        return [self.take(op) for op in ops]

    def take(self, op: Op) -> Answer:
        if self.is_database_away:
            return Answer(op.name, "retry")
        try:
            return self.decide(op)
        except DATABASE_AWAY:  # the transaction was tried again and again: the rest of the batch would wait as long
            self.is_database_away = True
            return Answer(op.name, "retry")

    def decide(self, op: Op) -> Answer:
        known = self.stored.get(op.id)
        if known is not None:
            return self.again(op, known)
        try:
            if op.problem is not None:
                return self.quarantine(op, op.problem)
            if self.must_wait(op):
                return self.hold(op)
            return self.write([op])[0]
        except IntegrityError:  # somebody was faster with the operation, or with the visit
            return self.collided(op)
        except Problem as problem:
            return self.quarantine(op, problem)
        except Exception as error:
            if is_away(error):
                raise
            # Of this operation alone: the others of the batch are none the worse for it.
            return self.quarantine(op, unforeseen(error, op.id))

    def must_wait(self, op: Op) -> bool:
        is_overtaking = self.waiting.get(op.entity, op.seq) < op.seq
        return is_overtaking or any(key not in self.done for key in op.after)

    def write(self, ops: list[Op]) -> list[Answer]:
        """Apply one operation, or visits together, and note them. IntegrityError: one of them came before."""

        def work():
            outcomes = create_visits(self.session, ops) if len(ops) > 1 else [apply(self.session, ops[0])]
            rows = zip(ops, outcomes, strict=True)
            Operation.objects.bulk_create(self.row(op, outcome) for op, outcome in rows)
            for op, outcome in zip(ops, outcomes, strict=True):
                if outcome.status == Status.CONFLICT:
                    file_conflicts(self.session, op, outcome)
            return outcomes

        outcomes = in_transaction(work)
        self.done |= {op.id for op in ops}
        return [
            Answer(op.name, outcome.status, result=outcome.result) for op, outcome in zip(ops, outcomes, strict=True)
        ]

    def note(self, op: Op, outcome: Outcome, content: dict | None = None) -> None:
        """Write the ledger's row. IntegrityError: the operation came before."""
        self.row(op, outcome, content).save(force_insert=True)

    def row(self, op: Op, outcome: Outcome, content: dict | None = None) -> Operation:
        return Operation(
            id=op.id,
            agent=self.session.agent,
            device=self.session.device,
            seq=op.seq,
            type=op.type[:20],
            entity=op.entity[:36],
            customer_id=outcome.customer or customer_of(op),
            content_hash=op.content_hash,
            status=outcome.status,
            result=outcome.result,
            content=content,
            received_at=self.session.sent.received_at,
        )

    def hold(self, op: Op) -> Answer:
        content = {"op": op.content, "sent": stamp_out(self.session.sent.stamp)}
        in_transaction(lambda: self.note(op, Outcome(Status.HELD), content))
        self.waiting[op.entity] = min(op.seq, self.waiting.get(op.entity, op.seq))
        return Answer(op.name, Status.HELD)

    def quarantine(self, op: Op, problem: Problem) -> Answer:
        refused = {"code": problem.code, "details": problem.details}

        def work():
            self.note(op, Outcome(Status.QUARANTINED, refused))
            keep(self.session, op, problem)

        try:
            in_transaction(work)
        except IntegrityError:
            return self.collided(op)
        return Answer(op.name, Status.QUARANTINED, problem.code, problem.message, {"details": problem.details})

    def again(self, op: Op, known: Operation) -> Answer:
        """An operation that came before: told again what became of it. Another content under its id is kept apart."""
        if known.agent_id == self.session.agent.pk and known.content_hash == op.content_hash:
            return Answer(
                op.name, "duplicate", known.result.get("code", ""), result={"was": known.status, **known.result}
            )
        problem = VisitChanged("An operation with this id but another content was received before.")
        in_transaction(lambda: keep(self.session, op, problem))
        return Answer(op.name, Status.QUARANTINED, problem.code, problem.message)

    def collided(self, op: Op) -> Answer:
        known = Operation.objects.filter(pk=op.id).first()
        if known is not None:
            return self.again(op, known)
        if op.type != "visit.create" or not Visit.objects.filter(pk=op.entity).exists():
            return Answer(op.name, "retry")  # what collided has gone again: once more, then
        try:
            outcome = stored_visit(self.session, op)
        except Problem as problem:
            return self.quarantine(op, problem)
        try:
            in_transaction(lambda: self.note(op, outcome))
        except IntegrityError:
            return self.again(op, Operation.objects.get(pk=op.id))
        return Answer(op.name, "duplicate", result={"was": outcome.status, **outcome.result})

    def release_held(self, *, before: datetime | None = None) -> dict[uuid.UUID, Answer]:
        """Apply held operations whose forerunners came, flagged also all received `before`: what became of them."""
        released: dict[uuid.UUID, Answer] = {}
        progress = True
        while progress:
            progress = False
            rows = list(self.held())
            forerunners = Operation.objects.filter(pk__in=afters(rows), agent=self.session.agent)
            came = set(forerunners.filter(status__in=DONE).values_list("pk", flat=True))
            blocked: set[str] = set()
            for row in rows:
                is_late = before is not None and row.received_at < before
                is_ready = row.entity not in blocked and set(after_of(row)) <= came
                if is_ready or is_late:
                    released[row.pk] = self.release(row, () if is_ready else (Visit.Flag.OUT_OF_ORDER.value,))
                    progress = True
                else:
                    blocked.add(row.entity)
        return released

    def release(self, row: Operation, flags: tuple[str, ...]) -> Answer:
        op = self.read(row.content["op"])
        sent = Contact(row.received_at, stamp_in(row.content["sent"]))
        session = Session(row.agent, row.device, sent, self.session.now, self.session.codes)

        def work():
            outcome = apply(session, op, flags)
            settle(row, outcome)
            if outcome.status == Status.CONFLICT:
                file_conflicts(session, op, outcome)
            return outcome

        def refused(problem: Problem):
            settle(row, Outcome(Status.QUARANTINED, {"code": problem.code, "details": problem.details}))
            keep(session, op, problem)

        try:
            outcome = in_transaction(work)
        except IntegrityError:
            problem = VisitChanged()
        except Problem as found:
            problem = found
        except Exception as error:
            if is_away(error):
                raise
            problem = unforeseen(error, row.pk)
        else:
            return Answer(str(row.pk), outcome.status, result=outcome.result)
        in_transaction(lambda: refused(problem))
        return Answer(str(row.pk), Status.QUARANTINED, problem.code, problem.message, {"details": problem.details})


def release_late(*, agent_id: int, read: Callable[[dict], Op], now: datetime) -> int:
    """Apply what an agent's phones sent HELD_FOR ago and whose forerunners have not come; how many."""
    row = Operation.objects.select_related("agent", "device").filter(agent=agent_id, status=Status.HELD).first()
    if row is None:
        return 0
    run = Run(Session(row.agent, row.device, Contact(now, Stamp(now)), now), read)
    return len(run.release_held(before=now - HELD_FOR))


DONE = (Status.APPLIED, Status.CONFLICT)


def is_away(error: Exception) -> bool:
    return isinstance(error, DATABASE_AWAY) and error.args[:1] not in {(number,) for number in VALUE_REFUSED}


def unforeseen(error: Exception, key: uuid.UUID) -> Unforeseen:
    """Told to the log without its text, which may hold what the agent wrote."""
    log.error("operation %s: %s", key, type(error).__name__, exc_info=settings.DEBUG)
    return Unforeseen()


def settle(row: Operation, outcome: Outcome) -> None:
    """What became of an operation whose answer was given before: the phone hears of it by its feed."""
    changed = Operation.objects.filter(pk=row.pk, status=row.status).update(
        status=outcome.status, result=outcome.result, content=None
    )
    if changed:
        announce(operations=[(row.agent_id, row.pk)])


def keep(session: Session, op: Op, problem: Problem) -> None:
    """Put an operation aside as it was sent; the same content once."""
    Quarantine.objects.get_or_create(
        operation=op.id,
        content_hash=op.content_hash,
        defaults={
            "agent": session.agent,
            "device": session.device,
            "type": op.type[:20],
            "entity": op.entity[:36],
            "customer_id": customer_of(op),
            "content": op.content,
            "sent": stamp_out(session.sent.stamp),
            "code": problem.code,
            "details": problem.details,
            "received_at": session.sent.received_at,
        },
    )


def afters(rows: list[Operation]) -> list[uuid.UUID]:
    return [key for row in rows for key in after_of(row)]


def after_of(row: Operation) -> list[uuid.UUID]:
    return [uuid.UUID(key) for key in row.content["op"].get("after", [])]


def stamp_out(stamp: Stamp) -> dict:
    return {"wall": stamp.wall.isoformat(), "boot": stamp.boot and str(stamp.boot), "mono_ms": stamp.mono_ms}


def stamp_in(kept: dict) -> Stamp:
    boot = kept["boot"] and uuid.UUID(kept["boot"])
    return Stamp(datetime.fromisoformat(kept["wall"]), boot, kept["mono_ms"])
