"""Numbers, money, distances and times as Indonesians write them."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from customers.locating import risk
from customers.locating.faults import Fault
from dashboard.templatetags import findgo
from dashboard.templatetags.locating import point_reasons, risk_words
from dashboard.words import FAULTS, RISKS

NBSP = "\xa0"


@pytest.mark.parametrize(
    ("filter_", "value", "text"),
    [
        (findgo.rupiah, 387_500, f"Rp{NBSP}387.500"),
        (findgo.rupiah, 0, f"Rp{NBSP}0"),
        (findgo.rupiah, None, "–"),
        (findgo.number, 1234, "1.234"),
        (findgo.number, 1_234_567, "1.234.567"),
        (findgo.percent, 0.079, f"7,9{NBSP}%"),
        (findgo.percent, None, "–"),
        (findgo.metres, 240.3, f"240{NBSP}m"),
        (findgo.metres, 999.7, f"1,0{NBSP}km"),
        (findgo.metres, 1300, f"1,3{NBSP}km"),
        (findgo.metres, 15_400, f"15{NBSP}km"),
        (findgo.period, 202610, "Oktober 2026"),
        (findgo.points, -0.0213, "2,1"),
        (findgo.missing_parts, "house_number,rt", ["nomor rumah", "RT"]),
        (findgo.faults, int(Fault.SWAPPED | Fault.AT_ODP), "lintang dan bujur tertukar, tepat di ODP"),
    ],
)
def test_values_are_written_as_people_write_them(filter_, value, text):
    assert filter_(value) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "Sen 23 Nov, 14.32 WIB"),
        ("Asia/Makassar", "Sen 23 Nov, 15.32 WITA"),
        ("Asia/Jayapura", "Sen 23 Nov, 16.32 WIT"),
    ],
)
@time_machine.travel("2026-11-23T08:00:00Z", tick=False)
def test_a_moment_is_told_in_the_witels_zone(zone, text):
    assert findgo.moment(datetime(2026, 11, 23, 7, 32, tzinfo=UTC), zone) == text


@time_machine.travel("2026-11-23T08:00:00Z", tick=False)
def test_days_of_other_years_say_the_year_and_ages_are_rounded():
    assert findgo.day(date(2026, 11, 23)) == "Sen 23 Nov"
    assert findgo.day(date(2019, 1, 21)) == "Sen 21 Jan 2019"
    assert [findgo.age(day) for day in (date(2026, 11, 11), date(2026, 5, 1), date(2019, 1, 1))] == [
        "12 hari lalu", "6 bulan lalu", "7 tahun lalu",
    ]  # fmt: skip


def test_a_grade_has_a_shape_a_letter_and_words():
    html = findgo.grade("B")

    assert 'class="grade grade-b"' in html and ">B<" in html and "yakin" in html
    assert "tanpa titik" in findgo.grade("")


def test_every_fault_has_a_word():
    assert {fault.name for fault in Fault} == set(FAULTS)


def test_every_risk_has_a_word():
    assert set(risk.FEATURES) == set(RISKS)
    assert risk_words("spread,earlier_atk") == "titik kurang pasti, pernah tidak ketemu"


def test_reasons_of_a_point_are_sentences():
    told = point_reasons("reported_elsewhere_m:667,fixes_agree:2,best:agent_pin")
    assert told == [
        "dilaporkan 667 m dari sini, menunggu keputusan",
        "2 orang menunjuk titik yang sama",
        "terutama dari Tanda petugas",
    ]
