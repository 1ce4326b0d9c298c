"""Tables as they stand in the database, whatever the models say: their columns, and looking for words in them."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from releases.databases import database_of

NUMBERS = ("int", "bool", "real", "double", "float", "decimal", "numeric", "date", "time", "year", "uuid")
BOOKKEEPING = ("django_migrations",)


@dataclass(frozen=True)
class Column:
    name: str
    type: str  # the database's own, lower case
    may_be_null: bool

    @property
    def is_text(self) -> bool:
        """Whatever can hold words: text, JSON, keys that are text, blobs."""
        return not any(self.type.startswith(word) or word in self.type for word in NUMBERS)


def all_tables() -> list[str]:
    return sorted(set(database_of(connection).all_tables()) - set(BOOKKEEPING))


def columns_of(table: str) -> list[Column]:
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(
                "SELECT column_name, column_type, is_nullable FROM information_schema.columns"
                " WHERE table_schema = DATABASE() AND table_name = %s ORDER BY ordinal_position",
                [table],
            )
            return [Column(name, kind.lower(), null == "YES") for name, kind, null in cursor.fetchall()]
        cursor.execute(f"PRAGMA table_info({quote(table)})")
        return [Column(row[1], row[2].lower(), not row[3] and not row[5]) for row in cursor.fetchall()]


def quote(name: str) -> str:
    return connection.ops.quote_name(name)


def models_by_table() -> dict[str, type]:
    """Table → model, for all models of all apps; tables of many-to-many fields count as their owner's."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def select(table: str, columns: list[str], where: str, parameters: list) -> list[dict]:
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(table)} WHERE {where}", parameters)
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def count(table: str, where: str, parameters: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {quote(table)} WHERE {where}", parameters)
        return cursor.fetchone()[0]


def execute(sql: str, parameters: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def matching(columns: list[str], pattern: str) -> tuple[str, list]:
    """The condition that one of these columns has what `pattern` looks for, and its parameters."""
    return " OR ".join(f"{quote(name)} REGEXP %s" for name in columns), [pattern] * len(columns)


def among(columns: dict[str, list]) -> tuple[str, list]:
    """The condition that one of these columns is one of its keys, and its parameters. Keys are numbers or UUIDs."""
    parts, parameters = [], []
    for name, keys in columns.items():
        texts = [key.hex if hasattr(key, "hex") and not isinstance(key, float) else key for key in keys]
        texts += [str(key) for key in keys if hasattr(key, "hex")]  # MariaDB 10.7 writes UUIDs with hyphens
        parts.append(f"{quote(name)} IN ({', '.join(['%s'] * len(texts))})")
        parameters += texts
    return " OR ".join(parts), parameters


def black_out(table: str, columns: list[str], pattern: str, word: str) -> int:
    """Put `word` in the place of whatever matches; the number of values changed."""
    changed = 0
    for name in columns:
        if connection.vendor == "mysql":
            fresh = f"REGEXP_REPLACE({quote(name)}, %s, %s)"
        else:
            connection.connection.create_function("findgo_black_out", 3, substitute, deterministic=True)
            fresh = f"findgo_black_out({quote(name)}, %s, %s)"
        sql = f"UPDATE {quote(table)} SET {quote(name)} = {fresh} WHERE {quote(name)} REGEXP %s"
        changed += execute(sql, [pattern, word, pattern])
    return changed


def substitute(text, pattern: str, word: str):
    """For SQLite, which knows no REGEXP_REPLACE."""
    return text if text is None else re.sub(pattern, word, str(text))
