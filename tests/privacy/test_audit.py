"""The auditor's pages: both logs from both ends, a person's trail, an incident; numbers masked, every look noted."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Device
from history.models import Access
from history.services import record, record_access
from privacy.services.erase import erase_subject
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order
from tests.privacy.people import NAME, NUMBER, make_person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def look(actor, customer=None, *, purpose="view", at=NOW, target="customer", rows=1, detail=""):
    key = getattr(customer, "pk", "")
    record_access(actor=actor, purpose=purpose, target_type=target, target_id=key, rows=rows, detail=detail)
    Access.objects.filter(pk=Access.objects.latest("id").pk).update(at=at)


def lines_of(answer) -> list[dict]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def auditor(cast, as_user):
    return as_user(cast.auditor)


def shown(client, **asked) -> list:
    return client.get("/access/", asked).context["rows"]


def test_the_log_is_narrowed_by_account_purpose_and_days(cast, auditor):
    customer = make_customer()
    look(cast.supervisor, customer, purpose="phone", at=NOW - timedelta(days=3))
    look(cast.supervisor, customer, at=NOW - timedelta(days=1))
    look(cast.admin, customer)
    day = timezone.localdate(NOW - timedelta(days=3)).isoformat()

    assert len(shown(auditor, who="siti")) == 2
    assert [row.purpose for row in shown(auditor, purpose="phone")] == ["phone"]
    assert [row.purpose for row in shown(auditor, since=day, until=day)] == ["phone"]
    assert shown(auditor, who="siti", purpose="export") == []


@pytest.mark.parametrize("asked", [{"since": "x"}, {"line": "12"}, {"since": "2026-11-02", "until": "2026-11-01"}])
def test_nonsense_is_told_and_shows_nothing(cast, auditor, asked):
    look(cast.admin, make_customer())
    answer = auditor.get("/access/", asked)

    assert answer.context["rows"] == [] and answer.context["form"].errors


def test_a_persons_trail_has_looks_at_their_orders_and_visits_too_and_is_itself_noted(cast, auditor):
    customer, other = make_customer(service_number=NUMBER), make_customer()
    order = make_order(customer=customer, state="CLOSED")
    visit = make_visit(order=order, agent=cast.agent)
    for thing, target in ((customer, "customer"), (order, "workorder"), (visit, "visit"), (other, "customer")):
        look(cast.supervisor, thing, target=target)
    rows = shown(auditor, line=NUMBER)

    assert [(row.target_type, row.target_id) for row in rows] == [
        ("visit", str(visit.pk)), ("workorder", str(order.pk)), ("customer", str(customer.pk)),
    ]  # fmt: skip
    noted = Access.objects.latest("id")
    assert (noted.actor, noted.purpose, noted.target_id) == (cast.auditor, "view", str(customer.pk))
    assert len(shown(auditor, customer=customer.pk)) == 4  # by key the same, and the look before


def test_the_trail_of_somebody_erased_is_still_there(cast, auditor, places):
    person = make_person(cast)
    erase_subject(service_number=NUMBER, actor="budi", reason="surat 12")
    rows = shown(auditor, line=NUMBER)

    assert rows and rows[0].target_id == str(person.customer.pk)
    erased = auditor.get("/access/", {"log": "erasures"}).content.decode()
    assert "surat 12" in erased and "budi" in erased and NUMBER not in erased and NAME not in erased
    assert [row.customer for row in shown(auditor, log="erasures", line=NUMBER)] == [person.customer.pk]


def test_a_number_that_nobody_has_shows_nothing_and_notes_nothing(cast, auditor):
    look(cast.admin, make_customer())

    assert shown(auditor, line="131000000999") == []
    assert not Access.objects.filter(actor=cast.auditor).exists()


def test_changes_and_downloads_have_lists_of_their_own(cast, auditor):
    order = make_order()
    record(actor=cast.supervisor, verb="hold", target=order, reason="banjir")
    look(cast.analyst, purpose="export", rows=900, detail="csv state=open")
    look(cast.analyst, purpose="list", rows=50)

    assert [row.verb for row in shown(auditor, log="changes", customer=order.customer_id)] == ["hold"]
    assert [row.rows for row in shown(auditor, log="downloads")] == [900]


@pytest.mark.parametrize("log", ["access", "changes", "downloads", "erasures"])
def test_each_log_downloads_as_it_is_narrowed_and_the_download_is_noted(cast, auditor, places, log):
    person = make_person(cast)
    erase_subject(service_number=NUMBER, actor="budi")
    look(cast.analyst, purpose="export", rows=900)
    look(cast.stranger, make_customer())
    answer = auditor.get("/access/download.csv", {"log": log, "since": NOW.date() - timedelta(days=2)})
    rows = lines_of(answer)

    assert rows and NUMBER not in str(rows)
    noted = Access.objects.filter(actor=cast.auditor, target_type=log).get()
    assert (noted.purpose, noted.rows) == ("export", len(rows))
    lines_of(auditor.get("/access/download.csv", {"log": log, "customer": person.customer.pk}))
    assert Access.objects.filter(actor=cast.auditor, target_id=str(person.customer.pk), purpose="export").exists()


def test_pages_keep_what_was_asked(cast, auditor):
    for _ in range(55):
        look(cast.supervisor, make_customer() if _ == 0 else None, rows=2)
    first = auditor.get("/access/", {"who": "siti"})
    older = auditor.get("/access/", {"who": "siti", "before": first.context["rows"][-1].pk})

    assert "who=siti&amp;before=" in first.content.decode() and len(older.context["rows"]) == 5


# --- incident


def window(**asked) -> dict:
    local = timezone.localtime
    span = {
        "since": f"{local(NOW - timedelta(days=2)):%Y-%m-%dT%H:%M}",
        "until": f"{local(NOW + timedelta(days=1)):%Y-%m-%dT%H:%M}",
    }
    return span | asked


def test_an_incident_lists_who_was_opened_phoned_and_carried_within_the_time(cast, auditor):
    opened, phoned, before = make_customer(service_number=NUMBER), make_customer(), make_customer()
    carried = make_order(assignee=cast.agent).customer
    look(cast.agent, opened)
    look(cast.agent, phoned, purpose="phone")
    look(cast.agent, before, at=NOW - timedelta(days=9))
    look(cast.colleague, make_customer())
    look(cast.agent, purpose="list", rows=40, detail="state=ASSIGNED")
    page = auditor.get("/access/incident/", window(who=cast.agent.username, known_at="2026-11-26T08:00"))

    found = {row["customer"]: row["ways"] for row in page.context["people"]}
    assert found == {opened.pk: "melihat", phoned.pk: "nomor telepon", carried.pk: "membawa ordernya"}
    assert [row.rows for row in page.context["lists"]] == [40] and page.context["phones"] == 1
    assert "29 Nov" in page.content.decode() and "131•••77" in page.content.decode()
    assert NUMBER not in page.content.decode()
    noted = Access.objects.latest("id")
    assert (noted.actor, noted.target_type, noted.rows) == (cast.auditor, "breach", 3)


def test_a_stolen_phone_is_found_by_its_number(cast, auditor):
    device = Device.objects.create(id=uuid.uuid4(), user=cast.agent, name="hp")
    customer = make_customer()
    look(cast.agent, customer)

    page = auditor.get("/access/incident/", window(device=device.pk))
    assert page.context["account"] == cast.agent and page.context["count"] == 1


def test_the_list_of_people_downloads_masked_for_the_auditor_and_whole_for_the_admin(cast, auditor, as_user):
    look(cast.agent, make_customer(service_number=NUMBER))
    asked = window(who=cast.agent.username)

    assert [row["service_number"] for row in lines_of(auditor.get("/access/incident/download.csv", asked))] == [
        "131•••77"
    ]
    whole = lines_of(as_user(cast.admin).get("/access/incident/download.csv", asked))
    assert [row["service_number"] for row in whole] == [NUMBER]
    assert Access.objects.filter(target_type="breach", purpose="export", rows=1).count() == 2


@pytest.mark.parametrize(
    "asked", [{"who": "nobody"}, {"device": "x"}, {"since": "2026-11-30T00:00", "until": "2026-11-01T00:00"}, {}]
)
def test_an_incident_without_an_account_or_a_time_is_told(cast, auditor, asked):
    page = auditor.get("/access/incident/", window(**asked) if asked else {"who": "dewi"})
    file = auditor.get("/access/incident/download.csv", window(**asked) if asked else {})

    assert page.status_code == 200 and page.context["form"].errors
    assert file.status_code == 400 and not Access.objects.exists()
