"""A row of any model, filled with what its columns need: for tests that walk all tables."""

import itertools
import uuid
from datetime import date

from django.db.models import Model
from django.utils import timezone

numbers = itertools.count(1)
# Columns that a check constraint or their meaning asks more of than their type.
BY_NAME = {"lat": -6.9, "lon": 107.6, "period": 202610, "grade": "A", "role": "ADMIN"}
BY_TYPE = {
    "BooleanField": lambda: False,
    "CharField": lambda: f"x{next(numbers)}",
    "DateField": lambda: date(2026, 11, 10),
    "DateTimeField": timezone.now,
    "FloatField": lambda: 5.0,
    "JSONField": list,
    "TextField": lambda: "x",
    "UUIDField": uuid.uuid4,
}


def fill(model: type[Model], known: dict[type[Model], Model], **given) -> Model:
    """A new row with `given`; what it must refer to besides is of `known` (model → row), or is made and added there."""
    for field in model._meta.concrete_fields:
        is_filled = field.name in given or field.has_default() or field.null
        if is_filled or field.get_internal_type() == "BigAutoField":
            continue
        if field.remote_field:
            given[field.name] = of_kind(field.remote_field.model, known)
        else:
            given[field.name] = value_for(field)
    return model.objects.create(**given)


def of_kind(model: type[Model], known: dict) -> Model:
    if model not in known:
        known[model] = model.objects.first() or fill(model, known)
    return known[model]


def value_for(field):
    if field.name in BY_NAME:
        return BY_NAME[field.name]
    if field.choices:
        return field.choices[0][0]
    return BY_TYPE.get(field.get_internal_type(), lambda: next(numbers))()
