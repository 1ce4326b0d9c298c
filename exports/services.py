"""Downloads. Each is written to the access log before its first byte leaves."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common.problems import NotAllowed
from exports.selection import Selection
from exports.writers import check_sheet_size, write_csv, write_geojson, write_xlsx
from history.models import Access
from history.services import record_access

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
READ_BYTES = 64 * 1024


def open_export(*, selection: Selection, form: str, actor) -> tuple[int, Iterator[bytes]]:
    """Number of rows, and the file's bytes. `actor` is who the log names; None is the machine's own console.

    Raises NotAllowed, Invalid, TooManyRows, all before anything is written or logged.
    """
    if not selection.user.may("export"):
        raise NotAllowed()
    selection.check()
    if form == "xlsx":
        check_sheet_size(selection)
    rows = selection.queryset.count()
    record_access(
        actor=actor,
        purpose=Access.Purpose.EXPORT,
        target_type=selection.noun.target,
        rows=rows,
        # What was taken stands before the filter: should the words be too long, none of it is cut.
        detail=f"{form} {selection.column_words()} {selection.description()}".strip(),
    )
    return rows, WRITERS[form](selection)


def sheet_bytes(selection: Selection) -> Iterator[bytes]:
    """The workbook in pieces; its temporary file is gone however the reading ends."""
    handle, name = tempfile.mkstemp(prefix="findgo-", suffix=".xlsx")
    os.close(handle)
    try:
        write_xlsx(selection, Path(name))
        with open(name, "rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece
    finally:
        Path(name).unlink(missing_ok=True)


WRITERS = {"csv": write_csv, "xlsx": sheet_bytes, "geojson": write_geojson}
