"""The feeds: typed rows, one refusal a row, warnings that do not refuse, the last of doubled rows."""

import csv
import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from imports.headers import words_of
from imports.kinds import KINDS
from imports.reading import read_table
from imports.reasons import MESSAGES

WITELS = {"BANDUNG": "BANDUNG", "Bandung": "BANDUNG", "BDGBRT": "BDGBRT", "Bandung Barat": "BDGBRT", "SOLO": "SOLO"}
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.exists(), reason=f"the real inputs are not at {DATA}: a, b and c are NOT checked"
)


def clean(tmp_path, kind, rows, witels=WITELS):
    path = tmp_path / "feed.csv"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    feed = KINDS[kind]
    table = read_table(path, columns=feed.COLUMNS, required=feed.REQUIRED)
    cleaned = feed.clean(table, witels=witels)
    assert_accounted(table, cleaned)
    return cleaned


def assert_accounted(table, cleaned):
    refused = cleaned.issues.filter(severity="refused")
    assert refused["row"].is_unique().all()
    assert table.frame.height == cleaned.frame.height + refused.height + cleaned.doubled.height


def refusals(cleaned):
    return cleaned.issues.filter(severity="refused").select("row", "reason").rows()


def warnings(cleaned):
    return cleaned.issues.filter(severity="warning").select("row", "field", "reason").rows()


@pytest.mark.parametrize("kind", KINDS)
def test_no_header_may_mean_two_fields(kind):
    seen = Counter()
    for field, aliases in KINDS[kind].COLUMNS.items():
        seen.update({"".join(words_of(alias)) for alias in (*aliases, field)})
    assert [alias for alias, times in seen.items() if times > 1] == []


PROVISIONING = ["ND", "Nama Pelanggan", "Alamat", "STO", "Witel", "Nama ODP", "Lat", "Long", "Lat ODP", "Long ODP", "Tgl PS", "Teknisi", "No HP"]  # fmt: skip
HOUSE = ["154591302562", "Siti", "jl. mawar 5", "bdg", "bandung", "odp-bdg-fa/001", "-6,9147", "107,6098", "-6.9139", "107.6105", "10/07/2018", "T1", "081234567890"]  # fmt: skip


def house(**changes):
    fields = [
        "nd",
        "name",
        "address",
        "sto",
        "witel",
        "odp",
        "lat",
        "lon",
        "odp_lat",
        "odp_lon",
        "day",
        "technician",
        "phone",
    ]
    return [changes.get(field, value) for field, value in zip(fields, HOUSE, strict=True)]


def test_provisioning_rows_are_typed(tmp_path):
    cleaned = clean(tmp_path, "provisioning", [PROVISIONING, HOUSE])
    assert cleaned.frame.row(0, named=True) == {
        "row": 1, "line": 2, "service_number": "154591302562", "witel": "BANDUNG", "installed_on": dt.date(2018, 7, 10),
        "name": "Siti", "address": "jl. mawar 5", "technician": "T1", "package": "", "sto": "BDG", "odp": "ODP-BDG-FA/001",
        "given_lat": -6.9147, "given_lon": 107.6098, "raw_point": "-6,9147 | 107,6098", "odp_lat": -6.9139, "odp_lon": 107.6105,
        "phones": "+6281234567890", "accuracy_m": None,
    }  # fmt: skip
    assert cleaned.issues.is_empty()


def test_a_row_is_refused_once_with_the_first_reason_in_order(tmp_path):
    rows = [
        house(nd="", witel="ATLANTIS"),
        house(nd="1.5E+11"),
        house(nd="15"),
        house(witel="Atlantis"),
        house(witel=""),
        [*HOUSE, "x"],
    ]
    cleaned = clean(tmp_path, "provisioning", [PROVISIONING, *rows])
    assert refusals(cleaned) == [
        (1, "no_nd"),
        (2, "scientific"),
        (3, "bad_nd"),
        (4, "unknown_witel"),
        (5, "unknown_witel"),
        (6, "extra_fields"),
    ]
    assert (1, "witel", "unknown_witel") in warnings(cleaned)
    assert cleaned.frame.is_empty()


def test_what_does_not_hide_the_house_is_only_a_warning(tmp_path):
    row = house(name="", lat="abc", odp_lat="?", day="kemarin", phone="tidak ada", address="x" * 501)
    cleaned = clean(tmp_path, "provisioning", [PROVISIONING, row])
    assert refusals(cleaned) == []
    assert {reason for _, _, reason in warnings(cleaned)} == {
        "no_name",
        "point_unreadable",
        "bad_date",
        "phone_unreadable",
        "too_long",
    }
    got = cleaned.frame.row(0, named=True)
    assert (
        got["given_lat"] is None
        and got["raw_point"] == "abc | 107,6098"
        and got["name"] == ""
        and got["installed_on"] is None
    )


