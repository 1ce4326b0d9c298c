"""The steps before an address counts as not found: other points, the ODP, neighbours, landmark, call, RT head."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from common.problems import Invalid, Problem, require
from common.tx import in_transaction
from workorders.models import Assignment, Disposition, RescueStep, WorkOrder
from workorders.services.codebook import Codebook
from workorders.services.feed import announce
from workorders.services.states import find_own_order


class StepChanged(Problem):
    code, status, message = "step_changed", 409, "A rescue step with this id but another content was received before."


# What a step says; the same id with another word in it is another step.
SAID = ("order_id", "agent_id", "kind_id", "outcome", "note")


@dataclass(frozen=True)
class StepReport:
    """One step as a client sends it; `kind` and `outcome` are codes."""

    id: uuid.UUID
    kind: str
    outcome: str
    done_at: datetime
    note: str = ""


def record_step(
    *, agent, order_id: int, report: StepReport, now: datetime, codes: Codebook | None = None
) -> tuple[RescueStep, bool]:
    """Keep one step of an order that is or was the agent's; `(step, is_new)`.

    Raises NotAllowed, NotFound, Invalid, StepChanged.
    """
    require(agent, "write_visits")

    def work():
        order = find_own_order(agent, order_id)
        step, is_new = write_step(order_id, agent, report, (codes or Codebook()).rescue_kinds, now)
        announce(customers=[order.customer_id])
        return step, is_new

    return in_transaction(work)


def write_step(order_id: int, agent, report: StepReport, kinds: dict, now: datetime) -> tuple[RescueStep, bool]:
    step = step_of(order_id, agent, report, kinds, now)
    values = {name: getattr(step, name) for name in (*SAID, "done_at", "received_at")}
    stored, is_new = RescueStep.objects.get_or_create(pk=step.pk, defaults=values)
    if not is_new:
        refuse_changed(stored, step)
    return stored, is_new


def step_of(order_id: int, agent, report: StepReport, kinds: dict, now: datetime) -> RescueStep:
    """The row of a report, not yet stored."""
    kind = kinds.get(report.kind)
    if kind is None:
        raise Invalid(kind=[f"{report.kind} is not a known rescue step."])
    said = {"order_id": order_id, "agent_id": agent.pk, "kind": kind, "outcome": report.outcome, "note": report.note}
    return RescueStep(id=report.id, **said, done_at=report.done_at, received_at=now)


def refuse_changed(stored: RescueStep, step: RescueStep) -> None:
    """Raises StepChanged where a step of this id says something else."""
    if any(getattr(stored, name) != getattr(step, name) for name in SAID):
        raise StepChanged()


@dataclass
class Steps:
    """What one agent tried at these orders, and the steps that visits report which are written together: read when the
    first is asked for, kept up while each visit brings its own along.
    """

    agent: object
    orders: Collection[int]
    reported: Collection[uuid.UUID]
    codes: Codebook
    now: datetime
    fresh: dict[uuid.UUID, RescueStep] = field(default_factory=dict)

    @cached_property
    def taken(self) -> dict[int, list[RescueStep]]:
        """By order, since the agent got it: an earlier agent's calls are not his, and before that not his own."""
        own = Assignment.objects.filter(order__in=self.orders, agent=self.agent).order_by("from_at")
        since = dict(own.values_list("order", "from_at"))
        found: dict[int, list[RescueStep]] = defaultdict(list)
        for step in RescueStep.objects.filter(order__in=self.orders, agent=self.agent).order_by():
            if step.order_id not in since or step.received_at >= since[step.order_id]:
                found[step.order_id].append(step)
        return found

    @cached_property
    def stored(self) -> dict[uuid.UUID, RescueStep]:
        return RescueStep.objects.in_bulk(self.reported)

    def add(self, order: WorkOrder, reports: Sequence[StepReport]) -> None:
        """Keep the steps that a visit brings along; they are stored by whoever stores the visit. Raises StepChanged."""
        for report in reports:
            step = step_of(order.pk, self.agent, report, self.codes.rescue_kinds, self.now)
            known = self.stored.get(report.id) or self.fresh.get(report.id)
            if known is not None:
                refuse_changed(known, step)
            else:
                self.taken[order.pk].append(step)
                self.fresh[report.id] = step

    def are_any(self, order: WorkOrder) -> bool:
        return bool(self.taken.get(order.pk))

    def require(self, order: WorkOrder, disposition: Disposition) -> None:
        """Raises Invalid naming the steps that an ATK result still needs."""
        if not disposition.is_address_not_found:
            return
        done = {step.kind_id for step in self.taken.get(order.pk, ())}
        missing = [code for code, kind in self.codes.rescue_kinds.items() if kind.is_required and kind.pk not in done]
        if missing:
            code, steps = disposition.code, ", ".join(missing)
            raise Invalid(rescue=[f"Before {code} these steps are taken or marked as not possible: {steps}."])
