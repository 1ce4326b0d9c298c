"""Run as a program by `workbook.py`: FILE FOLDER BYTES. Writes every sheet of FILE as FOLDER/0001.csv, 0002.csv, ...

Imports nothing of ours, so that its memory is the parser's. Exit codes: 0 done, 3 out of memory, 4 damaged, 5 too long.
"""

import csv
import datetime
import errno
import resource
import sys
from pathlib import Path

MAX_ROWS = 1_048_576  # of an XLSX sheet
MAX_WRITTEN = 600 * 1024**2  # bytes of CSV: one shared string of 32 kB, named by every cell, would fill the disk
MIDNIGHT = datetime.time()


def main(path: str, folder: str, limit: int) -> int:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_AS, (baseline + limit, baseline + limit))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    try:
        with open(path, "rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        sheets = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        written = 0
        for number, name in enumerate(sheets, 1):
            target = Path(folder) / f"{number:04}.csv"
            if not write_sheet(book.get_sheet_by_name(name), target):
                return 5
            written += target.stat().st_size
            if written > MAX_WRITTEN:
                return 5
    except MemoryError:
        return 3
    except OSError as error:
        return 5 if error.errno == errno.EFBIG else 4
    except (CalamineError, ValueError):
        return 4
    return 0


def write_sheet(sheet, target: Path) -> bool:
    """One CSV line a sheet row, empty rows above the first cell included. False when there are too many rows."""
    if sheet.total_height > MAX_ROWS:
        return False
    with target.open("w", encoding="utf-8", newline="", errors="replace") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        if sheet.start:
            file.write("\n" * sheet.start[0])
        for row in sheet.iter_rows():
            writer.writerow([as_text(cell) for cell in row])
    return True


def as_text(cell) -> str:
    """A cell as a person would type it: whole numbers without a point, ISO dates, line breaks as spaces."""
    if isinstance(cell, str):
        return " ".join(cell.splitlines()) if not cell.isprintable() else cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == MIDNIGHT else cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
