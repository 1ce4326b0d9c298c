"""Headers that several feeds share, best first. Compared without case, accents, spaces and punctuation."""

import polars as pl

SERVICE_NUMBER = (
    "nd internet", "nd", "no internet", "nomor internet", "no inet", "nomor inet", "inet", "internet",
    "internet number",
    "no layanan", "nomor layanan", "service number", "service no", "service id", "sid", "snd", "nd inet", "nd speedy",
    "no speedy", "no indihome", "nomor indihome", "id pelanggan", "no pelanggan", "nomor pelanggan", "customer number",
    "no jaringan", "nomor jaringan", "no nd", "nomor nd", "nd pelanggan", "nd indihome",
)  # fmt: skip
NAME = (
    "nama pelanggan", "nama", "customer name", "name", "nama customer", "nama plg", "nama lengkap", "cust name",
    "pelanggan",
    "customer", "nama pemilik", "subscriber", "subscriber name", "full name",
)  # fmt: skip
WITEL = ("witel", "kode witel", "nama witel", "wilayah telekomunikasi", "witel code", "witel name", "branch", "cabang")
PERIOD = (
    "periode", "period", "periode tagihan", "bulan tagihan", "bln tagihan", "bulan", "bill period", "billing period",
    "periode bill", "thbl", "thbltag", "thbl tagihan", "blth", "blthn", "nper", "bulan tahun", "month", "bill month",
    "periode billing", "bulan rekening",
)  # fmt: skip
PHONE = (
    "no hp", "nomor hp", "hp", "no hp pelanggan", "cp pelanggan", "cp", "phone", "phone number", "msisdn", "kontak",
    "contact",
    "no kontak", "nomor kontak", "contact person", "no telepon", "nomor telepon", "telepon", "no telp", "telp",
    "no tlp",
    "tlp", "mobile", "mobile number", "no handphone", "handphone", "whatsapp", "no wa", "wa", "cp customer",
    "contact phone", "contact number",
)  # fmt: skip
ORDER_NUMBER = (
    "no wo", "nomor wo", "wo", "wo number", "work order", "work order number", "no work order", "nomor work order",
    "no order",
    "nomor order", "order number", "order id", "order no", "wo id", "id wo", "wonum", "no tiket", "tiket", "ticket",
)  # fmt: skip
AGENT = (
    "ctb", "agent", "nama ctb", "agen", "petugas", "nama petugas", "petugas ctb", "username", "user name", "assignee",
    "petugas lapangan", "collector", "nama agent", "nama agen", "pic", "visitor", "user", "assigned to", "field agent",
    "agent name", "ctb name", "user ctb", "id ctb", "kode ctb", "petugas visit",
)  # fmt: skip
LATITUDE = (
    "latitude",
    "lat",
    "y",
    "lintang",
    "garis lintang",
    "koordinat y",
    "titik y",
    "y coord",
    "koordinat lat",
    "coord y",
)
LONGITUDE = (
    "longitude", "long", "lon", "lng", "x", "bujur", "garis bujur", "koordinat x", "titik x", "x coord",
    "koordinat long",
    "koordinat lon", "coord x", "longtitude", "longitud",
)  # fmt: skip
POINT = (
    "koordinat", "tikor", "titik koordinat", "latlong", "lat long", "latlon", "lat lon", "latitude longitude",
    "coordinate",
    "coordinates", "koordinat lokasi", "koordinat rumah", "lokasi koordinat", "titik", "gps", "geotag",
    "geolocation", "point",
    "lat lng", "latitude dan longitude", "sharelok", "share lok", "share location", "maps", "google maps", "link maps",
    "coord", "koord", "titik gps", "location point", "peta",
)  # fmt: skip


def around(words: tuple[str, ...], *owners: str) -> tuple[str, ...]:
    """Every alias with each owner's name before and behind: `lat` of `odp` -> odp lat, lat odp."""
    return tuple(alias for word in words for owner in owners for alias in (f"{owner} {word}", f"{word} {owner}"))


def whole(number: pl.Series) -> pl.Series:
    """A number that a spreadsheet wrote as `12345.0` is 12345."""
    return number.str.replace(r"^([0-9]+)\.0+$", "${1}")
