"""Which village an address means: the one it names, and none where two would fit."""

import polars as pl
import pytest

from customers.locating.addresses import read_addresses
from customers.locating.gazetteer import find_villages, make_gazetteer
from customers.locating.learned import learn_villages

BANDUNG, BOGOR = 1, 2
VILLAGES = [
    (BANDUNG, "Cijeungjing", "Jatigede", "Kabupaten Sumedang"),
    (BANDUNG, "Mekarjaya", "Arjasari", "Kabupaten Bandung"),
    (BANDUNG, "Mekarjaya", "Rancasari", "Kota Bandung"),
    (BANDUNG, "Karang Anyar", "Astana Anyar", "Kota Bandung"),
    (BANDUNG, "Sindang Jaya", "Mandalajati", "Kota Bandung"),
    (BANDUNG, "Jaya", "Mandalajati", "Kota Bandung"),
    (BANDUNG, "Genteng", "Sukasari", "Kabupaten Sumedang"),
    (BANDUNG, "Sukasari", "Pameungpeuk", "Kabupaten Bandung"),
    (BANDUNG, "Padalarang", "Padalarang", "Kabupaten Bandung Barat"),
    (BOGOR, "Cijeungjing", "Cibinong", "Kabupaten Bogor"),
]
GAZETTEER = make_gazetteer(
    pl.DataFrame(
        [(*row, -6.9 - n / 100, 107.6, 900.0) for n, row in enumerate(VILLAGES)],
        schema=["area", "name", "district", "regency", "lat", "lon", "radius_m"],
        orient="row",
    )
)


def village_of(raw, area=BANDUNG):
    """(village, district) that the address is matched with, or None."""
    read = read_addresses([raw]).select("village", "district", "city")
    found = find_villages(read.with_columns(customer=1, area=area, raw=pl.lit(raw)), GAZETTEER)
    return VILLAGES[found["place"][0]][1:3] if found.height else None


@pytest.mark.parametrize(
    "raw",
    [
        "kayu gede 1 74 paku jaya serpong utara, Cijeungjing, Jatigede",
        "KAYU GEDE 74 PAKU JAYA, CIJEUNGJING, JATIGEDE",
        "kayu gede no 74 cijeungjing jatigede",
        "kayu gede no 74 kel. cijeungjing kec. jatigede",
        "kayu gede no 74, ds cijeungjing, kec jatigede, kab sumedang",
        "kayu gede no 74 rt 1 rw 2 cijeungjing jatigede sumedang",
        "cijeungjing, kayu gede no 74 rt 01 rw 02 jatigede",
        "kayu gede 74, Cijeungjing, Jatig",
        "kayu gede 74, Cijeung-jing,  Jati Gede",
    ],
)
def test_a_village_with_its_district_is_found_however_it_is_written(raw):
    assert village_of(raw) == ("Cijeungjing", "Jatigede")


def test_abbreviations_are_the_words_they_stand_for():
    assert village_of("jl melati no 4, kr. anyar, astana anyar") == ("Karang Anyar", "Astana Anyar")
    assert village_of("melati no 4 mekarjaya rancasari bdg") == ("Mekarjaya", "Rancasari")


def test_of_two_villages_that_end_the_text_the_longer_name_is_meant():
    assert village_of("penggilingan sindang jaya mandalajati") == ("Sindang Jaya", "Mandalajati")


def test_a_name_that_two_villages_of_the_witel_have_is_no_answer():
    assert village_of("jl melati no 4, mekarjaya") is None
    assert village_of("jl melati no 4, mekarjaya, rancasari") == ("Mekarjaya", "Rancasari")


def test_a_name_alone_counts_where_it_is_the_only_one_of_the_witel():
    assert village_of("jl melati no 4, cijeungjing") == ("Cijeungjing", "Jatigede")
    assert village_of("jl melati no 4, cijeungjing", BOGOR) == ("Cijeungjing", "Cibinong")


def test_a_name_beside_another_district_is_another_village():
    assert village_of("semampir 20 rt 1 rw 2 cijeungjing, ciamis kota") is None


def test_a_districts_name_alone_is_no_village():
    assert village_of("jl melati no 4, padalarang") is None
    assert village_of("jl melati no 4, sukasari") is None


def test_villages_of_another_witel_are_not_meant():
    assert village_of("melati 4, Mekarjaya, Rancasari", BOGOR) is None


@pytest.mark.parametrize("raw", ["", ",", " , , ", "jl melati no 4", "ii", "kel. kec."])
def test_an_address_that_names_no_village_has_none(raw):
    assert village_of(raw) is None


def test_a_village_without_a_file_is_where_its_customers_are_despite_two_wrong_ones():
    houses = [(-6.9 + n / 10_000, 107.6) for n in range(8)] + [(-6.5, 107.2), (-7.3, 108.0)]
    points = pl.DataFrame(houses, schema=["lat", "lon"], orient="row").with_columns(
        village=pl.lit("Kel. Suka Maju"), district=pl.lit("cibeber")
    )
    (village,) = learn_villages(points).to_dicts()
    assert village["lat"] == pytest.approx(-6.8997, abs=0.001) and village["lon"] == pytest.approx(107.6, abs=0.001)
    assert 100 <= village["radius_m"] < 500
    assert village["village_key"] == "sukamaju"


def test_four_customers_or_scattered_ones_make_no_village():
    near = pl.DataFrame({"lat": [-6.9] * 4, "lon": [107.6] * 4, "village": ["a maju"] * 4, "district": ["cibeber"] * 4})
    far = near.with_columns(lat=pl.Series([-6.0, -6.5, -7.0, -7.5]), village=pl.lit("b maju"))
    assert learn_villages(near).is_empty()
    assert learn_villages(pl.concat([far, far])).is_empty()
