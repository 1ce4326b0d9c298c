"""Three people's rows in two witel, each text of them a canary; rows that were deleted; ids that never were.

A world maps kinds of rows to ids: `worlds["dewi"]["order"]`. To have a new kind, make its row in `make_world`, give it a
value in NEVER, and delete it in `forget` if nothing else does.
"""

import hashlib
import uuid
from datetime import date, timedelta
from types import SimpleNamespace

from django.core import signing
from django.utils import timezone

from accounts.models import Device, User
from accounts.services import tokens
from accounts.verbs import Role
from customers.models import Address, Bill, Customer, LocationCorrection
from customers.services import Fix, report_house
from history.models import Access, Change
from imports.models import Batch, RowIssue
from tests.dashboard.rows import make_rehearsal, make_release, make_run, make_visit
from tests.make import make_bill, make_customer, make_order
from tests.workorders import pictures
from workorders import photo_files
from workorders.models import (
    AddressHold,
    Conflict,
    Operation,
    Quarantine,
    RescueKind,
    RescueStep,
    Upload,
    Visit,
    VisitPhoto,
    WorkOrder,
)
from workorders.services.points import refresh_points
from workorders.states import State

NEVER = {
    "order": 987654321,
    "ready_order": 987654321,
    "closed_order": 987654321,
    "held_order": 987654321,
    "desk_order": 987654321,
    "follow_up_order": 987654321,
    "customer": 987654321,
    "candidate": 987654321,
    "correction": 987654321,
    "done_correction": 987654321,
    "agent": "petugas-siapa-pun",
    "agent_number": "987654321",
    "place": "witel:NIRWANA",
    "batch": 987654321,
    "release": 987654321,
    "rehearsal": 987654321,
    "run": 987654321,
    "visit": uuid.UUID("0192f0a0-dead-7000-8000-00000000dead"),
    "new_visit": uuid.UUID("0192f0a0-dead-7000-8000-00000000beef"),
    "new_pin": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea4"),
    "new_step": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea5"),
    "new_device": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea6"),
    "own_agent": "petugas-lain-siapa-pun",
    "rescue_step": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea1"),
    "pin": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea2"),
    "device": uuid.UUID("0192f0a0-dead-7000-8000-00000000dea3"),
    "ticket": "tiket:yang:tidak-ada",
    "line": "131999999999",
    "quarantined": 987654321,
    "dismissed": 987654321,
    "conflict": 987654321,
    "retired_device": uuid.UUID("0192f0a0-dead-7000-8000-00000000de01"),
    "phone": uuid.UUID("0192f0a0-dead-7000-8000-00000000de02"),
    "operation": uuid.UUID("0192f0a0-dead-7000-8000-00000000de03"),
    "new_operation": uuid.UUID("0192f0a0-dead-7000-8000-00000000de04"),
    "photo": uuid.UUID("0192f0a0-dead-7000-8000-00000000de05"),
    "new_photo": uuid.UUID("0192f0a0-dead-7000-8000-00000000de06"),
    "upload": uuid.UUID("0192f0a0-dead-7000-8000-00000000de07"),
    "look": uuid.UUID("0192f0a0-dead-7000-8000-00000000de08"),
    "new_look": uuid.UUID("0192f0a0-dead-7000-8000-00000000de09"),
}
CURSORS = {
    "orders_cursor": "/api/v1/workorders/?state=all&limit=1",
    "visits_cursor": "/api/v1/visits/?limit=1",
    "customers_cursor": "/api/v1/customers/?limit=1",
    "corrections_cursor": "/api/v1/corrections/?limit=1",
    "desk_cursor": "/api/v1/desk/?limit=1",
    "devices_cursor": "/api/v1/devices/?limit=1",
    "quarantine_cursor": "/api/v1/quarantine/?limit=1",
    "conflicts_cursor": "/api/v1/conflicts/?limit=1",
    "flagged_cursor": "/api/v1/visits/flagged/?limit=1",
    "feed_cursor": "/api/v1/sync/pull/?limit=1",
    "snapshot_cursor": "/api/v1/sync/snapshot/?limit=1",
}
NEVER |= dict.fromkeys(CURSORS, "kursor:yang:tidak-ada")
EARLIER = date(2026, 11, 20)


def make_country(cast, media) -> SimpleNamespace:
    """`worlds` by name, `gone` and `never` as worlds too; `canaries` by world; `cast`."""
    release = make_release()
    staff = {"release": release.pk, "run": make_run(release).pk, "rehearsal": make_rehearsal().pk}
    gone, lost = make_world(cast, cast.agent, "dihapus", media)
    forget(lost)
    gone = {kind: key for kind, key in gone.items() if kind not in ("place", "own_agent")}  # these are still there
    worlds, canaries = {}, {}
    for name, person in {"dewi": cast.agent, "ujang": cast.colleague, "tri": cast.stranger}.items():
        person.username = f"lapangan-{name}"  # long enough to be told from other words in an answer
        person.save()
        worlds[name], marks = make_world(cast, person, name, media)
        canaries[name] = marks.canaries
        worlds[name] |= staff
    return SimpleNamespace(worlds=worlds, canaries=canaries, gone=NEVER | gone, never=NEVER, cast=cast)


