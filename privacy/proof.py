"""The proof: every text and JSON column of every table as it stands in the database, and every file, is searched.

`left` must be 0 after an erasure: the service number anywhere, any other word in free text, in tables without a model
and in files. `shared` are words that other people's own rows have for reasons of their own: a namesake, a family's
phone, two lines in one house. They are told and stay.
"""

from dataclasses import dataclass, field

from django.db.models import TextField
from django.db.models.functions import Cast

from privacy import folders, tables
from privacy.canaries import HIDDEN, Canaries
from privacy.map import HOLDS, NOBODY
from privacy.ways import Way


@dataclass
class Proof:
    left: dict[str, int] = field(default_factory=dict)  # table or file → rows or places
    shared: dict[str, int] = field(default_factory=dict)
    tables: int = 0
    columns: int = 0
    files: int = 0

    @property
    def total(self) -> int:
        return sum(self.left.values())

    def as_dict(self) -> dict:
        return {
            "left": self.left,
            "shared": self.shared,
            "tables": self.tables,
            "columns": self.columns,
            "files": self.files,
        }


def search(canaries: Canaries) -> Proof:
    proof = Proof()
    for table in tables.all_tables():
        search_table(table, canaries, proof)
    for path in folders.files():
        proof.files += 1
        found = folders.hits(path, canaries.pattern)
        if found:
            proof.left[str(path)] = found
    return proof


def search_table(table: str, canaries: Canaries, proof: Proof) -> None:
    texts = [column.name for column in tables.columns_of(table) if column.is_text]
    proof.tables += 1
    proof.columns += len(texts)
    if not texts:
        return
    free = free_texts(table, texts)
    where, parameters = tables.matching(texts, canaries.number_pattern)
    if free and canaries.other_pattern:
        more, values = tables.matching(free, canaries.other_pattern)
        where, parameters = f"{where} OR {more}", parameters + values
    found = tables.count(table, where, parameters)
    if found:
        proof.left[table] = found
    others = [name for name in texts if name not in free]
    if others and canaries.other_pattern:
        same = tables.count(table, *tables.matching(others, canaries.other_pattern))
        if same:
            proof.shared[table] = same


def free_texts(table: str, texts: list[str]) -> list[str]:
    """The columns in which nobody but this person should be named so; all of a table that has no model."""
    model = tables.models_by_table().get(table)
    if model is None:
        return texts
    word = HOLDS.get(model._meta.label) or NOBODY.get(model._meta.label)
    return [name for name in texts if word is None or name in word.texts]


def black_out_mentions(canaries: Canaries, word: str) -> dict[str, int]:
    """Free text of other rows in which the person is mentioned: table → values changed."""
    changed = {}
    for table in tables.all_tables():
        texts = [column.name for column in tables.columns_of(table) if column.is_text]
        number = tables.black_out(table, free_texts(table, texts), canaries.pattern, word)
        if number:
            changed[table] = number
    return changed


def customers_of_hidden(table: str) -> set[int]:
    """Whose rows of this table have a word blacked out, now or before: their phones show these texts, too."""
    model = tables.models_by_table().get(table)
    held, customers = HOLDS.get(model._meta.label) if model else None, set()
    for way in held.by if held else ():
        if isinstance(way, Way):
            for name in held.texts:
                rows = model._default_manager.annotate(written=Cast(name, TextField())).filter(written__contains=HIDDEN)
                customers |= set(rows.order_by().values_list(way.path, flat=True))
    return customers - {None}