def test_an_issue_quotes_the_value_and_says_what_to_do(tmp_path):
    cleaned = clean(tmp_path, "provisioning", [["LAPORAN"], PROVISIONING, house(witel="Atlantis " * 40)])
    issue = cleaned.issues.row(0, named=True)
    assert (issue["row"], issue["line"], issue["field"]) == (1, 3, "witel")
    assert len(issue["value"]) == 200 and issue["message"] == MESSAGES["unknown_witel"]


@pytest.mark.parametrize(
    "written", ["BANDUNG", "Witel Bandung", "bandung", "WITEL  BANDUNG BARAT", "Bandung-Barat", "bdgbrt"]
)
def test_a_witel_is_known_by_code_or_name(tmp_path, written):
    cleaned = clean(tmp_path, "provisioning", [PROVISIONING, house(witel=written)])
    assert cleaned.frame["witel"][0] == ("BDGBRT" if "rat" in written.lower() or "brt" in written else "BANDUNG")


def test_the_last_valid_of_doubled_rows_wins(tmp_path):
    rows = [HOUSE, house(name="Sitti"), HOUSE, house(witel="ATLANTIS")]
    cleaned = clean(tmp_path, "provisioning", [PROVISIONING, *rows])
    assert cleaned.frame["row"].to_list() == [3]
    assert cleaned.doubled.rows() == [(1, 2, 3, True), (2, 3, 3, False)]
    assert warnings(cleaned) == [(2, "service_number", "superseded")]
    assert cleaned.issues.filter(reason="superseded")["value"][0] == "row 3"


def test_provisioning_with_one_combined_column(tmp_path):
    cleaned = clean(
        tmp_path,
        "provisioning",
        [
            ["nd", "witel", "koordinat", "odp_koordinat"],
            ["154591302562", "solo", "-7,5 ; 110,8", "6°51'11.9\"S 107°36'40\"E"],
        ],
    )
    assert cleaned.frame["given_lat"][0] == -7.5 and cleaned.frame["odp_lat"][0] == pytest.approx(-6.8533, abs=1e-4)


BILLING = ["No. Internet", "Periode", "Jumlah Tagihan", "Jumlah Bayar", "Status", "Tgl Bayar"]


def test_billing_rows_are_typed_and_damaged_ones_refused(tmp_path):
    rows = [
        ["154591302562", "Okt 2026", "Rp 387.500", "", "LUNAS", "18/08/2026"], ["154591302562", "202609", "387.500,00", "", "BELUM", ""],
        ["154591302562", "2026-13", "1", "", "BELUM", ""], ["154591302563", "202610", "-5", "", "BELUM", ""],
        ["154591302564", "202610", "", "", "BELUM", ""], ["154591302565", "202610", "5", "", "entah", ""],
        ["154591302566", "202610", "387500", "387500", "LUNAS", "kemarin"],
    ]  # fmt: skip
    cleaned = clean(tmp_path, "billing", [BILLING, *rows])
    assert refusals(cleaned) == [(3, "bad_period"), (4, "bad_amount"), (5, "no_amount"), (6, "bad_status")]
    assert warnings(cleaned) == [(7, "paid_on", "bad_date")]
    got = cleaned.frame.select("service_number", "period", "amount", "status", "paid_on").rows()
    assert got[0] == ("154591302562", 202610, 387_500, "PAID", dt.date(2026, 8, 18))
    assert got[1] == ("154591302562", 202609, 387_500, "UNPAID", None)


def test_without_a_status_what_was_paid_tells_it(tmp_path):
    rows = [["154591302562", str(202601 + k), "100000", paid, "", day] for k, (paid, day) in enumerate([("", ""), ("100000", ""), ("50000", "01/02/2026"), ("", "01/02/2026"), ("0", "")])]  # fmt: skip
    cleaned = clean(tmp_path, "billing", [BILLING, *rows])
    assert cleaned.frame["status"].to_list() == ["PAID", "PARTIAL", "PAID", "UNPAID"]
    assert refusals(cleaned) == [(1, "no_status")]


def test_work_orders_may_lack_agent_day_and_balance(tmp_path):
    cleaned = clean(tmp_path, "workorders", [["NO_WO", "ND", "PERIODE", "CTB", "TGL_WO", "SALDO"], ["wo1", "154591302562", "202610", "CTB.Solo.1", "46331", "275778"], ["WO2", "154591302563", "202610", "", "", ""], ["", "154591302563", "202610", "", "", ""]])  # fmt: skip
    assert cleaned.frame.select("number", "agent", "issued_on", "balance").rows() == [
        ("WO1", "ctb.solo.1", dt.date(2026, 11, 5), 275_778),
        ("WO2", None, None, None),
    ]
    assert refusals(cleaned) == [(3, "no_number")]


def test_odp_rows_are_keyed_by_witel_and_code(tmp_path):
    cleaned = clean(tmp_path, "odp", [["Witel", "Nama ODP", "Latitude", "Longitude"], ["SOLO", "odp-a", "-7.5", "110.8"], ["BANDUNG", "ODP-A", "-6.9", "107.6"], ["SOLO", "", "1", "2"], ["SOLO", "ODP-A", "-7.5", "110.8"]])  # fmt: skip
    assert cleaned.frame.select("witel", "code", "given_lat").rows() == [
        ("BANDUNG", "ODP-A", -6.9),
        ("SOLO", "ODP-A", -7.5),
    ]
    assert refusals(cleaned) == [(3, "no_code")] and cleaned.doubled.rows() == [(1, 2, 4, True)]


