"""Rows that a rollback took away and keeps (releases): a person is in them, too, in tables that no model knows.

Such a row is the person's where its key or a reference is one of the person's, or where it has a word of the person.
It is deleted: nothing that came back with the next release would hold anybody. Columns that were parked in their table
under another name are emptied.
"""

from dataclasses import dataclass

from django.db.models import F

from privacy import tables
from privacy.subjects import Subject, learn_row, model_of
from releases.models import Archive
from releases.names import ARCHIVE_PREFIX

# How a reference to a person's row is called: the table that it leads to, by its model.
REFERENCES = {
    "customer_id": "customers.Customer",
    "order_id": "workorders.WorkOrder",
    "visit_id": "workorders.Visit",
    "candidate_id": "customers.LocationCandidate",
    "correction_id": "customers.LocationCorrection",
}


@dataclass(frozen=True)
class Kept:
    """A table without a model: what it was (empty where nobody knows), its columns, and its key."""

    name: str
    was: str
    columns: list[tables.Column]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def texts(self) -> list[str]:
        return [column.name for column in self.columns if column.is_text]


def archived() -> list[Kept]:
    present = tables.all_tables()
    known = tables.models_by_table()
    journal = {}
    if Archive._meta.db_table in present:
        journal = {row.name: row for row in Archive.objects.exclude(way=Archive.Way.PARKED)}
    found = []
    for table in present:
        if table not in known:
            row = journal.get(table)
            key = tuple(row.key) if row else ("id",)
            found.append(Kept(table, row.table if row else "", tables.columns_of(table), key))
    return found


def condition(kept: Kept, subject: Subject) -> tuple[str, list]:
    """Which rows of the table are the person's."""
    parts, parameters = [], []
    by_key = {}
    owner = tables.models_by_table().get(kept.was)
    if owner and len(kept.key) == 1 and kept.key[0] in kept.names:
        by_key[kept.key[0]] = subject.keys.get(owner._meta.label, [])
    for column, label in REFERENCES.items():
        if column in kept.names:
            by_key[column] = subject.keys.get(label, [])
    by_key = {column: keys for column, keys in by_key.items() if keys}
    if by_key:
        sql, values = tables.among(by_key)
        parts.append(sql)
        parameters += values
    if subject.canaries and kept.texts:
        sql, values = tables.matching(kept.texts, subject.canaries.number_pattern)
        parts.append(sql)
        parameters += values
    return " OR ".join(parts) or "1 = 0", parameters


def rows_in(kept: Kept, subject: Subject) -> list[dict]:
    return tables.select(kept.name, kept.names, *condition(kept, subject))


def learn(subject: Subject) -> None:
    """Words of the person that only an archive still has."""
    for kept in archived():
        for row in rows_in(kept, subject):
            learn_row(subject.canaries, row)


def erase_archived(subject: Subject) -> dict[str, tuple[int, int]]:
    """Delete the person's archived rows and empty their parked columns: table → (found, changed)."""
    report = {}
    for kept in archived():
        where, parameters = condition(kept, subject)
        found = tables.count(kept.name, where, parameters)
        if found:
            tables.execute(f"DELETE FROM {tables.quote(kept.name)} WHERE {where}", parameters)
            forget(kept.name, found)
            report[kept.name] = (found, found)
    return report | erase_parked(subject)


def forget(name: str, rows: int) -> None:
    """The journal of releases counts what is still kept."""
    if Archive._meta.db_table in tables.all_tables():
        Archive.objects.filter(name=name).update(rows=F("rows") - rows)


def erase_parked(subject: Subject) -> dict[str, tuple[int, int]]:
    report = {}
    for label, keys in subject.keys.items():
        options = model_of(label)._meta
        parked = [c for c in tables.columns_of(options.db_table) if c.name.startswith(ARCHIVE_PREFIX)]
        if not parked or not keys:
            continue
        where, parameters = tables.among({options.pk.column: keys})
        for column in parked:
            empty = "NULL" if column.may_be_null else "''" if column.is_text else "0"
            name = tables.quote(column.name)
            sql = f"UPDATE {tables.quote(options.db_table)} SET {name} = {empty} WHERE {where}"
            report[f"{options.db_table}.{column.name}"] = (len(keys), tables.execute(sql, parameters))
    return report
