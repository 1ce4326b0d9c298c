"""Moves whole frames into tables: LOAD DATA LOCAL on MySQL and MariaDB, executemany on SQLite."""
import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from django.db import OperationalError, connection

# What a temporary table's columns are called in each database. Text compares by its bytes, so that a name
# whose capitals changed counts as changed; `key` compares like the product's own columns, so that joins use indexes.
TYPES = {
    "sqlite": {"int": "INTEGER", "float": "REAL", "text": "TEXT", "key": "TEXT", "date": "TEXT", "datetime": "TEXT"},
    "mysql": {
        "int": "BIGINT",
        "float": "DOUBLE",
        "text": "VARCHAR(1000) COLLATE utf8mb4_bin",
        "key": "VARCHAR(190)",
        "date": "DATE",
        "datetime": "DATETIME(6)",
    },
}
# MySQL and MariaDB: LOAD DATA LOCAL is switched off on the server or in the driver.
NO_LOCAL_INFILE = frozenset({1148, 2068, 3948, 3950, 4166})


def is_mysql() -> bool:
    return connection.vendor == "mysql"


def differs(left: str, right: str) -> str:
    """SQL that is true when two expressions differ, NULL being an ordinary value."""
    return f"NOT ({left} <=> {right})" if is_mysql() else f"{left} IS NOT {right}"


def create_stage(name: str, columns: Mapping[str, str], *, key: str) -> None:
    """A temporary table of this connection: `columns` name → one of TYPES; `key` is its primary key.

    Creating it commits nothing: neither database ends a transaction for a temporary table.
    """
    types = TYPES["mysql" if is_mysql() else "sqlite"]
    body = ", ".join(f"{column} {types[kind]}" for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP {'TEMPORARY ' if is_mysql() else ''}TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({body}, PRIMARY KEY ({key}))")


def drop_stage(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP {'TEMPORARY ' if is_mysql() else ''}TABLE IF EXISTS {name}")


def load_rows(table: str, frame: pl.DataFrame) -> None:
    """Insert all rows of `frame` into `table`; the frame's columns name the table's."""
    if frame.is_empty():
        return
    if is_mysql():
        try:
            load_data_local(table, frame)
            return
        except OperationalError as error:
            if error.args[0] not in NO_LOCAL_INFILE:
                raise
    insert_rows(table, frame)


def as_database_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates, times and truth values as both databases write them; times in UTC."""
    return frame.with_columns(
        pl.selectors.boolean().cast(pl.Int8),
        pl.selectors.date().dt.strftime("%Y-%m-%d"),
        pl.selectors.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.6f"),
    )


def load_data_local(table: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(frame.columns)
    with tempfile.TemporaryDirectory(prefix="findgo-") as folder:
        path = Path(folder) / "rows.csv"
        # Every text is quoted, so that a bare \N can only be our NULL and never somebody's street.
        escaped = as_database_text(frame).with_columns(pl.selectors.string().str.replace_all("\\", "\\\\", literal=True))
        escaped.write_csv(path, include_header=False, null_value="\\N", quote_style="non_numeric")
        with connection.cursor() as cursor:
            cursor.execute(
                f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {table} CHARACTER SET utf8mb4 "
                "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '\\\\' "
                f"LINES TERMINATED BY '\\n' ({columns})"
            )


def insert_rows(table: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(frame.columns)
    marks = ", ".join(["%s"] * len(frame.columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", as_database_text(frame).rows())


def read_rows(sql: str, parameters=()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def execute(sql: str, parameters=()) -> int:
    """Run one statement; the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def update_from(table: str, source: str, *, on: str, columns: Mapping[str, str], where: str = "1=1", parameters=()) -> int:
    """UPDATE `table` t from `source` s joined `on`; `columns` name → expression over s and t."""
    if is_mysql():
        setters = ", ".join(f"t.{name} = {value}" for name, value in columns.items())
        return execute(f"UPDATE {table} t JOIN {source} ON {on} SET {setters} WHERE {where}", parameters)
    setters = ", ".join(f"{name} = {value}" for name, value in columns.items())
    return execute(f"UPDATE {table} AS t SET {setters} FROM {source} WHERE ({on}) AND ({where})", parameters)
