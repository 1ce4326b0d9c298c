"""One person in every table and file: the export holds all of it, after the erasure there is nothing anywhere."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from history.models import Access
from privacy import folders
from privacy.map import HOLDS
from privacy.models import Erasure
from tests.make import make_customer, make_order
from tests.privacy.people import (
    ADDRESS,
    CANARIES,
    EMAIL,
    LAT,
    LON,
    NAME,
    NUMBER,
    PHONES,
    everything_as_text,
    make_files,
    make_person,
)
from workorders.models import PromiseToPay, Visit, WorkOrder

pytestmark = pytest.mark.django_db


def run(*words, **options) -> str:
    out = io.StringIO()
    call_command("subject", *words, stdout=out, **options)
    return out.getvalue()


def erase(*words) -> str:
    return run("erase", NUMBER, "--yes", *words)


@pytest.fixture
def person(cast, places):
    return make_person(cast)


@pytest.fixture
def their_files(places):
    return make_files(places.MEDIA_ROOT, places.VAR_DIR, places.EVIDENCE_DIR)


def test_an_export_holds_every_word_of_the_person(person, their_files, places, tmp_path):
    out = tmp_path / "mine.json"
    run("export", NUMBER, out=out)
    said, text = json.loads(out.read_text()), out.with_suffix(".txt").read_text()

    assert [word for word in CANARIES if word not in out.read_text()] == []
    assert [word for word in CANARIES if word not in text] == []
    assert set(said["held"]) == set(HOLDS)  # the person is in every table that can hold one
    assert len(said["files"]) == len(their_files) - 1  # a name says nothing beyond itself
    assert out.stat().st_mode & 0o777 == 0o600


def test_an_export_names_no_member_of_staff(person, cast, tmp_path):
    out = tmp_path / "mine.json"
    run("export", NUMBER, out=out)

    for user in (cast.agent, cast.supervisor):
        assert not re.search(rf"(?i)\b({user.username}|{user.name})\b", out.read_text())
    seen = json.loads(out.read_text())["held"]["history.Access"]["rows"]
    assert re.fullmatch(r"SUPERVISOR [0-9a-f]{8}", seen[0]["actor"])


def test_an_export_is_itself_in_the_access_log(person, tmp_path):
    run("export", NUMBER, out=tmp_path / "mine.json")

    noted = Access.objects.get(purpose="export")
    assert (noted.target_type, noted.target_id) == ("customer", str(person.customer.pk))


def test_an_export_of_nobody_is_refused_and_never_overwrites_a_file(person, tmp_path):
    (tmp_path / "there.json").write_text("mine")

    with pytest.raises(CommandError, match="Not found"):
        run("export", "131000000999", out=tmp_path / "nobody.json")
    with pytest.raises(CommandError, match="Cannot write"):
        run("export", NUMBER, out=tmp_path / "there.json")
    assert not (tmp_path / "nobody.json").exists() and (tmp_path / "there.json").read_text() == "mine"


def test_after_an_erasure_no_word_is_in_any_table(person, their_files):
    said = erase("--reason", f"surat {NAME} nomor {NUMBER}")
    left = everything_as_text()

    assert [word for word in (*CANARIES, "Lamacanari", "Bu Canari") if word.lower() in left.lower()] == []
    assert "0 left" in said


def test_after_an_erasure_no_word_is_in_any_file_and_the_others_stay(person, their_files):
    erase()

    pattern = "|".join(re.escape(word) for word in (NUMBER, NAME, "Canari", str(LAT)))
    assert [path for path in folders.files() if folders.hits(path, pattern)] == []
    assert "Orang Lain" in their_files["csv"].read_text() and "lantai" not in their_files["csv"].read_text()
    assert folders.hits(their_files["gz"], "Orang Lain") == 1
    assert not their_files["xlsx"].exists() and not their_files["named"].exists()
    assert NUMBER not in str(Erasure.objects.get().report)
    assert their_files["evidence"].read_text() == "# Bukti\nbaris ••• kembali\n"


def test_what_counts_stays_under_a_random_number(person, cast):
    erase()

    visit = Visit.objects.get(pk=person.visit.pk)
    order = visit.order
    assert (visit.disposition.code, visit.business_day, visit.agent) == (
        "MET-PTP",
        person.visit.business_day,
        cast.agent,
    )
    assert (order.state, order.witel, order.period) == ("CLOSED", cast.bandung, 202609)
    assert re.fullmatch(r"X-[A-Z0-9]{16}", order.number) and re.fullmatch(
        r"X[A-Z0-9]{12}", order.customer.service_number
    )
    assert PromiseToPay.objects.get(order=order).amount == 100_000
    assert order.customer.bills.get().status == "PAID"


def test_open_orders_are_recalled_and_leave_the_agents_list(person, cast, as_phone):
    erase()

    order = WorkOrder.objects.get(pk=person.order.pk)
    assert (order.state, order.cancel_reason) == ("CANCELLED", "RECALLED")
    assert order.version > person.order.version
    assert as_phone(cast.agent).get("/api/v1/workorders/").json()["results"] == []


def test_an_erasure_twice_changes_nothing_more(person, their_files):
    erase()
    once = everything_as_text()
    said = erase()

    again = everything_as_text()
    unchanged = {line for line in once.splitlines() if not line.startswith("privacy_erasure")}
    assert {line for line in again.splitlines() if not line.startswith("privacy_erasure")} == unchanged
    assert "0 left" in said and Erasure.objects.get().runs == 1


def test_nobody_is_erased_while_an_agent_is_at_the_door(person, cast):
    WorkOrder.objects.filter(pk=person.order.pk).update(state="ON_SITE")
    before = everything_as_text()

    with pytest.raises(CommandError, match="at the door"):
        erase()
    assert everything_as_text() == before


def test_nobody_is_erased_who_still_owes_unless_somebody_says_why(cast, places):
    make_person(cast, paid=False)
    before = everything_as_text()

    with pytest.raises(CommandError, match="unpaid bills"):
        erase()
    with pytest.raises(CommandError, match="--reason"):
        erase("--despite-debt")
    assert everything_as_text() == before
    assert "0 left" in erase("--despite-debt", "--reason", "putusan")


def test_a_number_that_nobody_has_is_refused(person, places):
    with pytest.raises(CommandError, match="Not found"):
        run("erase", "131000000999", "--yes")
    with pytest.raises(CommandError, match="11 to 13 digits"):
        run("erase", "1319", "--yes")
    assert not Erasure.objects.exists() and not places.ERASURE_LEDGER.exists()


def test_other_people_keep_what_is_theirs(person, cast):
    """A namesake in the same house with the same phone; and an agent of that name."""
    twin = make_customer(name=NAME, phones=PHONES.split()[0])
    twin.address.raw = ADDRESS
    twin.address.save()
    order = make_order(customer=twin, hold_reason=f"kata {NAME}, layanan {NUMBER}")
    type(cast.agent).objects.filter(pk=cast.agent.pk).update(name=NAME)
    said = erase()

    twin.refresh_from_db()
    assert (twin.name, twin.phones, twin.address.raw) == (NAME, PHONES.split()[0], ADDRESS)
    order.refresh_from_db()
    assert order.hold_reason == "kata •••, layanan •••"
    assert "of others    customers_customer: 1 rows" in said and "of others    accounts_user: 1 rows" in said


def test_the_delivery_to_provisioning_goes_on_without_the_person(person):
    erase()

    person.delivery.refresh_from_db()
    assert [point["service_number"] for point in json.loads(person.delivery.body)["points"]] == ["131000000001"]


def test_the_ledger_holds_nothing_of_the_person(person, places):
    erase("--reason", f"permintaan {NAME}, {EMAIL}")

    entry = Erasure.objects.get()
    assert entry.reason == "permintaan •••, •••" and entry.finished_at and entry.customer == person.customer.pk
    said = places.ERASURE_LEDGER.read_text()
    assert entry.key in said and NUMBER not in said and str(LON) not in said
    assert places.ERASURE_LEDGER.stat().st_mode & 0o777 == 0o600
