"""Workbooks (XLSX, XLS, ODS) into CSV files, one a sheet, in a child process that may die without harm.

A megabyte of XLSX can hold gigabytes: declared sizes are checked before anything is unpacked, and the child that parses
has a limit on memory and on time. It runs `workbook_child.py`, which imports nothing of ours.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

from imports.refusals import FileRefused

CHILD = Path(__file__).with_name("workbook_child.py")
MAX_FILE_BYTES = 300 * 1024**2
MAX_UNPACKED_BYTES = 600 * 1024**2  # of all parts together: some 1.5 million rows of ten columns
MAX_PARTS = 10_000
MAX_RATIO = 200  # sheets of real numbers and names pack 5 to 30 times; a bomb 1,000 times
RATIO_FROM_BYTES = 20 * 1024**2  # small parts may pack better without being a danger
MEMORY_BYTES = 512 * 1024**2
SECONDS = 60
EXIT_MEMORY, EXIT_DAMAGED, EXIT_TOO_LONG = 3, 4, 5

AS_CSV = "Save the sheet as CSV and send that."
MEANING = {
    EXIT_MEMORY: ("too_large", f"The workbook needs more than {MEMORY_BYTES // 1024**2} MB of memory. {AS_CSV}"),
    EXIT_DAMAGED: (
        "damaged",
        f"The workbook is damaged or protected by a password. Export it again without one. {AS_CSV}",
    ),
    EXIT_TOO_LONG: ("too_large", f"The sheets hold more rows or text than real ones do. {AS_CSV}"),
}


def sheets_as_csv(path: Path, folder: Path) -> list[Path]:
    """Writes each sheet as UTF-8 CSV into `folder`; a CSV's line is the sheet's row. Raises FileRefused."""
    refuse_bomb(path)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD), str(path), str(folder), str(MEMORY_BYTES)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused("too_large", f"The workbook took longer than {SECONDS} s to read. {AS_CSV}") from error
    if done.returncode:
        # An allocation that fails inside the parser aborts the child: a death by signal is the memory limit at work.
        raise FileRefused(*MEANING.get(done.returncode, MEANING[EXIT_MEMORY if done.returncode < 0 else EXIT_DAMAGED]))
    return sorted(folder.glob("*.csv"))


def refuse_bomb(path: Path) -> None:
    """Refuses by declared sizes, before a byte is unpacked. Old XLS files are no archives and have only their own
    size.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileRefused("too_large", f"The workbook is larger than {MAX_FILE_BYTES // 1024**2} MB. {AS_CSV}")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            if file.read(2) == b"PK":
                raise FileRefused(*MEANING[EXIT_DAMAGED])
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileRefused(*MEANING[EXIT_DAMAGED]) from error
    unpacked = sum(part.file_size for part in parts)
    bombs = [p for p in parts if p.file_size > RATIO_FROM_BYTES and p.file_size > MAX_RATIO * max(p.compress_size, 1)]
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or bombs:
        raise FileRefused(
            "too_large", f"The workbook unpacks to {unpacked // 1024**2:,} MB, more than is safe. {AS_CSV}"
        )
    if not any(p.filename in ("xl/workbook.xml", "content.xml", "xl/workbook.bin") for p in parts):
        raise FileRefused("not_a_table", "This archive is not a workbook. Unpack it and send the CSV or XLSX inside.")
