"""Moves an order from state to state. Every move is a conditional update: the row count tells who won."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import ResolvedLocation
from history.services import Note, record_all
from workorders.models import Assignment, WorkOrder
from workorders.services.feed import announce
from workorders.services.holds import Place, refuted_places
from workorders.services.triage import triage
from workorders.states import CARRIED, State

# From these an order goes to an agent, or to another one; a hold is released first.
ASSIGNABLE = CARRIED | {State.READY, State.FOLLOW_UP}
UNASSIGNABLE = frozenset({State.ASSIGNED, State.FOLLOW_UP})


class NotPossible(Problem):
    """The order is in a state from which this move does not exist, or somebody moved it first."""

    code, status, message = "state_not_possible", 409, "The order is not in a state that allows this."


class PointRefuted(Problem):
    """Somebody was sent to this very point and did not find the house."""

    code, status, message = (
        "point_refuted",
        409,
        "The address was not found at this point. The order goes out again with a better one.",
    )


class AgentNotHere(Problem):
    code, status, message = "agent_out_of_scope", 400, "This agent does not work in the order's witel."


def move(
    order: WorkOrder,
    state: State,
    *,
    actor,
    verb: str,
    reason: str = "",
    **fields,
):
    """Move `order` to `state` with further `fields`, if nobody moved it since it was read.

    Raises NotPossible. Writes one Change with the fields that differ. Phones hear of it.
    """
    was = WorkOrder.objects.filter(pk=order.pk, state=order.state, version=order.version)
    old_state = order.state
    note = turn(order, state, actor=actor, verb=verb, reason=reason, **fields)
    changed = was.update(**{name: getattr(order, name) for name in (*fields, *TURNED)})
    if not changed:
        raise NotPossible(state=old_state, wanted=state)
    record_all([note])
    announce(customers=[order.customer_id])


# What every move writes beside its own fields.
TURNED = ("state", "version", "changed_at")


def turn(order: WorkOrder, state: State, *, actor, verb: str, reason: str = "", cause=None, **fields) -> Note:
    """Move a locked order in memory: the caller writes its fields and TURNED, and the note. Raises NotPossible."""
    if not order.may_become(state):
        raise NotPossible(state=order.state, wanted=state)
    fields |= {"state": state}
    before = {name: plain(getattr(order, name)) for name in fields}
    for name, value in (fields | {"version": order.version + 1, "changed_at": timezone.now()}).items():
        setattr(order, name, value)
    after = {name: plain(getattr(order, name)) for name in fields}
    return Note(actor, verb, order, before, after, reason, cause)


def plain(value):
    """A field's value as JSON keeps it: rows by their key, days as text."""
    if hasattr(value, "pk"):
        return value.pk
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def find_order(user, pk: int) -> WorkOrder:
    """The order if `user` may see it; otherwise NotFound, whether or not it exists. Locks the row."""
    order = WorkOrder.objects.visible_to(user).filter(pk=pk).values_list("pk", flat=True).first()
    if order is None:
        raise NotFound()
    return WorkOrder.objects.select_for_update().get(pk=pk)


def find_own_order(agent, order_id: int) -> WorkOrder:
    """The order if it is or ever was the agent's; locked until the transaction ends."""
    order = find_own_orders(agent, [order_id]).get(order_id)
    if order is None:
        raise NotFound()
    return order


