"""A thousand files that somebody damaged, or made to do damage, through the door of the imports: none breaks it, none takes
more than its memory and time, and every row of what is read is counted, or sent back with a reason.
"""

import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from imports.refusals import FileRefused
from imports.services import import_file
from tests.files.tables import File, long_file, text_file
from tests.files.workbooks import bombs, workbook

pytestmark = [pytest.mark.alone, pytest.mark.django_db]

# And 8 bombs. Files are read before the database is asked anything: SQLite has the thousand, the others a sample.
IS_SQLITE = connection.vendor == "sqlite"
TEXTS, LONG, BOOKS = (716, 18, 258) if IS_SQLITE else (180, 5, 65)
if os.environ.get("STORM") == "release":
    TEXTS, LONG, BOOKS = 8_000, 300, 3_000
MOST_MIB, MOST_SECONDS = 512, 30


def files():
    yield from bombs()
    yield from map(text_file, range(TEXTS))
    yield from map(long_file, range(LONG))
    yield from map(workbook, range(BOOKS))


def test_a_thousand_hostile_files_break_nothing_and_no_row_is_lost(cast, tmp_path):
    faults, counts, slowest, started = [], Counter(), (0.0, ""), time.monotonic()
    for file in files():
        path = tmp_path / "feed"
        path.write_bytes(file.content)
        began = time.monotonic()
        fault = fault_of(file, path, counts)
        took = time.monotonic() - began
        slowest = max(slowest, (took, file.name))
        if fault or took > MOST_SECONDS:
            faults.append(f"{file.name}: {fault or f'took {took:.0f} s'}")
    own, worst = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stderr.write(
        f"\n{counts['files']} hostile files in {time.monotonic() - started:.0f} s: {counts['refused']} refused whole, "
        f"{counts['rows']} rows read, {counts['refused rows']} of them refused; the slowest took {slowest[0]:.1f} s "
        f"({slowest[1]}); at most {own} MiB here, {worst} MiB in a child\n"
    )
    assert not faults, f"{len(faults)} of {counts['files']}:\n" + "\n".join(faults[:40])
    assert max(own, worst) <= MOST_MIB


def fault_of(file: File, path: Path, counts: Counter) -> str | None:
    counts["files"] += 1
    try:
        batch = import_file(kind=file.kind, path=path, filename=file.name, dry_run=True)
    except FileRefused as refusal:
        counts["refused"] += 1
        return None if file.may_refuse and len(str(refusal)) > 20 else f"refused whole: {refusal}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    refused = {issue["row"] for issue in batch.found if issue["severity"] == "refused" and issue["reason"]}
    counts["rows"] += batch.rows
    counts["refused rows"] += len(refused)
    if not file.least <= batch.rows <= file.most:
        return f"{file.least} to {file.most} rows in it, {batch.rows} read"
    if batch.created + batch.updated + batch.unchanged + batch.held + batch.refused != batch.rows:
        return f"does not add up: {batch.summary()}"
    if len(refused) != batch.refused:
        return f"{batch.refused} rows refused, {len(refused)} with a reason"
    return None
