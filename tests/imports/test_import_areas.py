"""Areas: files in any order, twice, broken, unknown; and what they do to points and addresses."""

import gzip
import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from common.geo import distance_m
from customers.locating.faults import Fault
from customers.models import Customer, Installation, LocationCandidate, ResolvedLocation
from customers.services.areas import service_areas
from history.models import Change
from imports.undo import undo_batch
from regions.models import Area, Witel
from tests.imports.feeds import INPUTS, PROVISIONING, bring, needs_inputs

pytestmark = pytest.mark.django_db

VILLAGES = """code,name,district,regency,province,lat,lon
32.73.01.1001,Sukarasa,Sukasari,Kota Bandung,Jawa Barat,-6.8700,107.5900
32.73.01.1002,Gegerkalong,Sukasari,Kota Bandung,Jawa Barat,-6.8750,107.5950
32.11.26.2001,Cijeungjing,Jatigede,Kabupaten Sumedang,Jawa Barat,-6.8500,108.1000
"""
MAPPING = "KODE KABUPATEN;NAMA KABUPATEN;WITEL\n32.73;Kota Bandung;BANDUNG\n32.11;Kabupaten Sumedang;Bandung\n"
SQUARES = {
    "32.73": ("Kota Bandung", 107.5, -7.0, 107.8, -6.8),
    "32.11": ("Kabupaten Sumedang", 107.8, -7.0, 108.2, -6.7),
}
KEPT = ("kind", "code", "name", "district", "regency", "province", "witel__code", "lat", "lon", "radius_m", "boundary")


def boundaries() -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]},
        }
        for code, (name, w, s, e, n) in SQUARES.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


FILES = {"villages.csv": VILLAGES, "boundaries.geojson": boundaries(), "mapping.csv": MAPPING}


@pytest.fixture
def areas(tmp_path):
    """`areas("villages.csv")` imports a file and returns the counts; other content may be given."""

    def bring_areas(name, content=None, **options):
        path = tmp_path / name
        content = FILES[name] if content is None else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command("import_areas", str(path), json=True, stdout=out, **options)
        return json.loads(out.getvalue())

    return bring_areas


def stored() -> list[tuple]:
    return list(Area.objects.order_by("kind", "code").values_list(*KEPT))


def counts(report) -> tuple:
    return tuple(report[name] for name in ("rows", "created", "updated", "unchanged", "refused"))


def test_the_order_of_the_files_does_not_matter(areas):
    found = []
    for order in (FILES, reversed(FILES), ("mapping.csv", "villages.csv", "boundaries.geojson")):
        Area.objects.all().delete()
        for name in order:
            areas(name)
        found.append(stored())
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 5
    assert {row[6] for row in found[0]} == {"BANDUNG"}


def test_the_same_file_twice_changes_nothing(areas):
    first = [areas(name) for name in FILES]
    before = stored()
    assert [counts(areas(name)) for name in FILES] == [(3, 0, 0, 3, 0), (2, 0, 0, 2, 0), (2, 0, 0, 2, 0)]
    assert stored() == before
    assert counts(first[0]) == (3, 3, 0, 0, 0)


def test_a_dry_run_counts_and_changes_nothing(areas):
    assert counts(areas("villages.csv", dry_run=True)) == (3, 3, 0, 0, 0)
    assert not Area.objects.exists() and not Change.objects.filter(target_type="area").exists()


def test_each_run_is_in_the_history(areas):
    areas("villages.csv")
    change = Change.objects.get(target_type="area")
    assert change.after == {"source": "villages.csv", "created": 3, "updated": 0, "unchanged": 0, "placed": 0}


def test_packed_files_other_delimiters_and_codes_without_dots_are_read(areas):
    rows = "Kode Desa;Nama Desa;Kecamatan;Kabupaten;Provinsi;Lintang;Bujur\n3273011001;Sukarasa;Sukasari;Kota Bandung;Jawa Barat;-6,87;107,59\n"
    assert counts(areas("desa.csv.gz", gzip.compress(rows.encode("utf-16")))) == (1, 1, 0, 0, 0)
    area = Area.objects.get()
    assert (area.kind, area.code, area.name, area.lat) == ("VILLAGE", "32.73.01.1001", "Sukarasa", -6.87)


