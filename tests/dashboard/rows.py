"""Rows that only the dashboard's and exports' tests need."""

import uuid
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device
from accounts.services import tokens
from customers.models import FieldNote
from releases.models import Direction, Rehearsal, Release, Run, Step
from tests.make import make_order
from workorders.models import Conflict, Disposition, Operation, PromiseToPay, Quarantine, Visit

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


def make_phone(agent) -> APIClient:
    """A phone of this agent, signed in; `.device` is its id."""
    client, key = APIClient(), uuid.uuid4()
    pair = tokens.sign_in(user=agent, phone=tokens.Phone(id=key, name="Redmi", app_version="1"), now=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    client.device = key
    return client


def make_device(agent) -> Device:
    return agent.devices.first() or Device.objects.create(user=agent, id=uuid.uuid4(), name="Redmi")


def make_quarantined(agent, content=None, *, type="visit.create", code="not_found", **fields) -> Quarantine:
    """What a phone of `agent` sent and could not be applied."""
    operation = uuid.uuid4()
    content = content or {"op": str(operation), "type": type, "body": {}}
    return Quarantine.objects.create(
        **{"operation": operation, "agent": agent, "device": make_device(agent), "type": type, "code": code}
        | {"entity": str(content.get("entity", ""))[:36], "content": content, "content_hash": uuid.uuid4().hex}
        | {"sent": {"wall": NOON.isoformat(), "boot": None, "mono_ms": None}, "received_at": NOON}
        | fields
    )


def make_conflict(agent, customer=None, *, field="landmark", stands="warung", proposed="masjid", **fields) -> Conflict:
    """A note of `agent` where another agent's stands."""
    customer = customer or make_order(assignee=agent).customer
    note = {"value": stands, "version": 1, "actor": agent, "changed_at": NOON}
    FieldNote.objects.get_or_create(customer=customer, field=field, defaults=note)
    operation = Operation.objects.create(
        id=uuid.uuid4(), agent=agent, device=make_device(agent), seq=1, type="customer.note",
        entity=str(customer.pk), content_hash="0" * 64, status="conflict", received_at=NOON,
    )  # fmt: skip
    words = {"field": field, "stands": stands, "proposed": proposed, "received_at": NOON}
    return Conflict.objects.create(operation=operation, agent=agent, customer=customer, **words | fields)


def make_release(tag="v1.4", **fields) -> Release:
    migrations = [["workorders", "0003_feed_epoch"], ["imports", "0001_batches_and_journal"]]
    return Release.objects.create(
        **{"tag": tag, "migrations": migrations, "state": Release.State.APPLIED, "applied_at": NOON} | fields
    )


def make_run(release: Release, *, done=2, steps=2, **fields) -> Run:
    """A run of `release` with `steps` steps, the first `done` of them done in a second each."""
    run = Run.objects.create(
        **{
            "direction": Direction.RELEASE,
            "state": Run.State.DONE,
            "releases": [release.pk],
            "migrations": release.migrations,
            "actor": "budi@server, process 7",
            "started_at": NOON,
            "finished_at": NOON + timedelta(seconds=8.7),
        }
        | fields
    )
    Step.objects.bulk_create(
        Step(
            run=run, number=number, kind="STRUCTURE", app="imports", migration="0001_batches_and_journal",
            operation="Create model Batch", body=[f"CREATE TABLE t{number} (id)"],
            exact_before="a", exact_after="b", state="DONE" if number <= done else "PENDING",
            milliseconds=1000 if number <= done else None,
        )
        for number in range(1, steps + 1)
    )  # fmt: skip
    return run


def make_rehearsal(tag="v1.4", **fields) -> Rehearsal:
    return Rehearsal.objects.create(
        **{"tag": tag, "at": NOON, "migrations": [["imports", "0001_batches_and_journal"]], "passed": True}
        | {"seconds": 12.3, "evidence": "rollback-20261120-1200"}
        | fields
    )
