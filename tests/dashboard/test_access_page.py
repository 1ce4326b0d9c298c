import pytest
from django.utils import timezone

from history.models import Access
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