def test_bad_rows_are_named_and_counted_and_the_others_taken(areas, tmp_path):
    rows = VILLAGES + (
        ",Tanpa Kode,Sukasari,Kota Bandung,Jawa Barat,-6.87,107.59\n"
        "ABC,Kode Salah,Sukasari,Kota Bandung,Jawa Barat,-6.87,107.59\n"
        "32.73.01.1003,Jauh,Sukasari,Kota Bandung,Jawa Barat,48.85,2.35\n"
        "32.73.01.1004,Bukan Titik,Sukasari,Kota Bandung,Jawa Barat,utara,timur\n"
        "32.73.01.1005,Kosong,Sukasari,Kota Bandung,Jawa Barat,,\n"
        "32.73.01.1006,Baik,Sukasari,Kota Bandung,Jawa Barat,-6.88,107.60\n"
    )
    assert counts(areas("v.csv", rows, issues=tmp_path / "issues.csv")) == (9, 4, 0, 0, 5)
    lines = (tmp_path / "issues.csv").read_text().splitlines()[1:]
    named = [tuple(line.split(",")[i] for i in (0, 3)) for line in lines]
    assert named == [("4", "code"), ("5", "code"), ("6", "lat"), ("7", "point"), ("8", "code")]
    reasons = [line.split(",")[5] for line in lines]
    assert reasons == ["no_area_code", "bad_area_code", "outside_country", "point_unreadable", "empty_area"]


def test_a_boundary_that_is_none_refuses_its_feature(areas):
    content = json.loads(boundaries())
    content["features"] += [
        {"type": "Feature", "properties": {"code": "32.74", "name": "Cirebon"}, "geometry": None},
        {"type": "Feature", "properties": {"code": "32.75"}, "geometry": {"type": "Point", "coordinates": [107, -6]}},
        {"type": "Feature", "properties": None, "geometry": content["features"][0]["geometry"]},
        "nonsense",
    ]
    assert counts(areas("b.geojson", json.dumps(content))) == (6, 2, 0, 0, 4)


# What is in the file by its name: a content as the test's id would differ from run to run.
NO_AREAS = {
    "empty.csv": "",
    "bill.csv": "ND;PERIODE;TAGIHAN\n131234567890;202610;387500\n",
    "odp.csv": "code,witel,lat,lon\nODP-CCD-FA/001,BANDUNG,-6.9,107.6\n",
    "names.csv": "kode;nama\n32.73;Kota Bandung\n",
    "list.json": "[1, 2]",
    "thing.json": '{"type": "Feature"}',
    "broken.json": '{"type": "FeatureCollection", "features": [',
    "no.geojson": '{"type": "FeatureCollection", "features": []}',
    "broken.csv.gz": gzip.compress(VILLAGES.encode(), mtime=0)[:60],
}


@pytest.mark.parametrize("name", NO_AREAS)
def test_a_file_that_holds_no_areas_is_refused_as_a_whole(areas, name):
    with pytest.raises(CommandError, match=name):
        areas(name, NO_AREAS[name])
    assert not Area.objects.exists()


def test_a_wrong_file_is_told_what_is_expected(areas):
    with pytest.raises(CommandError, match="villages .code, name, district, regency, lat, lon"):
        areas("bill.csv", "ND;PERIODE;TAGIHAN\n131234567890;202610;387500\n")


def test_kinds_that_their_codes_do_not_tell_are_told_by_the_operator(areas):
    rows = "kode sto,nama,witel,lat,lon\nBDC,Bandung Centrum,BANDUNG,-6.91,107.61\n"
    assert counts(areas("sto.csv", rows, kind="STO")) == (1, 1, 0, 0, 0)
    area = Area.objects.get()
    assert (area.kind, area.code, area.witel.code) == ("STO", "BDC", "BANDUNG")


def test_a_regency_that_moves_to_another_witel_takes_its_villages_along_but_not_those_that_were_given_one(areas):
    areas("villages.csv")
    areas("own.csv", "code,witel\n32.73.01.1002,CIREBON\n")
    areas("mapping.csv")
    areas("moved.csv", "code,witel\n32.73,TASIK\n")
    found = dict(Area.objects.filter(kind="VILLAGE").values_list("name", "witel__code"))
    assert found == {"Sukarasa": "TASIK", "Gegerkalong": "CIREBON", "Cijeungjing": "BANDUNG"}


@pytest.mark.parametrize(
    "wrong", [{"lat": 48.85, "lon": 2.35}, {"lat": -6.9, "lon": None}, {"radius_m": 0.0}, {"code": "32.73"}]
)
def test_the_database_refuses_what_can_never_be(areas, wrong):
    areas("mapping.csv")
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(**{"kind": "REGENCY", "code": "32.99"} | wrong)


