"""Imports feeds and kills each at one statement after the other, resumes it, and compares with the one that was left alone.

    DATABASE_URL=… IMPORT_CHUNK_ROWS=4 python tests/imports/killing.py FOLDER --points 200

Every run is a process of its own, forked before anything was read, since the threads of polars do not survive a fork. It is
killed with SIGKILL in turn before and after its n-th statement. Prints how many were killed of each kind; ends with 1 and
the differences where a run that was killed and resumed is not as one that was not.
"""

import argparse
import json
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path

import django

PLACES = "ND;NAMA;ALAMAT;WITEL;ODP;LATITUDE;LONGITUDE;ODP_LAT;ODP_LON;TGL_PS;TEKNISI;NO_HP"
UNDONE_EVERY = 10
TABLES_KEPT = ("django_migrations",)


def house(number: int, street="melati") -> str:
    at = f"{-6.9 - number * 0.002:.4f};107.6003"
    return f"13120000{number:04d};Siti {number};jl. {street} no {number} rt 01 rw 02;BANDUNG;ODP-CCD-FA/{number % 3:03d};{at};{at};2020-01-01;T1;08123456{number:04d}"


def feeds(rows: int) -> tuple[dict, dict]:
    """(what is there before, what is killed): kind → lines. `rows` of each kind, some of them refused, held or doubled."""
    half, nd = rows // 2, [f"13120000{number:04d}" for number in range(2 * rows)]
    orders = [f"WO{number:06d};{nd[number]};202610;dewi;05/11/2026;387500" for number in range(rows)]
    before = {
        "agents": ["USERNAME,NAMA,JABATAN,WITEL,HP", "dewi,Dewi,CTB,Bandung,0812-3456-7890"],
        "provisioning": [PLACES, *(house(number) for number in range(half))],
        "workorders": ["NO_WO;ND;PERIODE;CTB;TGL_WO;SALDO", *orders[: half + 2]],  # two of them wait for their line
    }
    bills = [
        f"{nd[n]};202610;387500;{'LUNAS' if n % 2 else 'BELUM'};{'2026-11-12' if n % 2 else ''}" for n in range(rows)
    ]
    visits = [f"WO{n:06d};{nd[n]};10/11/2026;{9 + n % 9:02d}:{n // 9 % 60:02d};dewi;Rumah kosong;" for n in range(rows)]
    killed = {
        "provisioning": [PLACES, *(house(n, "mawar" if n % 3 else "melati") for n in range(rows)), house(1), "12;x;y;BANDUNG;;;;;;;;"],
        "billing": ["ND;PERIODE;TAGIHAN;STATUS_BAYAR;TGL_BAYAR", *bills, "12;202610;1;LUNAS;"],
        "workorders": ["NO_WO;ND;PERIODE;CTB;TGL_WO;SALDO", *(line.replace("387500", "400000") for line in orders), "WO9;;202610;;;"],
        "visits": ["NO_WO;ND;TGL VISIT;JAM;CTB;HASIL VISIT;KETERANGAN", *visits, "WO000001;;10/11/2026;09:00;dewi;aneh sekali;"],
        "odp": ["ODP,WITEL,LATITUDE,LONGITUDE", *(f"ODP-CCD-FA/{n:03d},Bandung,-6.9{n:03d},107.6001" for n in range(rows))],
        "agents": ["USERNAME,NAMA,JABATAN,WITEL,HP", *(f"ctb.{n},Rina,CTB,{'Bandung' if n % 4 else 'Atlantis'},0812" for n in range(rows))],
    }  # fmt: skip
    return before, killed


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--part", type=int, choices=[0, 1], help="of the kinds every second one: two databases at once")
    options = parser.parse_args()
    django.setup()
    import imports.services
    import imports.undo  # noqa: F401
    import tests.imports.digest  # noqa: F401
    from customers.locating.posterior import rice_table

    rice_table()  # a second of processor, which every process would take anew
    Killing(options).go()