def make_world(cast, agent, name: str, media) -> tuple[dict, SimpleNamespace]:
    """All kinds of rows around one agent, in his witel."""
    witel, mark = agent.witel, f"kenari-{name}"
    east = 107.61 if witel.code == "BANDUNG" else 110.82
    north = {"BANDUNG": -6.92, "SOLO": -7.56}[witel.code]
    now = timezone.now()
    numbers = iter(range(1, 50))

    def person() -> Customer:
        digits = f"{uuid.uuid5(uuid.NAMESPACE_DNS, name).int % 10**6:06d}{next(numbers):02d}"
        made = make_customer(
            witel=witel.code, lat=north, lon=east, name=f"{mark} nama", phones=f"+62811{digits}",
            service_number=f"1319{digits}",
        )  # fmt: skip
        Address.objects.filter(customer=made).update(raw=f"{mark} alamat", street=f"{mark} jalan")
        make_bill(made)
        return made

    def order(state=None, **fields) -> WorkOrder:
        return make_order(customer=person(), state=state, number=f"WO-{mark}-{next(numbers)}", **fields)

    mine = order(assignee=agent)
    closed, held, desk = (
        order(State.CLOSED),
        order(State.ON_HOLD, hold_reason=f"{mark} sebab"),
        order(State.ADDRESS_HOLD),
    )
    ready, follow = order(), order(State.FOLLOW_UP, assignee=agent)
    for hidden in (desk, order(State.ADDRESS_HOLD)):
        AddressHold.objects.create(order=hidden, why="NO_POINT", opened_at=now)
    make_visit(order=follow, agent=agent, at=now - timedelta(days=2), flags=["mock_position"])
    visit = make_visit(
        order=mine, agent=agent, note=f"{mark} catatan", at=now - timedelta(days=1), flags=["mock_position"]
    )
    step = RescueStep.objects.create(
        id=uuid.uuid4(), order=mine, agent=agent, kind=RescueKind.objects.first(), outcome="NOT_FOUND", done_at=now,
        received_at=now, note=f"{mark} langkah",
    )  # fmt: skip
    near = report_house(
        customer=mine.customer, source="AGENT_PIN", evidence=str(uuid.uuid4()), fix=Fix(north - 0.00015, east, 8.0),
        observed_on=EARLIER, actor=agent.username,
    )  # fmt: skip
    waits = person()
    far = report_house(
        customer=waits, source="AGENT_PIN", evidence=str(uuid.uuid4()), fix=Fix(north - 0.006, east, 8.0),
        observed_on=EARLIER, actor=agent.username,
    )  # fmt: skip
    refresh_points(customers=[mine.customer_id, waits.pk])
    colleague = User.objects.create(username=f"petugas-{mark}", name=f"{mark} petugas", role=Role.AGENT, witel=witel)
    other = cast.manager if witel.code == "BANDUNG" else cast.admin
    batch = Batch.objects.create(
        kind="billing", filename=f"{mark}.csv", sha256="0" * 64, actor=other, state="DONE", rows=1, refused=1,
        started_at=now,
    )  # fmt: skip
    RowIssue.objects.create(
        batch=batch, row=1, line=2, severity="refused", value=f"{mark} nilai", reason="bad_nd", message="x"
    )
    Access.objects.create(at=now, actor=agent, purpose="view", target_type="customer", rows=1)
    look = Access.objects.create(
        at=now, actor=agent, purpose="phone", target_type="customer", target_id=str(mine.customer_id), rows=1,
        client_key=uuid.uuid4(),
    )  # fmt: skip
    device = Device.objects.create(id=uuid.uuid4(), user=colleague, name=f"{mark} ponsel")
    newcomer = User.objects.create(username=f"baru-{mark}", name=f"{mark} baru", role=Role.AGENT, witel=witel)
    retired = Device.objects.create(
        id=uuid.uuid4(), user=newcomer, name=f"{mark} ponsel lama", revocation="RETIRED", revoked_at=now
    )
    pushed = make_pushed(agent, mark, now, mine=mine, ready=ready)
    photos = make_photos(agent, visit, media, now)
    file = media / "imports" / f"{mark}"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"ND;PERIODE;TAGIHAN;STATUS_BAYAR\n{mark};202610;1;UNPAID\n")
    kept = {"name": file.name, "kind": "billing", "filename": f"{mark}.csv", "user": other.pk}
    world = {
        "order": mine.pk, "ready_order": ready.pk, "closed_order": closed.pk, "held_order": held.pk,
        "desk_order": desk.pk, "follow_up_order": follow.pk, "customer": mine.customer_id,
        "candidate": mine.customer.candidates.order_by("id").first().pk, "correction": far.pk, "done_correction": near.pk,
        "agent": colleague.username, "agent_number": str(colleague.pk), "place": f"witel:{witel.code}",
        "batch": batch.pk, "visit": visit.pk, "rescue_step": step.pk,
        "pin": uuid.UUID(near.evidence), "device": device.pk,
        "own_agent": agent.username, "new_visit": uuid.uuid4(), "new_pin": uuid.uuid4(), "new_step": uuid.uuid4(),
        "new_device": uuid.uuid4(), "ticket": signing.dumps(kept, salt="dashboard.upload"),
        "line": mine.customer.service_number, "retired_device": retired.pk, "phone": uuid.uuid4(), "look": look.client_key,
        "new_look": uuid.uuid4(), "new_operation": uuid.uuid4(), "new_photo": uuid.uuid4(), **pushed, **photos,
    }  # fmt: skip
    orders = [mine, ready, closed, held, desk, follow]
    people = [*(each.customer for each in orders), waits]
    canaries = [mark, *(each.service_number for each in people), *(each.phones[1:] for each in people)]
    return world, SimpleNamespace(
        canaries=canaries, orders=orders, people=people, agents=[colleague, newcomer], batch=batch, file=file
    )


