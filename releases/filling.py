"""Rows for what a release made and nobody has used yet: a rehearsal on empty tables would prove nothing."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db import DatabaseError, models, transaction

ROWS = 20
DAY = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)


def fill(alias: str, apps, fresh: dict[str, set[str] | None]) -> dict[str, int]:
    """Fills what is empty. `fresh` is table → its new columns, or None for a table that is new itself; `apps` are the
    models of the structure that stands. Returns table → rows that were written."""
    made = {}
    for model in in_order_of_references(apps.get_models(include_auto_created=True), fresh):
        table = model._meta.db_table
        rows = model._base_manager.using(alias)
        if fresh[table] is None:
            if not rows.exists():
                made[table] = insert(alias, model)
        else:
            made[table] = update(alias, model, fresh[table])
    return {table: count for table, count in made.items() if count}


def in_order_of_references(found, fresh: dict) -> list[type[models.Model]]:
    """Those that are referred to first."""
    left = [model for model in found if model._meta.db_table in fresh and model._meta.managed and not model._meta.proxy]
    ordered: list[type[models.Model]] = []
    while left:
        waiting = {model._meta.db_table for model in left}
        free = [m for m in left if not (targets(m) - {m._meta.db_table}) & waiting] or left[:1]
        ordered += free
        left = [model for model in left if model not in free]
    return ordered


def targets(model) -> set[str]:
    return {f.related_model._meta.db_table for f in model._meta.local_concrete_fields if f.remote_field}


def insert(alias: str, model) -> int:
    return sum(kept(alias, lambda n=n: create(alias, model, n)) for n in range(1, ROWS + 1))


def create(alias: str, model, n: int) -> None:
    fields = [
        f for f in model._meta.local_concrete_fields if not isinstance(f, (models.AutoField, models.GeneratedField))
    ]
    values = {field.attname: value_of(alias, field, n) for field in fields}
    model._base_manager.using(alias).bulk_create([model(**values)])


def update(alias: str, model, columns: set[str]) -> int:
    """Writes the new columns of the first rows, where they hold nothing."""
    count = 0
    fields = [f for f in model._meta.local_concrete_fields if f.column in columns]
    fields = [f for f in fields if f.null and not isinstance(f, models.GeneratedField)]
    rows = model._base_manager.using(alias)
    for field in fields:
        if rows.filter(**{f"{field.name}__isnull": False}).exists():
            continue
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS])
        for n, key in enumerate(keys, start=1):
            value = value_of(alias, field, n, empty=False)
            count += kept(alias, lambda k=key, f=field, v=value: rows.filter(pk=k).update(**{f.attname: v}))
    return count


def kept(alias: str, write) -> bool:
    """False where a check or a unique key refuses the row: it is one of many."""
    try:
        with transaction.atomic(using=alias):
            write()
    except DatabaseError:
        return False
    return True


def value_of(alias: str, field, n: int, *, empty: bool = True):
    """The n-th value of its kind; nothing now and then where nothing is allowed."""
    if field.remote_field:
        target = field.target_field
        keys = target.model._base_manager.using(alias).order_by(target.attname).values_list(target.attname, flat=True)
        found = list(keys[:ROWS])
        return found[(n - 1) % len(found)] if found else None
    if field.null and empty and n % 3 == 0:
        return None
    if field.choices:
        return field.flatchoices[n % len(field.flatchoices)][0]
    kind = field.get_internal_type()
    most = field.max_length or 40
    match kind:
        case "BooleanField":
            return n % 2 == 0
        case "BinaryField":
            return bytes([n])
        case "DateField":
            return date(2001, 2, 3) + timedelta(days=n)
        case "DateTimeField":
            return DAY + timedelta(seconds=n)
        case "TimeField":
            return time(1, 2, n % 60)
        case "DurationField":
            return timedelta(seconds=n)
        case "UUIDField":
            return uuid.UUID(int=n)
        case "JSONField":
            return {"n": n}
        case "GenericIPAddressField":
            return f"10.0.0.{n}"
        case "DecimalField":
            return Decimal(n)
        case "FloatField":
            return n + 0.5
        case _ if "Integer" in kind:
            return n
        case _:
            return f"uji {n} é"[:most]
