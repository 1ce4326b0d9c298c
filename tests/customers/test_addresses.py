"""Reading addresses as people write them. The examples are composed after patterns of real ones, none is a real one."""

import re
import warnings
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.addresses import TEXT_FIELDS, fold_pairs, is_ambiguous, read_rows, score
from customers.locating.address_tokens import PADDING, TOKEN, lower, split_tokens
from customers.locating.address_words import MISSING_COSTS
from customers.locating.addresses import COLUMNS, read_address, read_addresses

DATA = Path(__file__).resolve().parents[3] / "shared/data"
LABELLED = DATA / "addresses_labelled.csv"
SAMPLE = DATA / "addresses_sample.csv"
# Labelled by hand before the reader saw them: the ids of rows in SAMPLE, whose texts may not be kept here. `draw:3` was
# drawn and labelled after the last change of the rules.
OUR_LABELS = Path(__file__).parent / "address_labels.csv"
# F1, as asked on unseen rows; and a little below what our labels gave.
TARGETS = {"rt": 0.97, "rw": 0.97, "house_no": 0.93, "block": 0.90, "postcode": 0.97}
OUR_TARGETS = {"rt": 0.99, "rw": 0.99, "house_no": 0.98, "block": 0.97, "postcode": 0.99}

PIECES = st.one_of(
    st.sampled_from(
        ["jl", "mawar", "raya", "melati", "viii", "tebet", "timur", "toko", "dekat", "kota", "gg", "km", "kav"]
    ),
    st.sampled_from(["no", "no.", "rt", "rw", "blok", "kel.", "kec.", "ilir", ",", "(", ")", ".", "/", "-"]),
    st.sampled_from(["3", "12", "12a", "23-39", "14", "c", "b", "f1", "c9", "002", "003/004", "40123", "0812345678"]),
    st.sampled_from(["rt005", "rw007", "rt15", "r05", "İ", "ß", "é", "２", "'"]),
)
COMPOSED = st.lists(PIECES, max_size=14).flatmap(
    lambda pieces: st.sampled_from([" ", "", "  ", "\t"]).map(lambda gap: gap.join(pieces))
)
ANY_TEXT = st.one_of(COMPOSED, st.text(max_size=80))


@pytest.mark.parametrize(
    ("raw", "rt", "rw"),
    [
        ("melati 8 rt 5 rw 3 cibeber", "5", "3"),
        ("melati 8 rt 5 3 cibeber", "5", "3"),
        ("melati 8 RT 005/RW 003", "5", "3"),
        ("melati 8 rt.004 011", "4", "11"),
        ("melati 8 rt15 r05", "15", "5"),
        ("melati 8 rt003rw018", "3", "18"),
        ("melati 8 rt rw 004 012 sukasari", "4", "12"),
        ("melati 8 rt/rw: 04/12", "4", "12"),
        ("melati rt rw.08b 02", "8b", "2"),
        ("melati 8 rt 7 9 14360", "7", "9"),
        ("melati 8 rw 04 sukasari", None, "4"),
        ("melati 8 rt 2 sukasari", "2", None),
        ("melati 8 rt 2 40123 cibeber", "2", None),
        ("melati 8 rt , rw 5", None, "5"),
        ("melati 8 rw 5 rt 3", "3", "5"),
        ("melati rt 5 16 ilir", "5", None),
        ("melati 8 rt 0 0 cibeber", None, None),
        ("melati 8 02 05 sukasari", "2", "5"),
        ("melati 8 003/004", "3", "4"),
        ("melati 8 rt rw :", None, None),
        ("melati 8 rt 5 12 rw 3", "5", "3"),
        ("melati 8 RT.005 / RW.003", "5", "3"),
        ("melati 8 ry.05 tw.03", "5", "3"),
        ("sert rwanda 5 6", None, None),
    ],
)
def test_rt_and_rw_are_read_in_all_their_spellings(raw, rt, rw):
    address = read_address(raw)
    assert (address.rt, address.rw) == (rt, rw)


