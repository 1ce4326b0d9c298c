"""MySQL and MariaDB: reading the structure, the shadow, copies, checksums, and who stands in the way.

A statement that changes structure commits by itself and is atomic (MariaDB 10.6 and later): after a crash it has
happened or it has not. So the journal marks each one before and after.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, OperationalError

from releases.names import ARCHIVE_PREFIX, COMMENTS
from releases.problems import Refused
from releases.structure import children_first

LOCK_WAIT_S = 10  # the server's own default is a day
COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
NAMED = re.compile(r"`([^`]+)`")
REFERENCE = re.compile(r"  CONSTRAINT `[^`]+` FOREIGN KEY (\([^)]+\))")
PLAIN_KEY = re.compile(r"  KEY `[^`]+` (\([^)]+\))$")
# Statements that change rows; everything else commits by itself.
ROWS = re.compile(COMMENTS + r"(INSERT|UPDATE|DELETE|REPLACE|SELECT|WITH|SET)\b", re.IGNORECASE | re.DOTALL)
WRITES = re.compile(
    COMMENTS + r"(?:INSERT\s+(?:IGNORE\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+`?(\w+)`?",
    re.IGNORECASE | re.DOTALL,
)
HARMLESS = (
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO",
    "SHOW",
    "CREATE TEMPORARY",
    "DROP TEMPORARY",
    "LOAD DATA",
)
NO_SUCH_TABLE, LOCK_WAIT, ROW_TOO_LARGE, DUPLICATE_KEY_NAME, NO_SUCH_KEY = 1146, 1205, 1118, 1061, 1091


class MySQL:
    vendor = "mysql"
    can_undo_structure = False
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
        """Whether the statement ends the transaction of a data migration, as all do that are not known to leave it."""
        return not self.changes_rows(sql) and not sql.startswith(HARMLESS)

    def settle(self) -> None:
        """The session of a run: short waits for locks, no loss of the connection in a long step, and references
        that are checked at the end instead of by rewriting the table at each ADD FOREIGN KEY."""
        self.run(
            f"SET SESSION lock_wait_timeout={LOCK_WAIT_S}, innodb_lock_wait_timeout={LOCK_WAIT_S},"
            " wait_timeout=28800, foreign_key_checks=0"
        )
        if not self.connection.mysql_is_mariadb:
            self.run("SET SESSION information_schema_stats_expiry=0")  # else counters are those of a day ago

    # --- structure

    def all_tables(self) -> list[str]:
        return [name for name, kind in self.rows("SHOW FULL TABLES") if kind == "BASE TABLE"]

    def exact(self, known: dict | None = None, statement: str = "") -> dict[str, str]:
        """Table → its definition, names and order included. With `known` only what `statement` names is read again."""
        tables = self.all_tables()
        named = {*NAMED.findall(statement), *re.findall(r"\w+", statement)}  # raw SQL need not quote
        # A new name is seen in the tables that refer to it, which the statement does not name.
        if known is None or re.match(r"\s*(RENAME|DROP TABLE)|.* (RENAME|CHANGE) ", statement, re.IGNORECASE):
            known = {}
        found = {}
        for table in tables:
            if table.startswith("releases_"):
                continue
            if table in known and table not in named:
                found[table] = known[table]
            elif not table.startswith(ARCHIVE_PREFIX):
                found[table] = self.definition(table)
        return found

    def definition(self, table: str) -> str:
        (_, text), *_ = self.rows(f"SHOW CREATE TABLE {self.quote(table)}")
        first, *lines, last = COUNTER.sub("", text).split("\n")
        lines = without_reference_keys([line.rstrip(",") for line in lines])
        columns = [line for line in lines if line.startswith("  `")]
        return "\n".join([first, *columns, *sorted(set(lines) - set(columns)), last])

    def structure(self) -> dict:
        """See `releases.structure`."""
        found = {}
        for row in self.rows(
            "SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.collation_name,"
            " c.extra, c.generation_expression FROM information_schema.columns c JOIN information_schema.tables t"
            " ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'"
            " WHERE c.table_schema = DATABASE() ORDER BY c.table_name, c.ordinal_position"
        ):
            table, column, *facts = row
            entry = found.setdefault(table, {"columns": {}, "keys": {}, "references": [], "checks": []})
            if not column.startswith(ARCHIVE_PREFIX):
                entry["columns"][column] = [as_text(fact) for fact in facts]
        for table, key, unique, column, part in self.rows(
            "SELECT table_name, index_name, 1 - non_unique, column_name, sub_part FROM information_schema.statistics"
            " WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index"
        ):
            kind = "PRIMARY" if key == "PRIMARY" else "UNIQUE" if unique else "INDEX"
            found[table]["keys"].setdefault(key, [kind, []])[1].append(f"{column}({part})" if part else column)
        references = {}
        for table, name, column, target, target_column, on_delete, on_update in self.rows(
            "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name,"
            " r.delete_rule, r.update_rule FROM information_schema.key_column_usage k"
            " JOIN information_schema.referential_constraints r ON r.constraint_schema = k.table_schema"
            " AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name"
            " WHERE k.table_schema = DATABASE() ORDER BY k.table_name, k.constraint_name, k.ordinal_position"
        ):
            entry = references.setdefault((table, name), [[], target, [], on_delete, on_update])
            entry[0].append(column)
            entry[2].append(target_column)
        for (table, _), entry in references.items():
            found[table]["references"].append(entry)
            keys = found[table]["keys"]
            for name in [name for name, key in keys.items() if key == ["INDEX", entry[0]]]:
                del keys[name]  # see without_reference_keys
        for table, clause in self.rows(
            "SELECT table_name, check_clause FROM information_schema.check_constraints"
            " WHERE constraint_schema = DATABASE()"
            if self.connection.mysql_is_mariadb
            else "SELECT t.table_name, c.check_clause FROM information_schema.check_constraints c"
            " JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema"
            " AND t.constraint_name = c.constraint_name WHERE c.constraint_schema = DATABASE()"
        ):
            found[table]["checks"].append(as_text(clause))
        return found

    def views_and_triggers(self) -> list[str]:
        return [
            f"{kind} {name}"
            for kind, name in self.rows(
                "SELECT 'view', table_name FROM information_schema.views WHERE table_schema = DATABASE() UNION ALL"
                " SELECT 'trigger', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
            )
        ]

    # --- the shadow

    @contextmanager
    def shadow(self, name: str = "") -> Iterator:
        """A connection to an empty database with this one's structure; gone at the end."""
        name = name or f"{self.connection.settings_dict['NAME']}_shadow"
        with self.scratch(name) as other:
            shadow = MySQL(other)
            shadow.run("SET SESSION foreign_key_checks=0")
            for table in self.all_tables():
                if not table.startswith("releases_"):
                    (_, text), *_ = self.rows(f"SHOW CREATE TABLE {self.quote(table)}")
                    shadow.run(text)
            yield other

    @contextmanager
    def scratch(self, name: str, keep: bool = False) -> Iterator:
        """A connection to an empty database `name` with this one's character set; dropped at the end, or kept."""
        ((charset, collation),) = self.rows("SELECT @@character_set_database, @@collation_database")
        quoted = self.quote(name)
        try:
            self.run(f"DROP DATABASE IF EXISTS {quoted}")
            self.run(f"CREATE DATABASE {quoted} CHARACTER SET {charset} COLLATE {collation}")
        except OperationalError as error:
            raise Refused(
                f"The database {name} cannot be made ({error.args[-1]}). Grant it once:"
                f" GRANT ALL ON `{name}`.* TO this user; or name one that may be used in RELEASES_SHADOW."
            ) from error
        other = self.connection.copy()
        other.settings_dict = {**self.connection.settings_dict, "NAME": name}
        try:
            yield other
        finally:
            other.close()
            if not keep:
                self.run(f"DROP DATABASE IF EXISTS {quoted}")

    def copy_everything(self, other, tell=lambda table: None) -> None:
        """All tables with their rows into the database of the connection `other`, journal and archives too.

        Nothing is locked meanwhile: each table is as it was when its turn came. Those that refer to others come
        first, so that what they refer to is there when the others' turn comes.
        """
        target = MySQL(other)
        target.run("SET SESSION foreign_key_checks=0, unique_checks=0")
        target.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        here, there = (self.quote(c.settings_dict["NAME"]) for c in (self.connection, other))
        for table in children_first(self.structure()):
            (_, text), *_ = self.rows(f"SHOW CREATE TABLE {self.quote(table)}")
            target.run(text)
            columns = ", ".join(map(self.quote, self.plain_columns(table)))
            name = self.quote(table)
            tell(table)
            target.run(f"INSERT INTO {there}.{name} ({columns}) SELECT {columns} FROM {here}.{name}")
        target.run("SET SESSION foreign_key_checks=1, unique_checks=1")

    # --- tables and columns

    def key_of(self, table: str) -> list[str]:
        return [
            column
            for (column,) in self.rows(
                "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE()"
                " AND table_name = %s AND index_name = 'PRIMARY' ORDER BY seq_in_index",
                [table],
            )
        ]

    def plain_columns(self, table: str) -> list[str]:
        """Names of the columns that can be written: no generated ones."""
        return [
            column
            for (column,) in self.rows(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
                " AND table_name = %s AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position",
                [table],
            )
        ]

    def type_of(self, table: str, column: str) -> str:
        """The bare type with its collation, for a column that holds the same values and may be empty."""
        ((kind, charset, collation),) = self.rows(
            "SELECT column_type, character_set_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            [table, column],
        )
        return f"{as_text(kind)} CHARACTER SET {charset} COLLATE {collation}" if collation else as_text(kind)

    @property
    def quotes_defaults(self) -> bool:
        """Whether the structure says a column's default as one would write it."""
        return self.connection.mysql_is_mariadb

    def table_with_column(self, column: str) -> str:
        """ "" where there is none."""
        found = self.rows(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = %s",
            [column],
        )
        return found[0][0] if found else ""

    def may_be_empty(self, table: str, column: str) -> bool:
        ((nullable,),) = self.rows(
            "SELECT is_nullable FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            [table, column],
        )
        return nullable == "YES"

    def change_indexes(self, table: str, extra: list[str], missing: dict) -> list[str]:
        """One statement that drops `extra` and makes `missing` (name → [kind, columns]); none where both are empty."""
        changes = [f"DROP INDEX {self.quote(name)}" for name in extra]
        for name, (kind, parts) in missing.items():
            columns = ", ".join(re.sub(r"^(\w+)", lambda found: self.quote(found[1]), part) for part in parts)
            changes.append(f"ADD {'UNIQUE ' if kind == 'UNIQUE' else ''}INDEX {self.quote(name)} ({columns})")
        return [f"ALTER TABLE {self.quote(table)} {', '.join(changes)}"] if changes else []

    def counters(self) -> dict[str, int]:
        """Table → its next automatic number."""
        return dict(
            self.rows(
                "SELECT table_name, auto_increment FROM information_schema.tables"
                " WHERE table_schema = DATABASE() AND auto_increment IS NOT NULL"
            )
        )

    def counter(self, table: str) -> int | None:
        return self.counters().get(table)

    def set_counter(self, table: str, value: int) -> list[str]:
        return [f"ALTER TABLE {self.quote(table)} AUTO_INCREMENT = {int(value)}"]

    def copy(self, table: str, name: str, columns: list[str], key: list[str]) -> list[str]:
        """Statements that copy columns of `table` into the new table `name`; may be repeated."""
        unique = f" (PRIMARY KEY ({', '.join(map(self.quote, key))}))" if key else ""
        taken = ", ".join(map(self.quote, columns))
        return [
            f"DROP TABLE IF EXISTS {self.quote(name)}",
            f"CREATE TABLE {self.quote(name)}{unique} AS SELECT {taken} FROM {self.quote(table)}",
        ]

    def fill_column(self, table: str, column: str, source: str, value: str, key: list[str]) -> str:
        """One joined UPDATE: `table.column` = `source.value` where the keys agree."""
        on = " AND ".join(f"t.{self.quote(k)} = a.{self.quote(k)}" for k in key)
        return (
            f"UPDATE {self.quote(table)} t JOIN {self.quote(source)} a ON {on}"
            f" SET t.{self.quote(column)} = a.{self.quote(value)}"
        )

    def drop_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> str:
        """Deletes rows of `table` that refer to a row which is gone."""
        on, filled = self.reference_conditions(columns, target_columns)
        return (
            f"DELETE t FROM {self.quote(table)} t LEFT JOIN {self.quote(target)} p ON {on}"
            f" WHERE {filled} AND p.{self.quote(target_columns[0])} IS NULL"
        )

    def empty_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> str:
        """Empties references of `table` to rows which are gone."""
        on, filled = self.reference_conditions(columns, target_columns)
        emptied = ", ".join(f"t.{self.quote(column)} = NULL" for column in columns)
        return (
            f"UPDATE {self.quote(table)} t LEFT JOIN {self.quote(target)} p ON {on}"
            f" SET {emptied} WHERE {filled} AND p.{self.quote(target_columns[0])} IS NULL"
        )

    def count_orphans(self, table: str, columns: list[str], target: str, target_columns: list[str]) -> int:
        on, filled = self.reference_conditions(columns, target_columns)
        return self.rows(
            f"SELECT COUNT(*) FROM {self.quote(table)} t LEFT JOIN {self.quote(target)} p ON {on}"
            f" WHERE {filled} AND p.{self.quote(target_columns[0])} IS NULL"
        )[0][0]

    def reference_conditions(self, columns: list[str], target_columns: list[str]) -> tuple[str, str]:
        """(rows t and p belong together, t refers to something at all)."""
        pairs = zip(columns, target_columns, strict=True)
        on = " AND ".join(f"t.{self.quote(own)} = p.{self.quote(theirs)}" for own, theirs in pairs)
        return on, " AND ".join(f"t.{self.quote(column)} IS NOT NULL" for column in columns)

    @contextmanager
    def references_checked(self) -> Iterator[None]:
        """For data migrations, which are written for a database that refuses orphans and follows cascades."""
        self.run("SET SESSION foreign_key_checks=1")
        try:
            yield
        finally:
            self.run("SET SESSION foreign_key_checks=0")

    # --- what is in it

    def checksum(self, table: str, columns: dict[str, str], order: dict[str, str]) -> tuple[int, str]:
        """Number of rows and an order-free sum over them. `columns` is name → how it is compared ("text", "number",
        "cast"), `order` is name → what it is sorted by."""
        parts = []
        for name, way in sorted(columns.items(), key=lambda item: order[item[0]]):
            value = self.quote(name) + (" + 0e0" if way == "number" else "")
            parts.append(f"IFNULL(CONCAT('=', {value}), '-')")
        text = f"CONCAT_WS('|', {', '.join(parts)})" if parts else "''"
        # CRC32 is three times as fast as MD5; its sum, unlike an exclusive or, sees two equal rows. Only one: making
        # the text takes most of the time.
        total = f"HEX(SUM(CRC32({text})))"
        ((rows, found),) = self.rows(f"SELECT COUNT(*), COALESCE({total}, '') FROM {self.quote(table)}")
        return rows, found

    def sizes(self) -> dict[str, int]:
        """Table → bytes, about."""
        return {
            name: int(size or 0)
            for name, size in self.rows(
                "SELECT table_name, data_length + index_length FROM information_schema.tables"
                " WHERE table_schema = DATABASE()"
            )
        }

    def size_of(self, table: str) -> int | None:
        return self.sizes().get(table)

    def version(self) -> str:
        return self.rows("SELECT VERSION()")[0][0]

    # --- who stands in the way

    def backend(self) -> int:
        return self.rows("SELECT CONNECTION_ID()")[0][0]

    def open_transactions(self) -> list[str]:
        """Other sessions with an open transaction in this database, oldest first, in words."""
        try:
            found = self.rows(
                "SELECT p.id, p.user, p.host, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.command, p.info"
                " FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                " ON p.id = t.trx_mysql_thread_id WHERE p.id <> CONNECTION_ID() AND p.db = DATABASE()"
                " ORDER BY t.trx_started"
            )
        except OperationalError:  # without the PROCESS right nobody else is seen
            return []
        return [
            f"connection {number}, {user}@{host}, transaction open for {seconds} s, "
            + (f"running {info[:80]}" if info else "idle")
            for number, user, host, seconds, _, info in found
        ]

    def wait_for_tables(self, tables: list[str]) -> None:
        """Returns once no other session uses `tables`; raises the database's own lock error after LOCK_WAIT_S."""
        here = set(self.all_tables())
        wanted = [table for table in tables if table in here]
        if wanted:
            try:
                self.run("LOCK TABLES " + ", ".join(f"{self.quote(table)} WRITE" for table in wanted))
            finally:
                self.run("UNLOCK TABLES")

    def is_lock_wait(self, error: Exception) -> bool:
        return bool(error.args) and error.args[0] == LOCK_WAIT

    def is_done_already(self, error: Exception) -> bool:
        """A key that is to be made is there, or one that is to go is gone."""
        return bool(error.args) and error.args[0] in (DUPLICATE_KEY_NAME, NO_SUCH_KEY)

    def is_row_too_large(self, error: Exception) -> bool:
        return bool(error.args) and error.args[0] == ROW_TOO_LARGE

    def rebuild(self, table: str) -> None:
        """Clears what instant changes left behind: after 32 of them ADD COLUMN fails with 1118."""
        self.run(f"ALTER TABLE {self.quote(table)} FORCE")

    # --- one at a time

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """True while this connection holds the lock of this database. It ends with the connection, however it ends:
        also only after a statement that a killed client left running, which makes it a barrier."""
        name = self.lock_name()
        got = self.rows("SELECT GET_LOCK(%s, 0)", [name])[0][0] == 1
        try:
            yield got
        finally:
            if got:
                try:
                    self.rows("SELECT RELEASE_LOCK(%s)", [name])
                except Error:
                    self.connection.close()  # with it the lock ends, if it has not already

    def lock_name(self) -> str:
        return f"release.{self.connection.settings_dict['NAME']}"[:64]

    def is_locked_by_us(self) -> bool:
        return self.rows("SELECT IS_USED_LOCK(%s) = CONNECTION_ID()", [self.lock_name()])[0][0] == 1

    def lock_holder(self) -> str:
        found = self.rows(
            "SELECT p.id, p.user, p.host, p.time, p.info FROM information_schema.processlist p"
            " WHERE p.id = IS_USED_LOCK(%s)",
            [self.lock_name()],
        )
        if not found:
            return "a connection that this user may not see"
        number, user, host, seconds, info = found[0]
        return f"connection {number}, {user}@{host}, " + (
            f"for {seconds} s in: {info[:120]}" if info else "between statements"
        )


def without_reference_keys(lines: list[str]) -> list[str]:
    """Lines of a definition without plain keys on just the columns of a reference.

    The server makes such a key by itself, and takes it away again when another one can serve, unless somebody once
    wrote it out (a dump does). That memory cannot be read, so two equal tables may differ in it.
    """
    served = {match[1] for line in lines if (match := REFERENCE.match(line))}
    return [line for line in lines if not ((match := PLAIN_KEY.match(line)) and match[1] in served)]


def as_text(value):
    return value.decode() if isinstance(value, bytes) else value


def is_missing_table(error: Exception) -> bool:
    return bool(error.args) and error.args[0] == NO_SUCH_TABLE