def test_an_admin_sees_areas_and_changes_none(areas, admin_client):
    areas("villages.csv")
    area = Area.objects.first()
    assert "Sukarasa" in admin_client.get("/admin/regions/area/").content.decode()
    assert admin_client.get(f"/admin/regions/area/{area.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/regions/area/{area.pk}/change/", {"name": "x"}).status_code == 403


# --- what areas do to houses


def house(number, lat, lon, address="jl melati no 4", odp=None):
    odp_lat, odp_lon = odp or (lat + 0.0005, lon)
    return f"{number};Siti;{address};BANDUNG;ODP-X-{number};{lat};{lon};{odp_lat:.6f};{lon};2020-01-01;T1;081234567890"


INSIDE, OUTSIDE = house(131000000001, -6.9012, 107.6012), house(131000000002, -7.4012, 107.6012)


def faults() -> dict[str, int]:
    return dict(Installation.objects.values_list("customer__service_number", "faults"))


def test_a_point_outside_the_boundary_is_flagged_when_the_feed_comes_again(feed, areas):
    feed("provisioning", PROVISIONING, INSIDE, OUTSIDE)
    assert faults() == {"131000000001": 0, "131000000002": 0}  # within the circle
    areas("boundaries.geojson")
    areas("mapping.csv")
    batch = feed("provisioning", PROVISIONING, INSIDE, OUTSIDE)
    assert (batch.updated, batch.unchanged) == (1, 1)
    assert faults() == {"131000000001": 0, "131000000002": int(Fault.OUTSIDE_AREA)}
    assert feed("provisioning", PROVISIONING, INSIDE, OUTSIDE).unchanged == 2


def test_half_of_a_witels_boundaries_is_no_area(feed, areas):
    areas("mapping.csv")
    half = json.loads(boundaries())
    half["features"].pop()
    areas("half.geojson", json.dumps(half))
    feed("provisioning", PROVISIONING, OUTSIDE)
    assert faults() == {"131000000002": 0}
    areas("boundaries.geojson")
    bandung = Witel.objects.get(code="BANDUNG").pk
    assert service_areas().knows(np.array([bandung])).all()


def named(number=131000000003, address="jl mawar 9, Cijeungjing, Jatigede") -> str:
    """A line without any coordinates: only its address says where it is."""
    return f"{number};Siti;{address};BANDUNG;;;;;;2020-01-01;T1;081234567890"


def village_points() -> list[tuple]:
    rows = LocationCandidate.objects.filter(source="VILLAGE").order_by("customer__service_number")
    return list(rows.values_list("customer__service_number", "lat", "lon"))


@pytest.mark.parametrize("areas_first", [True, False])
def test_a_named_village_is_a_candidate_whichever_came_first_and_never_a_point_to_go_to(feed, areas, areas_first):
    if not areas_first:
        feed("provisioning", PROVISIONING, named())
    areas("villages.csv")
    areas("mapping.csv")
    feed("provisioning", PROVISIONING, named())
    assert village_points() == [("131000000003", -6.85, 108.1)]
    assert not ResolvedLocation.objects.exists()
    assert feed("provisioning", PROVISIONING, named()).unchanged == 1
    assert len(village_points()) == 1


def test_the_candidate_follows_the_address_and_goes_with_it_and_undo_brings_it_back(feed, areas):
    areas("villages.csv")
    areas("mapping.csv")
    first = feed("provisioning", PROVISIONING, named())
    moved = feed("provisioning", PROVISIONING, named(address="jl mawar 9, Gegerkalong, Sukasari"))
    assert village_points() == [("131000000003", -6.875, 107.595)]
    gone = feed("provisioning", PROVISIONING, named(address="jl mawar 9"))
    assert village_points() == []
    assert undo_batch(batch=gone).kept == []
    assert village_points() == [("131000000003", -6.875, 107.595)]
    assert undo_batch(batch=moved).kept == []
    assert village_points() == [("131000000003", -6.85, 108.1)]
    assert undo_batch(batch=first).kept == []
    assert not Customer.objects.exists() and not LocationCandidate.objects.exists()


def test_a_village_that_moves_takes_its_candidates_along(feed, areas):
    areas("villages.csv")
    areas("mapping.csv")
    feed("provisioning", PROVISIONING, named())
    kept = LocationCandidate.objects.get(source="VILLAGE").pk
    report = areas("corrected.csv", "code,lat,lon\n32.11.26.2001,-6.86,108.11\n")
    assert report["matched"] == 1
    assert village_points() == [("131000000003", -6.86, 108.11)]
    assert LocationCandidate.objects.get(source="VILLAGE").pk == kept


