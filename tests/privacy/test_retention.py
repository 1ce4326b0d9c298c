"""What is kept long enough ends by itself: each rule at its border, twice, in pieces, and never more than is due."""

import io
import itertools
import os
import uuid
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Token
from accounts.services import tokens
from customers.models import Customer, PinLink, SearchedPlace
from history.models import Access, Change
from history.services import record
from imports.models import HeldRow, RowIssue
from privacy.map import FILES
from privacy.models import Erasure
from privacy.services import retention
from privacy.services.erase import erase_subject
from privacy.services.export import export_subject
from privacy.services.retention import run_retention
from privacy.ways import Files
from tests.dashboard.rows import make_visit
from tests.make import make_bill, make_customer, make_order
from tests.privacy.people import NUMBER, everything_as_text, make_batch, make_person
from workorders.models import SearchTrail, Visit

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: float):
    return NOW - timedelta(days=days)


def run(**options):
    return run_retention(now=NOW, seconds=60, **options)


def paid_customer(*, paid_days_ago: int, **fields) -> Customer:
    customer = make_customer(**fields)
    day = (NOW - timedelta(days=paid_days_ago)).date()
    make_bill(customer, status="PAID", paid_on=day, period=day.year * 100 + day.month)
    return customer


@pytest.fixture(autouse=True)
def in_places(places):
    """No test here touches the real folders."""


def test_who_paid_and_left_two_years_ago_becomes_a_number_and_the_counts_stay(cast):
    gone = paid_customer(paid_days_ago=800, service_number=NUMBER)
    order = make_order(customer=gone, state="CLOSED")
    visit = make_visit(order=order, agent=cast.agent, at=ago(790), note="pagar hijau", lat=-6.9, lon=107.6)
    recent = paid_customer(paid_days_ago=600)
    done = run()

    assert done.rules["customers"] == (1, 1)
    gone.refresh_from_db()
    visit.refresh_from_db()
    assert (gone.name, gone.phones, gone.service_number[0]) == ("", "", "X")
    assert (visit.note, visit.lat, visit.disposition.code, visit.agent) == ("", None, "MET-PTP", cast.agent)
    assert gone.bills.get().status == "PAID" and not hasattr(Customer.objects.get(pk=gone.pk), "address")
    recent.refresh_from_db()
    assert recent.name and recent.address.raw
    assert Erasure.objects.get().origin == "RETENTION" and NUMBER not in everything_as_text()


@pytest.mark.parametrize("reason", ["owes", "new_bill", "open_order", "visited", "no_bill"])
def test_who_still_has_to_do_with_us_stays(cast, reason):
    customer = paid_customer(paid_days_ago=800) if reason != "no_bill" else make_customer()
    if reason == "owes":
        make_bill(customer, period=202401, status="UNPAID")
    elif reason == "new_bill":
        make_bill(customer, period=NOW.year * 100 + NOW.month, status="PAID", paid_on=NOW.date())
    elif reason == "open_order":
        make_order(customer=customer, assignee=cast.agent)
    elif reason == "visited":
        make_visit(order=make_order(customer=customer, state="CLOSED"), agent=cast.agent, at=ago(30))
    before = everything_as_text()

    assert run().rules["customers"] == (0, 0)
    assert everything_as_text() == before


def test_trails_go_after_ninety_days_and_the_visits_stay(cast):
    visits = []
    for days in (89, 91):
        visit = make_visit(order=make_order(assignee=cast.agent), agent=cast.agent, at=ago(days))
        SearchTrail.objects.create(visit=visit, line=[[-6.9, 107.6]], metres=1, seconds=1)
        visits.append(visit)

    assert run().rules["trails"] == (1, 1)
    assert SearchTrail.objects.get().visit == visits[0] and Visit.objects.count() == 2


def test_the_access_log_goes_after_five_years_and_the_history_never(cast):
    for days in (5 * 365 - 1, 5 * 365 + 1):
        Access.objects.create(at=ago(days), actor=cast.admin, purpose="view", target_type="customer", rows=1)
    record(actor=cast.admin, verb="hold", target=make_order())
    Change.objects.update(at=ago(9 * 365))

    assert run().rules["access"] == (1, 1)
    assert Access.objects.count() == 1 and Change.objects.count() == 1


