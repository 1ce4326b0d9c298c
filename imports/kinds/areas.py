"""Areas: villages with their centres, boundaries, and which witel serves which regency, told apart by their columns.

Not a feed: `import_areas` brings it in, and nothing waits for it. One row may carry any of centre, spread, boundary and
witel. What kind of area it is shows in its code, as the ministry of the interior writes them: `32.14` a regency,
`32.14.06` a district, `32.14.06.2011` a village, with or without the dots.
"""

from collections.abc import Mapping

import numpy as np
import orjson
import polars as pl

from common.geo import in_indonesia
from common.polygons import NoOutline, middle_and_area, polygons_of
from imports.cleaned import Cleaned, Cleaning, witel
from imports.columns import Column, decimal, point, text
from imports.kinds import aliases
from imports.reading import Table
from regions.models import Area

CODE_WORDS = ("desa", "kelurahan", "village", "kecamatan", "district", "kabupaten", "kab", "kota", "regency")
VILLAGE = ("village", "desa kelurahan", "kelurahan desa", "desa", "kelurahan", "village name", "desa kel", "kel desa")
DISTRICT = ("district", "kecamatan", "district name", "kec", "nama kec", "nama kecamatan", "subdistrict")
REGENCY = ("regency", "kabupaten", "kabupaten kota", "kab kota", "regency name", "kab", "city", "nama kabupaten")
COLUMNS = {
    "code": (
        *("code", "kode", "kode wilayah", "kode kemendagri", "kode area", "area code", "id wilayah", "kode sto"),
        *("sto code", *aliases.around(CODE_WORDS, "kode"), *aliases.around(CODE_WORDS, "code"), "id", "kode witel"),
    ),
    "name": ("name", "nama", "nama wilayah", "nama desa", "nama kelurahan", "nama sto", "sto name", "area", "namobj"),
    "village": VILLAGE,
    "district": DISTRICT,
    "regency": (*REGENCY, "kota", "nama kota", "nama kab kota", "nama kabupaten kota"),
    "province": ("province", "provinsi", "propinsi", "province name", "nama provinsi", "prov", "nama prov"),
    "witel": aliases.WITEL,
    "lat": (*aliases.LATITUDE, "centroid lat", "lat centroid", "center lat"),
    "lon": (*aliases.LONGITUDE, "centroid lon", "lon centroid", "center lon"),
    "point": aliases.POINT,
    "radius_m": ("radius m", "radius", "spread m", "spread", "jari jari", "radius meter"),
    "boundary": ("geojson", "geometry", "boundary", "batas", "batas wilayah", "geom"),
}
REQUIRED = ("code",)
KEY = ("kind", "code")
EXPECTED = (
    "import_areas takes a table of villages (code, name, district, regency, lat, lon), a table that says which witel "
    "serves which regency (code, witel), or boundaries as a GeoJSON FeatureCollection (code, name; Polygon or "
    "MultiPolygon)."
)
NAME_LENGTH, CODE_LENGTH = 80, 40
DIGITS_OF_KIND = {4: Area.Kind.REGENCY, 6: Area.Kind.DISTRICT, 10: Area.Kind.VILLAGE}
OWN_NAME = {Area.Kind.VILLAGE: "village", Area.Kind.DISTRICT: "district", Area.Kind.REGENCY: "regency"}
OUTLINE = {"outline_lat": pl.Float64, "outline_lon": pl.Float64, "outline_m": pl.Float64, "outline_bad": pl.Boolean}


def clean(table: Table, *, witels: Mapping[str, str], kind: str | None = None) -> Cleaned:
    """Columns: kind, code, name, district, regency, province, witel (code), lat, lon, radius_m, boundary (GeoJSON).

    Every row has at least one of witel, centre and boundary. `kind` is the kind of all rows; without it the code tells.
    """
    c = Cleaning(table)
    c.take("code", area_code(c.written("code"), kind), refuse=True, absent="no_area_code")
    c.keep("kind", kind_of(c.value("code"), kind))
    c.refuse("code", c.rows["extra"], "extra_fields")
    for part in ("name", "village", "district", "regency", "province"):
        c.take(part, text(c.written(part), NAME_LENGTH), refuse=True)
    c.take("witel", witel(c.written("witel"), witels), refuse=True)
    take_centre(c)
    c.take("radius_m", decimal(c.written("radius_m")))
    c.keep("radius_m", pl.select(pl.when(c.value("radius_m") > 0).then(c.value("radius_m"))).to_series())
    take_boundary(c)
    empty = [c.written(name).is_null() for name in ("witel", "lat", "lon", "point", "boundary")]
    c.refuse("code", pl.select(pl.all_horizontal(empty)).to_series(), "empty_area")
    return named(c.finish(KEY))


