"""Backup, restore and drill on a small SQLite database; and on MariaDB where the tests run on it."""

import gzip
import hashlib
import json
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

REGIONS = [(1, "Jawa Barat", 1.5, None, b"\x00\xff"), (2, "Bali; '\"\\", -0.1, "é", b""), (3, "Papua", 3e300, "", None)]


@pytest.fixture
def database(place) -> Path:
    path = place.root / "shared/var/findgo.sqlite3"
    place.env["DATABASE_URL"] = f"sqlite:///{path}"
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE region (id INTEGER PRIMARY KEY, name TEXT, share REAL, note TEXT, raw BLOB)")
        opened.execute("CREATE TABLE empty (id INTEGER PRIMARY KEY)")
        opened.executemany("INSERT INTO region VALUES (?, ?, ?, ?, ?)", REGIONS)
    return path


def copies(place, *words, **env) -> subprocess.CompletedProcess:
    return place.run("copies.py", *words, **env)


def made(place) -> tuple[Path, Path]:
    """A backup, made now: its data and its manifest."""
    done = copies(place, "backup")
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = sorted((place.root / "backups").glob("*.json"))[-1]
    return manifest.with_name(json.loads(manifest.read_text())["file"]), manifest


def rewritten(data: Path, manifest: Path, change) -> None:
    """Data that somebody changed and signed anew: only its content tells."""
    content = change(gzip.decompress(data.read_bytes()))
    data.write_bytes(gzip.compress(content))
    signed = json.loads(manifest.read_text()) | {"sha256": hashlib.sha256(data.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps(signed))


def test_backup_is_restored_as_it_was(place, database):
    data, manifest = made(place)
    tables = json.loads(manifest.read_text())["tables"]
    assert {name: table["rows"] for name, table in tables.items()} == {"region": 3, "empty": 0}
    database.unlink()
    done = copies(place, "restore", data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no change feed in this structure" in done.stdout  # else the phones hear of it
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT * FROM region").fetchall() == REGIONS


def test_restore_overwrites_nothing(place, database):
    data, _ = made(place)
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("DELETE FROM region WHERE id = 3")
    before = database.read_bytes()
    done = copies(place, "restore", data)
    assert (done.returncode, done.stdout) == (
        3,
        "The database is not empty. Nothing was done: a restore overwrites nothing.\n",
    )
    assert database.read_bytes() == before


def test_drill_passes_and_leaves_nothing(place, database):
    made(place)
    before = sorted(path for path in place.root.rglob("*"))
    done = copies(place, "drill")
    assert done.returncode == 0 and done.stdout.splitlines()[-1].startswith("PASS  restored in ")
    assert sorted(path for path in place.root.rglob("*")) == before


def test_drill_finds_damage(place, database):
    data, _ = made(place)
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(content)
    done = copies(place, "drill")
    assert done.returncode == 1 and "FAIL" in done.stdout and "SHA-256" in done.stdout


def test_drill_finds_a_changed_value(place, database):
    data, manifest = made(place)
    rewritten(data, manifest, lambda content: content.replace(b"Papua", b"Papuq"))
    done = copies(place, "drill")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "FAIL  1 of 2 tables differ")


def test_drill_finds_a_lost_row_and_a_lost_table(place, database, tmp_path):
    def without(content: bytes) -> bytes:
        copy = tmp_path / "copy.sqlite3"
        copy.write_bytes(content)
        with closing(sqlite3.connect(copy)) as opened, opened:
            opened.execute("DELETE FROM region WHERE id = 2")
            opened.execute("DROP TABLE empty")
        with closing(sqlite3.connect(copy)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return copy.read_bytes()

    data, manifest = made(place)
    rewritten(data, manifest, without)
    done = copies(place, "drill")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "FAIL  2 of 2 tables differ")
    assert "missing" in done.stdout and "DIFFERS" in done.stdout


def test_drill_without_a_backup_fails(place, database):
    assert copies(place, "drill").returncode == 1
    data, manifest = made(place)
    manifest.unlink()  # killed before the end
    assert copies(place, "drill", data).returncode == 1


def test_order_of_rows_does_not_matter(place, database):
    _, first = made(place)
    before = json.loads(first.read_text())["tables"]  # the second may get the same name, within one second
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("CREATE TABLE other AS SELECT * FROM region ORDER BY id DESC")
        opened.execute("DROP TABLE region")
        opened.execute("ALTER TABLE other RENAME TO region")
    _, second = made(place)
    assert json.loads(second.read_text())["tables"] == before


def test_only_the_newest_backups_are_kept(place, database):
    for number in range(3):
        for ending in (".json", ".sqlite3.gz"):
            name = f"findgo-2020010{number + 1}-000000-A"
            text = json.dumps({"file": f"{name}.sqlite3.gz"})
            (place.root / "backups" / f"{name}{ending}").write_text(text)
    assert copies(place, "backup", KEEP_BACKUPS=2).returncode == 0
    kept = sorted(path.name for path in (place.root / "backups").glob("findgo-*"))
    assert len(kept) == 4 and kept[:2] == ["findgo-20200103-000000-A.json", "findgo-20200103-000000-A.sqlite3.gz"]


def test_rows_written_meanwhile_do_not_part_data_and_checksums(place, database):
    """Copy and checksums are of one moment: a drill of a backup made under load passes."""
    over = threading.Event()

    def write():
        with closing(sqlite3.connect(database, timeout=30)) as opened:
            while not over.is_set():
                with opened:
                    opened.execute("INSERT INTO region (name) VALUES ('x')")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made(place)
    finally:
        over.set()
        writer.join()
    assert copies(place, "drill").returncode == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="the tests run on SQLite")
def test_mariadb_is_backed_up_drilled_and_restored(place):
    """A table with what text and binary can hold, in a database of its own."""
    settings = connection.settings_dict
    name = f"{settings['NAME']}_copies"
    secret = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    server = f"{settings['USER']}{secret}@{settings['HOST'] or '127.0.0.1'}:{settings['PORT'] or 3306}"
    place.env["DATABASE_URL"] = f"mysql://{server}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        try:
            columns = "id INT PRIMARY KEY, name VARCHAR(40), share DOUBLE, note TEXT, raw VARBINARY(9), at DATETIME(6)"
            cursor.execute(f"CREATE TABLE `{name}`.region ({columns})")
            rows = [[*row, "2026-11-24 10:15:00.000001"] for row in REGIONS]
            cursor.executemany(f"INSERT INTO `{name}`.region VALUES (%s, %s, %s, %s, %s, %s)", rows)
            data, manifest = made(place)
            assert json.loads(manifest.read_text())["tables"]["region"]["rows"] == 3
            done = copies(place, "drill")
            assert done.returncode == 0, done.stdout + done.stderr
            assert copies(place, "restore", data).returncode == 3
            rewritten(data, manifest, lambda content: content.replace(b"Papua", b"Papuq"))
            assert copies(place, "drill").stdout.splitlines()[-1] == "FAIL  1 of 1 tables differ"
            cursor.execute(f"DROP TABLE `{name}`.region")
            assert copies(place, "restore", data).stdout.splitlines()[-1] == "FAIL  1 of 1 tables differ"
            cursor.execute(f"SELECT COUNT(*) FROM `{name}`.region")
            assert cursor.fetchone() == (3,)
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}_drill`")
