"""Rows into files: CSV and GeoJSON as a stream of bytes, XLSX through a file that is written row by row."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import orjson
from xlsxwriter import Workbook

from common.formulas import neutralise
from common.problems import Problem
from exports.selection import Selection


class TooManyRows(Problem):
    code, status = "too_many_rows", 400
    message = "A sheet holds at most 1,048,575 rows below its header. Narrow the filter, or take CSV."


SHEET_ROWS = 1_048_575
FLUSH_BYTES = 64 * 1024
BOM = b"\xef\xbb\xbf"  # without it spreadsheets read UTF-8 as Latin


def plain(value):
    """A value as a file holds it: numbers stay numbers; days and moments are ISO, moments with their zone's offset."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def csv_cell(value):
    value = plain(value)
    return neutralise(value) if isinstance(value, str) else value


def write_csv(selection: Selection) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.header for column in selection.columns])
    yield BOM
    for row in selection.rows():
        writer.writerow([csv_cell(value) for value in selection.read(row)])
        if buffer.tell() > FLUSH_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_geojson(selection: Selection) -> Iterator[bytes]:
    """A FeatureCollection; a row that nobody has located is a feature without geometry."""
    lat, lon = selection.noun.point
    yield b'{"type":"FeatureCollection","features":['
    between = b"\n"
    for row in selection.rows():
        place = None if row[lat] is None else {"type": "Point", "coordinates": [row[lon], row[lat]]}
        values = zip(selection.columns, selection.read(row), strict=True)
        feature = {
            "type": "Feature",
            "id": str(row["pk"]),
            "geometry": place,
            "properties": {column.key: value if value is None else plain(value) for column, value in values},
        }
        yield between + orjson.dumps(feature)
        between = b",\n"
    yield b"\n]}\n"


def write_xlsx(selection: Selection, path: Path) -> None:
    """A sheet with typed cells. Text is written as text whatever it looks like, so nothing in it can be a formula."""
    check_sheet_size(selection)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(path), options) as book:
        sheet = book.add_worksheet(selection.noun.name)
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(selection.columns):
            sheet.set_column(place, place, max(12, len(column.header) + 2))
            sheet.write_string(0, place, column.header, bold)
        for number, row in enumerate(selection.rows(), start=1):
            if number > SHEET_ROWS:  # rows came in while we were writing
                raise TooManyRows()
            for place, value in enumerate(selection.read(row)):
                write_cell(sheet, number, place, plain(value))


def check_sheet_size(selection: Selection) -> None:
    if selection.count(SHEET_ROWS + 1) > SHEET_ROWS:
        raise TooManyRows()


def write_cell(sheet, number: int, place: int, value) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(number, place, value)
    else:
        sheet.write_number(number, place, value)
