"""CSV, XLSX and GeoJSON hold what the table holds, and no formula."""

import csv
import io
import json
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from common.formulas import restore
from common.problems import NotAllowed
from exports import writers
from exports.nouns import CUSTOMERS, ORDERS, VISITS
from exports.selection import Selection
from exports.services import open_export
from exports.writers import TooManyRows
from history.models import Access
from imports.reading import read_table
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order

pytestmark = pytest.mark.django_db
EVIL = ["=cmd|' /C calc'!A0", "+62811", "-1+1", "@SUM(1)", "＝1+1", "'=x", 'a"b,c;d', "Ny. Dewi"]


def export(noun, user, form="csv", **asked) -> bytes:
    return b"".join(open_export(selection=Selection(noun, user, asked), form=form, actor=user)[1])


def csv_rows(body: bytes) -> list[dict]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_csv_neutralises_formulas_and_our_own_reader_gets_the_values_back(cast, tmp_path):
    for name in EVIL:
        make_customer(name=name, phones="+6281234567890")
    body = export(CUSTOMERS, cast.supervisor, columns="service_number,name,phones,unpaid_amount")

    rows = csv_rows(body)
    assert not [row for row in rows if row["Nama"][:1] in "=+-@＝"]
    assert [restore(row["Nama"]) for row in rows] == EVIL
    assert {row["Telepon"] for row in rows} == {"'+62•••90"}
    assert {row["Tunggakan"] for row in rows} == {"0"}
    path = tmp_path / "customers.csv"
    path.write_bytes(body)
    table = read_table(path, columns={"service_number": ["no layanan"], "name": ["nama"]}, required=["service_number"])
    assert [restore(name) for name in table.frame["name"]] == EVIL


def test_numbers_are_written_as_numbers_also_negative_ones(cast):
    make_customer(lat=-6.92, lon=107.61)

    (row,) = csv_rows(export(CUSTOMERS, cast.supervisor, columns="latitude,longitude"))

    assert row == {"Latitude": "-6.92", "Longitude": "107.61"}


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(cast, tmp_path):
    for name in EVIL:
        make_customer(name=name, unpaid_amount=387_500)
    path = tmp_path / "customers.xlsx"
    path.write_bytes(export(CUSTOMERS, cast.supervisor, "xlsx", columns="service_number,name,unpaid_amount"))

    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()

    assert header == ["No. Layanan", "Nama", "Tunggakan"]
    assert [row[1] for row in rows] == EVIL
    assert all(isinstance(row[0], str) and row[2] == 387_500 for row in rows)
    with path.open("rb") as file:
        assert b"<f>" not in file.read()


def test_xlsx_leaves_no_file_behind(cast, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    make_customer()

    export(CUSTOMERS, cast.supervisor, "xlsx")

    assert not list(tmp_path.iterdir())


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(cast, monkeypatch):
    monkeypatch.setattr(writers, "SHEET_ROWS", 2)
    for _ in range(3):
        make_customer()

    with pytest.raises(TooManyRows):
        export(CUSTOMERS, cast.supervisor, "xlsx")
    assert not Access.objects.exists()


def test_geojson_has_points_and_keeps_rows_without_one(cast):
    here, lost = make_order(lat=-6.9, lon=107.6), make_order(lat=None)

    found = json.loads(export(ORDERS, cast.supervisor, "geojson", sort="number"))

    assert found["type"] == "FeatureCollection"
    first, second = found["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [107.6, -6.9]}
    assert first["properties"]["number"] == here.number
    assert second["geometry"] is None and second["properties"]["number"] == lost.number


def test_visits_tell_the_time_in_their_own_zone(cast):
    visit = make_visit(agent=cast.agent, promise=(250_000, date(2026, 11, 25), "OPEN"))

    (row,) = csv_rows(export(VISITS, cast.supervisor, columns="visited_at,day,promise,promised_on,code"))

    assert row["Waktu kunjungan"] == "2026-11-20T12:00:00+07:00"
    assert (row["Hari kerja"], row["Janji bayar"], row["Tanggal janji"]) == ("2026-11-20", "250000", "2026-11-25")
    assert row["Kode hasil"] == visit.disposition.code


@pytest.mark.parametrize("noun", [CUSTOMERS, ORDERS, VISITS])
@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_an_analyst_never_gets_a_name_phone_or_note(cast, noun, form):
    customer = make_customer(name="Sri Rahayu", phones="+6281234567890")
    order = make_order(customer=customer, assignee=cast.agent, hold_reason="Ibu Rahayu marah")
    make_visit(order=order, agent=cast.agent, note="Rahayu 081234567890")
    keys = ",".join(column.key for column in noun.columns)

    body = export(noun, cast.analyst, form, columns=keys).decode()

    assert "Rahayu" not in body and "81234567890" not in body and "+62" not in body
    assert "•••" in body


def test_every_download_is_in_the_access_log_with_its_rows(cast):
    make_customer(), make_customer(), make_customer(witel="SOLO")

    export(CUSTOMERS, cast.supervisor, grade="A")

    access = Access.objects.get()
    assert (access.actor, access.purpose, access.target_type, access.rows) == (cast.supervisor, "export", "customer", 2)
    assert access.detail.startswith("csv columns=service_number,name,address,") and access.detail.endswith(" grade=A")


@pytest.mark.parametrize("who", ["agent", "technician", "auditor"])
def test_other_roles_export_nothing_and_nothing_is_logged(cast, who):
    make_customer()

    with pytest.raises(NotAllowed):
        export(CUSTOMERS, getattr(cast, who))
    assert not Access.objects.exists()


def test_an_empty_table_is_a_file_with_its_header(cast):
    assert csv_rows(export(ORDERS, cast.supervisor)) == []
    assert json.loads(export(ORDERS, cast.supervisor, "geojson"))["features"] == []


def test_the_number_of_queries_grows_with_chunks_and_not_with_rows(cast, django_assert_max_num_queries):
    for _ in range(30):
        make_order()

    with django_assert_max_num_queries(8):
        export(ORDERS, cast.admin)
