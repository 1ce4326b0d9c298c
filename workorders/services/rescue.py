"""The steps before an address counts as not found: other points, the ODP, neighbours, landmark, call, RT head."""

import uuid
from collections.abc import Iterable
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


def write_steps(order: WorkOrder, agent, reports: Iterable[StepReport], codes: Codebook, now: datetime) -> None:
    """Keep the steps that a visit brings along."""
    for report in reports:
        write_step(order.pk, agent, report, codes.rescue_kinds, now)


def write_step(order_id: int, agent, report: StepReport, kinds: dict, now: datetime) -> tuple[RescueStep, bool]:
    kind = kinds.get(report.kind)
    if kind is None:
        raise Invalid(kind=[f"{report.kind} is not a known rescue step."])
    values = {"order_id": order_id, "agent": agent, "kind": kind, "outcome": report.outcome, "note": report.note}
    step, is_new = RescueStep.objects.get_or_create(
        pk=report.id, defaults=values | {"done_at": report.done_at, "received_at": now}
    )
    if not is_new and (step.order_id, step.agent_id, step.kind_id, step.outcome, step.note) != (
        order_id, agent.pk, kind.pk, report.outcome, report.note,
    ):  # fmt: skip
        raise StepChanged()
    return step, is_new


def steps_taken(order: WorkOrder, agent):
    """What this agent tried since he got the order: an earlier agent's calls are not his."""
    own = order.assignments.filter(agent=agent).order_by("-from_at").values_list("from_at", flat=True).first()
    steps = RescueStep.objects.filter(order=order, agent=agent)
    return steps.filter(received_at__gte=own) if own else steps


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
