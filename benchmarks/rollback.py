"""Rollback of a release, ours beside plain `migrate` and beside dump-and-load, on a copy of the database.

    DATABASE_URL=mysql://root@127.0.0.1/findgo python benchmarks/rollback.py [--times 5]

The database is a demo of 1,000,000 customers (`manage.py demo --customers 1000000`); on the copy its visits are filled
up to 200,000. The release makes a table that gets 220,000 rows, adds a column that gets 1,000,000 values, drops one,
widens a type and runs a data migration; then the field writes on. The copy is gone at the end.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.rollback_settings"
os.environ.setdefault("DEBUG", "on")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from releases.databases import database_of  # noqa: E402
from releases.models import Run  # noqa: E402
from releases.rehearsal import on_a_copy, sums  # noqa: E402
from workorders.models import Visit  # noqa: E402

VISITS = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    database = database_of(connection)
    print(f"{database.version()}, a copy of {connection.settings_dict['NAME']}", flush=True)
    with on_a_copy(database, lambda line: None, keep=False), tempfile.TemporaryDirectory() as folder:
        call_command("migrate", verbosity=0, app_label="workorders")
        fill_up_visits()
        for table in ("customers_customer", "workorders_visit"):
            print(f"  {table}: {count(table):,} rows", flush=True)
        path = Path(folder) / "dump.sql"
        dump_s = dump(path)
        call_command("release", tag="benchmark", noinput=True, verbosity=0)
        the_field_writes_on()
        measured = [cycle(number) for number in range(1, times + 1)]
        plain_s = plain_migrate()
        load_s = load(path)
        size = path.stat().st_size
    ours, whole = (median(seconds) for seconds in zip(*(m[:2] for m in measured), strict=True))
    lost = "0 rows lost, all came back with the next release" if all(m[2] for m in measured) else "ROWS DIFFER"
    print(f"\nours           {ours:6.1f} s of statements, {whole:.1f} s with plan, checks, verification; {lost}")
    print(
        f"plain migrate  {plain_s:6.1f} s (ours is {ours / plain_s:.2f} of it); loses 220,000 rows and 2,000,000 values"
    )
    print(f"dump-and-load  {load_s:6.1f} s (ours is {ours / load_s:.2f} of it); loses what was written since the dump,")
    print(f"               which took {dump_s:.1f} s for {size / 1e6:.0f} MB")


def run(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return cursor.fetchone()[0]


def fill_up_visits() -> None:
    """Copies of visits under new keys, until there are VISITS."""
    missing = VISITS - count("workorders_visit")
    columns = [field.column for field in Visit._meta.concrete_fields if field.column != "id"]
    fresh = "UUID()" if connection.vendor == "mysql" else "lower(hex(randomblob(16)))"
    if missing > 0:
        run(
            f"INSERT INTO workorders_visit (id, {', '.join(columns)})"
            f" SELECT {fresh}, {', '.join(columns)} FROM workorders_visit LIMIT {missing}"
        )


def cycle(number: int) -> tuple[float, float, bool]:
    """Rollback and release again: (seconds of the rollback's statements, of all of it, rows are the same)."""
    before = rows()
    started = time.monotonic()
    call_command("rollback", noinput=True, verbosity=0)
    whole = time.monotonic() - started
    steps = list(Run.objects.first().steps.all())
    statements = sum(step.milliseconds or 0 for step in steps) / 1000
    slowest = sorted(steps, key=lambda step: -(step.milliseconds or 0))[:4]
    call_command("release", tag=f"benchmark-{number}", noinput=True, verbosity=0)
    again = sum(step.milliseconds or 0 for step in Run.objects.first().steps.all()) / 1000
    same = rows() == before
    print(
        f"  {number}: rollback {statements:.1f} s of statements, {whole:.1f} s in all;"
        f" release again {again:.1f} s; rows {'the same' if same else 'DIFFER'}",
        flush=True,
    )
    for step in slowest:
        print(f"       {step.milliseconds / 1000:6.1f} s  {step.operation}")
    return statements, whole, same


def rows() -> dict:
    """Rows and checksum of every table, but for the feed's epochs, which each run adds to."""
    return {table: found for table, found in sums(database_of(connection)).items() if table != "workorders_feedepoch"}


def the_field_writes_on() -> None:
    run("UPDATE customers_customer SET geohash = 'qqgu' WHERE id % 2 = 0")
    run("UPDATE customers_customer SET geohash = 'qqgv' WHERE id % 2 = 1")
    run(
        "INSERT INTO customers_survey (customer_id, score, note)"
        " SELECT id, 5, 'field' FROM customers_customer WHERE id % 50 = 0"
    )


def plain_migrate() -> float:
    started = time.monotonic()
    call_command("migrate", "customers", "0002_stages", verbosity=0)
    return time.monotonic() - started


def program(word: str) -> list[str]:
    """The database's own client, `word` is "dump" or "load"."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return ["sqlite3", settings["NAME"], ".dump"] if word == "dump" else ["sqlite3", f"{settings['NAME']}.loaded"]
    options = [f"--host={settings['HOST'] or '127.0.0.1'}", f"--port={settings['PORT'] or 3306}"]
    options += [f"--user={settings['USER']}", f"--password={settings['PASSWORD']}"]
    client = ["mariadb-dump", "--single-transaction"] if word == "dump" else ["mariadb"]
    return [client[0], *options, *client[1:], settings["NAME"]]


def dump(path: Path) -> float:
    started = time.monotonic()
    with path.open("wb") as out:
        subprocess.run(program("dump"), stdout=out, check=True)
    return time.monotonic() - started


def load(path: Path) -> float:
    """Over what is there; beside it on SQLite, whose client has no other way."""
    connection.close()
    started = time.monotonic()
    with path.open("rb") as given:
        subprocess.run(program("load"), stdin=given, stdout=subprocess.DEVNULL, check=True)
    seconds = time.monotonic() - started
    if connection.vendor == "sqlite":
        Path(f"{connection.settings_dict['NAME']}.loaded").unlink()
    return seconds


if __name__ == "__main__":
    main()