def find_own_orders(agent, keys: Iterable[int]) -> dict[int, WorkOrder]:
    """Those of these orders that are or ever were the agent's; locked until the transaction ends."""
    orders = {row.pk: row for row in WorkOrder.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    others = [key for key, order in orders.items() if order.assignee_id != agent.pk]
    had = Assignment.objects.filter(order__in=others, agent=agent).order_by() if others else Assignment.objects.none()
    foreign = set(others) - set(had.values_list("order", flat=True))
    return {key: order for key, order in orders.items() if key not in foreign}


def find_agent(name: str) -> User | None:
    """The agent with this username, or with this number. Whom an order may go to, `assign_order` decides."""
    agents = User.objects.agents().select_related("witel", "region")
    agent = agents.filter(username=name).first()
    if agent is None and name.isascii() and name.isdigit():
        agent = agents.filter(pk=int(name)).first()
    return agent


def works_in(agent: User, witel) -> bool:
    return agent.may("write_visits") and agent.is_active and agent.scope.covers(witel)


def assign_order(*, user, order_id: int, agent: User | None, reason: str = "", kind: str = "MANUAL") -> WorkOrder:
    """Give the order to `agent` (READY → ASSIGNED, or from one agent to another).

    Giving it to the agent who has it changes nothing. An agent who does not exist (None) is one who does not work here.
    Raises NotFound, NotAllowed, AgentNotHere, NotPossible.
    """
    require(user, "assign")

    def work():
        order = find_order(user, order_id)
        if agent is None or not works_in(agent, order.witel):
            raise AgentNotHere()
        if order.state not in ASSIGNABLE:
            raise NotPossible(state=order.state, wanted=State.ASSIGNED)
        if order.assignee_id == agent.pk and order.state != State.READY:
            return order
        if order.state == State.ASSIGNED:
            move(order, State.READY, actor=user, verb="unassign", reason=reason, assignee=None)
        refuse_refuted(order)
        move(order, State.ASSIGNED, actor=user, verb="assign", reason=reason, assignee=agent)
        end_assignments(order)
        Assignment.objects.create(order=order, agent=agent, by=user, kind=kind, reason=reason, from_at=timezone.now())
        return order

    return in_transaction(work)


def refuse_refuted(order: WorkOrder) -> None:
    """Raises PointRefuted: nobody is sent again to where the house was not."""
    location = ResolvedLocation.objects.filter(pk=order.customer_id).first()
    refuted = refuted_places([order.customer_id]).get(order.customer_id)
    if location and refuted and refuted.holds(Place(location.lat, location.lon, location.radius_m)):
        raise PointRefuted()


def end_assignments(*orders: WorkOrder) -> None:
    if orders:
        Assignment.objects.filter(order__in=orders, until_at=None).update(until_at=timezone.now())


def unassign_order(*, user, order_id: int, reason: str) -> WorkOrder:
    """Take the order from its agent: ASSIGNED or FOLLOW_UP → READY."""
    require(user, "assign")

    def work():
        order = find_order(user, order_id)
        if order.state not in UNASSIGNABLE or order.assignee_id is None:
            raise NotPossible(state=order.state, wanted=State.READY)
        move(order, State.READY, actor=user, verb="unassign", reason=reason, assignee=None)
        end_assignments(order)
        return triaged(order, user)

    return in_transaction(work)


def triaged(order: WorkOrder, user) -> WorkOrder:
    """The order as triage leaves it: what comes back may lack a point by now."""
    triage(customers=[order.customer_id], actor=user)
    order.refresh_from_db()
    return order


def reopen_order(*, user, order_id: int, reason: str) -> WorkOrder:
    """CLOSED → READY, with its outcome taken off; a paid order reopens only by the billing feed."""
    require(user, "assign")

    def work():
        order = find_order(user, order_id)
        if order.state != State.CLOSED:
            raise NotPossible(state=order.state, wanted=State.READY)
        move(order, State.READY, actor=user, verb="reopen", reason=reason, outcome=None, assignee=None, next_on=None)
        end_assignments(order)
        return triaged(order, user)

    return in_transaction(work)


def hold_order(*, user, order_id: int, reason: str, until=None) -> WorkOrder:
    """READY or ASSIGNED → ON_HOLD until a day, or until somebody releases it."""
    require(user, "assign")

    def work():
        order = find_order(user, order_id)
        if order.state not in (State.READY, State.ASSIGNED):
            raise NotPossible(state=order.state, wanted=State.ON_HOLD)
        move(order, State.ON_HOLD, actor=user, verb="hold", reason=reason, hold_reason=reason, hold_until=until)
        return order

    return in_transaction(work)


def release_order(*, user, order_id: int, reason: str = "") -> WorkOrder:
    """ON_HOLD → ASSIGNED where an agent still has it, else READY."""
    require(user, "assign")

    def work():
        order = find_order(user, order_id)
        if order.state != State.ON_HOLD:
            raise NotPossible(state=order.state, wanted=State.READY)
        state = State.ASSIGNED if order.assignee_id else State.READY
        move(order, state, actor=user, verb="release", reason=reason, hold_reason="", hold_until=None)
        return triaged(order, user)

    return in_transaction(work)


def check_in(*, user, order_id: int) -> WorkOrder:
    """The agent stands at the target: → ON_SITE. Said twice, it changes nothing."""
    require(user, "write_visits")

    def work():
        order = find_order(user, order_id)
        if order.assignee_id != user.pk:
            raise NotFound()
        if order.state != State.ON_SITE:
            move(order, State.ON_SITE, actor=user, verb="check_in")
        return order

    return in_transaction(work)