def area_code(written: pl.Series, kind: str | None) -> Column:
    """Dotted as the ministry writes it where it is a code of digits, else upper case. Reason `bad_area_code` where
    nobody said which kind of area it is and the code does not tell either.
    """
    plain = text(aliases.whole(written), CODE_LENGTH)
    digits = plain.value.str.replace_all(r"[.\s-]", "")
    is_known = digits.str.contains(r"^([0-9]{4}|[0-9]{6}|[0-9]{10})$").fill_null(False)
    parts = r"^([0-9]{2})([0-9]{2})([0-9]{2})?([0-9]{4})?$"
    dotted = digits.str.replace(parts, "${1}.${2}.${3}.${4}").str.strip_chars_end(".")
    is_other = ~is_known & plain.value.is_not_null()
    frame = pl.DataFrame({"dotted": dotted, "own": plain.value.str.to_uppercase(), "reason": plain.reason})
    frame = frame.with_columns(known=is_known, refused=is_other if kind is None else pl.lit(False))
    return Column(
        *frame.select(
            value=pl.when("known").then("dotted").when(~pl.col("refused")).then("own"),
            reason=pl.coalesce("reason", pl.when("refused").then(pl.lit("bad_area_code"))),
        ).get_columns()
    )


def kind_of(code: pl.Series, kind: str | None) -> pl.Series:
    digits = code.str.replace_all(".", "", literal=True).str.len_chars()
    told = digits.replace_strict(DIGITS_OF_KIND, default=None, return_dtype=pl.String)
    return told if kind is None else pl.Series([kind], dtype=pl.String).new_from_index(0, len(code))


def take_centre(c: Cleaning) -> None:
    """Latitude and longitude inside Indonesia, or neither; a centre that cannot be read refuses its row."""
    read = point(*(c.written(name) for name in ("lat", "lon", "point")))
    written = read.lat.is_not_null()
    c.problem("point", read.reason, read.raw, refuse=read.reason.is_not_null())
    here = pl.Series(in_indonesia(read.lat.fill_null(np.nan).to_numpy(), read.lon.fill_null(np.nan).to_numpy()))
    c.refuse("lat", written & ~here, "outside_country", read.raw)
    c.keep("lat", read.lat)
    c.keep("lon", read.lon)


def take_boundary(c: Cleaning) -> None:
    """The outline as written, with its middle and its size where the row does not state them."""
    written = c.written("boundary")
    found = pl.DataFrame([outline_of(cell) for cell in written], schema=OUTLINE, orient="row")
    c.refuse("boundary", found["outline_bad"], "bad_boundary")
    c.keep("boundary", written)
    frame = found.with_columns(lat=c.value("lat"), lon=c.value("lon"), radius_m=c.value("radius_m"))
    for name in ("lat", "lon", "radius_m"):
        stated = pl.coalesce(name, f"outline_{name.removeprefix('radius_')}")
        c.keep(name, frame.select(stated).to_series())


def outline_of(cell: str | None) -> tuple:
    """(lat, lon, radius in metres, False) of a GeoJSON geometry in Indonesia; the last is True where it is none."""
    if cell is None:
        return None, None, None, False
    try:
        polygons = polygons_of(orjson.loads(cell))
    except (NoOutline, orjson.JSONDecodeError, AttributeError):
        return None, None, None, True
    points = np.concatenate([ring for polygon in polygons for ring in polygon])
    lat, lon, area = middle_and_area(polygons)
    if not in_indonesia(points[:, 1], points[:, 0]).all():
        return None, None, None, True
    return lat, lon, (area / np.pi) ** 0.5 or None, False


def named(cleaned: Cleaned) -> Cleaned:
    """An area without a name of its own is called what the column of its kind says; that column then says no more."""
    is_own = {column: pl.col("kind") == kind for kind, column in OWN_NAME.items()}
    frame = cleaned.frame.with_columns(
        name=pl.coalesce("name", *(pl.when(own).then(pl.col(column)) for column, own in is_own.items())),
        **{column: pl.when(~own).then(pl.col(column)) for column, own in is_own.items()},
    )
    return Cleaned(frame.drop("village"), cleaned.issues, cleaned.doubled)
