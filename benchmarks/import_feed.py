"""First import of provisioning rows on MariaDB, ours beside LOAD DATA.

    DATABASE_URL=mysql://… python benchmarks/import_feed.py [ROWS] [--again]

Makes ROWS (default 1,000,000) messy rows: semicolons, decimal commas, four ways to write a phone, lost decimal points.
Imports them into a database of its own (the one named, with `_bench` behind it) with checks, repairs,
address reading, journal and undo. The alternatives get the *finished* rows, already clean:

  flat     LOAD DATA of one table of 14 columns, unique key and 3 indexes, as the research measured it
  tables   LOAD DATA of the same rows into copies of the same tables with the same indexes

Prints rows/s of each and the ratio ours / theirs. `--again` imports the file once more with 5 % of the rows changed.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "findgo.settings"
os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].rstrip("/") + "_bench"

STREETS = ("melati", "mawar", "kenanga", "merdeka", "pahlawan", "cendana", "anggrek", "teratai")
HEADERS = (
    *("No. Internet", "Nama Pelanggan", "Alamat Instalasi", "STO", "Witel", "Nama ODP", "Lat", "Long"),
    *("ODP Lat", "ODP Long", "Tanggal PS", "Teknisi", "CP Pelanggan"),
)
PHONES = ("0812{:08d}", "62813{:08d}", "+62 821{:08d}", "0852-{:08d}")
TABLES = (
    "customers_customer",
    "customers_address",
    "customers_installation",
    "customers_locationcandidate",
    "customers_resolvedlocation",
)
FLAT = """CREATE TABLE flat (
    id BIGINT AUTO_INCREMENT PRIMARY KEY, service_number VARCHAR(13) NOT NULL, name VARCHAR(150), address VARCHAR(500),
    sto VARCHAR(20), witel_id BIGINT, odp_id BIGINT, lat DOUBLE, lon DOUBLE, mq BIGINT, installed_on DATE,
    technician VARCHAR(60), phones VARCHAR(200), grade CHAR(1),
    UNIQUE (service_number), KEY (witel_id, mq), KEY (mq, grade, witel_id, lat, lon), KEY (odp_id)
) ENGINE=InnoDB"""
FLAT_ROWS = """SELECT c.service_number, c.name, a.raw, c.sto, c.witel_id, i.odp_id, l.lat, l.lon, l.mq, i.installed_on,
    i.technician, c.phones, l.grade
    FROM customers_customer c JOIN customers_address a ON a.customer_id = c.id
    JOIN customers_installation i ON i.customer_id = c.id
    LEFT JOIN customers_resolvedlocation l ON l.customer_id = c.id"""
FLAT_COLUMNS = "service_number,name,address,sto,witel_id,odp_id,lat,lon,mq,installed_on,technician,phones,grade"


def write_feed(path: Path, rows: int, changed: float = 0.0) -> None:
    """A provisioning export in one of the dialects that the source systems speak."""
    from regions.models import Witel

    chance, changes = random.Random(1), random.Random(2)
    witels = list(Witel.objects.values_list("code", "lat", "lon"))
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        file.write("LAPORAN DATA PROVISIONING\n\n")
        file.write(";".join(HEADERS) + "\n")
        for i in range(rows):
            code, lat, lon = witels[i % len(witels)]
            odp = i // len(witels) // 12
            odp_lat, odp_lon = lat + (odp % 200) * 0.0005 - 0.05, lon + (odp // 200 % 200) * 0.0005 - 0.05
            y, x = odp_lat + chance.gauss(0, 0.0006), odp_lon + chance.gauss(0, 0.0006)
            damage = chance.random()
            point = f"{y:.6f};{x:.6f}".replace(".", "," if damage > 0.03 else "")
            name = "BARU " if changes.random() < changed else ""
            file.write(
                f"{130_000_000_000 + i};{name}Pelanggan {i};"
                f"jl. {chance.choice(STREETS)} no {i % 90} rt 0{i % 9} rw 1{i % 8};"
                f"STO{odp % 40};{code};ODP-{odp % 40:02d}-F/{odp:05d};{point};{odp_lat:.6f};{odp_lon:.6f};"
                f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/20{i % 12 + 10};T{i % 900:04d};{chance.choice(PHONES).format(i)}\n"
            )
        file.write(f"Total: {rows} baris\n")


def timed(label: str, rows: int, work) -> float:
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{label:28} {seconds:8.1f} s {rows / seconds:12,.0f} rows/s", flush=True)
    return rows / seconds


def dump(sql: str, path: Path, size: int = 50_000) -> None:
    """The rows of a query as LOAD DATA reads them."""
    import polars as pl
    from django.db import connection

    with connection.connection.cursor() as cursor, path.open("wb") as file:
        cursor.execute(sql)
        while rows := cursor.fetchmany(size):
            frame = pl.DataFrame(rows, orient="row", infer_schema_length=None)
            frame.write_csv(file, include_header=False, null_value="\\N", quote_style="non_numeric")


def execute(sql: str) -> None:
    from common.bulk import execute

    execute(sql)


def load(table: str, columns: str, path: Path) -> None:
    execute(
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {table} CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' "
        f"OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\n' {columns}"
    )


def load_flat(folder: Path, rows: int) -> float:
    path = folder / "flat.csv"
    dump(FLAT_ROWS, path)
    execute("DROP TABLE IF EXISTS flat")
    execute(FLAT)
    return timed("LOAD DATA, one flat table", rows, lambda: load("flat", f"({FLAT_COLUMNS})", path))


def load_tables(folder: Path, rows: int) -> float:
    for table in TABLES:
        dump(f"SELECT * FROM {table}", folder / f"{table}.csv")
        execute(f"DROP TABLE IF EXISTS bench_{table}")
        execute(f"CREATE TABLE bench_{table} LIKE {table}")

    def load_all():
        for table in TABLES:
            load(f"bench_{table}", "", folder / f"{table}.csv")

    return timed("LOAD DATA, the same tables", rows, load_all)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    make_database()
    from django.core.management import call_command

    from imports.services import import_file
    from imports.undo import undo_batch

    call_command("migrate", verbosity=0)
    rows = options.rows
    with tempfile.TemporaryDirectory(prefix="findgo-bench-") as name:
        folder = Path(name)
        feed = folder / "provisioning.csv"
        write_feed(feed, rows)
        batches = []

        def bring():
            batches.append(import_file(kind="provisioning", path=feed, filename=feed.name))

        ours = timed("import_feed, first time", rows, bring)
        print(f"{'':28} {batches[0].summary()}")
        flat, tables = load_flat(folder, rows), load_tables(folder, rows)
        print(f"ratio to one flat table      {ours / flat:8.2f}\nratio to the same tables     {ours / tables:8.2f}")
        if options.again:  # as a month later
            write_feed(feed, rows, changed=0.05)
            again = timed("import_feed, 5 % changed", rows, bring)
            print(f"ratio to one flat table      {again / flat:8.2f}")
        for batch in reversed(batches):
            timed(f"undo of batch {batch.pk}", rows, lambda batch=batch: undo_batch(batch=batch))
    drop_database()


def make_database() -> None:
    """A database of its own, so that nobody's data is touched."""
    import django

    django.setup()
    on_server("DROP DATABASE IF EXISTS {0}", "CREATE DATABASE {0} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")


def drop_database() -> None:
    on_server("DROP DATABASE {0}")


def on_server(*statements: str) -> None:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = ""
    for statement in statements:
        execute(statement.format(name))
    connection.close()
    connection.settings_dict["NAME"] = name


if __name__ == "__main__":
    main()
