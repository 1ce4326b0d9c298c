"""Undo where batches overlap, where phones show what goes, where it is interrupted, and a second pass."""

import json
import threading

import pytest
from django.db import IntegrityError, OperationalError, connection

from accounts.models import User
from customers.models import Customer, DistributionPoint, Installation, LocationCandidate, PinLink, ResolvedLocation
from imports import undo
from imports.journal import snapshot
from imports.models import Batch, JournalEntry
from imports.undo import undo_batch
from tests.imports.digest import differences, tables
from tests.imports.feeds import BILLING, ORDERS, PROVISIONING
from tests.imports.filling import fill
from tests.make import make_bandung
from workorders.api.sync import bodies_of_orders
from workorders.models import FeedEntry, WorkOrder

pytestmark = pytest.mark.django_db
ND, OTHER = "131000000777", "131000000778"


def order(agent, *, balance=387500, period=202610):
    return f"WO1;{ND};{period};{agent};05/11/2026;{balance}"


def test_an_order_that_one_batch_changed_twice_goes_all_the_way_back(feed):
    feed.lines(ND)
    feed("workorders", ORDERS, order("siapa"))
    before = tables()
    batch = feed("workorders", ORDERS, order("budi", balance=1000), create_agents=True)
    assert WorkOrder.objects.get().assignee.username == "budi"
    assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


def test_an_order_moved_to_a_paid_period_comes_back(feed):
    feed.lines(ND)
    feed("billing", BILLING, f"{ND};202609;1000;LUNAS;01/10/2026")
    feed("workorders", ORDERS, order(""))
    before = tables()
    batch = feed("workorders", ORDERS, order("", period=202609))
    assert WorkOrder.objects.get().state == "CANCELLED"
    assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


def test_an_agent_who_has_work_is_kept_and_named_and_goes_once_the_work_is_gone(feed):
    feed.lines(ND)
    people = feed("agents", "USERNAME,NAMA,JABATAN,WITEL", "siti,Siti,CTB,Bandung")
    orders = feed("workorders", ORDERS, order("siti"))
    assert undo_batch(batch=people).kept
    assert (people.state, WorkOrder.objects.get().assignee.username) == ("PARTLY", "siti")
    undo_batch(batch=orders)
    assert undo_batch(batch=people).kept == []
    assert (people.state, User.objects.filter(username="siti").exists()) == ("REVERTED", False)


def test_batches_undone_in_the_wrong_order_end_clean_after_a_second_pass(feed):
    empty = tables()
    batches = [
        feed.lines(ND),
        feed("billing", BILLING, f"{ND};202610;387500;BELUM;"),
        feed("billing", BILLING, f"{ND};202610;400000;BELUM;"),
        feed("workorders", ORDERS, order("siti"), create_agents=True),
    ]
    for batch in batches:
        undo_batch(batch=batch)
    assert Customer.objects.exists()
    for batch in reversed(Batch.objects.filter(state="PARTLY").order_by("pk")):
        undo_batch(batch=batch)
    assert differences(empty, tables()) == {}


# --- what was taken back with another batch meanwhile is not referred to again


def house(odp, address="melati no 1", point="-6.90012;107.60034"):
    return f"{ND};Siti;jl. {address};BANDUNG;{odp};{point};;;2020-01-01;T1;0812"


def test_a_house_goes_back_without_an_odp_that_is_gone(feed):
    empty = tables()
    first = feed("provisioning", PROVISIONING, house("ODP-A/001"))
    second = feed("provisioning", PROVISIONING, house("ODP-B/001"))
    assert undo_batch(batch=first).kept
    assert not DistributionPoint.objects.filter(code="ODP-A/001").exists()
    assert undo_batch(batch=second).kept == []
    connection.check_constraints()
    assert Installation.objects.get().odp is None
    assert undo_batch(batch=first).kept == []
    assert differences(empty, tables()) == {}


def test_a_point_that_a_later_file_brought_again_is_not_brought_twice(feed):
    feed("provisioning", PROVISIONING, house("ODP-A/001"))
    second = feed("provisioning", PROVISIONING, house("ODP-A/001", point=";"))
    assert not LocationCandidate.objects.filter(source="INSTALL").exists()
    feed("provisioning", PROVISIONING, house("ODP-A/001", point="-6.90022;107.60034"))
    undo_batch(batch=second)
    assert LocationCandidate.objects.get(source="INSTALL").lat == pytest.approx(-6.90022)
    assert ResolvedLocation.objects.exists()


def test_an_order_does_not_go_back_to_a_house_that_is_gone(feed):
    houses = [feed.lines(number) for number in (ND, OTHER)]
    feed("workorders", ORDERS, order(""))
    moved = feed("workorders", ORDERS, order("").replace(ND, OTHER))
    assert undo_batch(batch=houses[0]).kept == [
        f"distributionpoint {DistributionPoint.objects.get().pk}: houses hang on it"
    ]
    found = WorkOrder.objects.get()
    assert undo_batch(batch=moved).kept == [f"workorder {found.pk}: its customer of before is gone"]
    connection.check_constraints()
    assert WorkOrder.objects.get().customer.service_number == OTHER


def test_what_belonged_to_a_house_that_is_gone_is_not_brought_back(feed):
    """As where an ODP's move left a house without a point, and the house itself was taken back first."""
    first = feed.lines(ND)
    batch = feed("odp", "WITEL,ODP,LAT,LONG", "BANDUNG,ODP-Z/001,-6.9001,107.6001")
    point = LocationCandidate.objects.filter(source="INSTALL")
    row = snapshot(point)
    point.delete()
    for key, before in row.items():
        JournalEntry.objects.create(
            batch=batch, cause=batch, table="customers.locationcandidate", first_key=key, last_key=key, before=before
        )
    undo_batch(batch=first)
    assert undo_batch(batch=batch).kept == [] and not LocationCandidate.objects.exists()
    connection.check_constraints()


