"""SQLite: reading the structure, the shadow, copies, checksums, and the lock.

Structure changes can be undone, so a whole migration, its journal and its record are one transaction.
"""

import fcntl
import marshal
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from zlib import crc32

from django.db import OperationalError

from releases.names import ARCHIVE_PREFIX, COMMENTS

LOCK_WAIT_S = 10
ROWS = re.compile(COMMENTS + r"(INSERT|UPDATE|DELETE|REPLACE|SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)
WRITES = re.compile(
    COMMENTS + r'(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+"?(\w+)"?',
    re.IGNORECASE | re.DOTALL,
)


class SQLite:
    vendor = "sqlite"
    can_undo_structure = True
    WRITES = WRITES

    def __init__(self, connection):
        self.connection = connection
        self.quote = connection.ops.quote_name

    # --- statements

    def rows(self, sql: str, parameters=None) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def run(self, sql: str) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.rowcount

    def changes_rows(self, sql: str) -> bool:
        return bool(ROWS.match(sql))

    def may_not_be_in_data(self, sql: str) -> bool:
        """Whether the statement changes structure, which is no part of the plan where a data migration does it."""
        return bool(re.match(COMMENTS + r"(CREATE|ALTER|DROP)\s+(?!TEMP)", sql, re.IGNORECASE | re.DOTALL))

    def settle(self) -> None:
        self.run(f"PRAGMA busy_timeout={LOCK_WAIT_S * 1000}")

    # --- structure

    def all_tables(self) -> list[str]:
        return [
            name
            for (name,) in self.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            )
        ]

    def exact(self, known: dict | None = None, statement: str = "") -> dict[str, str]:
        """Table → the statements that made it and its indexes, names and order included."""
        found = {}
        for table, sql in self.rows(
            "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name"
        ):
            if not table.startswith((ARCHIVE_PREFIX, "releases_", "sqlite_")):
                found[table] = found.get(table, "") + sql + "\n"
        return found

    def structure(self) -> dict:
        """See `releases.structure`."""
        found = {}
        made = dict(self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        partial = dict(self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        for table in self.all_tables():
            name = self.quote(table)
            columns = {}
            key = {}
            for _, column, kind, not_null, default, place, hidden in self.rows(f"PRAGMA table_xinfo({name})"):
                columns[column] = [
                    kind,
                    "NO" if not_null else "YES",
                    default,
                    None,
                    "GENERATED" if hidden in (2, 3) else "",
                ]
                if place:
                    key[place] = column
            keys = {"PRIMARY": ["PRIMARY", [key[place] for place in sorted(key)]]} if key else {}
            for _, index, unique, origin, is_partial in self.rows(f"PRAGMA index_list({name})"):
                if origin == "pk":
                    continue
                parts = [
                    (column or "expression") + (" DESC" if descending else "")
                    for _, number, column, descending, _, is_key in self.rows(
                        f"PRAGMA index_xinfo({self.quote(index)})"
                    )
                    if is_key
                ]
                if is_partial or "expression" in parts:
                    parts.append(re.sub(r"^.*? ON ", "", partial[index], flags=re.DOTALL))
                keys[index] = ["UNIQUE" if unique else "INDEX", parts]
            references = {}
            for number, _, target, column, target_column, on_update, on_delete, _ in self.rows(
                f"PRAGMA foreign_key_list({name})"
            ):
                entry = references.setdefault(number, [[], target, [], on_delete, on_update])
                entry[0].append(column)
                entry[2].append(target_column)
            found[table] = {
                "columns": columns,
                "keys": keys,
                "references": list(references.values()),
                "checks": checks_of(made[table]) + (["AUTOINCREMENT"] if "AUTOINCREMENT" in made[table] else []),
            }
        return found

    def views_and_triggers(self) -> list[str]:
        return [
            f"{kind} {name}"
            for kind, name in self.rows("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')")
        ]

    # --- the shadow

    @contextmanager
    def shadow(self, name: str = "") -> Iterator:
        """A connection to an empty database in memory with this one's structure."""
        with self.scratch(":memory:") as other:
            shadow = SQLite(other)
            shadow.run("PRAGMA foreign_keys=OFF")
            for table, sql in self.rows(
                "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'table' DESC, rowid"
            ):
                if not table.startswith(("releases_", "sqlite_")):
                    shadow.run(sql)
            yield other

    @contextmanager
    def scratch(self, name: str, keep: bool = False) -> Iterator:
        other = self.connection.copy()
        other.settings_dict = {**self.connection.settings_dict, "NAME": name}
        remove_database(name)  # of a process that was killed
        try:
            yield other
        finally:
            other.connection and sqlite3.Connection.close(other.connection)
            other.connection = None
            if not keep:
                remove_database(name)

    def copy_everything(self, other, tell=lambda table: None) -> None:
        tell("everything")
        self.connection.ensure_connection()
        other.ensure_connection()
        self.connection.connection.backup(other.connection)

    # --- tables and columns

    def key_of(self, table: str) -> list[str]:
        found = {row[5]: row[1] for row in self.rows(f"PRAGMA table_info({self.quote(table)})") if row[5]}
        return [found[place] for place in sorted(found)]

    def plain_columns(self, table: str) -> list[str]:
        return [row[1] for row in self.rows(f"PRAGMA table_xinfo({self.quote(table)})") if row[6] == 0]

    def change_indexes(self, table: str, extra: list[str], missing: dict) -> list[str]:
        """Statements that drop `extra` and make `missing` (name → [kind, columns]), where they are of plain columns."""
        columns = set(self.plain_columns(table))
        statements = [f"DROP INDEX {self.quote(name)}" for name in extra if not name.startswith("sqlite_")]
        for name, (kind, parts) in missing.items():
            if all(part.removesuffix(" DESC") in columns for part in parts) and not name.startswith("sqlite_"):
                listed = ", ".join(re.sub(r"^(\w+)", lambda found: self.quote(found[1]), part) for part in parts)
                unique = "UNIQUE " if kind == "UNIQUE" else ""
                statements.append(f"CREATE {unique}INDEX {self.quote(name)} ON {self.quote(table)} ({listed})")
        return statements

    def counter(self, table: str) -> int | None:
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return None
        found = self.rows("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        return found[0][0] if found else None

    def set_counter(self, table: str, value: int) -> list[str]:
        return [
            f"DELETE FROM sqlite_sequence WHERE name = '{table}'",
            f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {int(value)})",
        ]

    def copy(self, table: str, name: str, columns: list[str], key: list[str]) -> list[str]:
        """Statements that copy columns of `table` into the new table `name`. Its key gets an index: without one the way
        back takes quadratic time. Not a constraint: what is kept must not hold on to live rows."""
        taken = ", ".join(map(self.quote, columns))
        statements = [
            f"DROP TABLE IF EXISTS {self.quote(name)}",
            f"CREATE TABLE {self.quote(name)} AS SELECT {taken} FROM {self.quote(table)}",
        ]
        if key:
            index = self.quote(f"{name}_key")
            statements.append(f"CREATE UNIQUE INDEX {index} ON {self.quote(name)} ({', '.join(map(self.quote, key))})")
        return statements

    def fill_column(self, table: str, column: str, source: str, value: str, key: list[str]) -> str:
        on = " AND ".join(f"{self.quote(table)}.{self.quote(k)} = a.{self.quote(k)}" for k in key)
        filled = f"{self.quote(column)} = a.{self.quote(value)}"
        return f"UPDATE {self.quote(table)} SET {filled} FROM {self.quote(source)} a WHERE {on}"

    def look_up(self, table: str, source: str, value: str, key: list[str], otherwise: str) -> str:
        """An expression for the value of the row that is being copied, out of the archive."""
        on = " AND ".join(f"a.{self.quote(k)} = {self.quote(table)}.{self.quote(k)}" for k in key)
        found = f"(SELECT a.{self.quote(value)} FROM {self.quote(source)} a WHERE {on})"
        return found if otherwise == "NULL" else f"coalesce({found}, {otherwise})"

    def drop_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> str:
        """Deletes rows of `table` that refer to a row which is gone."""
        return f"DELETE FROM {self.quote(table)} WHERE {self.is_orphan(table, columns, target, target_columns)}"

    def empty_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> str:
        """Empties references of `table` to rows which are gone."""
        emptied = ", ".join(f"{self.quote(column)} = NULL" for column in columns)
        orphan = self.is_orphan(table, columns, target, target_columns)
        return f"UPDATE {self.quote(table)} SET {emptied} WHERE {orphan}"

    def count_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> int:
        orphan = self.is_orphan(table, columns, target, target_columns)
        return self.rows(f"SELECT COUNT(*) FROM {self.quote(table)} WHERE {orphan}")[0][0]

    def is_orphan(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> str:
        pairs = zip(columns, target_columns, strict=True)
        on = " AND ".join(f"{self.quote(table)}.{self.quote(own)} = p.{self.quote(theirs)}" for own, theirs in pairs)
        filled = " AND ".join(f"{self.quote(column)} IS NOT NULL" for column in columns)
        return f"{filled} AND NOT EXISTS (SELECT 1 FROM {self.quote(target)} p WHERE {on})"

    @contextmanager
    def references_checked(self) -> Iterator[None]:
        yield  # SQLite cannot switch inside a transaction; Django's own migrations run unchecked too

    # --- what is in it

    def checksum(self, table: str, columns: dict[str, str], order: dict[str, str]) -> tuple[int, str]:
        """Number of rows and an order-free sum over them. `columns` is name → how it is compared ("text", "number",
        "cast"), `order` is name → what it is sorted by."""
        self.connection.ensure_connection()
        parts = []
        for name, way in sorted(columns.items(), key=lambda item: order[item[0]]):
            value = self.quote(name)
            # With a plus the values come as they are stored, without Django's converters for the column's type.
            parts.append({"number": f"{value} + 0.0", "cast": f"CAST({value} AS TEXT)"}.get(way, f"+{value}"))
        rows = self.connection.connection.execute(f"SELECT {', '.join(parts) or '0'} FROM {self.quote(table)}")
        count, total = 0, 0
        while chunk := rows.fetchmany(10_000):
            count += len(chunk)
            # Version 0 writes equal values alike, whatever else refers to them. No step of this loop is Python's.
            total += sum(map(crc32, map(marshal.dumps, chunk, repeat(0))))
        return count, f"{total:X}"

    def sizes(self) -> dict[str, int]:
        path = str(self.connection.settings_dict["NAME"])
        return {"": os.path.getsize(path) if os.path.exists(path) else 0}

    def size_of(self, table: str) -> int | None:
        """Bytes, without indexes; None where this SQLite was built without counting them."""
        try:
            return self.rows("SELECT SUM(pgsize) FROM dbstat WHERE name = %s AND aggregate = 1", [table])[0][0]
        except OperationalError:
            return None

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    # --- who stands in the way

    def backend(self) -> int:
        return os.getpid()

    def open_transactions(self) -> list[str]:
        return []  # readers do not stand in the way of a writer in WAL, and a writer cannot be asked for its name

    def wait_for_tables(self, tables: list[str]) -> None:
        self.run("BEGIN IMMEDIATE")
        self.run("ROLLBACK")

    def is_lock_wait(self, error: Exception) -> bool:
        return "database is locked" in str(error)

    def is_row_too_large(self, error: Exception) -> bool:
        return False

    # --- one at a time

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """True while this process holds the lock of the file. It ends with the process, however it ends."""
        path = self.lock_path()
        if path is None:
            yield True
            return
        with path.open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            handle.truncate(0)
            handle.write(f"process {os.getpid()}")
            handle.flush()
            yield True

    def lock_path(self) -> Path | None:
        name = str(self.connection.settings_dict["NAME"])
        in_memory = name == ":memory:" or (name.startswith("file:") and "mode=memory" in name)
        return None if in_memory else Path(f"{name}.release.lock")

    def is_locked_by_us(self) -> bool:
        return True  # the lock cannot be lost while the process lives

    def lock_holder(self) -> str:
        path = self.lock_path()
        return path.read_text() if path and path.exists() else "another process"


def remove_database(name: str) -> None:
    if name != ":memory:":
        for ending in ("", "-wal", "-shm", ".release.lock"):
            Path(name + ending).unlink(missing_ok=True)


def checks_of(sql: str) -> list[str]:
    """The CHECK clauses of a CREATE TABLE, without their names, sorted."""
    found = []
    for match in re.finditer(r"\bCHECK\s*\(", sql, re.IGNORECASE):
        depth, quote, start = 1, "", match.end()
        for place in range(start, len(sql)):
            letter = sql[place]
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "'\"":
                quote = letter
            elif letter in "()":
                depth += 1 if letter == "(" else -1
                if depth == 0:
                    found.append(sql[start:place].strip())
                    break
    return sorted(found)
