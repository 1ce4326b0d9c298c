"""The steps before an address counts as not found: other points, the ODP, neighbours, landmark, call, RT head."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.problems import Invalid, Problem, require
from common.tx import in_transaction
from workorders.models import Disposition, RescueStep, WorkOrder
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


def write_steps(order: WorkOrder, agent, reports: Sequence[StepReport], codes: Codebook, now: datetime) -> None:
    """Keep the steps that a visit brings along. IntegrityError: one of them is being written elsewhere."""
    if not reports:
        return
    fresh = {report.id: step_of(order.pk, agent, report, codes.rescue_kinds, now) for report in reports}
    for stored in RescueStep.objects.filter(pk__in=fresh):
        refuse_changed(stored, fresh.pop(stored.pk))
    RescueStep.objects.bulk_create(fresh.values())


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


def steps_taken(order: WorkOrder, agent):
    """What this agent tried since he got the order: an earlier agent's calls are not his."""
    own = order.assignments.filter(agent=agent).order_by("-from_at").values_list("from_at", flat=True).first()
    steps = RescueStep.objects.filter(order=order, agent=agent)
    return steps.filter(received_at__gte=own) if own else steps


def is_rescued(order: WorkOrder, agent) -> bool:
    """Whether this agent took any step since he got the order."""
    return RescueStep.objects.filter(order=order, agent=agent).exists() and steps_taken(order, agent).exists()


def require_steps(order: WorkOrder, agent, disposition: Disposition, codes: Codebook) -> None:
    """Raises Invalid naming the steps that an ATK result still needs."""
    if not disposition.is_address_not_found:
        return
    taken = set(steps_taken(order, agent).values_list("kind__code", flat=True))
    missing = [code for code, kind in codes.rescue_kinds.items() if kind.is_required and code not in taken]
    if missing:
        raise Invalid(
            rescue=[f"Before {disposition.code} these steps are taken or marked as not possible: {', '.join(missing)}."]
        )