def test_visits_need_an_order_or_a_line_and_take_their_time_from_two_columns(tmp_path):
    header = [
        "NO WO",
        "ND",
        "Petugas",
        "Tgl Visit",
        "Jam",
        "Hasil VOC",
        "Keterangan",
        "Latitude",
        "Longitude",
        "Nominal Janji",
        "Janji Bayar",
    ]
    rows = [
        ["WO1", "", "CTB.1", "05/11/2026", "08:30", "Janji Bayar", "besok", "-6.9", "107.6", "Rp 100.000", "10/11/2026"],
        ["", "154591302562", "ctb.1", "2026-11-05T09:00:00+07:00", "", "ATK", "", "", "", "", ""],
        ["", "", "ctb.1", "05/11/2026", "", "ATK", "", "", "", "", ""],
        ["WO2", "1.5E+11", "ctb.1", "05/11/2026", "", "ATK", "", "", "", "", ""],
        ["WO3", "", "ctb.1", "", "", "ATK", "", "", "", "", ""],
        ["WO4", "", "ctb.1", "05/11/2026", "", "", "", "", "", "", ""],
    ]  # fmt: skip
    cleaned = clean(tmp_path, "visits", [header, *rows])
    assert refusals(cleaned) == [(3, "no_nd"), (5, "no_date"), (6, "no_result")]
    assert warnings(cleaned) == [(4, "service_number", "scientific")]
    first, second, _ = cleaned.frame.rows(named=True)
    assert (
        first["visited_at"] == dt.datetime(2026, 11, 5, 8, 30)
        and first["amount"] == 100_000
        and first["promise_on"] == dt.date(2026, 11, 10)
    )
    assert (second["visited_at"], second["offset_min"]) == (dt.datetime(2026, 11, 5, 9), 420)


def test_agents_have_roles_regions_and_are_active_unless_said_otherwise(tmp_path):
    rows = [["CTB.Solo.1", "Budi", "Petugas CTB", "Solo", "Regional 3", "081234567890", ""], ["spv.a", "Ani", "SPV", "", "TREG 4", "", "Tidak"], ["x y", "X", "", "", "", "", ""], ["z", "Z", "raja", "", "", "", ""]]  # fmt: skip
    cleaned = clean(tmp_path, "agents", [["Username", "Nama", "Jabatan", "Witel", "Region", "No HP", "Aktif"], *rows])
    assert cleaned.frame.select("username", "role", "witel", "region", "is_active").rows() == [
        ("ctb.solo.1", "AGENT", "SOLO", "TREG3", True),
        ("spv.a", "SUPERVISOR", None, "TREG4", False),
    ]
    assert refusals(cleaned) == [(3, "bad_username"), (4, "bad_role")]


# --- the real inputs


def real_witels():
    with (DATA / "witel.csv").open(encoding="utf-8") as file:
        return {key: w["witel_code"] for w in csv.DictReader(file) for key in (w["witel_code"], w["witel_name"])}


def real(source, kind):
    feed = KINDS[kind]
    table = read_table(DATA / "inputs" / source, columns=feed.COLUMNS, required=feed.REQUIRED)
    cleaned = feed.clean(table, witels=real_witels())
    assert_accounted(table, cleaned)
    return cleaned


@needs_data
def test_input_a_refuses_exactly_the_rows_that_are_damaged_with_their_reasons():
    truth = json.loads((DATA / "inputs/a/truth.json").read_text())
    assert sorted(refusals(real("a/provisioning.csv", "provisioning"))) == sorted(
        (r["row"], r["reason"]) for r in truth["refused"]
    )


@needs_data
@pytest.mark.parametrize(
    "source, kept, refused, doubled", [("a", 3959, 42, 88), ("b", 3964, 38, 81), ("c", 3966, 37, 87)]
)
def test_provisioning_of_every_input_is_accounted_for(source, kept, refused, doubled):
    cleaned = real(f"{source}/provisioning.csv", "provisioning")
    assert (cleaned.frame.height, len(refusals(cleaned)), cleaned.doubled.height) == (kept, refused, doubled)
    assert cleaned.doubled["same"].all() and warnings(cleaned) == []


@needs_data
@pytest.mark.parametrize("source, orders", [("a", 1219), ("b", 1223), ("c", 1145)])
def test_bills_and_orders_of_every_input_are_clean(source, orders):
    bills, work = real(f"{source}/billing.csv", "billing"), real(f"{source}/workorders.xlsx", "workorders")
    assert (bills.frame.height, bills.issues.height) == (12_000, 0)
    assert (work.frame.height, work.issues.height) == (orders, 0)
    assert set(bills.frame["period"].unique()) == {202608, 202609, 202610} and bills.frame["amount"].min() > 100_000