def test_links_and_tokens_go_thirty_days_after_their_end(cast):
    for number, days in enumerate((29, 31)):
        PinLink.objects.create(
            customer=make_customer(), token_hash=str(number), created_by=cast.admin, created_at=ago(99),
            expires_at=ago(days),
        )  # fmt: skip
        tokens.sign_in(user=cast.agent, phone=None, now=ago(days + 30))
    ended = Token.objects.order_by("id").first()
    Token.objects.filter(pk=ended.pk).update(revoked_at=ago(31))
    tokens.sign_in(user=cast.agent, phone=None, now=NOW)
    done = run()

    assert done.rules["links"] == (1, 1) and PinLink.objects.count() == 1
    assert done.rules["tokens"][1] >= 1 and Token.objects.filter(refresh_expires_at__gt=NOW).exists()


def test_what_was_written_in_old_files_goes_and_the_counts_of_the_batch_stay(cast, places):
    old, young = make_batch(started_at=ago(366)), make_batch(started_at=ago(364))
    for batch in (old, young):
        RowIssue.objects.create(
            batch=batch, row=1, line=2, severity="warning", field="name", value="Budi", reason="x", message="x"
        )
        HeldRow.objects.create(batch=batch, row=1, line=2, waits_for="131000000001", payload={})
    folder = places.MEDIA_ROOT / "imports"
    folder.mkdir()
    for name, days in (("old", 366), ("young", 1)):
        (folder / name).write_text("ND")
        os.utime(folder / name, (ago(days).timestamp(),) * 2)
    done = run()

    assert [done.rules[name] for name in ("issues", "held", "files")] == [(1, 1)] * 3
    assert RowIssue.objects.get().batch == HeldRow.objects.get().batch == young
    assert [path.name for path in folder.iterdir()] == ["young"]
    old.refresh_from_db()
    assert old.rows == 3


def test_a_dry_run_counts_and_changes_nothing(cast):
    paid_customer(paid_days_ago=800)
    before = everything_as_text()
    out = io.StringIO()
    call_command("retention", "--dry-run", stdout=out)

    assert any(line.split() == ["customers", "730", "1", "-"] for line in out.getvalue().splitlines())
    assert everything_as_text() == before


def test_a_second_run_finds_nothing(cast):
    paid_customer(paid_days_ago=800)
    run()
    before = everything_as_text()

    assert all(due == 0 for due, _ in run().rules.values())
    assert everything_as_text() == before


def test_a_run_stops_at_its_time_and_the_next_goes_on(cast, monkeypatch):
    monkeypatch.setattr(retention, "CUSTOMERS", 2)
    for _ in range(5):
        paid_customer(paid_days_ago=800)
    ticks = itertools.count(0, 4)  # each look at the clock is four seconds later
    first = run_retention(now=NOW, seconds=10, clock=lambda: next(ticks))
    monkeypatch.undo()

    assert first.rules["customers"] == (5, 4) and "customers" in first.unfinished
    assert run().rules["customers"] == (1, 1)


def test_nonsense_is_refused():
    with pytest.raises(CommandError, match="above 0"):
        call_command("retention", "--seconds", "0", stdout=io.StringIO())


def test_files_of_rows_are_exported_and_go_with_their_person_or_after_their_time(cast, places, monkeypatch):
    """With places of searches standing in for photos: a table of the person's with the name of a file."""
    files = Files(lambda row: [places.MEDIA_ROOT / "photos" / "places" / row.evidence], since="searched_on")
    monkeypatch.setitem(FILES, "customers.SearchedPlace", files)
    person = make_person(cast)
    (places.MEDIA_ROOT / "photos" / "places").mkdir(parents=True)
    other = make_customer()
    names = {}
    for customer, day in ((person.customer, NOW.date()), (other, NOW.date()), (other, date(2020, 1, 1))):
        name = names[customer.pk, day] = str(uuid.uuid4())
        SearchedPlace.objects.create(
            customer=customer, evidence=name, number=1, lat=-6.9, lon=107.6, reach_m=1, searched_on=day
        )
        (places.MEDIA_ROOT / "photos" / "places" / name).write_bytes(b"\xff\xd8")
    found = export_subject(service_number=NUMBER, now=NOW)
    attached = [path.rsplit("/")[-1] for path in found["attached"]]
    own = [f"{person.photo.pk}.jpg", f"{person.photo.pk}.thumb.jpg"]
    assert sorted(attached) == sorted([names[person.customer.pk, NOW.date()], *own])
    erase_subject(service_number=NUMBER, actor="test")
    run()

    left = [path.name for path in (places.MEDIA_ROOT / "photos" / "places").iterdir()]
    assert left == [names[other.pk, NOW.date()]]
    assert SearchedPlace.objects.get().evidence == left[0]
