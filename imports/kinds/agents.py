"""Agents and other people who sign in: a list from the personnel system."""

from collections.abc import Mapping

import polars as pl

from imports.cleaned import Cleaned, Cleaning, witel
from imports.columns import Column, flag, lookup, phone, text, username
from imports.kinds import aliases
from imports.reading import Table

COLUMNS = {
    "username": (
        "username",
        "user name",
        "user",
        "login",
        "user id",
        "userid",
        "id ctb",
        "kode ctb",
        "akun",
        "account",
        "nik",
        "ctb",
    ),
    "name": (
        "nama",
        "name",
        "nama lengkap",
        "full name",
        "nama petugas",
        "nama ctb",
        "nama agent",
        "nama agen",
        "nama karyawan",
    ),
    "role": ("role", "jabatan", "peran", "posisi", "position", "tipe user", "user type", "hak akses", "level"),
    "witel": aliases.WITEL,
    "region": ("region", "treg", "regional", "nama regional", "wilayah", "area", "reg"),
    "phone": aliases.PHONE,
    "is_active": (
        "aktif",
        "is active",
        "active",
        "status",
        "status aktif",
        "status user",
        "status karyawan",
        "enabled",
    ),
}
REQUIRED = ("username",)
KEY = ("username",)

ROLES = {
    "AGENT": "agent agen ctb petugas petugasctb collector petugaslapangan caringterritorybased fieldagent",
    "SUPERVISOR": "supervisor spv spvctb supervisorctb koordinator korlap teamleader tl leader",
    "REGION_MANAGER": "regionmanager managerregional regionalmanager manager manajer mgr manajerregional gm",
    "TECHNICIAN": "technician teknisi tech teknisigangguan",
    "ANALYST": "analyst analis dataanalyst analisdata",
    "ADMIN": "admin administrator hq superuser",
    "AUDITOR": "auditor audit",
}


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: username (lower case), name, role (AGENT where none is written), witel, region (`TREG3`), phone (E.164
    or null), is_active (true where nothing is written). A person without a witel works for a region or the country.
    """
    c = Cleaning(table)
    c.take("username", username(c.written("username")), refuse=True, absent="no_username")
    c.refuse("username", c.rows["extra"], "extra_fields")
    c.take("witel", witel(c.written("witel"), witels), refuse=True)
    meanings = {word: role for role, words in ROLES.items() for word in (role.replace("_", "").lower(), *words.split())}
    c.take("role", lookup(c.written("role"), meanings, "bad_role", pl.String), refuse=True)
    c.keep("role", c.value("role").fill_null("AGENT"))
    c.take("name", text(c.written("name"), 150), absent="no_name")
    c.keep("name", c.value("name").fill_null(""))
    region, reason = text(c.written("region"), 60)
    number = region.str.to_uppercase().str.extract(r"^(?:T?REG(?:IONAL|ION)?\W*)?([0-9]+)\b")
    c.take("region", Column(("TREG" + number).fill_null(region), reason))
    c.take("phone", phone(c.written("phone")))
    c.take("is_active", flag(c.written("is_active")))
    c.keep("is_active", c.value("is_active").fill_null(True))
    return c.finish(KEY)
