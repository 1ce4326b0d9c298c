"""Rows of edge values for the lab's tables, and what stands in them.

`fill(connection, stage="before")` after 0001, `fill(connection, stage="after")` after the last migration: values in
new columns and tables, other values in every second row, rows added. `dump(connection)` is what a database is compared
by with what it was.
"""

import hashlib
from decimal import Decimal

from django.db import models, transaction

from tests.lab.eras import Eras, columns, tables
from tests.lab.values import edge

LONG = 200


def fill(connection, *, rows: int = 12, stage: str) -> None:
    """Rows that both the schema before and the schema after can hold. The same at every call."""
    if stage not in ("before", "after"):
        raise ValueError(f"stage is before or after, not {stage!r}.")
    eras = Eras()
    apps = getattr(eras, stage)
    many_to_many = [field for model in tables(apps) for field in model._meta.local_many_to_many]
    between = {field.remote_field.through for field in many_to_many}
    filler = Filler(connection.alias, eras)
    with transaction.atomic(using=connection.alias):
        for model in tables(apps):
            if model in between:
                continue
            kept = stage == "after" and any(all(eras.pair(field)) for field in columns(model))
            if kept:
                filler.change(model)
            if not (kept and eras.invents(model)):
                filler.add(model, rows // 3 if kept else rows)
        for field in many_to_many:
            filler.link(field)


class Filler:
    """Writes into the tables of one database."""

    def __init__(self, alias: str, eras: Eras):
        self.alias, self.eras = alias, eras

    def rows(self, model):
        return model._base_manager.using(self.alias)

    def keys(self, model) -> list:
        """The primary keys that are there, in an order that does not depend on the database."""
        return sorted(self.rows(model).values_list("pk", flat=True), key=lambda key: (isinstance(key, str), key))

    def add(self, model, rows: int) -> None:
        keys = self.keys(model)
        first = max([key for key in keys if isinstance(key, int)], default=len(keys)) + 1
        if model._meta.parents:
            first = 1
        for number in range(first, first + rows):
            row = {field.attname: self.value(field, number, number) for field in columns(model) if not field.generated}
            if any(value is MISSING for value in row.values()):
                return
            model(**row).save_base(raw=True, using=self.alias, force_insert=True)

    def change(self, model) -> None:
        """Every second row gets other values, where a column may have them, and values in its new columns."""
        for number, key in enumerate(self.keys(model), start=1):
            if number % 2 == 0:
                fields = [f for f in columns(model) if not (f.primary_key or f.generated)]
                values = {f.attname: self.value(f, number, number + 3) for f in fields if self.may_change(f)}
                values = {name: value for name, value in values.items() if value is not MISSING}
                self.rows(model).filter(pk=key).update(**values)

    def may_change(self, field) -> bool:
        return self.eras.pair(field)[0] is None or not self.eras.room(field).unique

    def value(self, field, number: int, other: int):
        """The value of row `number`, where `other` picks one that need not be the row's own."""
        room = self.eras.room(field)
        if room.unique:
            other = number
        if isinstance(field, models.AutoField | models.BigAutoField):
            return number
        return self.target(field, room, other) if field.is_relation else edge(room, other)

    def target(self, field, room, number: int):
        if room.null and number % 4 == 0:
            return None
        keys = self.keys(field.related_model)
        if field.related_model is field.model:
            return keys[-1] if keys else None
        if not room.unique:
            return keys[number * 5 % len(keys)]
        return keys[number - 1] if number <= len(keys) else MISSING

    def link(self, field) -> None:
        """Every row but each fourth to two others, through the table between."""
        through = field.remote_field.through
        source, target = (through._meta.get_field(name).attname for name in ends(field))
        there = set(self.rows(through).values_list(source, target))
        sources, targets = self.keys(field.model), self.keys(field.related_model)
        for number, key in enumerate(sources, start=1):
            for step in (0, len(there) % 5 + 1) if number % 4 else ():
                pair = key, targets[(number + step) % len(targets)]
                if pair not in there:
                    there.add(pair)
                    more = {f.attname: self.value(f, number, number) for f in plain(through)}
                    through(**dict(zip((source, target), pair, strict=True)), **more).save_base(
                        raw=True, using=self.alias, force_insert=True
                    )


class MISSING:
    """No row is left that a unique link could go to."""


def ends(field) -> tuple[str, str]:
    return field.m2m_field_name(), field.m2m_reverse_field_name()


def plain(through) -> list:
    return [f for f in columns(through) if not (f.primary_key or f.is_relation)]


def dump(connection) -> dict[str, list]:
    """Every table of the lab, the migrations applied and the content types, as sorted rows of (column, value)."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        # SQLite makes a table anew under new__: one that stayed behind has to be seen.
        found = {name: rows_of(connection, name) for name in names if name.startswith(("lab_", "new__lab_"))}
        if "django_migrations" in names:
            found["django_migrations"] = rows_of(connection, "django_migrations", "app", "name")
        if "django_content_type" in names:
            found["django_content_type"] = rows_of(connection, "django_content_type", "app_label", "model")
    return dict(sorted(found.items()))


def rows_of(connection, table: str, *only: str) -> list[tuple]:
    quote = connection.ops.quote_name
    # With a plus SQLite gives what it stores, and not what the column's declared type makes of it.
    plus = "+" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quote(table)} LIMIT 0")
        names = only or [column[0] for column in cursor.description]
        cursor.execute(f"SELECT {', '.join(plus + quote(name) for name in names)} FROM {quote(table)}")
        rows = [tuple(sorted(zip(names, map(canonical, row), strict=True))) for row in cursor.fetchall()]
    return sorted(rows, key=repr)


def canonical(value):
    """Whole numbers, text and NULL as they are; all else as text with its type, and what is long by its digest."""
    if isinstance(value, bytes | bytearray | memoryview):
        value = f"x'{bytes(value).hex()}'"
    elif isinstance(value, Decimal):
        value = f"Decimal {value:f}"
    elif not isinstance(value, int | str | None):  # a float too: 1.0 would pass for 1
        value = f"{type(value).__name__} {value}"
    if isinstance(value, str) and len(value) > LONG:
        return f"{value[:20]}… {len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()}"
    return value
