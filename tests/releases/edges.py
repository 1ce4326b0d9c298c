"""Rows of edge values for every table of ours, made from the models as they are: a new column is never overlooked.

What a check constraint speaks of gets the values that the check itself names, so that the least and the greatest that
it allows stand there.
"""

import itertools
import random
import uuid

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from tests.lab.eras import ordered
from tests.lab.values import TEXTS, Room, edges

TRIES = 2000
TINY, GREAT = 5e-324, 1.7976931348623157e308
FLOATS = (0.0, -1.5, 0.1 + 0.2, -6.917464123456789, TINY, GREAT, -GREAT)


def our_models(folders) -> list:
    """Models of the apps with these migration folders that have a table, each after those that it links to."""
    labels = {folder.parent.name for folder in folders}
    return ordered([m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in labels])


def fill(found: list, *, rows: int) -> None:
    """`rows` more rows in each of these models' tables. The same at every call on an equal database."""
    for model in found:
        with transaction.atomic():
            Maker(model).make(rows)


class Maker:
    """Makes the rows of one table."""

    def __init__(self, model):
        self.model = model
        self.chance = random.Random(model._meta.label)
        self.fields = [
            f for f in model._meta.local_concrete_fields if not (f.generated or isinstance(f, models.AutoField))
        ]
        self.choices = {field.name: self.edges_of(field) for field in self.fields}
        self.checks = [
            Check(rule, self) for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)
        ]

    def make(self, rows: int) -> None:
        for number in range(rows):
            for _ in range(TRIES):
                row = self.row(number)
                if fits(row):
                    row.save_base(raw=True, force_insert=True)
                    break
            else:
                raise AssertionError(f"{self.model._meta.label}: no row of edge values keeps its constraints")

    def row(self, number: int) -> models.Model:
        """Each value of a column in its turn, then what the checks forbid is exchanged."""
        values = {field.name: self.value(field, number) for field in self.fields}
        for check in self.checks:
            values.update(check.allowed[number % len(check.allowed)])
        for _ in range(TRIES):
            broken = [c for c in self.checks if {name: values[name] for name in c.names} not in c.allowed]
            if not broken:
                break
            values.update(self.chance.choice(broken[0].allowed))
        return self.model(**{self.model._meta.get_field(name).attname: value for name, value in values.items()})

    def value(self, field, number: int):
        choices = self.choices[field.name]
        if field.unique or any(field.name in rule.fields for rule in self.uniques):
            return self.chance.choice(choices)
        return choices[(number + len(field.name)) % len(choices)]

    @property
    def uniques(self) -> list:
        return [rule for rule in self.model._meta.constraints if isinstance(rule, models.UniqueConstraint)]

    def edges_of(self, field) -> list:
        """Every edge of the column; None among them where it may be empty."""
        empty = [None] if field.null else []
        if field.is_relation:
            keys = field.related_model._base_manager.order_by("-pk").values_list("pk", flat=True)
            if field.unique:
                keys = keys.exclude(pk__in=self.model._base_manager.exclude(**{field.name: None}).values(field.name))
            return [*keys[:20], *empty]
        if field.choices:
            return [value for value, _ in field.flatchoices] + empty
        kind = field.get_internal_type()
        if "Integer" in kind:
            least, most = connection.ops.integer_field_range(kind)
            least, most = (-(2**63) if least is None else least), (2**63 - 1 if most is None else most)
            wide = range(1, 40) if field.unique else [1, 42]
            return [least, most, 0, *wide, *empty]
        if kind == "FloatField":
            return [*FLOATS, *empty]
        if kind == "UUIDField":
            return [uuid.UUID(int=self.chance.getrandbits(128), version=4) for _ in range(60)] + empty
        if field.unique and kind == "CharField":
            # The number goes first: some collations take two emoji for the same.
            texts = itertools.cycle([*TEXTS, "😀" * 255])
            return [f"{n:03d}{text}"[: field.max_length] for n, text in zip(range(60), texts, strict=False)]
        return edges(Room.of(field)) + empty


class Check:
    """A check constraint, and every combination of its columns' edges that it allows."""

    def __init__(self, rule, maker: Maker):
        model = maker.model
        named = list(leaves(rule.condition))
        self.names = sorted({name for name, _ in named})
        fields = [model._meta.get_field(name) for name in self.names]
        # Links are there or not: which one it is makes no difference to a check.
        own = [
            [*maker.choices[f.name][:1], *[None] * f.null] if f.is_relation else maker.choices[f.name] for f in fields
        ]
        ends = [[value for name, value in named if name == f.name and (f.null or value is not None)] for f in fields]
        self.allowed = []
        for values in itertools.product(*(distinct([*e, *o]) for e, o in zip(ends, own, strict=True))):
            row = dict(zip(self.names, values, strict=True))
            try:
                rule.validate(model, model(**{f.attname: row[f.name] for f in fields}))
            except ValidationError:
                continue
            self.allowed.append(row)


def leaves(condition) -> list:
    """(column, value that it is compared with) for every comparison inside a Q."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from leaves(child)
        else:
            name, _, lookup = child[0].partition("__")
            if lookup == "isnull":
                yield name, None
            elif lookup == "in":
                yield from ((name, value) for value in sorted(child[1]))
            elif isinstance(child[1], models.F):  # another column: both take their own edges
                yield from ((name, None), (child[1].name, None))
            else:
                yield name, child[1]


def distinct(values: list) -> list:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def fits(row: models.Model) -> bool:
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError:
        return False
    columns = [f for f in row._meta.local_concrete_fields if not (f.generated or isinstance(f, models.AutoField))]
    return all(field.null or getattr(row, field.attname) is not None for field in columns)
