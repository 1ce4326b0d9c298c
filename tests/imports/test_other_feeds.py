"""ODP register, visits of the past, agents."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from customers.models import DistributionPoint, Installation, ResolvedLocation
from imports.models import HeaderAlias
from imports.refusals import FileRefused
from imports.undo import undo_batch
from tests.imports.digest import differences, state, tables
from tests.imports.feeds import ORDERS, PROVISIONING
from workorders.models import AgentPosition, FeedEntry, FeedScope, Visit, WorkOrder
from workorders.services.feed import settle_feed
from workorders.states import State

pytestmark = pytest.mark.django_db
ND = "131000000777"
ODP = "WITEL,ODP,LAT,LONG"
HOUSE = f"{ND};Siti;jl. melati 5;BANDUNG;ODP-CCD-FA/001;-6900000;107600000;;;2020-01-01;T1;"
VISITS = "NO_WO;ND;TGL VISIT;JAM;CTB;HASIL VISIT;KETERANGAN"


def test_the_odp_register_gives_a_point_to_houses_that_only_name_their_odp(feed):
    house = f"{ND};Siti;jl. melati 5;BANDUNG;ODP-CCD-FA/001;;;;;2020-01-01;T1;"
    feed("provisioning", PROVISIONING, house)
    assert not ResolvedLocation.objects.exists()
    batch = feed("odp", ODP, "Bandung,ODP-CCD-FA/001,-6.9001,107.6001")
    assert (batch.created, batch.updated) == (0, 1)
    assert ResolvedLocation.objects.get().source == "ODP"


@pytest.mark.parametrize("house_first", [True, False])
def test_houses_and_their_odps_may_come_in_either_order(feed, house_first):
    ambiguous = f"{ND};Siti;jl. melati 5;BANDUNG;ODP-CCD-FA/001;-68999;107600000;;;2020-01-01;T1;"
    steps = [("provisioning", PROVISIONING, ambiguous), ("odp", ODP, "BANDUNG,ODP-CCD-FA/001,-6.9001,107.6001")]
    for kind, *lines in steps if house_first else reversed(steps):
        feed(kind, *lines)
    record = Installation.objects.get()
    assert record.is_repaired
    assert ResolvedLocation.objects.get().lat == pytest.approx(-6.8999)
    assert DistributionPoint.objects.count() == 1


def test_undo_of_an_odp_that_moved_puts_the_houses_back(feed):
    feed("odp", ODP, "BANDUNG,ODP-CCD-FA/001,-6.9001,107.6001")
    feed("provisioning", PROVISIONING, f"{ND};Siti;jl. melati 5;BANDUNG;ODP-CCD-FA/001;;;;;2020-01-01;T1;")
    before = tables()
    batch = feed("odp", ODP, "BANDUNG,ODP-CCD-FA/001,-6.9105,107.6001")
    assert ResolvedLocation.objects.get().lat == pytest.approx(-6.9105)
    undo_batch(batch=batch)
    assert differences(before, tables()) == {}


def test_changed_installation_moves_the_house_and_its_open_order(feed):
    feed(
        "provisioning", PROVISIONING, f"{ND};Siti;jl. melati 5;BANDUNG;ODP-1;-6.9;107.6;-6.9001;107.6001;2020-01-01;T1;"
    )
    feed("workorders", ORDERS, f"WO1;{ND};202610;;05/11/2026;387500")
    before = tables()
    batch = feed(
        "provisioning",
        PROVISIONING,
        f"{ND};SITI;jl. melati 5;BANDUNG;ODP-1;-6.9002;107.6;-6.9001;107.6001;2020-01-01;T1;",
    )
    order = WorkOrder.objects.get()
    assert (batch.updated, order.customer.name) == (1, "SITI")
    assert order.lat == pytest.approx(-6.9002, abs=2e-5)
    undo_batch(batch=batch)
    assert differences(before, tables()) == {}


def test_past_visits_are_mapped_from_old_names_and_move_no_order(feed, cast):
    feed.lines(ND)
    feed("workorders", ORDERS, f"WO1;{ND};202610;dewi;05/11/2026;387500")
    batch = feed(
        "visits",
        VISITS,
        f"WO1;{ND};10/11/2026;14.30;dewi;Alamat tidak ketemu;",
        f";{ND};12/09/2026;09:05;lama;MET-PTP;janji tgl 20",
        f";{ND};13/09/2026;09:05;lama;hasil aneh;",
    )
    assert (batch.created, batch.refused, batch.by_reason["unknown_disposition"]) == (2, 1, 1)
    order = WorkOrder.objects.get(number="WO1")
    assert (order.state, order.attempts) == (State.ASSIGNED, 1)
    visit = order.visits.get()
    assert (visit.disposition.code, visit.agent, str(visit.business_day)) == ("ATK-NOSTREET", cast.agent, "2026-11-10")
    assert visit.visited_at.astimezone(cast.bandung.zone).strftime("%H:%M") == "14:30"
    past = WorkOrder.objects.exclude(number="WO1").get()
    assert (past.state, past.visits.count()) == (State.EXPIRED, 1)


def test_past_visits_twice_are_stored_once_and_undone_completely(feed, cast):
    feed.lines(ND)
    before = tables()
    rows = [VISITS, f";{ND};12/09/2026;09:05;dewi;Janji bayar;"]
    batch = feed("visits", *rows)
    assert feed("visits", *rows).unchanged == 1
    assert Visit.objects.count() == 1
    undo_batch(batch=batch)
    assert differences(before, tables()) == {}


def test_visits_and_orders_may_come_in_either_order(feed, cast):
    feed.lines(ND)
    steps = [
        ("workorders", ORDERS, f"WO1;{ND};202610;dewi;05/11/2026;387500"),
        ("visits", VISITS, f"WO1;{ND};10/11/2026;14.30;dewi;Rumah kosong;"),
    ]
    batches = [feed(*step) for step in steps]
    once = state()
    for batch in reversed(batches):
        undo_batch(batch=batch)
    for step in reversed(steps):
        feed(*step)
    assert differences(once, state()) == {}


def test_agents_come_without_a_password_and_take_the_orders_that_waited_for_them(feed):
    feed.lines(ND)
    feed("workorders", ORDERS, f"WO1;{ND};202610;ctb.baru.1;05/11/2026;387500")
    batch = feed(
        "agents", "USERNAME,NAMA,JABATAN,WITEL,HP", "ctb.baru.1,Rina,CTB,Bandung,0812-3456-7890", "spv.x,Budi,SPV,,"
    )
    assert (batch.created, batch.refused, batch.by_reason) == (1, 1, {"no_scope": 1})
    agent = User.objects.get(username="ctb.baru.1")
    assert (agent.name, agent.phone, agent.has_usable_password()) == ("Rina", "+6281234567890", False)
    assert WorkOrder.objects.get().assignee == agent


def test_an_operator_can_teach_a_header_without_code(feed):
    feed.lines(ND)
    header = "SANDI SAMBUNGAN;PERIODE;TAGIHAN;STATUS_BAYAR"
    with pytest.raises(FileRefused, match="service_number|ND"):
        feed("billing", header, f"{ND};202610;1000;BELUM")
    alias = HeaderAlias(kind="billing", field="service_number", text="Sandi Sambungan")
    alias.full_clean()
    alias.save()
    assert feed("billing", header, f"{ND};202610;1000;BELUM").created == 1


def test_a_header_alias_names_a_column_that_exists():
    with pytest.raises(ValidationError):
        HeaderAlias(kind="billing", field="nomor", text="x").full_clean()


def test_agents_whose_feed_was_read_are_undone_and_those_who_pushed_are_kept(feed):
    head = "USERNAME,NAMA,JABATAN,WITEL,HP"
    batch = feed("agents", head, "ctb.baru.1,Rina,CTB,Bandung,0812", "ctb.baru.2,Rani,CTB,Bandung,0813")
    reader, pusher = (User.objects.get(username=f"ctb.baru.{number}") for number in (1, 2))
    settle_feed(reader, date(2026, 11, 26))
    FeedEntry.objects.create(
        scope=FeedScope.objects.get(pk=reader.pk),
        seq=1,
        type="order",
        object_id="1",
        kind="gone",
        written_at=timezone.now(),
    )
    AgentPosition.objects.create(agent=pusher, lat=-6.9, lon=107.6, accuracy_m=9, at=timezone.now())
    report = undo_batch(batch=batch)
    assert report.kept == [f"user {pusher.pk}: other rows refer to it now"]
    assert list(User.objects.filter(pk__in=[reader.pk, pusher.pk])) == [pusher]
    assert not FeedScope.objects.filter(pk=reader.pk).exists()


def test_agents_twice_change_nothing_and_are_undone(feed):
    before = list(User.objects.values_list())
    batch = feed("agents", "USERNAME,NAMA,JABATAN,WITEL,HP", "ctb.baru.1,Rina,CTB,Bandung,0812-3456-7890")
    assert feed("agents", "USERNAME,NAMA,JABATAN,WITEL,HP", "ctb.baru.1,Rina,CTB,Bandung,0812-3456-7890").unchanged == 1
    undo_batch(batch=batch)
    assert list(User.objects.values_list()) == before


ORDER = f"WO1;{ND};202610;dewi;05/11/2026;387500"


@pytest.mark.parametrize("orders_first", [True, False])
def test_a_past_visit_that_names_only_its_line_goes_to_the_order_worked_then(feed, cast, orders_first):
    feed.lines(ND)
    steps = [("workorders", ORDERS, ORDER), ("visits", VISITS, f";{ND};10/11/2026;14.30;dewi;Rumah kosong;")]
    before = tables()
    batches = [feed(*step) for step in (steps if orders_first else reversed(steps))]
    order = WorkOrder.objects.get(number="WO1")
    assert (order.attempts, order.visits.get().agent) == (1, cast.agent)
    for batch in reversed(batches):
        assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


def test_undo_of_past_visits_counts_the_attempts_anew(feed, cast):
    feed.lines(ND)
    feed("workorders", ORDERS, ORDER)
    before = tables()
    undo_batch(batch=feed("visits", VISITS, f";{ND};10/11/2026;14.30;dewi;Rumah kosong;"))
    assert differences(before, tables()) == {}


def test_a_past_visit_that_names_only_an_unknown_order_waits_for_it(feed, cast):
    batch = feed("visits", "NO_WO;TGL VISIT;CTB;HASIL VISIT", "WO1;10/11/2026;dewi;Rumah kosong")
    feed("workorders", ORDERS, ORDER)
    assert (batch.held, Visit.objects.count()) == (1, 0)
    feed.lines(ND)
    assert Visit.objects.get().order.number == "WO1"


@pytest.mark.parametrize("agents_first", [True, False])
def test_past_visits_and_their_agents_may_come_in_either_order(feed, agents_first):
    feed.lines(ND)
    steps = [
        ("agents", "USERNAME,NAMA,JABATAN,WITEL", "rina,Rina,CTB,Bandung"),
        ("visits", VISITS, f";{ND};10/11/2026;14.30;rina;Rumah kosong;"),
    ]
    for step in steps if agents_first else reversed(steps):
        feed(*step)
    assert Visit.objects.get().agent.username == "rina"
