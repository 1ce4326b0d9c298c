"""Confirmed points as files: what provisioning takes where it takes no webhook."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from common.problems import NotAllowed
from exports.nouns import CONFIRMED_POINTS
from exports.selection import Selection
from exports.services import open_export
from history.models import Access
from tests.customers.houses import LAT, LON, make_confirmed, make_house, observe

pytestmark = pytest.mark.django_db


def export(user, form="csv", **asked) -> bytes:
    return b"".join(open_export(selection=Selection(CONFIRMED_POINTS, user, asked), form=form, actor=user)[1])


def rows_of(body: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_a_row_says_where_how_sure_who_saw_it_and_what_it_does_to_the_record(cast):
    customer = make_confirmed(record_m=140)
    observe(customer, source="CUSTOMER_PIN", observed_on="2026-11-18", evidence="p1")
    observe(customer, observed_on="2026-10-02", evidence="v0")
    make_house()

    (row,) = rows_of(export(cast.supervisor))

    apart = float(row.pop("Jarak dari catatan"))
    assert apart == pytest.approx(140, abs=0.5)
    assert row == {
        "No. Layanan": customer.service_number,
        "Latitude": str(LAT),
        "Longitude": str(LON),
        "Radius": "12.0",
        "Mutu titik": "A",
        "Orang yang sepakat": "2",
        "Dikunjungi": "2026-11-20",
        "Ditandai petugas": "",
        "Ditandai pelanggan": "2026-11-18",
        "Terhadap catatan": "Memperbaiki catatan",
    }


def test_every_form_holds_the_same_points(cast, tmp_path):
    customer = make_confirmed(record_m=None)
    path = tmp_path / "points.xlsx"
    path.write_bytes(export(cast.supervisor, "xlsx", columns="service_number,people,relation,apart"))

    header, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    (feature,) = json.loads(export(cast.supervisor, "geojson"))["features"]

    assert header == ["No. Layanan", "Orang yang sepakat", "Terhadap catatan", "Jarak dari catatan"]
    assert row == [customer.service_number, 2, "Catatan tanpa titik", ""]
    assert feature["geometry"] == {"type": "Point", "coordinates": [LON, LAT]}
    assert feature["properties"]["visit_on"] == "2026-11-20"


def test_each_reaches_only_the_own_place(cast):
    here, there = make_confirmed(), make_confirmed(witel="SOLO")

    def numbers(user, **asked):
        return [row["No. Layanan"] for row in rows_of(export(user, **asked))]

    assert numbers(cast.supervisor) == numbers(cast.manager) == numbers(cast.analyst) == [here.service_number]
    assert numbers(cast.other_supervisor) == [there.service_number]
    assert numbers(cast.admin) == [here.service_number, there.service_number]
    assert numbers(cast.admin, where="witel:SOLO") == [there.service_number]


@pytest.mark.parametrize("who", ["agent", "technician", "auditor"])
def test_other_roles_export_nothing_and_nothing_is_logged(cast, who):
    make_confirmed()

    with pytest.raises(NotAllowed):
        export(getattr(cast, who))
    assert not Access.objects.exists()


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_nobody_is_named_to_anybody(cast, form):
    make_confirmed(name="Sri Rahayu", phones="+6281234567890")

    body = export(cast.admin, form, columns=",".join(column.key for column in CONFIRMED_POINTS.columns)).decode()

    for word in ("Rahayu", "81234567890", "dewi", "T0001", "melati"):
        assert word not in body


def test_points_are_narrowed_by_grade_relation_and_number(cast):
    exact, wrong = make_confirmed(), make_confirmed(grade="B", record_m=300)

    def found(**asked):
        return {row["pk"] for row in Selection(CONFIRMED_POINTS, cast.supervisor, asked).rows()}

    assert found(grade="B") == found(relation="corrects") == found(q=wrong.service_number) == {wrong.pk}
    assert found(relation="confirms") == {exact.pk}
    assert found(grade="C") == found(relation="likes") == set()


def test_every_download_is_in_the_access_log_with_its_rows(cast):
    make_confirmed(), make_confirmed(), make_confirmed(witel="SOLO")

    export(cast.supervisor, relation="confirms")

    access = Access.objects.get()
    assert (access.actor, access.purpose, access.target_type, access.rows) == (cast.supervisor, "export", "customer", 2)
    assert access.detail.startswith("csv columns=service_number,latitude,") and access.detail.endswith(
        " relation=confirms"
    )


def test_the_command_writes_them_and_refuses_filters_of_other_nouns(cast, tmp_path):
    customer = make_confirmed(record_m=300)
    make_confirmed()
    out = tmp_path / "points.csv"

    call_command("export", "confirmed-points", "--relation", "corrects", format="csv", out=out)
    assert [row["No. Layanan"] for row in rows_of(out.read_bytes())] == [customer.service_number]
    for wrong in (["--state", "open"], ["--since", "2026-11-01"], ["--relation", "likes"]):
        with pytest.raises(CommandError):
            call_command("export", "confirmed-points", *wrong, format="csv", out=tmp_path / "no.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["points.csv"]


def test_the_number_of_queries_grows_with_chunks_and_not_with_rows(cast, django_assert_max_num_queries):
    for _ in range(30):
        make_confirmed()

    with django_assert_max_num_queries(8):
        assert len(rows_of(export(cast.admin))) == 30
