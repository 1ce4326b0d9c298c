"""Distribution points (ODP): the box on the pole from which the drop cables of some sixteen houses leave."""

from collections.abc import Mapping

import polars as pl

from imports.cleaned import Cleaned, Cleaning, in_letters, witel
from imports.columns import point, text
from imports.kinds import aliases
from imports.kinds.provisioning import COLUMNS as PROVISIONING
from imports.reading import Table

COLUMNS = {
    "code": (*PROVISIONING["odp"], "code", "kode", "nama", "name"),
    "witel": aliases.WITEL,
    "given_lat": (*aliases.LATITUDE, *PROVISIONING["odp_lat"]),
    "given_lon": (*aliases.LONGITUDE, *PROVISIONING["odp_lon"]),
    "given_point": (*aliases.POINT, *PROVISIONING["odp_point"]),
}
REQUIRED = ("code", "witel", "given_lat|given_point", "given_lon|given_point")
KEY = ("witel", "code")


def clean(table: Table, *, witels: Mapping[str, str]) -> Cleaned:
    """Columns: witel, code, given_lat, given_lon (as written, null when missing or unreadable), raw_point."""
    c = Cleaning(table)
    c.take("code", in_letters(text(c.written("code"), 60)), refuse=True, absent="no_code")
    c.refuse("code", c.rows["extra"], "extra_fields")
    c.take("witel", witel(c.written("witel"), witels), refuse=True, absent="unknown_witel")
    read = point(*(c.written(f"given_{part}") for part in ("lat", "lon", "point")))
    c.keep("given_lat", read.lat)
    c.keep("given_lon", read.lon)
    c.keep("raw_point", read.raw.fill_null(""))
    c.problem("given_point", read.reason, read.raw, refuse=pl.zeros(len(read.raw), dtype=pl.Boolean, eager=True))
    return c.finish(KEY)