class Killing:
    def __init__(self, options):
        self.folder, self.points = options.folder, options.points
        self.before, killed = feeds(options.rows)
        self.kinds, own = len(killed), list(killed)[options.part :: 2] if options.part is not None else list(killed)
        self.killed = {kind: killed[kind] for kind in own}

    def go(self) -> None:
        for kind, lines in self.before.items():
            self.forked(lambda kind=kind, lines=lines: self.bring(kind, lines))
        tables = keep_tables()
        begun = time.monotonic()
        kills = sum(self.kill(kind, lines, tables) for kind, lines in self.killed.items())
        sys.stdout.write(f"{kills} killed in {time.monotonic() - begun:.0f} s\n")

    def kill(self, kind: str, lines: list[str], tables: list[str]) -> int:
        counted = self.folder / f"{kind}.count"
        restore(tables)
        whole = self.forked(lambda: self.bring(kind, lines, count_into=counted) and picture())
        statements = int(counted.read_text())
        points = range(1, statements + 1, max(1, round(statements * self.kinds / self.points)))
        for number, at in enumerate(points):
            restore(tables)
            dying = partial(self.bring, kind, lines, kill_at=at, is_before=bool(number % 2))
            self.forked(dying, wanted=-signal.SIGKILL)
            resumed = self.forked(lambda: self.bring(kind, lines) and picture())
            assert_same(whole, resumed, f"{kind} killed at statement {at} of {statements}")
            if number % UNDONE_EVERY == 0:
                self.forked(undone)
        sys.stdout.write(f"{kind}: {len(points)} kills in {statements} statements\n")
        return len(points)

    def forked(self, work, wanted: int = 0):
        """What `work()` answers in a process of its own, which ends with the code `wanted`."""
        from django.db import connections

        connections.close_all()
        answer = self.folder / "answer"
        answer.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                answer.write_text(json.dumps(work(), default=str))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code != wanted:
            sys.exit(f"ended with {code}, not {wanted}")
        return json.loads(answer.read_text()) if code == 0 else None

    def bring(self, kind: str, lines: list[str], *, kill_at: int = 0, is_before: bool = False, count_into=None) -> bool:
        from django.db import connection

        from common.locks import Busy
        from imports.services import import_file

        path = self.folder / f"{kind}.csv"
        path.write_text("\n".join(lines) + "\n")
        counter = Counter(kill_at, is_before)
        until = time.monotonic() + 10
        while True:
            try:
                with connection.execute_wrapper(counter):
                    import_file(kind=kind, path=path, filename=path.name)
                break
            except Busy:  # MariaDB has not yet heard that the one before is dead
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        if count_into:
            count_into.write_text(str(counter.count))
        return True


class Counter:
    """Counts statements, and kills this process before or after the `kill_at`-th."""

    def __init__(self, kill_at: int, is_before: bool):
        self.count, self.kill_at, self.is_before = 0, kill_at, is_before

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.count == self.kill_at and self.is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def keep_tables() -> list[str]:
    """Copies of all tables that hold rows of the business, to begin each time from the same."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in TABLES_KEPT]
        for name in names:
            cursor.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}")
    return names


def restore(tables: list[str]) -> None:
    from django.db import connection, transaction

    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"DELETE FROM {name}")
            cursor.execute(f"INSERT INTO {name} SELECT * FROM kept_{name}")


def picture() -> dict:
    """All that an import leaves, without keys and times: rows, counts, journal, issues, held rows, history, accounts."""
    from accounts.models import User
    from history.models import Change
    from imports.models import Batch, HeldRow, JournalEntry, RowIssue
    from tests.imports.digest import state

    batch = Batch.objects.filter(id__gt=first_kept_batch()).order_by("id").first()
    said = batch.summary() | {"state": batch.state, "chunks": [batch.chunks_done, batch.chunks], "batch": None}
    journal = [
        (table, before is None, sorted(changed_names(before, after)))
        for table, before, after in JournalEntry.objects.filter(cause=batch).values_list("table", "before", "after")
    ]
    told = Change.objects.filter(target_type="batch", target_id=str(batch.pk)).values_list("verb", "after")
    return {
        **state(),
        "batch": [said],
        "journal": sorted(map(repr, journal)),
        "issues": sorted(map(repr, RowIssue.objects.filter(batch=batch).values_list("row", "severity", "field", "value", "reason"))),
        "held": sorted(map(repr, HeldRow.objects.values_list("row", "waits_for", "payload", "applied_by__kind"))),
        "told": sorted(repr((verb, {**after, "batch": None})) for verb, after in told),
        "users": sorted(map(repr, User.objects.values_list("username", "role", "witel__code"))),
    }  # fmt: skip


def changed_names(before: dict | None, after: dict | None) -> list[str]:
    return [name for name in before or {} if (after or {}).get(name) != before[name]]


def first_kept_batch() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM kept_imports_batch")
        return cursor.fetchone()[0]


def undone() -> bool:
    """Taking the resumed batch back leaves what was there before it."""
    from imports.models import Batch
    from imports.undo import undo_batch
    from tests.imports.digest import state

    batch = Batch.objects.filter(id__gt=first_kept_batch()).order_by("id").first()
    report = undo_batch(batch=batch)
    assert batch.state != Batch.State.DONE, report
    return bool(state())


def assert_same(whole: dict, resumed: dict, what: str) -> None:
    wrong = {name: (whole[name], resumed[name]) for name in whole if whole[name] != resumed[name]}
    for name, (one, other) in wrong.items():
        gone, come = [row for row in one if row not in other], [row for row in other if row not in one]
        sys.stdout.write(f"{what}: {name}: {len(gone)} missing {gone[:2]}, {len(come)} too many {come[:2]}\n")
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
