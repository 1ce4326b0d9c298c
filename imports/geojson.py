"""Boundaries as mapping programs write them: a GeoJSON FeatureCollection as a table of text, one row per feature."""

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from imports.dialect import as_utf8
from imports.headers import Aliases, match_headers
from imports.reading import BLANKS, MISSING, Table
from imports.refusals import FileRefused

GEOMETRY = "geometry"  # the header under which a feature's geometry is written


def looks_like_json(raw: bytes) -> bool:
    """By its first letter, in any encoding."""
    return raw[:64].strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"{")


def read_geojson(raw: bytes, *, columns: Mapping[str, Sequence[str]], boundary: str) -> Table:
    """Properties under our field names as `reading.read_table` gives columns, the geometry as JSON under `boundary`.

    `row` and `line` are the number of the feature, from 1. Raises FileRefused with code `damaged`, `not_features` or
    `no_rows`.
    """
    text, encoding = as_utf8(raw)
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FileRefused("damaged", f"The JSON of this file breaks off or is damaged: {error}.") from error
    features = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise FileRefused("not_features", "This is JSON, but no GeoJSON FeatureCollection.")
    if not features:
        raise FileRefused("no_rows", "The FeatureCollection has no features. Export it again.")
    features = [feature if isinstance(feature, dict) else {} for feature in features]
    properties = [feature.get("properties") or {} for feature in features]
    names = list(dict.fromkeys(name for each in properties for name in each))
    header = match_headers(names, Aliases(columns))
    cells = {field: [cell_of(each.get(names[k])) for each in properties] for field, k in header.columns.items()}
    cells[boundary] = [geometry_of(feature) for feature in features]
    frame = pl.DataFrame(
        {f: cells.get(f, [None] * len(features)) for f in columns}, schema=dict.fromkeys(columns, pl.String)
    )
    number = pl.Series(range(1, len(features) + 1), dtype=pl.Int64)
    return Table(
        frame=frame.with_columns(row=number, line=number, extra=pl.lit(False)),
        headers={field: names[k] for field, k in header.columns.items()} | {boundary: GEOMETRY},
        unknown_headers=header.unknown,
        skipped=0,
        encoding=encoding,
        delimiter="",
        header_line=0,
    )


def cell_of(value) -> str | None:
    """A property as a cell of a table would have it."""
    if value is None or isinstance(value, dict | list):
        return None
    text = str(value).strip(BLANKS)
    return None if text in MISSING else text


def geometry_of(feature: dict) -> str:
    """A feature without a geometry has `null`, which is no outline and refuses its row."""
    return orjson.dumps(feature.get("geometry")).decode()
