"""Invented towns, streets and houses, clustered as real ones are: a town around an exchange, streets with ODPs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

# Witel code, share of the customers, compass bearing of the open sea (no town is put there), and the city's name.
TERRITORY = [
    ("BANDUNG", 13, None, "Bandung"),
    ("JAKSEL", 9, None, "Jakarta Selatan"),
    ("BEKASI", 8, None, "Bekasi"),
    ("SBYSEL", 8, 45, "Surabaya"),
    ("MEDAN", 8, 30, "Medan"),
    ("SEMARANG", 7, 0, "Semarang"),
    ("MAKASSAR", 7, 270, "Makassar"),
    ("YOGYA", 6, None, "Yogyakarta"),
    ("SUMSEL", 6, None, "Palembang"),
    ("DENPASAR", 5, 160, "Denpasar"),
    ("MALANG", 5, None, "Malang"),
    ("CIREBON", 4, 60, "Cirebon"),
    ("KALSEL", 4, 250, "Banjarmasin"),
    ("BALIKPAPAN", 4, 135, "Balikpapan"),
    ("SULUTMALUT", 3, 300, "Manado"),
    ("PAPUA", 3, 30, "Jayapura"),
]
TOWN_BEGINS = ["Suka", "Karang", "Marga", "Cipta", "Sumber", "Tirta", "Wana", "Bina", "Mekar", "Kerta", "Giri"]
TOWN_ENDS = ["mulya", "sari", "jaya", "maju", "asih", "rahayu", "agung", "makmur", "tani", "wangi", "raya", "indah"]
STREETS = [
    "Melati", "Kenanga", "Mawar", "Anggrek", "Cempaka", "Flamboyan", "Dahlia", "Teratai", "Merpati", "Kutilang",
    "Garuda", "Rajawali", "Nangka", "Rambutan", "Mangga", "Jambu", "Kelapa", "Cendana", "Jati", "Pinus", "Mahoni",
    "Bungur", "Pahlawan", "Veteran", "Pemuda", "Pelajar", "Kartini", "Diponegoro", "Pattimura", "Hasanuddin",
    "Gatot Subroto", "Ahmad Yani", "Sudirman", "Setia Budi", "Imam Bonjol", "Masjid", "Pasar Lama", "Stasiun",
    "Irigasi", "Waduk",
]  # fmt: skip
COMPLEXES = ["Griya Asri", "Bumi Permai", "Taman Lestari", "Puri Kencana", "Graha Sentosa", "Villa Hijau"]
COMPASS = ["", " Barat", " Timur", " Utara", " Selatan", " Tengah"]
ROMAN = ["", "", "", " I", " II", " III", " IV", " V"]

METRES_PER_DEGREE = 111_200.0
TOWN_FROM_M, TOWN_TO_M = 1_200.0, 8_500.0  # from the witel's centre
TOWNS_APART_M = 1_800.0
STREET_SPREAD_M = 650.0
LOT_M = 7.5  # two houses face each other every two lots
FRONT_M = 9.0  # from the middle of the road to the door


@dataclass(frozen=True)
class Town:
    witel: str
    number: int  # of the witel's towns
    city: str
    name: str
    villages: tuple[str, ...]
    sto: str
    postal: int
    lat: float
    lon: float
    grid: float  # bearing of its main roads, degrees


@dataclass(frozen=True)
class Odp:
    town: Town
    code: str
    lat: float
    lon: float


@dataclass(frozen=True)
class House:
    odp: Odp
    street: str
    kind: str  # jl, gg or a complex's name
    block: str
    number: int
    rt: int
    rw: int
    village: str
    lat: float
    lon: float


def moved(lat: float, lon: float, metres: float, bearing: float) -> tuple[float, float]:
    """The point `metres` away; exact enough for a town."""
    north, east = metres * math.cos(math.radians(bearing)), metres * math.sin(math.radians(bearing))
    return lat + north / METRES_PER_DEGREE, lon + east / (METRES_PER_DEGREE * math.cos(math.radians(lat)))


def make_houses(rng: Random, customers: int, witels: dict) -> Iterator[list[House]]:
    """The houses of the subscribers, a witel at a time; `witels` is code → Witel."""
    shares = sum(share for _, share, _, _ in TERRITORY)
    left, shares_left = customers, shares
    for code, share, sea, city in TERRITORY:
        here = round(left * share / shares_left)
        left, shares_left = left - here, shares_left - share
        towns = make_towns(rng, witels[code], sea, city, count=max(3, min(12, here // 160)))
        sizes = [part(here, number, len(towns)) for number in range(len(towns))]
        yield [house for town, size in zip(towns, sizes, strict=True) for house in settle(rng, town, size)]


def part(total: int, number: int, parts: int) -> int:
    """The size of one of `parts` parts that add up to `total`."""
    return total * (number + 1) // parts - total * number // parts


def make_towns(rng: Random, witel, sea: int | None, city: str, count: int) -> list[Town]:
    names = rng.sample([begin + end for begin in TOWN_BEGINS for end in TOWN_ENDS], count * 4)
    towns: list[Town] = []
    apart = TOWNS_APART_M
    while len(towns) < count:
        bearing = rng.uniform(0, 360)
        if sea is not None and abs((bearing - sea + 180) % 360 - 180) < 80:
            continue
        lat, lon = moved(witel.lat, witel.lon, rng.uniform(TOWN_FROM_M, TOWN_TO_M if towns else TOWNS_APART_M), bearing)
        if any(math.dist((lat, lon), (town.lat, town.lon)) * METRES_PER_DEGREE < apart for town in towns):
            apart *= 0.99  # a crowded half circle: the towns move together
            continue
        name, *villages = names[len(towns) * 4 : len(towns) * 4 + 4]
        sto = f"{witel.code[0]}{name[0]}{chr(65 + len(towns))}".upper()
        towns.append(
            Town(
                witel=witel.code,
                number=len(towns),
                city=city,
                name=name,
                villages=tuple(villages),
                sto=sto,
                postal=int(witel.region.code[-1]) * 10_000 + rng.randrange(1000, 9900, 10),
                lat=lat,
                lon=lon,
                grid=rng.uniform(0, 90),
            )
        )
    return towns


def settle(rng: Random, town: Town, count: int) -> Iterator[House]:
    """`count` houses along the streets of a town; each ODP serves 8 to 16 neighbours of one street."""
    odp_number = 0
    while count > 0:
        street = make_street(rng)
        lat, lon = moved(town.lat, town.lon, abs(rng.gauss(0, STREET_SPREAD_M)), rng.uniform(0, 360))
        bearing = town.grid + rng.choice([0, 90, 180, 270]) + rng.gauss(0, 4)
        village, rw, lot = rng.choice(town.villages), rng.randint(1, 14), rng.randint(1, 6)
        for _ in range(rng.randint(1, 3)):
            drops = min(count, rng.randint(8, 16))
            if drops <= 0:
                break
            lots = [lot := lot + rng.choice([1, 1, 1, 2, 2, 3]) for _ in range(drops)]
            odp_number += 1
            middle = moved(lat, lon, LOT_M * (lots[0] + lots[-1]) / 2, bearing)
            code = f"ODP-{town.sto}-F{chr(65 + odp_number // 100)}/{odp_number % 100:03d}"
            odp = Odp(town, code, *(round(degrees, 6) for degrees in moved(*middle, 4, bearing + 90)))
            rt = rng.randint(1, 9)
            for number in lots:
                yield house_at(odp, street, number, rt, rw, village, (lat, lon), bearing)
            count -= drops


def make_street(rng: Random) -> tuple[str, str, str]:
    """(kind, name, block)."""
    name = rng.choice(STREETS)
    draw = rng.random()
    if draw < 0.62:
        return "jl", name + rng.choice(COMPASS if draw < 0.25 else ROMAN), ""
    if draw < 0.80:
        return "gg", name + rng.choice(ROMAN), ""
    block = f"{rng.choice('ABCDEFGHJK')}{rng.choice(['', rng.randint(1, 12)])}"
    return f"{rng.choice(COMPLEXES)}{rng.choice(ROMAN)}", name, block


def house_at(odp: Odp, street, number: int, rt: int, rw: int, village: str, start, bearing: float) -> House:
    """Odd numbers stand on the left, even ones on the right."""
    kind, name, block = street
    along = moved(*start, LOT_M * number, bearing)
    lat, lon = moved(*along, FRONT_M, bearing + (90 if number % 2 == 0 else -90))
    return House(odp, name, kind, block, number, rt, rw, village, lat, lon)
