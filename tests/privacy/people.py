"""One person in every table and file that can hold one, with words that nobody else has."""

import gzip
import uuid
import zipfile
from datetime import date
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from accounts.models import Device
from customers.models import (
    FieldNote,
    LocationCandidate,
    LocationCorrection,
    OfferDelivery,
    PinLink,
    PointOffer,
    SearchedPlace,
)
from history.services import record, record_access
from imports.models import Batch, HeldRow, JournalEntry, RowIssue
from privacy import tables
from tests.dashboard.rows import make_visit
from tests.make import make_bill, make_customer, make_order
from workorders.models import (
    AddressHold,
    Conflict,
    Lesson,
    Operation,
    Quarantine,
    RescueKind,
    RescueStep,
    SearchTrail,
    Upload,
    VisitPhoto,
    VisitReview,
)
from workorders.photo_files import picture_name, picture_path, thumb_path

NUMBER = "131999888777"
NAME = "Kartika Canariwati"
PHONES = "+6281390007777 +622259990011"
ADDRESS = "Jl. Canari Kencana No. 77 RT 03/RW 09, Cipedes"
EMAIL = "kartika.canari@contoh.id"
LAT, LON = -6.9123457, 107.6012347
# Every spelling under which the person must be in an export, and must be nowhere after an erasure.
CANARIES = (
    *(NUMBER, NAME, NAME.upper(), "+6281390007777", "0813-9000-7777", "62813 9000 7777", "+622259990011", ADDRESS),
    *(EMAIL, str(LAT), str(LON)),
)


def make_batch(**fields) -> Batch:
    values = {"kind": "provisioning", "filename": "psb.csv", "sha256": "0" * 64, "state": "DONE"}
    return Batch.objects.create(**values | {"started_at": timezone.now(), "rows": 3, "created": 3} | fields)


def make_person(cast, *, paid=True) -> SimpleNamespace:
    """The person, with a closed and an open order; everything that can be written of somebody is."""
    now = timezone.now()
    customer = make_customer(service_number=NUMBER, name=NAME, phones=PHONES, lat=LAT, lon=LON)
    customer.address.raw = ADDRESS
    customer.address.street, customer.address.landmark = "Jl. Canari Kencana", "dekat warung Bu Canari"
    customer.address.save()
    customer.installation.raw_point = f"{LAT},{LON} (rumah {NAME})"
    customer.installation.save()
    make_bill(customer, status="PAID" if paid else "UNPAID", paid_on=date(2026, 10, 30) if paid else None)
    order = make_order(customer=customer, assignee=cast.agent)
    past = make_order(customer=customer, number=f"VOC-{NUMBER}-202609", state="CLOSED", period=202609)
    device = Device.objects.create(id=uuid.uuid4(), user=cast.agent, name="hp")
    visit = make_visit(
        order=past,
        agent=cast.agent,
        device=device,
        promise=(100_000, date(2026, 11, 30), "OPEN"),
        lat=LAT,
        lon=LON,
        arrived_lat=LAT,
        arrived_lon=LON,
        relation="istri Kartika Canariwati",
        note=f"Bertemu {NAME.upper()}, hp 0813-9000-7777 (62813 9000 7777), surel {EMAIL}",
        details={"reason": f"pindah dari {ADDRESS}", "amount": 100000},
        candidate=customer.candidates.first(),
    )
    LocationCandidate.objects.create(
        customer=customer, source="CUSTOMER_PIN", evidence="pin", lat=LAT, lon=LON, accuracy_m=5
    )
    correction = LocationCorrection.objects.create(
        customer=customer, kind="EVIDENCE", state="APPROVED", proposed_at=now,
        after={"lat": LAT, "lon": LON, "radius_m": 9.0, "grade": "A", "source": "VISIT"}, actor=cast.agent.username, reason=f"dikenal {NAME}",
    )  # fmt: skip
    SearchedPlace.objects.create(
        customer=customer, evidence=str(visit.pk), number=0, lat=LAT, lon=LON, reach_m=30, searched_on=date(2026, 11, 2)
    )
    link = PinLink.objects.create(
        customer=customer, token_hash="a" * 64, created_by=cast.supervisor, created_at=now, expires_at=now
    )
    delivery = OfferDelivery.objects.create(
        body=f'{{"delivery":"x","points":[{{"service_number":"{NUMBER}","lat":{LAT}}},'
        '{"service_number":"131000000001","lat":-6.9}]}',
        points=2, created_at=now, next_try_at=now,
    )  # fmt: skip
    PointOffer.objects.create(service_number=NUMBER, version=1, delivery=delivery)
    AddressHold.objects.create(order=past, visit=visit, why="ATK", lat=LAT, lon=LON, known=[[LAT, LON]], opened_at=now)
    RescueStep.objects.create(
        id=uuid.uuid4(), order=past, agent=cast.agent, kind=RescueKind.objects.first(), outcome="FOUND",
        note=f"tetangga kenal {NAME}", done_at=now, received_at=now,
    )  # fmt: skip
    SearchTrail.objects.create(visit=visit, line=[[LAT, LON], [LAT, LON]], metres=5, seconds=60)
    sent = what_phones_sent(cast, customer, visit, device, now)
    batch = make_batch(filename=f"psb {NAME}.csv")
    HeldRow.objects.create(
        batch=batch, row=7, line=8, waits_for=NUMBER, payload={"service_number": NUMBER, "note": f"surel {EMAIL}"}
    )
    for value in (NUMBER, "0813 9000 7777x"):
        RowIssue.objects.create(
            batch=batch, row=7, line=8, severity="warning", field="phones", value=value, reason="phone_unreadable",
            message="A telephone number here cannot be read.",
        )  # fmt: skip
    row = {"id": customer.pk, "service_number": NUMBER, "name": "Kartika Lamacanari", "phones": "+6281390007777"}
    JournalEntry.objects.create(
        batch=batch, cause=batch, table="customers.customer", first_key=str(customer.pk), last_key=str(customer.pk),
        before=row, after=row | {"name": NAME},
    )  # fmt: skip
    JournalEntry.objects.create(
        batch=batch, cause=batch, table="customers.address", first_key=str(customer.pk), last_key=str(customer.pk),
        before={"customer_id": customer.pk, "raw": ADDRESS}, after={"customer_id": customer.pk, "raw": "x"},
    )  # fmt: skip
    record(
        actor=cast.supervisor, verb="hold", target=order, before={"state": "READY", "lat": LAT},
        after={"state": "ON_HOLD"}, reason=f"keluhan {NAME}",
    )  # fmt: skip
    record(actor=cast.agent, verb="pin", target=customer, after={"lat": LAT, "lon": LON, "accuracy_m": 5})
    record_access(
        actor=cast.supervisor, purpose="view", target_type="customer", target_id=customer.pk, rows=1, detail="phones"
    )
    return SimpleNamespace(
        customer=customer, order=order, past=past, visit=visit, link=link, batch=batch, correction=correction,
        device=device, delivery=delivery, **sent,
    )  # fmt: skip