def test_an_order_does_not_go_back_to_an_agent_whose_account_is_gone(feed):
    feed.lines(ND)
    feed("workorders", ORDERS, order(""))
    batch = feed("workorders", ORDERS, order("", balance=1000))
    entry = JournalEntry.objects.get(batch=batch, table="workorders.workorder")
    entry.before |= {"assignee_id": 4711, "state": "ASSIGNED"}
    entry.save()
    assert undo_batch(batch=batch).kept == [f"workorder {entry.first_key}: its assignee of before is gone"]
    assert WorkOrder.objects.get().balance == 1000


# --- phones


def held_by_phones() -> set[str]:
    return set(FeedEntry.objects.filter(type="order", kind="upsert").values_list("object_id", flat=True))


def test_phones_hear_of_an_order_that_is_first_taken_from_its_agent_and_then_deleted(feed, cast):
    feed.lines(ND)
    batch = feed("workorders", ORDERS, order("dewi"))
    found = snapshot(WorkOrder.objects.all())
    for key, after in found.items():
        JournalEntry.objects.create(
            batch=batch, cause=batch, table="workorders.workorder", first_key=key, last_key=key,
            before=after | {"assignee_id": None, "state": "READY"}, after=after,
        )  # fmt: skip
    assert held_by_phones() == set(found)
    assert undo_batch(batch=batch).kept == []
    assert not WorkOrder.objects.exists() and held_by_phones() == set()


@pytest.mark.parametrize(
    "kind,lines",
    [
        ("billing", [BILLING, f"{ND};202610;387500;BELUM;"]),
        ("visits", ["NO_WO;TGL VISIT;JAM;CTB;HASIL VISIT", "WO1;10/11/2026;14.30;ujang;Rumah kosong"]),
        ("odp", ["WITEL,ODP,LAT,LONG", "BANDUNG,ODP-A/001,-6.9105,107.6001"]),
        ("provisioning", [PROVISIONING, house("ODP-A/001", "mawar no 9")]),
        ("workorders", [ORDERS, order("dewi", balance=1)]),
    ],
)
def test_phones_hear_of_whatever_an_undo_changes_of_their_orders(feed, cast, kind, lines):
    feed("odp", "WITEL,ODP,LAT,LONG", "BANDUNG,ODP-A/001,-6.9001,107.6001")
    feed("provisioning", PROVISIONING, house("ODP-A/001"))
    feed("workorders", ORDERS, order("dewi"))
    shown = json.dumps(bodies_of_orders(cast.agent, [WorkOrder.objects.get().pk]), default=str)
    batch = feed(kind, *lines)
    said = FeedEntry.objects.get(type="order").seq
    assert json.dumps(bodies_of_orders(cast.agent, [WorkOrder.objects.get().pk]), default=str) != shown
    assert undo_batch(batch=batch).kept == []
    assert json.dumps(bodies_of_orders(cast.agent, [WorkOrder.objects.get().pk]), default=str) == shown
    assert FeedEntry.objects.get(type="order").seq > said


# --- an undo that was interrupted


@pytest.mark.parametrize(
    "kind,lines",
    [
        ("billing", [BILLING, f"{ND};202610;387500;BELUM;"]),
        ("visits", ["NO_WO;TGL VISIT;JAM;CTB;HASIL VISIT", "WO1;10/11/2026;14.30;ujang;Rumah kosong"]),
    ],
)
def test_an_undo_that_was_killed_before_its_end_ends_with_the_same(feed, cast, monkeypatch, kind, lines):
    feed.lines(ND)
    feed("workorders", ORDERS, order("dewi"))
    before = tables()
    batch = feed(kind, *lines)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(undo, "close", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        undo_batch(batch=batch)
    assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


@pytest.mark.django_db(transaction=True)
def test_what_is_tried_again_after_a_deadlock_is_told_once(feed, monkeypatch):
    make_bandung()
    batch = feed.lines(ND, OTHER)
    noted = Customer.objects.get(service_number=ND)
    fill(PinLink, {}, customer=noted)
    failures = iter([OperationalError(1213, "Deadlock found")])
    real = undo.remove

    def remove(*args):
        for failure in failures:
            raise failure
        return real(*args)

    monkeypatch.setattr(undo, "remove", remove)
    report = undo_batch(batch=batch)
    assert [line for line in report.kept if line.startswith("customer")] == [
        f"customer {noted.pk}: the customer was sent a link to show the house"
    ]
    assert report.deleted == 2  # the other house and its ODP


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_who_builds_on_a_row_while_it_is_being_deleted_waits_and_finds_it_gone(feed, monkeypatch):
    make_bandung()
    batch = feed.lines(ND)
    customer = Customer.objects.get()
    outcome = []

    def note():
        try:
            fill(PinLink, {}, customer=customer)
            outcome.append("written")
        except IntegrityError:
            outcome.append("gone")
        finally:
            connection.close()

    thread = threading.Thread(target=note)
    real = undo.remove

    def remove(model, span):
        if model is Customer:  # looked up by now, and not yet deleted
            thread.start()
            thread.join(0.5)
        return real(model, span)

    fill(User, {})
    monkeypatch.setattr(undo, "remove", remove)
    assert undo_batch(batch=batch).kept == []
    thread.join()
    assert outcome == ["gone"] and not Customer.objects.exists() and not PinLink.objects.exists()