@pytest.mark.parametrize(
    ("raw", "house_number"),
    [
        ("melati raya no 15 sukasari", "15"),
        ("melati raya no.15, sukasari", "15"),
        ("melati no15", "15"),
        ("jl melati n0. 48", "48"),
        ("melati 3, 71 sukasari cibeber", "71"),
        ("melati 3 14 rt 2 5 cibeber", "14"),
        ("melati viii 25 sukasari", "25"),
        ("melati viii, no 95 sukasari rt 5 rw 5", "95"),
        ("gg. 13 327", "327"),
        ("gg. 13 sukasari", None),
        ("melati 23-39 rt 2 5", "23-39"),
        ("melati no 112 - 113", "112-113"),
        ("melati no 12a rt 4 5", "12a"),
        ("melati no 14 c rt 3 1 cibeber", "14c"),
        ("no 9 rt 12 4", "9"),
        ("Jl. Melati No. 12/A RT 5", "12/a"),
        ("melati no 01 sukasari", "01"),
        ("melati rt 3 4 no 7", "7"),
        ("raya melati km 5 sukasari", None),
        ("melati lan 4 rt 2 3", None),
        ("komplek bni 46 jl melati no 8", "8"),
        ("19 ilir melati 225", "225"),
        ("melati, 9 10 ulu", "9"),
        ("sd negeri 3 sukasari", None),
        ("sd negeri melati 4 sukasari", None),
        ("desa sukamaju 2 rt 3 rw 4", None),
        ("apartemen melati kav 9", "9"),
        ("gedung melati lantai 7 jl mawar no 4", "4"),
        ("toko jaya 2, raya melati", None),
        ("melati 41 5 cibeber", "41"),
        ("melati xiv 6 9 cibeber", "6"),
        ("melati 19 sukasari 6 cibeber", "19"),
        ("melati 12 a yani", "12"),
        ("melati 0812345678", None),
        ("melati 40123 cibeber", None),
        ("dusun melati rt 2 rw 4 jl mawar 15", "15"),
    ],
)
def test_house_number_is_told_from_the_numbers_of_names(raw, house_number):
    assert read_address(raw).house_number == house_number


@pytest.mark.parametrize(
    ("raw", "block", "house_number"),
    [
        ("griya melati blok f1 no 26", "f1", "26"),
        ("griya melati blok f no.26", "f", "26"),
        ("griya melati blok f 46", "f", "46"),
        ("griya melati blok f-46", "f", "46"),
        ("griya melati blok c 11 no. 17", "c11", "17"),
        ("griya melati blok c15 9", "c15", "9"),
        ("griya melati blok ae1 18 rt 2 6", "ae1", "18"),
        ("griya melati blok 2 no. 20a", "2", "20a"),
        ("griya melati blok senja b no 31", "b", "31"),
        ("gudang melati iii block a16 jl mawar", "a16", None),
        ("melati no c1 1 sukasari", "c1", "1"),
        ("melati no b 5 rw 9", "b", "5"),
        ("cluster melati c9 9", "c9", "9"),
        ("wisata melati h2-18", "h2", "18"),
        ("komplek melati b10, sukasari", "b10", None),
        ("Griya Melati Blok C1/12", "c1", "12"),
        ("Griya Melati Blok C/12", "c", "12"),
        ("Griya Melati B3/12A", "b3", "12a"),
        ("palem q 53 rt 7 8", "q", "53"),
        ("palem q 53 no 7", None, "7"),
        ("melati ix c 12 rt 12 rw 9", None, "12"),
        ("jl h 12", None, "12"),
        ("melati no d11 sukasari", None, "d11"),
        ("no. blok, sukasari", None, None),
    ],
)
def test_block_is_read_with_its_house_number(raw, block, house_number):
    address = read_address(raw)
    assert (address.block, address.house_number) == (block, house_number)


def test_words_are_read_by_where_they_stand():
    address = read_address("melati raya 12 sukasari rt 3 4 40123 cibeber selatan")
    assert (address.street, address.village, address.district) == ("melati raya", "sukasari", "cibeber selatan")
    assert address.postal_code == "40123"


