"""Everything of one order that its reader may see."""

from dataclasses import asdict
from datetime import datetime

from django.db.models import Prefetch

from common.links import links_to
from customers.api.shapes import location_out, notes_out, words
from workorders.api.order_rows import SAME, SAME_AFTER, bill_out
from workorders.api.visit_shapes import trail_out
from workorders.models import RescueStep, Visit, WorkOrder
from workorders.priority import weigh

RELATED = (
    "customer__address",
    "customer__location",
    "customer__installation__odp",
    "witel",
    "assignee",
    "outcome",
)
PROMISED = ("amount", "due_on", "state", "settled_on")
MANY = (
    "customer__bills",
    "customer__candidates",
    "customer__field_notes",
    Prefetch("visits", Visit.objects.select_related("disposition", "agent", "trail")),
    Prefetch("rescue_steps", RescueStep.objects.select_related("kind")),
    "promises",
)


def order_pages(orders):
    """A queryset of orders with all that `order_out` shows: as many statements for a hundred as for one."""
    return orders.select_related(*RELATED).prefetch_related(*MANY)


def order_out(user, order: WorkOrder, now: datetime) -> dict:
    is_own = order.assignee_id == user.pk and order.is_open
    house = location_out(user, order.customer, is_own=is_own)
    seen = {name: getattr(order, name) for name in (*SAME, *SAME_AFTER)}
    seen["radius_m"] = house["point"] and house["point"]["radius_m"]
    seen["days_to_ct0"] = order.days_to_ct0(now.astimezone(order.witel.zone).date())
    seen["witel"] = order.witel.code
    seen["assignee"] = order.assignee and order.assignee.username
    seen["outcome"] = order.outcome and order.outcome.code
    seen |= {name: getattr(order, name) for name in ("cancel_reason", "hold_reason", "hold_until", "version")}
    seen |= house
    seen["links"] = links_to(order.lat, order.lon, order.number)
    seen["bills"] = [
        bill_out(bill.period, bill.amount, bill.paid_amount, bill.status) for bill in order.customer.bills.all()
    ]
    seen["notes"] = notes_out(user, order.customer, is_own=is_own)
    seen["visits"] = earlier_visits(user, order)
    seen["rescue"] = steps_out(order)
    seen["atk_risk"] = order.atk_risk and round(order.atk_risk, 2)
    seen["atk_reasons"] = words(order.atk_reasons)
    seen["advice"] = order.advice
    seen["promises"] = [{name: getattr(row, name) for name in PROMISED} for row in order.promises.all()]
    if user.may("assign"):
        seen["assignments"] = assignments_out(order)
    parts = weigh(balance=order.balance, grade=order.grade, attempts=order.attempts)
    seen["priority_parts"] = asdict(parts)
    return seen


def earlier_visits(user, order: WorkOrder) -> list[dict]:
    """Newest first; what was written freely is not for those who may not see names."""
    return [
        {
            "id": visit.pk,
            "disposition": visit.disposition.code,
            "visited_at": visit.visited_at,
            "business_day": visit.business_day,
            "agent": visit.agent and str(visit.agent),
            "flags": visit.flags,
            "note": visit.note if user.may("see_names") else "",
            "trail": trail_out(visit),
        }
        for visit in order.visits.all()
    ]


def steps_out(order: WorkOrder) -> list[dict]:
    """What was tried for this order before, by whomever: the next agent need not ask the same neighbour."""
    return [
        {"id": step.pk, "kind": step.kind.code, "outcome": step.outcome, "done_at": step.done_at}
        for step in order.rescue_steps.all()
    ]


def assignments_out(order: WorkOrder) -> list[dict]:
    rows = order.assignments.select_related("agent", "by")
    return [
        {
            "agent": row.agent.username,
            "by": row.by and row.by.username,
            "kind": row.kind,
            "reason": row.reason,
            "from_at": row.from_at,
            "until_at": row.until_at,
        }
        for row in rows
    ]


def order_state_out(order: WorkOrder) -> dict:
    """What a verb answers."""
    seen = {
        name: getattr(order, name)
        for name in ("id", "number", "state", "next_on", "hold_reason", "hold_until", "version")
    }
    return seen | {"assignee": order.assignee and order.assignee.username}
