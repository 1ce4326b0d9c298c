"""Invented subscribers: names as common ones combine, phones, packages, and addresses as people write them."""

from random import Random

from imports.demo.places import House

FIRST = [
    "Andi", "Agus", "Ahmad", "Budi", "Bambang", "Dedi", "Dian", "Eko", "Fajar", "Hendra", "Indra", "Joko", "Rizky",
    "Rudi", "Slamet", "Sugeng", "Teguh", "Wahyu", "Yusuf", "Arif", "Ani", "Dewi", "Eka", "Endang", "Fitri", "Indah",
    "Kartika", "Lestari", "Maya", "Nur", "Putri", "Ratna", "Rina", "Sari", "Siti", "Sri", "Tuti", "Wati", "Yanti",
    "Yuni",
]  # fmt: skip
LAST = [
    "Saputra", "Wijaya", "Santoso", "Hidayat", "Kurniawan", "Setiawan", "Nugroho", "Pratama", "Susanto", "Gunawan",
    "Handayani", "Rahayu", "Wulandari", "Puspita", "Lestari", "Utami", "Permata", "Anggraini", "Maharani", "Suryani",
]  # fmt: skip
# What people of a place are often called besides: (first names, last names) by witel.
LOCAL = {
    "MEDAN": (["Togar", "Tiur", "Binsar"], ["Siregar", "Nasution", "Simanjuntak", "Sihombing", "Ginting", "Harahap"]),
    "DENPASAR": (["I Wayan", "Ni Made", "I Ketut", "Ni Luh", "I Nyoman"], ["Suarta", "Adnyana", "Artini", "Sudarma"]),
    "BANDUNG": (["Asep", "Ujang", "Cecep", "Neneng", "Euis", "Iis"], ["Sutisna", "Suherman", "Komara", "Mulyani"]),
    "CIREBON": (["Asep", "Tatang", "Neneng"], ["Suherman", "Rohendi", "Komalasari"]),
    "SULUTMALUT": (["Jantje", "Meike", "Ferdy"], ["Wowor", "Rumengan", "Lumentut", "Tumbel", "Mandagi"]),
    "MAKASSAR": (["Andi", "Daeng", "Baso"], ["Makkasau", "Patiroi", "Mappanyukki", "Rahman", "Tenri"]),
    "PAPUA": (["Yohanes", "Maria", "Frans"], ["Wenda", "Kogoya", "Rumbiak", "Wanggai", "Yoku"]),
}
PACKAGES = [  # name, rupiah a month before tax, share
    ("Internet 30 Mbps", 225_000, 40),
    ("Internet 50 Mbps", 285_000, 30),
    ("Internet 50 Mbps + TV", 385_000, 14),
    ("Internet 100 Mbps", 440_000, 10),
    ("Internet 200 Mbps + TV", 675_000, 5),
    ("Bisnis 200 Mbps", 1_250_000, 1),
]
LANDMARKS = [
    "dekat masjid al ikhlas", "depan warung bu tini", "samping sdn 2", "belakang pasar", "sebelah bengkel motor",
    "dpn pos ronda", "seberang apotek", "dekat lapangan voli", "samping toko bangunan", "belakang kantor lurah",
]  # fmt: skip
RT_RW = [
    "rt {rt:02d} rw {rw:02d}", "rt.{rt:03d}/rw.{rw:03d}", "rt {rt}/{rw}", "rt{rt:02d} rw{rw:02d}", "rt {rt} rw {rw}",
    "rt {rt:02d}/{rw:02d}",
]  # fmt: skip
STREET_WORDS = {"jl": ["jl. ", "jl ", "jalan ", ""], "gg": ["gg. ", "gang ", "gg "]}
NUMBER = ["no {n}", "no. {n}", "no.{n}", "{n}", "nomor {n}"]
# How often a part was not written down. These are the addresses that agents cannot find.
NO_NUMBER, NO_RT_RW, NO_STREET = 0.11, 0.30, 0.04


def make_name(rng: Random, witel: str) -> str:
    first, last = FIRST, LAST
    if witel in LOCAL and rng.random() < 0.45:
        first, last = LOCAL[witel]
    if rng.random() < 0.08:
        return rng.choice(first)
    return f"{rng.choice(first)} {rng.choice(last)}"


def make_phones(rng: Random) -> str:
    """One or two mobile numbers in E.164; one line in twenty has none."""
    draw = rng.random()
    numbers = [f"+628{rng.choice('1235')}{rng.randint(1, 9)}{rng.randint(1_000_000, 9_999_999)}" for _ in range(2)]
    return "" if draw < 0.05 else numbers[0] if draw < 0.85 else " ".join(numbers)


def choose_package(rng: Random) -> tuple[str, int]:
    """(name, rupiah a month with tax)."""
    name, price, _ = rng.choices(PACKAGES, weights=[share for *_, share in PACKAGES])[0]
    return name, round(price * 1.11)


def write_address(rng: Random, house: House) -> tuple[str, bool, bool]:
    """The address as a clerk typed it, and whether it has the house number, and RT and RW."""
    town = house.odp.town
    has_number, has_rt = rng.random() >= NO_NUMBER, rng.random() >= NO_RT_RW
    parts = [street_words(rng, house)] if rng.random() >= NO_STREET else []
    if has_number:
        block = f"blok {house.block} " if house.block else ""
        parts.append(block + rng.choice(NUMBER).format(n=house.number))
    if has_rt:
        parts.append(rng.choice(RT_RW).format(rt=house.rt, rw=house.rw))
    if rng.random() < 0.10:
        parts.append(rng.choice(LANDMARKS))
    line = " ".join(parts)
    area = [rng.choice(["", "kel. ", "ds. "]) + house.village, rng.choice(["", "kec. "]) + town.name]
    if rng.random() < 0.6:
        area.append(town.city)
    text = ", ".join([line] * bool(line) + area[: rng.choice([1, 2, 2, 3])])
    if rng.random() < 0.35:
        text += f" {town.postal + house.rw % 10:05d}"
    return (text.title() if rng.random() < 0.2 else text.lower()), has_number, has_rt


def street_words(rng: Random, house: House) -> str:
    if house.kind in ("jl", "gg"):
        return rng.choice(STREET_WORDS[house.kind]) + house.street
    complex_words = rng.choice(["komplek ", "komp. ", "perum ", "perumahan "]) + house.kind
    return f"{complex_words} jl {house.street}" if rng.random() < 0.4 else complex_words
