"""Columns clean themselves: every usual way of writing is read, nothing is guessed, round trips come home."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports import columns
from imports.columns.dates import MONTH_NAMES
from imports.columns.points import axis


def one(cleaner, text, *args):
    """(value, reason) of a single text."""
    column = cleaner(pl.Series([text], dtype=pl.String), *args)
    return column.value[0], column.reason[0]


@pytest.mark.parametrize(
    "text", ["154591302562", "154591302562.0", "'154591302562", " 1545 9130 2562", "154.591.302.562", "154591302562,00"]
)
def test_a_service_number_survives_its_dress(text):
    assert one(columns.service_number, text) == ("154591302562", None)


@pytest.mark.parametrize(
    "text, reason",
    [
        (None, "no_nd"), ("1.35260E+11", "scientific"), ("1,3526E+11", "scientific"), ("1E11", "scientific"), ("abc", "bad_nd"),
        ("1234567890", "bad_nd"), ("12345678901234", "bad_nd"), ("154591302562 / 154591302563", "bad_nd"), ("0812-3456", "bad_nd"),
    ],
)  # fmt: skip
def test_a_service_number_is_never_guessed(text, reason):
    assert one(columns.service_number, text) == (None, reason)


@pytest.mark.parametrize(
    "text",
    [
        "387500",
        "Rp 387.500",
        "Rp. 387.500,-",
        "387.500,00",
        "387,500.00",
        "IDR 387,500",
        "387500.0",
        "Rp387.500,00",
        "387 500",
    ],
)
def test_money_in_every_dress(text):
    assert one(columns.money, text) == (387_500, None)


@pytest.mark.parametrize(
    "text, rupiah",
    [("387500.5", 387_501), ("387500,49", 387_500), ("1.234.567", 1_234_567), ("0", 0), ("0,00", 0), (None, None)],
)
def test_fractions_of_a_rupiah_are_rounded_half_up(text, rupiah):
    assert one(columns.money, text) == (rupiah, None)


@pytest.mark.parametrize(
    "text", ["-5", "(387.500)", "387500-", "abc", "3.8E5", "387.5", "1234567890123456", "38.75.00", "Rp"]
)
def test_what_is_no_amount_is_refused(text):
    assert one(columns.money, text) == (None, "bad_amount")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**14))
def test_money_comes_home_from_both_styles(rupiah):
    english = f"{rupiah:,}"
    for text in (
        str(rupiah),
        english,
        english + ".00",
        "Rp " + english.replace(",", "."),
        english.replace(",", ".") + ",00",
    ):
        assert one(columns.money, text) == (rupiah, None)


DATES = st.dates(dt.date(1990, 1, 1), dt.date(2068, 12, 31))
EXCEL_ZERO = dt.date(1899, 12, 30)


@settings(max_examples=60, deadline=None)
@given(DATES, st.data())
def test_a_day_comes_home_from_every_style(day, data):
    name = data.draw(st.sampled_from(MONTH_NAMES[day.month - 1]))
    texts = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day.isoformat()} 13:45:00", f"{day.isoformat()}T13:45:00+07:00", f"{day:%Y/%m/%d}",
        f"{day:%d}-{name.title()}-{day:%Y}", f"{day.day} {name.upper()} {day.year}", str((day - EXCEL_ZERO).days),
        f"{(day - EXCEL_ZERO).days}.0", f"Senin, {day.day} {name} {day.year}", f"{name} {day.day}, {day.year}",
    ]  # fmt: skip
    if day.year >= 2000:
        texts.append(f"{day:%d}-{name}-{day:%y}")
    assert columns.day(pl.Series(texts)).value.to_list() == [day] * len(texts)


def test_day_first_unless_the_whole_column_says_otherwise():
    read = lambda *texts: columns.day(pl.Series(texts)).value.to_list()  # noqa: E731
    assert read("3/4/2026", "5.6.2026", "1-2-26") == [dt.date(2026, 4, 3), dt.date(2026, 6, 5), dt.date(2026, 2, 1)]
    assert read("3/4/2026", "1/13/2026") == [dt.date(2026, 3, 4), dt.date(2026, 1, 13)]
    assert read("3/4/2026", "1/13/2026", "13/1/2026") == [dt.date(2026, 4, 3), None, dt.date(2026, 1, 13)]


@pytest.mark.parametrize(
    "text", ["31/02/2026", "garbage", "01/01/1889", "2101-01-01", "2026-13-01", "0", "12345678901"]
)
def test_what_is_no_day_is_refused(text):
    assert one(columns.day, text) == (None, "bad_date")


@pytest.mark.parametrize(
    "text, value, offset",
    [
        ("2026-09-30", dt.datetime(2026, 9, 30), None),
        ("30/09/2026 08:30", dt.datetime(2026, 9, 30, 8, 30), None),
        ("30.09.2026 08.30.15", dt.datetime(2026, 9, 30, 8, 30, 15), None),
        ("46331.75", dt.datetime(2026, 11, 5, 18), None),
        ("2026-09-30T10:00:00Z", dt.datetime(2026, 9, 30, 10), 0),
        ("2026-09-30T10:00:00.500+07:00", dt.datetime(2026, 9, 30, 10), 420),
        ("30 Sep 2026 10:00 WITA", dt.datetime(2026, 9, 30, 10), 480),
        ("30/09/2026 9:05 PM", dt.datetime(2026, 9, 30, 21, 5), None),
        ("5 Mei 2026 pukul 21.05", dt.datetime(2026, 5, 5, 21, 5), None),
    ],
)
def test_moments_are_local_with_the_offset_where_written(text, value, offset):
    got = columns.moment(pl.Series([text]))
    assert (got.value[0], got.offset_min[0], got.reason[0]) == (value, offset, None)


def test_an_impossible_time_is_no_moment():
    assert columns.moment(pl.Series(["2026-09-30 25:00"])).reason[0] == "bad_date"


@settings(max_examples=60, deadline=None)
@given(st.integers(2000, 2068), st.integers(1, 12), st.data())
def test_a_period_comes_home_from_every_style(year, month, data):
    name = data.draw(st.sampled_from(MONTH_NAMES[month - 1]))
    serial = (dt.date(year, month, 1) - EXCEL_ZERO).days
    texts = [
        f"{year}{month:02}", f"{year}-{month:02}", f"{month:02}/{year}", f"{month}-{year}", f"{name.title()} {year}",
        f"{name}-{year % 100:02}", f"01/{month:02}/{year}", str(serial), f"{year}{month:02}.0", f"Periode {name} {year}",
    ]  # fmt: skip
    assert columns.period(pl.Series(texts)).value.to_list() == [year * 100 + month] * len(texts)


@pytest.mark.parametrize("text", ["202613", "2026-00", "Foo 2026", "10", "2026"])
def test_what_is_no_period_is_refused(text):
    assert one(columns.period, text) == (None, "bad_period")


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("085750556833", "+6285750556833"), ("6281387152993", "+6281387152993"), ("+62 81925082104", "+6281925082104"),
        ("0827-7342-0373", "+6282773420373"), ("89204627291", "+6289204627291"), ("(022) 7301234", "+62227301234"),
        ("081234567890/081298765432", "+6281234567890 +6281298765432"), ("+1 650 253 0000", "+16502530000"), (None, None),
        ("081234567890, 081234567890", "+6281234567890"), ("62 0812345678", "+62812345678"),
    ],
)  # fmt: skip
def test_phones_become_e164(text, numbers):
    assert one(columns.phone, text) == (numbers, None)


def test_an_unreadable_phone_is_a_warning_and_loses_only_itself():
    assert one(columns.phone, "tidak ada") == (None, "phone_unreadable")
    assert one(columns.phone, "081234567890 / kosong") == ("+6281234567890", "phone_unreadable")
    assert one(columns.phone, "8.12E+11") == (None, "phone_unreadable")


def test_payment_states_in_both_languages():
    for state, texts in {
        "PAID": ["LUNAS", "paid", "Sudah Bayar", "1", "Y"],
        "UNPAID": ["BELUM", "belum bayar", "OUTSTANDING", "Tertunggak", "UNPAID", "0"],
        "PARTIAL": ["SEBAGIAN", "cicil", "Bayar Sebagian"],
    }.items():
        assert columns.bill_status(pl.Series(texts)).value.to_list() == [state] * len(texts)
    assert one(columns.bill_status, "entah") == (None, "bad_status")


def test_text_is_tidied_and_never_cut():
    assert one(columns.text, " Jl.\u00a0 Mawar\n5\u200b ", 20) == ("Jl. Mawar 5", None)
    assert one(columns.text, "e\u0301", 1) == ("é", None)
    assert one(columns.text, "x" * 21, 20) == (None, "too_long")
    assert one(columns.text, "a\x00b", 20) == (None, "nul_byte")


def test_cleaning_text_leaves_what_was_written_as_it_was():
    written = pl.Series(["a  b", "c"])
    columns.text(written, 9)
    assert written.to_list() == ["a  b", "c"]


def read_pair(lat=None, lon=None, both=None):
    got = columns.point(*(pl.Series([v], dtype=pl.String) for v in (lat, lon, both)))
    return got.lat[0], got.lon[0], got.reason[0]


HOUSE = (pytest.approx(-6.853305555, abs=1e-6), pytest.approx(107.611111111, abs=1e-6), None)


@pytest.mark.parametrize(
    "text",
    [
        "6°51'11.9\"S 107°36'40\"E", "6 51 11,9 LS 107 36 40 BT", "S 6 51 11.9, E 107 36 40", "-6°51'11.9\" 107°36'40\"",
        "6d51m11.9s S, 107d36m40s E", "LS 6° 51' 11,9'' BT 107° 36' 40''", "6° 51,19833' S; 107° 36,66667' T",
        "-6.853305556, 107.611111111", "-6,853305556; 107,611111111", "-6,853305556, 107,611111111", "(-6.853305556 107.611111111)",
        "POINT(107.611111111 -6.853305556)", "https://www.google.com/maps/@-6.853305556,107.611111111,17z",
        "https://maps.google.com/?q=-6.853305556,107.611111111", "geo:-6.853305556,107.611111111",
        "Lat: -6.853305556 Long: 107.611111111", "\u22126.853305556/107.611111111", "6.853305556 S; 107.611111111 E",
        "-6.853305556,107.611111111,712.5", "https://www.google.com/maps/place/x/data=!3d-6.853305556!4d107.611111111",
    ],
)  # fmt: skip
def test_a_point_in_one_cell_however_it_is_written(text):
    assert read_pair(both=text) == HOUSE
    if text.count(" ") or ";" in text:
        assert read_pair(lat=text) == HOUSE


@pytest.mark.parametrize(
    "lat, lon",
    [
        ("-6.853305556", "107.611111111"), ("-6,853305556", "107,611111111"), ("6°51'11.9\"S", "107° 36' 40\" BT"),
        ("S 6 51 11.9", "E 107 36 40"), ("6 51 11,9 LS", "107 36 40 BT"), ("6.853305556 S", "107.611111111 T"),
        ("- 6.853305556°", "+107.611111111°"),
    ],
)  # fmt: skip
def test_a_point_in_two_cells_however_it_is_written(lat, lon):
    assert read_pair(lat, lon) == HOUSE


def test_a_point_is_given_as_written_and_not_repaired():
    assert read_pair("107.42E", "6.5S") == (107.42, -6.5, None)
    assert read_pair("-7638340", "110586632") == (-7638340, 110586632, None)
    assert read_pair("-6.851.193", "107.431.628") == (-6851193, 107431628, None)
    assert read_pair(both="0,0") == (0, 0, None)


@pytest.mark.parametrize(
    "lat, lon, both",
    [
        ("abc", "107.1", None),
        ("-6.2", None, None),
        ("-6,851193", None, None),
        (None, None, "x"),
        ("-6 51 75", "107.1", None),
    ],
)
def test_what_is_no_point_is_a_warning(lat, lon, both):
    assert read_pair(lat, lon, both) == (None, None, "point_unreadable")


def test_nothing_written_is_missing_without_a_warning():
    assert read_pair() == (None, None, None)


@settings(max_examples=100, deadline=None)
@given(st.floats(-11, 6), st.floats(95, 141), st.sampled_from([4, 5, 6, 7]))
def test_a_point_comes_home_from_every_style(lat, lon, digits):
    a, b = f"{lat:.{digits}f}", f"{lon:.{digits}f}"
    comma = (a.replace(".", ","), b.replace(".", ","))
    wanted = (float(a), float(b), None)
    assert read_pair(a, b) == wanted and read_pair(*comma) == wanted
    for text in (f"{a}, {b}", f"{a},{b}", f"{a} {b}", f"{comma[0]}; {comma[1]}", f"{comma[0]}, {comma[1]}"):
        assert read_pair(both=text) == wanted


def test_a_column_of_nothing_is_cleaned_to_nothing():
    empty = pl.Series([], dtype=pl.String)
    for cleaner in (
        columns.service_number,
        columns.money,
        columns.day,
        columns.moment,
        columns.period,
        columns.phone,
        columns.flag,
    ):
        assert cleaner(empty).value.len() == 0
        assert cleaner(pl.Series([None], dtype=pl.String)).value[0] is None


@pytest.mark.parametrize(
    "attack", ["=1+1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(A1:A9)", "-2+3+cmd|' /C calc'!A0", "＝1"]
)
def test_a_formula_in_a_text_is_refused(attack):
    value, reason = columns.text(pl.Series([attack]), 100)
    assert (value[0], reason[0]) == (None, "formula")


@pytest.mark.parametrize("honest", ["- belakang masjid", "+62 rumah pojok", "@ perum melati", "no = 5"])
def test_honest_texts_that_only_begin_oddly_are_kept(honest):
    assert columns.text(pl.Series([honest]), 100).value[0] == honest


def test_the_apostrophe_of_our_own_exports_is_taken_off():
    assert columns.text(pl.Series(["'- belakang masjid"]), 100).value[0] == "- belakang masjid"


@pytest.mark.parametrize(
    "written, number", [("081234567890 (istri)", "+6281234567890"), ("0812-3456-7890 bpk", "+6281234567890")]
)
def test_words_beside_a_number_are_not_dialled(written, number):
    assert columns.phone(pl.Series([written])).value[0] == number


@pytest.mark.parametrize("written", ["0812345678901234", "08123", "000000000", "08abc4567890"])
def test_numbers_that_nobody_can_call_are_told(written):
    value, reason = columns.phone(pl.Series([written]))
    assert (value[0], reason[0]) == (None, "phone_unreadable")


def test_full_width_digits_are_the_same_line():
    assert columns.service_number(pl.Series(["１３１２３４５６７８８３"])).value[0] == "131234567883"


def test_digits_of_other_scripts_are_unreadable_and_break_nothing():
    assert axis(pl.Series(["１２", "١٢٣", "-6.9"])).to_list() == [None, None, -6.9]