def make_pushed(agent, mark: str, now, *, mine, ready) -> dict:
    """What an old phone of his pushed: two of each that waits for a decision, one dismissed."""
    device = Device.objects.create(
        id=uuid.uuid4(), user=agent, name=f"{mark} dahulu", revocation="RETIRED", revoked_at=now - timedelta(days=3)
    )
    clock = {"wall": now.isoformat(), "boot": str(uuid.uuid4()), "mono_ms": 1000}
    operations = [
        Operation.objects.create(
            id=uuid.uuid4(), agent=agent, device=device, seq=number, type="customer.note", entity=str(mine.customer_id),
            content_hash=f"{number:064d}", status=status, customer=mine.customer, received_at=now,
        )
        for number, status in enumerate(["applied", "conflict", "conflict"])
    ]  # fmt: skip
    conflicts = [
        Conflict.objects.create(
            operation=operation, agent=agent, customer=mine.customer, field="landmark", stands=f"{mark} pagar",
            proposed=f"{mark} warung", received_at=now,
        )
        for operation in operations[1:]
    ]  # fmt: skip
    body = {"order": ready.pk, "disposition": "NC-HOURS", "note": f"{mark} karantina"}
    quarantined = []
    for number, state in enumerate(["OPEN", "OPEN", "DISMISSED"]):
        content = {
            "op": str(uuid.uuid4()),
            "seq": 9,
            "type": "visit.create",
            "entity": str(uuid.uuid4()),
            "at": clock,
            "body": body,
        }
        quarantined.append(
            Quarantine.objects.create(
                operation=content["op"], agent=agent, device=device, type="visit.create", entity=content["entity"],
                customer=ready.customer, content_hash=f"{number:064d}", content=content, sent=clock, code="not_found",
                received_at=now, state=state,
            )
        )  # fmt: skip
    return {
        "operation": operations[0].pk, "conflict": conflicts[0].pk, "quarantined": quarantined[0].pk,
        "dismissed": quarantined[2].pk,
    }  # fmt: skip


def make_photos(agent, visit, media, now) -> dict:
    """A photo that has arrived, and one that is on its way."""
    key, coming, picture = uuid.uuid4(), uuid.uuid4(), pictures.photo(size=(64, 48))
    said = {"agent": agent, "sha256": hashlib.sha256(picture).hexdigest(), "size": len(picture)}
    name = photo_files.picture_name(key)
    VisitPhoto.objects.create(id=key, visit=visit, **said, state="ARRIVED", file=name, width=64, height=48)
    path = media / "photos" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)
    VisitPhoto.objects.create(id=coming, visit=visit, **said)
    Upload.objects.create(id=coming, **said, for_visit=visit.pk, started_at=now, expires_at=now + timedelta(days=9))
    return {"photo": key, "upload": coming}


def forget(lost: SimpleNamespace) -> None:
    """Delete the rows of a world; nothing of it answers any more."""
    orders, people = [each.pk for each in lost.orders], [each.pk for each in lost.people]
    RescueStep.objects.filter(order__in=orders).delete()
    for model in (Conflict, Quarantine, Operation, Upload, VisitPhoto):
        model.objects.all().delete()
    Visit.objects.filter(order__in=orders).delete()
    WorkOrder.objects.filter(pk__in=orders).delete()
    LocationCorrection.objects.filter(customer__in=people).delete()
    Bill.objects.filter(customer__in=people).delete()
    Customer.objects.filter(pk__in=people).delete()
    Change.objects.all().delete()
    Access.objects.all().delete()
    lost.file.unlink()
    lost.batch.delete()
    Device.objects.all().delete()
    for agent in lost.agents:
        agent.delete()


def sign_in_phone(user, key=None, *, revocation="") -> str:
    """An access token of the phone `key`, or of one more; that of a phone that was revoked since."""
    now = timezone.now()
    phone = tokens.Phone(key or uuid.uuid4(), "ponsel")
    access = tokens.sign_in(user=user, phone=phone, now=now).access
    Device.objects.filter(pk=phone.id).update(
        last_seen_at=now, revocation=revocation, revoked_at=now if revocation else None
    )
    return access
