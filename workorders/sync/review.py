"""What people decide of what phones sent: quarantined operations, conflicting notes, flagged visits."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.services import set_note
from history.services import record
from workorders.models import Assignment, Conflict, Operation, Quarantine, Visit, VisitReview, WorkOrder
from workorders.services.clocks import Contact
from workorders.services.feed import announce
from workorders.services.lessons import learn_lessons
from workorders.services.states import NotPossible, find_order
from workorders.services.visits import VisitChanged
from workorders.sync.operations import Op, Outcome, Session, apply, file_conflicts
from workorders.sync.push import settle, stamp_in

Status = Operation.Status
# What no second try changes: the fact that is stored stays as it was told first.
FINAL = frozenset({"visit_changed", "trail_changed", "pin_changed", "correction_changed", "step_changed"})


class AlreadyDecided(Problem):
    code, status, message = "already_decided", 409, "Somebody decided this a moment ago. Load the list again."


class NothingToApply(Problem):
    code, status, message = (
        "nothing_to_apply",
        409,
        "This cannot be applied: another content is stored under its id, or it cannot be read. Dismiss it.",
    )


def apply_quarantined(*, user, key: int, reason: str, read: Callable[[dict], Op], now: datetime) -> Quarantine:
    """Try a quarantined operation again, on this supervisor's word: a visit is taken for an order in his reach that the
    agent never had.

    Raises NotAllowed, NotFound, AlreadyDecided, NothingToApply, and whatever still refuses the operation.
    """
    require(user, "decide")

    def work():
        row = find(Quarantine, user, key)
        refuse_decided(row)
        op = read(row.content)
        if not may_help(row, op):
            raise NothingToApply(**(op.problem.details if op.problem else {}))
        session = Session(row.agent, row.device, Contact(row.received_at, stamp_in(row.sent)), now)
        try:
            outcome = apply_for(user, session, op)
        except IntegrityError as error:
            raise VisitChanged() from error
        close(row, user, Quarantine.State.APPLIED, reason, now)
        tell(row, outcome)
        if outcome.status == Status.CONFLICT:
            file_conflicts(session, op, outcome)
        return row

    row = in_transaction(work)
    learn_lessons(agent=row.agent)
    return row


def may_help(row: Quarantine, op: Op) -> bool:
    """Whether a second try can end otherwise; `op` is the row's content as it is read now."""
    return row.code not in FINAL and op.problem is None


def apply_for(user, session: Session, op: Op) -> Outcome:
    """As `apply`, and where a visit's order was never the agent's, on the word of `user` who sees it."""
    try:
        return apply(session, op)
    except NotFound:
        if op.type != "visit.create":
            raise
    order = find_order(user, op.body.order_id)
    Assignment.objects.create(
        order=order,
        agent=session.agent,
        by=user,
        kind=Assignment.Kind.MANUAL,
        reason="visit accepted from quarantine",
        from_at=session.now,
        until_at=session.now,
    )
    return apply(session, op, (Visit.Flag.NEVER_ASSIGNED.value,))


def dismiss_quarantined(*, user, key: int, reason: str, now: datetime) -> Quarantine:
    """It stays quarantined for good; it is kept, and the dismissal can be taken back. Raises as above."""
    require(user, "decide")

    def work():
        row = find(Quarantine, user, key)
        refuse_decided(row)
        close(row, user, Quarantine.State.DISMISSED, reason, now)
        return row

    return in_transaction(work)


def reopen_quarantined(*, user, key: int) -> Quarantine:
    """Take a dismissal back. Raises NotAllowed, NotFound, NotPossible (also where an erasure emptied it)."""
    require(user, "decide")

    def work():
        row = find(Quarantine, user, key)
        if row.state != Quarantine.State.DISMISSED or not row.content:
            raise NotPossible(state=row.state)
        close(row, None, Quarantine.State.OPEN, "", None)
        record(actor=user, verb="reopen_quarantined", target=row)
        return row

    return in_transaction(work)


def decide_conflict(*, user, key: int, take: bool, reason: str, now: datetime) -> Conflict:
    """Take what was proposed, or keep what stands. Raises NotAllowed, NotFound, AlreadyDecided."""
    require(user, "decide")

    def work():
        row = find(Conflict, user, key)
        refuse_decided(row)
        if take:
            set_note(customer=row.customer, name=row.field, value=row.proposed, actor=user, now=now)
            announce(customers=[row.customer_id])
        close(row, user, Conflict.State.TAKEN if take else Conflict.State.KEPT, reason, now)
        if not row.operation.conflicts.filter(state=Conflict.State.OPEN).exists():
            announce(operations=[(row.agent_id, row.operation_id)])
        return row

    return in_transaction(work)


def review_visit(*, user, visit_id, verdict: str, reason: str, now: datetime) -> VisitReview:
    """What a supervisor made of a flagged visit; said again, the newer counts. Its order is no longer flagged when none
    of its visits is left to look at. Raises NotAllowed, NotFound.
    """
    require(user, "decide")

    def work():
        visit = Visit.objects.visible_to(user).filter(pk=visit_id).first()
        if visit is None:
            raise NotFound()
        values = {"verdict": verdict, "reason": reason, "by": user, "at": now}
        review, _ = VisitReview.objects.update_or_create(visit=visit, defaults=values)
        record(actor=user, verb="review_visit", target=visit, after={"verdict": verdict}, reason=reason)
        if not Visit.objects.to_review().filter(order=visit.order_id).exists():
            WorkOrder.objects.filter(pk=visit.order_id).update(is_flagged=False)
        announce(customers=[visit.order.customer_id])
        return review

    return in_transaction(work)


def find(model, user, key: int):
    """The row if `user` may see it, locked; NotFound otherwise."""
    if not model.objects.visible_to(user).filter(pk=key).exists():
        raise NotFound()
    return model.objects.select_for_update().get(pk=key)


def refuse_decided(row) -> None:
    if row.state != "OPEN":
        raise AlreadyDecided(state=row.state)


def close(row, user, state: str, reason: str, now: datetime | None) -> None:
    before = row.state
    row.state, row.decided_by, row.decided_at, row.reason = state, user, now, reason
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    if user is not None:
        record(actor=user, verb="decide", target=row, before={"state": before}, after={"state": state}, reason=reason)


def tell(row: Quarantine, outcome: Outcome) -> None:
    """The phone hears of it, if the ledger knows the operation by this content."""
    known = Operation.objects.filter(pk=row.operation, agent=row.agent_id, content_hash=row.content_hash)
    operation = known.first()
    if operation is not None:
        settle(operation, outcome)
