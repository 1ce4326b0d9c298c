"""Provisioning: who has which line, installed where, when, by whom, from which distribution point (ODP)."""

from collections.abc import Mapping

import polars as pl

from imports.cleaned import Cleaned, Cleaning, in_letters, witel
from imports.columns import day, decimal, phone, point, service_number, text
from imports.kinds import aliases
from imports.reading import Table

_HOUSE = ("pelanggan", "rumah", "customer", "cust", "plg", "instalasi", "install", "pel", "lokasi")

COLUMNS = {
    "service_number": aliases.SERVICE_NUMBER,
    "name": aliases.NAME,
    "address": (
        "alamat instalasi", "alamat pemasangan", "alamat", "alamat pelanggan", "alamat pasang", "address",
        "installation address",
        "install address",
        "service address", "alamat lengkap", "alamat rumah", "customer address", "alamat inst", "alamat install",
    ),
    "sto": ("sto", "kode sto", "sto code", "nama sto", "sentral", "exchange", "sto name", "cmdf"),
    "witel": aliases.WITEL,
    "odp": (
        "nama odp", "odp", "odp name", "kode odp", "loc id", "odp code", "odp id", "locn", "alpro",
        "distribution point",
        "id odp", "label odp", "odp location", "terminal",
    ),
    "given_lat": (*aliases.LATITUDE, *aliases.around(aliases.LATITUDE, *_HOUSE)),
    "given_lon": (*aliases.LONGITUDE, *aliases.around(aliases.LONGITUDE, *_HOUSE)),
    "given_point": (*aliases.POINT, *aliases.around(aliases.POINT, *_HOUSE)),
    "odp_lat": aliases.around(aliases.LATITUDE, "odp", "nama odp", "dp"),
    "odp_lon": aliases.around(aliases.LONGITUDE, "odp", "nama odp", "dp"),
    "odp_point": aliases.around(aliases.POINT, "odp", "dp"),
    "installed_on": (
        "tgl ps", "tanggal ps", "ps date", "tgl instalasi", "tanggal instalasi", "tgl pasang", "tanggal pasang",
        "install date",
        "installation date", "installed on", "installed at", "date ps", "tgl put in service", "put in service",
        "tgl aktivasi",
        "tanggal aktivasi", "activation date", "tgl install", "tanggal install", "date installed", "tgl psb",
        "tanggal psb",
        "last updated date",
    ),
    "technician": (
        "teknisi", "technician", "nama teknisi", "kode teknisi", "id teknisi", "nik teknisi", "labor", "craft", "tech",
        "technician id", "technician name", "installer", "pemasang", "petugas instalasi", "laborcode", "tech id",
    ),
    "package": (
        "paket", "package", "nama paket", "layanan", "produk", "product", "package name", "jenis paket",
        "paket internet",
    ),
    "phones": aliases.PHONE,
    "accuracy_m": ("akurasi", "accuracy", "gps accuracy", "accuracy m", "akurasi gps", "akurasi m", "akurasi meter"),
}  # fmt: skip
REQUIRED = ("service_number", "witel", "given_lat|given_point", "given_lon|given_point")
KEY = ("service_number",)


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: service_number, name, address, sto, witel, odp, given_lat, given_lon, raw_point, odp_lat, odp_lon,
    installed_on (Date), technician, package, phones, accuracy_m. Points are as written; text is '' where the file has
    none.

    Only the line and the witel can refuse a row: with anything else missing the house can still be found.
    """
    c = Cleaning(table)
    c.take("service_number", service_number(c.written("service_number")), refuse=True)
    c.refuse("service_number", c.rows["extra"], "extra_fields")
    c.take("witel", witel(c.written("witel"), witels), refuse=True, absent="unknown_witel")
    c.take("installed_on", day(c.written("installed_on")))
    c.take("name", text(c.written("name"), 150), absent="no_name")
    for field, length in (("address", 500), ("technician", 60), ("package", 100)):
        c.take(field, text(c.written(field), length))
    for field, length in (("sto", 20), ("odp", 60)):
        c.take(field, in_letters(text(c.written(field), length)))
    for field in ("name", "address", "technician", "package", "sto", "odp"):
        c.keep(field, c.value(field).fill_null(""))
    _take_points(c)
    c.take("phones", phone(c.written("phones")))
    c.keep("phones", c.value("phones").fill_null(""))
    c.take("accuracy_m", decimal(c.written("accuracy_m")))
    return c.finish(KEY)


def _take_points(c: Cleaning) -> None:
    for owner in ("given", "odp"):
        read = point(*(c.written(f"{owner}_{part}") for part in ("lat", "lon", "point")))
        c.keep(f"{owner}_lat", read.lat)
        c.keep(f"{owner}_lon", read.lon)
        c.problem(f"{owner}_point", read.reason, read.raw, refuse=pl.zeros(len(read.raw), dtype=pl.Boolean, eager=True))
        if owner == "given":
            c.keep("raw_point", read.raw.fill_null(""))
