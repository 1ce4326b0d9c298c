import uuid
from html import unescape

import pytest
from django.utils import timezone

from history.models import Access, Change
from history.services import record, record_access
from tests.make import make_order

pytestmark = pytest.mark.django_db


def test_an_auditor_reads_who_saw_and_who_changed_what(cast, as_user):
    order = make_order()
    as_user(cast.supervisor).get("/orders/")
    record(actor=cast.supervisor, verb="hold", target=order, reason="banjir")
    client = as_user(cast.auditor)

    assert "siti" in client.get("/access/").content.decode()
    changes = client.get("/access/?log=changes").content.decode()
    assert "Ditahan" in changes and "banjir" in changes
    assert "siti" not in client.get("/access/?who=eko").content.decode().split("<section")[1]


def test_the_log_pages_by_key(cast, as_user):
    Access.objects.bulk_create(
        Access(at=timezone.now(), actor=cast.admin, purpose="list", target_type="visit", rows=n) for n in range(60)
    )
    client = as_user(cast.auditor)
    first = client.get("/access/")
    second = client.get(f"/access/?before={first.context['rows'][-1].pk}")

    assert first.context["has_more"] and len(first.context["rows"]) == 50
    assert len(second.context["rows"]) == 10 and not second.context["has_more"]
    assert client.get("/access/?before=x&who=%00").status_code == 200


def test_the_log_downloads_as_shown_and_the_download_is_noted(cast, as_user):
    for number in range(3):
        record_access(actor=cast.supervisor, purpose="view", target_type="customer", target_id=number, rows=1)
    record_access(actor=cast.analyst, purpose="list", target_type="customer", rows=9)
    answer = as_user(cast.auditor).get("/access/download.csv", {"who": cast.supervisor.username})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and all(cast.supervisor.username in line for line in lines[1:])
    noted = Access.objects.get(actor=cast.auditor)
    assert (noted.purpose, noted.rows) == ("export", 3)


def test_the_log_speaks_the_readers_language_and_keeps_its_own_words(cast, as_user):
    """Programs note short English words; nothing of them is shown, all of them stay in the file."""
    noted = {
        "desk": ("workorder", "list", "meja alamat"),
        "flagged": ("visit", "list", "kunjungan bertanda"),
        "quarantine OPEN": ("quarantine", "list", "karantina · Menunggu keputusan"),
        "state=open grade=none q": ("workorder", "list", "Keadaan: semua yang terbuka · Mutu titik: tanpa titik"),
        "csv columns=service_number,phones where=witel:BANDUNG": (
            "customer", "export", "csv · Kolom: No. Layanan, Telepon · Wilayah: witel:BANDUNG"
        ),
        "xlsx columns=all": ("visit", "export", "xlsx · Kolom: semua"),
        "on the phone at 2026-11-20T10:15 flagged": ("customer", "phone", "di ponsel, 2026-11-20T10:15 flagged"),
    }  # fmt: skip
    for detail, (target, purpose, _) in noted.items():
        record_access(actor=cast.supervisor, purpose=purpose, target_type=target, rows=1, detail=detail)
    page = unescape(as_user(cast.auditor).get("/access/").content.decode())
    body = page[page.index("<tbody>") :]
    for detail, (_, _, said) in noted.items():
        assert said in body, detail
    assert not [word for word in (">desk<", "OPEN", "columns=", ">flagged<", "on the phone") if word in body]
    window = {"who": "siti", "since": "2020-01-01T00:00", "until": "2090-01-01T00:00"}
    incident = unescape(as_user(cast.auditor).get("/access/incident/", window).content.decode())
    assert "Kolom: No. Layanan, Telepon" in incident
    file = b"".join(as_user(cast.auditor).get("/access/download.csv").streaming_content).decode()
    assert "quarantine OPEN" in file and "columns=service_number,phones" in file


def test_reasons_and_things_that_programs_named_are_told_in_words(cast, as_user):
    cause = uuid.uuid4()
    for target, reason in (("locationcorrection", ""), ("device", "signed in on Redmi"), ("device", "signed by Budi")):
        Change.objects.create(
            at=timezone.now(), actor=cast.admin, cause=cause, verb="approve", target_type=target, target_id="2",
            reason=reason,
        )  # fmt: skip
    page = as_user(cast.auditor).get("/access/?log=changes").content.decode()
    assert "koreksi titik 2" in page and "locationcorrection" not in page
    assert "masuk lewat ponsel Redmi" in page and "signed in on" not in page and "signed by Budi" in page


def test_the_page_for_incidents_says_what_it_is_for(cast, as_user):
    page = as_user(cast.auditor).get("/access/incident/").content.decode()
    assert "akun dibobol atau ponsel jatuh" in page
