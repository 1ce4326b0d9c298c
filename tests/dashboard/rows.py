"""Rows that only the dashboard's and exports' tests need."""

import uuid
from datetime import UTC, datetime

from tests.make import make_order
from workorders.models import Disposition, PromiseToPay, Visit

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Bandung, a Friday


def make_visit(*, order=None, agent=None, code="MET-PTP", at=NOON, promise=None, **fields) -> Visit:
    """A visit of that day; `promise` is (amount, due day, state)."""
    order = order or make_order(assignee=agent)
    visit = Visit.objects.create(
        id=fields.pop("id", None) or uuid.uuid4(),
        order=order,
        agent=agent,
        disposition=Disposition.objects.get(code=code),
        visited_at=at,
        visited_at_corrected=at,
        received_at=at,
        business_day=at.astimezone(order.witel.zone).date(),
        content_hash="0" * 64,
        **fields,
    )
    if promise:
        amount, due_on, state = promise
        PromiseToPay.objects.create(visit=visit, order=order, amount=amount, due_on=due_on, state=state)
    return visit