def what_phones_sent(cast, customer, visit, device, now) -> dict:
    """Notes, an operation that waits, one in quarantine, a conflict, a photo on its way, a review, a lesson."""
    who = {"agent": cast.agent, "device": device, "received_at": now, "content_hash": "0" * 64}
    body = {"order": visit.order_id, "note": f"{NAME}, {ADDRESS}"}
    FieldNote.objects.create(
        customer=customer, field="phone", value="+622259990011", version=1, actor=cast.agent, changed_at=now
    )
    held = Operation.objects.create(
        id=uuid.uuid4(), seq=1, type="visit.create", entity=str(uuid.uuid4()), status="held", customer=customer,
        content={"op": {"body": body}}, result={"notes": {"landmark": f"rumah {NAME}"}}, **who,
    )  # fmt: skip
    quarantined = Quarantine.objects.create(
        operation=uuid.uuid4(), type="visit.create", entity=str(uuid.uuid4()), customer=customer, code="not_found",
        content={"op": "x", "type": "visit.create", "body": body}, details={"x": [NAME]}, reason=f"milik {NAME}", **who,
    )  # fmt: skip
    conflict = Conflict.objects.create(
        operation=held, agent=cast.agent, customer=customer, field="landmark", stands=f"rumah {NAME}",
        proposed=f"seberang {ADDRESS}", received_at=now, reason=NAME,
    )  # fmt: skip
    VisitReview.objects.create(visit=visit, verdict="FINE", reason=f"kenal {NAME}", by=cast.supervisor, at=now)
    Lesson.objects.create(
        visit=visit, agent=cast.agent, target=[LAT, LON, 9.0, None], way=[[LAT, LON, 5]], given_at=now
    )
    photo = VisitPhoto.objects.create(
        id=uuid.uuid4(), visit=visit, agent=cast.agent, sha256="1" * 64, size=9, state="ARRIVED", width=1, height=1,
        settled_at=now, exif_lat=LAT, exif_lon=LON,
    )  # fmt: skip
    photo.file = picture_name(photo.pk)
    photo.save()
    for path in (picture_path(photo.file), thumb_path(photo.file)):
        keep_text(path, "\xff\xd8")
    upload = Upload.objects.create(
        id=photo.pk, agent=cast.agent, device=device, for_visit=visit.pk, sha256="1" * 64, size=9, offset=9,
        started_at=now, expires_at=now, completed_at=now,
    )  # fmt: skip
    return {"quarantined": quarantined, "conflict": conflict, "photo": photo, "upload": upload}


def keep_text(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def make_files(media, var, evidence) -> dict:
    """The person in a CSV, a gzipped CSV, a workbook and an evidence file; somebody else beside."""
    row = f'{NUMBER},"{NAME}","{ADDRESS}\nlantai 2",{LAT},{LON}\n'
    other = "131000000001,Orang Lain,Jl. Lain 1,-6.9,107.6\n"
    (media / "imports").mkdir(parents=True)
    files = {
        "csv": media / "imports" / "0a1b2c",
        "gz": var / "old.csv.gz",
        "xlsx": var / "export.xlsx",
        "evidence": evidence / "rollback.md",
        "named": var / f"layanan {NUMBER}.txt",
    }
    files["csv"].write_text(f"ND,NAMA,ALAMAT,LAT,LON\n{row}{other}")
    files["gz"].write_bytes(gzip.compress(f"ND,NAMA,ALAMAT,LAT,LON\n{other}{row}".encode()))
    with zipfile.ZipFile(files["xlsx"], "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{NAME}</t><t>{ADDRESS}</t>")
    files["named"].write_text("sudah dibalas")
    files["evidence"].write_text(f"# Bukti\nbaris {NUMBER} kembali\n")
    return files


def everything_as_text() -> str:
    """Every value of every table, as the database says them."""
    said = []
    for table in tables.all_tables():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {tables.quote(table)}")
            said += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(said)
