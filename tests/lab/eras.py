"""The lab's models before and after its release, and which column of the one is which of the other."""

from dataclasses import replace
from functools import cached_property

from django.db import models
from django.db.migrations import RenameField, RenameModel, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader

from tests.lab.values import Room

BASE = ("lab", "0001_base")


class Eras:
    """Historical models of both sides, read from the migration files and not from the database."""

    def __init__(self):
        self.loader = MigrationLoader(None)
        self.last = self.loader.graph.leaf_nodes("lab")[0]

    @cached_property
    def before(self):
        return self.loader.project_state(BASE).apps

    @cached_property
    def after(self):
        return self.loader.project_state(self.last).apps

    @cached_property
    def renamed(self) -> tuple[dict, dict]:
        """New model name → old one, and (new model name, new column) → old column."""
        tables, columns = {}, {}
        for node in self.loader.graph.forwards_plan(self.last):
            for operation in flat(self.loader.graph.nodes[node].operations):
                if isinstance(operation, RenameModel):
                    tables[operation.new_name_lower] = operation.old_name_lower
                if isinstance(operation, RenameField):
                    columns[operation.model_name_lower, operation.new_name_lower] = operation.old_name_lower
        return tables, columns

    def old_name(self, model) -> str:
        return self.renamed[0].get(model._meta.model_name, model._meta.model_name)

    def old_column(self, field) -> str:
        return self.renamed[1].get((field.model._meta.model_name, field.name), field.name)

    @cached_property
    def pairs(self) -> dict:
        """(old model name, old column) → its field before (or None) and its field after (or None)."""
        pairs = {(m._meta.model_name, f.name): (f, None) for m in tables(self.before) for f in columns(m)}
        for model in tables(self.after):
            for field in columns(model):
                key = self.old_name(model), self.old_column(field)
                pairs[key] = (pairs.get(key, (None, None))[0], field)
        return pairs

    def pair(self, field) -> tuple:
        return self.pairs[self.old_name(field.model), self.old_column(field)]

    def room(self, field) -> Room:
        """What a value of this column has to fit now, so that both the release and its rollback are possible."""
        old, new = self.pair(field)
        room = Room.of(field)
        if old and new:
            room = room.within(Room.of(new if field is old else old))
            if field is old:
                room = replace(room, null=old.null)
        return room

    def invents(self, model) -> bool:
        """Whether a new row here would need a value on the way back that nobody ever gave."""
        gone = [old for (name, _), (old, new) in self.pairs.items() if name == self.old_name(model) and old and not new]
        return any(not (f.null or f.generated or f.has_default() or f.has_db_default()) for f in gone)


def flat(operations):
    """Operations as the state sees them, those inside others too."""
    for operation in operations:
        yield operation
        if isinstance(operation, SeparateDatabaseAndState | RunSQL):
            yield from flat(operation.state_operations)


def tables(apps) -> list:
    return ordered([model for model in apps.get_models() if model._meta.app_label == "lab"])


def ordered(found_models) -> list:
    """Models with a table of their own, each after those that it links to."""
    waiting = [m for m in found_models if m._meta.managed and not m._meta.proxy]
    found = []
    while waiting:
        ready = [m for m in waiting if not {f.related_model for f in columns(m) if f.is_relation} & set(waiting) - {m}]
        found += ready
        waiting = [m for m in waiting if m not in ready]
    return found


def columns(model) -> list:
    return [f for f in model._meta.local_concrete_fields if not isinstance(f, models.CompositePrimaryKey)]