def test_words_are_read_by_their_titles():
    address = read_address("Toko Jaya, Jl. Mawar No. 5, Kel. Sukasari, Kec. Cibeber, Kab. Bandung (dekat masjid)")
    assert (address.street, address.village) == ("jl mawar", "sukasari")
    assert (address.district, address.city) == ("cibeber", "bandung")
    assert address.landmark == "toko jaya"


def test_village_may_carry_its_title_behind_it():
    address = read_address("melati raya, no 12 sukasari kel. cibeber")
    assert (address.street, address.village, address.district) == ("melati raya", "sukasari", "cibeber")


def test_village_may_stand_before_its_street():
    address = read_address("cipayung timur melati raya 12 rt 3 4 cibeber")
    assert (address.village, address.street) == ("cipayung timur", "melati raya")


def test_village_and_district_may_stand_last_behind_commas():
    address = read_address("kenari 12 melati raya selatan, Sukasari, Cibeber")
    assert (address.street, address.village, address.district) == ("kenari", "sukasari", "cibeber")


def test_complete_address_misses_nothing():
    address = read_address("melati raya 12 sukasari rt 3 4 cibeber")
    assert (address.completeness, address.missing) == (100, "")


def test_empty_address_misses_everything_worst_first():
    for raw in ("", "   ", None):
        address = read_address(raw)
        assert (address.completeness, address.missing) == (0, ",".join(MISSING_COSTS))
    assert list(MISSING_COSTS.values()) == sorted(MISSING_COSTS.values(), reverse=True)
    assert sum(MISSING_COSTS.values()) == 100


def test_block_with_house_number_stands_in_for_the_street():
    assert "street" not in read_address("blok f1 no 26 rt 3 4").missing
    assert "street" in read_address("blok f1 rt 3 4").missing


def test_spans_show_where_each_number_stood():
    raw = "Griya Melati Blok C 11 No. 17 RT.004 RW 011 Cibeber 40123"
    shown = {part: raw[start:end] for part, (start, end) in read_address(raw).spans.items()}
    assert shown == {"block": "C 11", "house_number": "17", "rt": "004", "rw": "011", "postal_code": "40123"}


def test_spans_are_right_behind_letters_that_grow_in_lower_case():
    raw = "İİ melati no 7"
    start, end = read_address(raw).spans["house_number"]
    assert raw[start:end] == "7"


def test_table_has_one_typed_row_per_address_in_order():
    table = read_addresses(["melati no 1", None, "melati no 3"])
    assert table["house_number"].to_list() == ["1", None, "3"]
    assert table.schema == COLUMNS
    assert read_addresses(pl.Series(["melati no 1"])).equals(table.head(1))


def test_no_addresses_give_an_empty_table():
    assert read_addresses([]).schema == COLUMNS
    assert read_addresses(pl.Series([], dtype=pl.String)).height == 0


@given(st.lists(ANY_TEXT, max_size=5))
def test_table_and_single_address_agree(raw):
    for row, text in zip(read_addresses(raw).to_dicts(), raw, strict=True):
        address = read_address(text)
        assert row == {column: getattr(address, column) for column in COLUMNS}


@given(ANY_TEXT)
@example("İ rt 5/6 no 12 a blok c 11 no 3")
def test_spans_point_at_what_was_read(raw):
    address = read_address(raw)
    for part, (start, end) in address.spans.items():
        read = re.sub(r"[^0-9a-z]", "", getattr(address, part))
        assert read in re.sub(r"[^0-9a-z]", "", lower(raw)[start:end])


@given(ANY_TEXT, st.text(" ", max_size=3))
def test_spaces_behind_change_nothing(raw, spaces):
    assert read_address(raw + spaces) == read_address(raw)


@given(ANY_TEXT)
@example("melati 12a 8sukasari 12abc no7")
def test_quick_cut_gives_the_same_tokens_as_the_thorough_one(raw):
    tokens, _ = split_tokens(raw)
    assert tokens == TOKEN.findall(lower(raw)) + PADDING


