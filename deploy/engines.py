"""What a backup needs of each database: a dump and, in the same snapshot, the rows and checksum of every table.

A table's checksum is the sum of its rows' hashes: equal rows give an equal sum in whatever order they lie. It guards
against loss and damage, not against somebody who wants to be mistaken for the same; the file's SHA-256 is beside it.
"""

import gzip
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from place import Stop

LOCK_TRIES = 20
LOCK_WAIT_S = 3


def engine_of(settings: dict):
    return (SQLite if settings["ENGINE"].endswith("sqlite3") else MariaDB)(settings)


def compressed(path: Path, chunks) -> None:
    """Writes `chunks` to a new file, on the disk when this returns."""
    with path.open("xb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=4, filename="") as packed:
            for chunk in chunks:
                packed.write(chunk)
        file.flush()
        os.fsync(file.fileno())


class SQLite:
    suffix = ".sqlite3.gz"

    def __init__(self, settings: dict):
        self.path = Path(settings["NAME"])

    def is_empty(self) -> bool:
        return not self.path.exists() or not self.sums()

    def sums(self) -> dict[str, dict]:
        with closing(self.connect()) as connection:
            return sqlite_sums(connection)

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.text_factory = bytes
        return connection

    def dump(self, path: Path) -> dict[str, dict]:
        """Copy and checksums read one transaction of one connection: the same rows, whoever writes meanwhile."""
        if not self.path.exists():
            raise Stop(1, f"There is no database at {self.path}.")
        copy = path.with_suffix(".copy")
        copy.unlink(missing_ok=True)
        try:
            with closing(self.connect()) as connection, closing(sqlite3.connect(copy)) as target:
                connection.execute("BEGIN")
                sums = sqlite_sums(connection)
                connection.backup(target)
            with copy.open("rb") as file:
                compressed(path, iter(lambda: file.read(1 << 20), b""))
        finally:
            copy.unlink(missing_ok=True)
        return sums

    def load(self, path: Path) -> None:
        fresh = self.path.with_name(f".{self.path.name}.new")
        with gzip.open(path) as packed, fresh.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        for ending in ("-wal", "-shm"):  # those of a database that was here before belong to no other
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        fresh.replace(self.path)
        with closing(self.connect()) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if said != b"ok":
            raise Stop(1, f"SQLite finds the restored database damaged: {said.decode()}")

    @contextmanager
    def scratch(self):
        # Beside the database, since /tmp may be too small for it.
        with tempfile.TemporaryDirectory(prefix=".drill-", dir=self.path.parent) as folder:
            yield SQLite({"NAME": Path(folder) / "drill.sqlite3"})


def sqlite_sums(connection: sqlite3.Connection) -> dict[str, dict]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    sums = {}
    for table in sorted(name.decode() for (name,) in found.fetchall()):
        columns = sorted(row[1].decode() for row in connection.execute(f'PRAGMA table_xinfo("{table}")'))
        named = ", ".join(f'"{column}"' for column in columns)
        rows = total = 0
        for row in connection.execute(f'SELECT {named} FROM "{table}"'):
            rows += 1
            total += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=8).digest(), "big")
        sums[table] = {"rows": rows, "sum": f"{total % (1 << 64):016x}"}
    return sums


