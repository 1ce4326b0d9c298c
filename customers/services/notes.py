"""What the field knows of a customer: merged field by field, so that two agents who know different things agree."""

from dataclasses import dataclass, field
from datetime import datetime

from customers.models import Customer, FieldNote
from history.services import record


@dataclass
class Merged:
    """What became of a change: the version of the notes after it, and per field that differs what stands."""

    version: int
    written: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)


def notes_of(customer: Customer) -> dict:
    """`version`, and the value of each field that has one."""
    rows = list(customer.field_notes.all())
    return {"version": max((row.version for row in rows), default=0)} | {row.field: row.value for row in rows}


def merge_notes(
    *, customer: Customer, changes: dict[str, str], base: int, actor, now: datetime, is_latest: bool = True
) -> Merged:
    """Write each field that nobody else changed since version `base`; where one did, what stands stays and is told.

    Of one person the later word counts: `is_latest` says whether this is his. A base that we never had (a backup was
    restored) is as old as can be. Call it inside a transaction.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    rows = {row.field: row for row in FieldNote.objects.filter(customer=customer)}
    merged = Merged(max((row.version for row in rows.values()), default=0))
    for name, value in sorted(changes.items()):
        row = rows.get(name)
        is_changed = row is not None and (row.version > base or base > merged.version)
        if row is not None and row.value == value:
            continue
        if is_changed and row.actor_id != actor.pk:
            merged.conflicts[name] = row.value
        elif is_latest or not is_changed:
            merged.written.append(name)
    if merged.written:
        merged.version += 1
        write_notes(customer, {name: changes[name] for name in merged.written}, rows, merged.version, actor, now)
    return merged


def set_note(*, customer: Customer, name: str, value: str, actor, now: datetime) -> int:
    """Write one field, whatever stood there; the version of the notes after it. Call it inside a transaction."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    rows = {row.field: row for row in FieldNote.objects.filter(customer=customer)}
    version = max((row.version for row in rows.values()), default=0) + 1
    write_notes(customer, {name: value}, rows, version, actor, now)
    return version


def write_notes(customer: Customer, values: dict, rows: dict, version: int, actor, now: datetime) -> None:
    before = {name: rows[name].value if name in rows else None for name in values}
    for name, value in values.items():
        row = rows.get(name) or FieldNote(customer=customer, field=name)
        row.value, row.version, row.actor, row.changed_at = value, version, actor, now
        row.save()
    record(actor=actor, verb="note", target=customer, before=before, after=values)