@pytest.mark.parametrize(
    ("labels", "texts", "targets"),
    [(LABELLED, None, TARGETS), (OUR_LABELS, SAMPLE, OUR_TARGETS)],
    ids=["given", "ours"],
)
def test_labelled_addresses_reach_the_targets(labels, texts, targets):
    needed = texts or labels
    if not needed.exists():
        warnings.warn(f"{needed} is absent: the address reader was NOT checked against labels", stacklevel=1)
        pytest.skip(f"{needed} is absent")
    rows = read_rows(labels, texts)
    answers = read_addresses([row["raw_address"] for row in rows]).to_dicts()
    for field in TEXT_FIELDS:
        pairs = [pair for fold in fold_pairs(field, rows, answers) for pair in fold]
        assert score(pairs)[2] >= targets[field], field


def test_ambiguous_fields_are_left_out_of_the_score():
    row = {"rt": "5", "has_street": "1", "notes": "ambiguous:rt;ambiguous:street"}
    assert is_ambiguous(row, "rt") and is_ambiguous(row, "has_street")
    assert not is_ambiguous(row, "rw") and not is_ambiguous({"rt": "5"}, "rt")


def test_our_labels_hold_no_addresses():
    assert all(
        not re.search("[a-z]{3}", value)
        for row in read_rows(OUR_LABELS)
        for key, value in row.items()
        if key != "notes"
    )


@pytest.mark.parametrize(
    ("raw", "house_number"),
    [
        ("melati 632 ilir barat", "632"),
        ("melati 26 ilir", None),
        ("melati 26 ilir no 3", "3"),
        ("melati 1544 ulu", "1544"),
    ],
)
def test_quarters_have_two_digits_and_a_longer_number_before_their_name_is_a_house(raw, house_number):
    assert read_address(raw).house_number == house_number


@pytest.mark.parametrize(
    ("raw", "house_number"),
    [
        ("melati jaya 3 gang 5", None),
        ("melati jaya 3 gg mawar 12", "12"),
        ("gg melati 1 dalam sukasari", None),
        ("gg melati 1 dalam no 8", "8"),
        ("melati dalam 8 sukasari", "8"),
    ],
)
def test_number_before_an_alley_or_its_inner_part_is_the_name_of_a_street(raw, house_number):
    assert read_address(raw).house_number == house_number


@pytest.mark.parametrize(
    ("raw", "house_number"),
    [("melati 2b 117 rt 13 10", "117"), ("melati 3 41b rt 8 12", "41b"), ("melati 12a 3 sukasari", "12a")],
)
def test_of_two_numbers_before_the_rt_the_last_is_the_house(raw, house_number):
    assert read_address(raw).house_number == house_number


@pytest.mark.parametrize(
    ("raw", "block", "house_number"),
    [
        ("villa melati 2 blok a sukasari", "a", None),
        ("jalan mawar 1 griya melati blok b6", "b6", None),
        ("melati 2 blok a no 15", "a", "15"),
        ("melati no 15 blok a", "a", "15"),
    ],
)
def test_a_bare_number_is_no_house_where_a_block_is_named(raw, block, house_number):
    address = read_address(raw)
    assert (address.block, address.house_number) == (block, house_number)


def test_a_number_in_a_name_does_not_part_village_from_district():
    assert read_address("kenari jaya 3 gang 5").district is None


@pytest.mark.parametrize(
    "written", ["mawar no 3 rt 8/9", "mawar no 3 rt.8/9", "mawar no 3 rt 08/09", "mawar no 3 rt 8 / 9"]
)
def test_one_digit_areas_joined_by_a_slash_are_both_read(written):
    address = read_address(written)
    assert (address.rt, address.rw, address.house_number) == ("8", "9", "3")


@pytest.mark.parametrize(
    "raw, landmark",
    [
        ("jl melati 5 depan masjid al ikhlas rt 3/4", "depan masjid al ikhlas"),
        ("jl melati 5 sebelah indomaret rt 3/4", "sebelah indomaret"),
        ("toko jaya 2, raya melati", "toko jaya"),
    ],
)
def test_a_landmark_is_more_than_the_word_that_marks_it(raw, landmark):
    assert read_address(raw).landmark.startswith(landmark)