def test_matching_takes_as_many_queries_for_forty_lines_as_for_two(feed, areas, django_assert_max_num_queries):
    areas("villages.csv")
    areas("mapping.csv")
    service_areas()
    for first, number in ((131000000100, 2), (131000000200, 40)):
        lines = [named(first + n) for n in range(number)]
        with django_assert_max_num_queries(75):
            feed("provisioning", PROVISIONING, *lines)
    assert len(village_points()) == 42


# --- what no file tells


def learn() -> str:
    out = StringIO()
    call_command("learn_areas", stdout=out)
    return out.getvalue()


def town(first, number, lat, lon, words="Sukamaju, Cibeber") -> list[str]:
    return [
        house(first + n, round(lat + n % 7 / 5000, 6), round(lon + n // 7 / 5000, 6), f"jl mawar {n}, {words}")
        for n in range(number)
    ]


def test_a_village_without_a_file_is_learned_from_its_customers_until_a_file_comes(feed, areas):
    feed(
        "provisioning",
        PROVISIONING,
        *town(131000001000, 14, -6.95, 107.55),
        named(131000002000, "jl kenanga, Sukamaju, Cibeber"),
    )
    learn()
    learned = Area.objects.get(kind="VILLAGE")
    assert (learned.origin, learned.name, learned.witel.code) == ("LEARNED", "sukamaju", "BANDUNG")
    (point,) = LocationCandidate.objects.filter(source="VILLAGE", customer__service_number="131000002000")
    assert distance_m(point.lat, point.lon, -6.9494, 107.5502) < 300
    before = stored()
    assert learn().startswith("0 areas learned, 0 changed, 1 as before;")
    assert stored() == before
    areas("villages.csv")
    areas("mapping.csv")
    assert village_points() == []  # the operator's villages know no Sukamaju
    learn()
    assert not Area.objects.filter(origin="LEARNED", kind="VILLAGE").exists()


def test_too_few_customers_leave_the_circle_in_force(feed):
    feed("provisioning", PROVISIONING, *town(131000001000, 60, -6.95, 107.55))
    learn()
    assert not Area.objects.filter(kind="WITEL").exists()
    feed("provisioning", PROVISIONING, OUTSIDE)
    assert faults()["131000000002"] == 0


def test_enough_customers_are_their_witels_area(feed, monkeypatch):
    monkeypatch.setattr("customers.locating.learned.LEAST_IN_WITEL", 50)
    feed("provisioning", PROVISIONING, *town(131000001000, 60, -6.95, 107.55))
    learn()
    feed("provisioning", PROVISIONING, OUTSIDE, house(131000000009, -6.9601, 107.5601))
    assert faults()["131000000002"] == Fault.OUTSIDE_AREA and faults()["131000000009"] == 0


def test_a_town_that_the_boundaries_leave_out_is_let_in_by_its_customers(feed, areas):
    areas("boundaries.geojson")
    areas("mapping.csv")
    lines = town(131000001000, 20, -7.400123, 107.600123)
    feed("provisioning", PROVISIONING, *lines)
    assert set(faults().values()) == {int(Fault.OUTSIDE_AREA)}
    learn()
    feed("provisioning", PROVISIONING, *lines)
    assert set(faults().values()) == {0}


# --- the real country


@needs_inputs
def test_the_real_country_raises_no_false_alarm_and_its_villages_hold_what_they_promise():
    for name in ("villages.csv.gz", "regencies.geojson", "regency_witel.csv"):
        call_command("import_areas", str(INPUTS.parent / name), stdout=StringIO())
    bring("provisioning", "a")
    assert not any(value & Fault.OUTSIDE_AREA for value in faults().values())
    truth = json.loads((INPUTS / "a" / "truth.json").read_text())["customers"]
    meant = {area.code: area for area in Area.objects.filter(code__in={house["village"] for house in truth.values()})}
    named, found, right, held = 0, 0, 0, 0
    candidates = {c.customer_id: c for c in LocationCandidate.objects.filter(source="VILLAGE")}
    for customer in Customer.objects.select_related("address"):
        house, candidate = truth[customer.service_number], candidates.get(customer.pk)
        village = meant[house["village"]]
        named += customer.address.raw.endswith(f", {village.name}, {village.district}")
        if candidate:
            found += 1
            right += (candidate.lat, candidate.lon) == (village.lat, village.lon)
            held += distance_m(house["lat"], house["lon"], candidate.lat, candidate.lon) <= candidate.accuracy_m
    assert named > 2000 and right >= 0.99 * named  # recall
    assert right >= 0.98 * found  # the rest are addresses that name another village, and mean it
    assert 0.64 <= held / found <= 0.72
