"""What a batch did, row by row, so that it can be taken back.

Bulk creation is written as a range of keys; everything else by watching: the rows of a query before and after.
Columns that follow from others (arrears, an order's point and priority) are left out; undoing recomputes them.
"""

import datetime
import uuid
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet

from common.batches import batched
from imports.models import Batch, JournalEntry

DERIVED = {
    "customers.customer": {"unpaid_months", "unpaid_amount"},
    "workorders.workorder": {
        "lat",
        "lon",
        "mq",
        "grade",
        "priority",
        "attempts",
        "last_visit_on",
        "atk_risk",
        "atk_reasons",
        "advice",
    },
}


def label(model: type[Model]) -> str:
    return model._meta.label_lower


def columns_of(model: type[Model]) -> list[str]:
    """The columns that the journal keeps of a table: all but the derived ones."""
    left_out = DERIVED.get(label(model), set())
    return [column.attname for column in model._meta.concrete_fields if column.attname not in left_out]


def snapshot(rows: QuerySet) -> dict[str, dict]:
    """Key → column values as JSON keeps them."""
    names, key = columns_of(rows.model), rows.model._meta.pk.attname
    return {
        str(row[key]): {name: as_json(value) for name, value in row.items()} for row in rows.order_by().values(*names)
    }


def as_json(value):
    if isinstance(value, (datetime.date, datetime.datetime, uuid.UUID)):
        return str(value) if isinstance(value, uuid.UUID) else value.isoformat()
    return value


@dataclass
class Journal:
    """The journal of one chunk. `batch` owns the rows; `cause` is the batch that is running."""

    batch: Batch
    cause: Batch
    watched: list[tuple[QuerySet, dict]] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)

    def created(self, model: type[Model], first_key, last_key) -> None:
        """The batch created the rows of `model` from one key to another that carry its number."""
        self.entries.append(self.entry(model, str(first_key), str(last_key)))

    def watch(self, rows: QuerySet) -> None:
        """Note these rows as they are now; `write` compares them with what they have become."""
        self.watched.append((rows, snapshot(rows)))

    def watch_keys(self, model: type[Model], keys: list) -> None:
        for some in batched(keys, 2000):
            self.watch(model.objects.filter(pk__in=some))

    def write(self) -> None:
        """One entry for each row that is not as it was first seen, however often it was watched."""
        first_seen: dict[tuple, dict | None] = {}
        now: dict[tuple, dict | None] = {}
        for rows, before in self.watched:
            after = snapshot(rows.all())
            for key in before.keys() | after.keys():
                first_seen.setdefault((rows.model, key), before.get(key))
                now[rows.model, key] = after.get(key)
        for (model, key), before in first_seen.items():
            if before != now[model, key]:
                entry = self.entry(model, key, key)
                entry.before, entry.after = before, now[model, key]
                self.entries.append(entry)
        JournalEntry.objects.bulk_create(self.entries, batch_size=500)
        self.watched, self.entries = [], []

    def entry(self, model, first_key: str, last_key: str) -> JournalEntry:
        return JournalEntry(
            batch=self.batch, cause=self.cause, table=label(model), first_key=first_key, last_key=last_key
        )
