"""Whoever was erased stays erased: imports, undo, restore, rollback, and what a phone sends late."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Address, Customer, LocationCandidate, SearchedPlace
from findgo.afterwards import after_release
from imports.models import Batch, HeldRow, RowIssue
from imports.undo import undo_batch
from privacy import folders
from privacy.models import ErasedOrder, Erasure
from privacy.services.again import reapply
from privacy.services.erase import erase_subject
from privacy.services.export import export_subject
from releases.models import Archive
from tests.dashboard.rows import make_release, make_run
from tests.imports.feeds import BILLING, ORDERS, feed  # noqa: F401
from tests.privacy.people import ADDRESS, CANARIES, LAT, LON, NAME, NUMBER, everything_as_text, make_person
from workorders.models import SearchTrail, Visit, WorkOrder

pytestmark = pytest.mark.django_db


def erase(origin="REQUEST"):
    return erase_subject(service_number=NUMBER, actor="test", reason="", origin=origin)


def words_left() -> list[str]:
    said = everything_as_text().lower()
    return [word for word in CANARIES if word.lower() in said]


@pytest.fixture
def erased(cast, places):
    person = make_person(cast)
    erase()
    return person


PROVISIONING = "ND;NAMA;ALAMAT;WITEL;LATITUDE;LONGITUDE;NO_HP"
ROW = f"{NUMBER};{NAME};{ADDRESS};BANDUNG;{LAT};{LON};081390007777x"
OTHER = "131000000002;Orang Lain;Jl. Lain 2;BANDUNG;-6.91;107.61;081234567890"


@pytest.mark.parametrize(
    "kind, header, row",
    [
        ("provisioning", PROVISIONING, ROW),
        ("billing", BILLING, f"{NUMBER};202611;387500;BELUM;"),
        ("workorders", ORDERS, f"WO77;{NUMBER};202611;;05/11/2026;387500"),
        ("visits", "ND;TGL_VISIT;HASIL;CATATAN", f"{NUMBER};2026-11-20 10:00;MET-PTP;{NAME}"),
    ],
)
def test_no_feed_brings_the_person_back(erased, feed, kind, header, row):  # noqa: F811
    batch = feed(kind, header, row)

    assert (batch.refused, batch.created, batch.held) == (1, 0, 0)
    assert RowIssue.objects.get(batch=batch, severity="refused").reason == "erased"
    assert words_left() == [] and not HeldRow.objects.exists()


def test_the_others_of_the_same_file_come_in_and_the_counts_add_up(erased, feed):  # noqa: F811
    batch = feed("provisioning", PROVISIONING, ROW, OTHER)

    assert (batch.rows, batch.created, batch.refused) == (2, 1, 1)
    assert Customer.objects.filter(service_number="131000000002").exists()
    assert words_left() == []


def test_a_row_that_names_only_an_erased_order_is_refused(cast, places, feed):  # noqa: F811
    person = make_person(cast)
    number = person.order.number
    erase()
    batch = feed("visits", "NO_WO;TGL_VISIT;HASIL;CATATAN", f"{number};2026-11-20 10:00;MET-PTP;{NAME}")

    assert (batch.refused, batch.held) == (1, 0) and words_left() == []


def test_a_trial_of_a_file_shows_nothing_of_the_person(erased, feed):  # noqa: F811
    batch = feed("provisioning", PROVISIONING, ROW, dry_run=True)

    assert NAME not in str(batch.found) and NUMBER not in str(batch.found) and "9000" not in str(batch.found)


def test_a_number_is_let_in_again_by_a_person(erased, feed):  # noqa: F811
    out = io.StringIO()
    call_command("subject", "readmit", NUMBER, stdout=out)
    feed("provisioning", PROVISIONING, ROW)

    assert Customer.objects.get(service_number=NUMBER).name == NAME
    assert reapply(actor="test").returned == []


def test_a_new_bill_lets_in_whose_keeping_time_was_over_and_an_old_one_does_not(cast, places, feed):  # noqa: F811
    make_person(cast)
    erase(origin="RETENTION")
    Erasure.objects.update(started_at=timezone.now())
    month = timezone.localdate().year * 100 + timezone.localdate().month
    old = feed("billing", BILLING, f"{NUMBER};202501;1000;BELUM;")
    assert (old.refused, old.held) == (1, 0)
    fresh = feed("billing", BILLING, f"{NUMBER};{month};1000;BELUM;")
    assert (fresh.refused, fresh.held) == (0, 1)


def test_a_new_bill_does_not_let_in_who_asked_to_be_erased(erased, feed):  # noqa: F811
    batch = feed("billing", BILLING, f"{NUMBER};203012;1000;BELUM;")

    assert (batch.refused, batch.held) == (1, 0)


def test_undoing_an_import_brings_nobody_back(cast, places, feed):  # noqa: F811
    feed("provisioning", PROVISIONING, ROW)
    second = feed("provisioning", PROVISIONING, ROW.replace(ADDRESS, "Jl. Canari Kencana 78 lantai 9"))
    erase()
    for batch in (second, Batch.objects.order_by("id").first()):
        undo_batch(batch=batch)

    assert words_left() == [] and not Address.objects.exists()


def test_whoever_a_restore_brings_back_is_erased_again(erased, cast, places):
    """The restored database is older than the erasure: it knows the person, and no ledger."""
    ErasedOrder.objects.all().delete()
    Erasure.objects.all().delete()
    back = make_person(cast, paid=False)  # and with what an erasure would be refused for
    WorkOrder.objects.filter(pk=back.order.pk).update(state="ON_SITE")
    Batch.objects.filter(pk=back.batch.pk).update(state="RUNNING")
    out = io.StringIO()
    call_command("subject", "reapply", stdout=out)

    assert words_left() == []
    assert "1 erased again" in out.getvalue()
    assert reapply(actor="test").returned == []


def test_who_was_let_in_again_is_let_alone_by_a_restore(erased, cast, places, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("subject", "readmit", NUMBER, stdout=io.StringIO())
    Erasure.objects.all().delete()
    make_person(cast)

    assert reapply(actor="test").returned == [] and Customer.objects.filter(service_number=NUMBER).exists()


def test_a_release_and_a_rollback_erase_again(erased, cast):
    make_person(cast)
    said = after_release(reason="rollback 3")

    assert "feed epoch" in said and "1 erased again" in said and words_left() == []


def test_what_a_phone_sends_late_counts_and_holds_nobody(erased, cast):
    Visit.objects.filter(pk=erased.visit.pk).update(note=f"terlambat: {NAME}", lat=LAT, lon=LON)
    SearchTrail.objects.create(visit=erased.visit, line=[[LAT, LON]], metres=5, seconds=60)
    SearchedPlace.objects.create(
        customer=erased.customer, evidence="late", number=0, lat=LAT, lon=LON, reach_m=5, searched_on="2026-11-26"
    )
    LocationCandidate.objects.create(
        customer=erased.customer, source="VISIT", evidence="late", lat=LAT, lon=LON, accuracy_m=5
    )
    done = reapply(actor="test")

    assert words_left() == [] and done.late["workorders_visit"] == 1
    assert Visit.objects.get(pk=erased.visit.pk).disposition.code == "MET-PTP"
    assert reapply(actor="test").late == {}


def test_half_a_line_in_the_ledgers_file_spoils_no_other(erased, cast, places):
    whole = places.ERASURE_LEDGER.read_text()
    places.ERASURE_LEDGER.write_text(whole + '{"line": "ab')
    make_person(cast)
    erase()
    Erasure.objects.all().delete()
    make_person(cast)

    assert len(reapply(actor="test").returned) == 1


# --- archives of rollbacks


@pytest.fixture(scope="module")
def archive_tables(django_db_setup, django_db_blocker, journal_tables):
    """Three tables as a rollback keeps them: a whole table, a column, and one that no model has any more."""
    shapes = {
        "zz_rb_901_1": "SELECT * FROM customers_searchedplace WHERE 1 = 0",
        "zz_rb_901_2": "SELECT id, note FROM workorders_visit WHERE 1 = 0",
        "zz_rb_901_3": "SELECT id, raw_point AS written FROM customers_installation, customers_stage WHERE 1 = 0",
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name, select in shapes.items():
            cursor.execute(f"CREATE TABLE {name} AS {select}")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in shapes:
            cursor.execute(f"DROP TABLE {name}")


@pytest.fixture
def archived(archive_tables, cast, places):
    person = make_person(cast)
    run = make_run(make_release(), steps=0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO zz_rb_901_1 SELECT * FROM customers_searchedplace")
        cursor.execute("INSERT INTO zz_rb_901_2 SELECT id, note FROM workorders_visit")
        cursor.execute("INSERT INTO zz_rb_901_3 VALUES (1, %s), (2, 'Orang Lain')", [f"{LAT},{LON} {NUMBER}"])
    for name, table, column in (
        ("zz_rb_901_1", "customers_searchedplace", ""),
        ("zz_rb_901_2", "workorders_visit", "note"),
    ):
        Archive.objects.create(
            run=run, app="x", migration="0001", kind="COLUMN" if column else "TABLE", way="COPIED", table=table,
            column=column, key=["id"], name=name, rows=1, state="KEPT",
        )  # fmt: skip
    return person


def rows_of(table: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return list(cursor.fetchall())


def test_archived_rows_are_in_the_export(archived):
    found = export_subject(service_number=NUMBER, now=timezone.now())

    assert {name: len(rows) for name, rows in found["archived"].items()} == {
        "zz_rb_901_1": 1,
        "zz_rb_901_2": 1,
        "zz_rb_901_3": 1,
    }
    json.dumps(found, default=str)


def test_archived_rows_of_the_person_go_and_those_of_others_stay(archived):
    erase()

    assert rows_of("zz_rb_901_1") == [] and rows_of("zz_rb_901_2") == []
    assert [row[1] for row in rows_of("zz_rb_901_3")] == ["Orang Lain"]
    assert set(Archive.objects.values_list("rows", flat=True)) == {0}
    assert words_left() == []


class Killed(BaseException):
    """What no handler of ours catches, as a kill."""


class KillAt:
    """Wraps the database: the statement with this number is the last that is asked for."""

    def __init__(self, number: int | None = None):
        self.number, self.seen = number, 0

    def __call__(self, execute, sql, parameters, many, context):
        self.seen += 1
        if self.seen == self.number:
            raise Killed()
        return execute(sql, parameters, many, context)


def test_an_erasure_that_is_killed_anywhere_goes_on(cast, places):
    person = make_person(cast)
    counter = KillAt()
    with transaction.atomic(), connection.execute_wrapper(counter):
        erase()
        transaction.set_rollback(True)
    for number in range(1, counter.seen, max(1, counter.seen // 12)):
        (places.VAR_DIR / "old.csv").write_text(f"{NUMBER},{NAME}\n")
        with pytest.raises(Killed), transaction.atomic(), connection.execute_wrapper(KillAt(number)):
            erase()

    assert Customer.objects.get(pk=person.customer.pk).service_number == NUMBER
    assert erase().proof.total == 0
    assert words_left() == [] and Erasure.objects.get().finished_at
    assert folders.hits(places.VAR_DIR / "old.csv", NUMBER) == 0
    assert WorkOrder.objects.get(pk=person.order.pk).state == "CANCELLED"