class MariaDB:
    suffix = ".sql.gz"

    def __init__(self, settings: dict):
        self.settings = settings
        self.name = settings["NAME"]

    def is_empty(self) -> bool:
        with closing(self.connect()) as connection:
            return not rows_of(connection, "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE()")

    def sums(self) -> dict[str, dict]:
        with closing(self.connect()) as connection:
            return {table: mariadb_sum(connection, table) for table in mariadb_tables(connection)}

    def connect(self, database: str | None = None):
        import MySQLdb  # PyMySQL where mysqlclient is not there: findgo.env sees to that

        where = {"host": self.settings["HOST"] or "localhost", "port": int(self.settings["PORT"] or 3306)}
        who = {"user": self.settings["USER"], "password": self.settings["PASSWORD"]}
        name = self.name if database is None else database
        connection = MySQLdb.connect(**where, **who, database=name, charset="utf8mb4", autocommit=True)
        # A snapshot waits while the dump runs; the server is not to end it meanwhile.
        run_on(connection, "SET SESSION wait_timeout = 86400, SESSION idle_transaction_timeout = 0")
        return connection

    def dump(self, path: Path) -> dict[str, dict]:
        """mariadb-dump and the checksums each read a snapshot; a read lock holds writers off until both have begun.

        That is some hundredths of a second; everything after it runs beside the application. Waiting for the lock is
        limited, since writers queue behind it: after LOCK_WAIT_S it lets them pass and tries again.
        """
        with closing(self.connect()) as lock, closing(self.connect()) as snapshot, self.program("mariadb-dump") as dump:
            run_on(snapshot, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            tables = mariadb_tables(snapshot)
            lock_for_reading(lock, tables)
            run_on(snapshot, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
            words = ["--single-transaction", "--quick", "--hex-blob", "--routines", "--triggers", "--skip-comments"]
            process = subprocess.Popen([*dump, *words, self.name], stdout=subprocess.PIPE)
            compressed(path, released_once_begun(process.stdout, lock))
            if process.wait():
                raise Stop(1, f"mariadb-dump ended with {process.returncode}.")
            return {table: mariadb_sum(snapshot, table) for table in tables}

    def load(self, path: Path) -> None:
        with self.program("mariadb") as client, gzip.open(path) as packed:
            process = subprocess.Popen([*client, self.name], stdin=subprocess.PIPE)
            with suppress(BrokenPipeError):  # it says itself what it did not like
                shutil.copyfileobj(packed, process.stdin, 1 << 20)
                process.stdin.close()
            if process.wait():
                raise Stop(1, f"mariadb ended with {process.returncode}.")

    @contextmanager
    def program(self, name: str):
        """The command line of a client program; the password is in a file that only we can read, and not for long."""
        with tempfile.NamedTemporaryFile("w", prefix="findgo-", suffix=".cnf") as file:
            for key, setting in {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}.items():
                if value := str(self.settings[setting] or ""):
                    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
                    file.write(f'{key} = "{escaped}"\n' if file.tell() else f'[client]\n{key} = "{escaped}"\n')
            file.flush()
            yield [name, f"--defaults-file={file.name}", "--default-character-set=utf8mb4"]

    @contextmanager
    def scratch(self):
        """A database of its own. One name, so that what a killed drill left behind goes with the next."""
        name = f"{self.name}_drill"
        with closing(self.connect()) as connection:
            run_on(connection, f"DROP DATABASE IF EXISTS `{name}`")
            run_on(connection, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
            try:
                yield MariaDB(self.settings | {"NAME": name})
            finally:
                run_on(connection, f"DROP DATABASE IF EXISTS `{name}`")


def run_on(connection, statement: str) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement)


def rows_of(connection, query: str, parameters=None) -> list[tuple]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def mariadb_tables(connection) -> list[str]:
    query = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
    )
    return sorted(name for (name,) in rows_of(connection, query))


def mariadb_sum(connection, table: str) -> dict:
    here = "table_schema = DATABASE() AND table_name = %s"
    query = f"SELECT column_name, data_type FROM information_schema.columns WHERE {here}"
    columns = sorted(rows_of(connection, query, [table]))
    text = ", ".join(as_text(name, kind) for name, kind in columns)
    # 60 bits of each hash, added up: a row that is there twice counts twice.
    hashed = f"CAST(CONV(LEFT(MD5(CONCAT({text})), 15), 16, 10) AS DECIMAL(30))"
    [(rows, hashes, total)] = rows_of(connection, f"SELECT COUNT(*), COUNT({hashed}), SUM({hashed}) FROM `{table}`")
    if rows != hashes:
        raise Stop(1, f"{table}: {rows - hashes} rows are longer than max_allowed_packet, so they have no checksum.")
    return {"rows": rows, "sum": f"{int(total or 0) % (1 << 64):016x}"}


def as_text(column: str, kind: str) -> str:
    """Length and value, so that no two rows read the same; bytes as hex, so that no character set touches them."""
    name = f"`{column}`"
    value = f"HEX({name})" if kind.endswith(("blob", "binary")) or kind == "bit" else name
    return f"IFNULL(CONCAT(LENGTH({value}), ':', {value}), '~')"


def lock_for_reading(connection, tables: list[str]) -> None:
    import MySQLdb

    if not tables:
        return
    run_on(connection, f"SET SESSION lock_wait_timeout = {LOCK_WAIT_S}")
    for _ in range(LOCK_TRIES):
        try:
            return run_on(connection, "LOCK TABLES " + ", ".join(f"`{table}` READ" for table in tables))
        except MySQLdb.OperationalError as error:
            if error.args[0] != 1205:  # lock wait timeout
                raise
            time.sleep(LOCK_WAIT_S)
    raise Stop(
        1, "Somebody writes in one long transaction (an import?). No backup was made; try again when it has ended."
    )


def released_once_begun(output, lock):
    """The dump's output; with its first table its snapshot exists, and the writers go on."""
    held = True
    for chunk in iter(lambda: output.read1(1 << 20), b""):
        if held and b"CREATE TABLE" in chunk:
            run_on(lock, "UNLOCK TABLES")
            held = False
        yield chunk
