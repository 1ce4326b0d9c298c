"""What clients send, read strictly: query parameters, bodies, and the fields that several endpoints share."""

import math
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.geo import in_indonesia
from common.ids import read_id
from common.problems import Invalid

# Devices whose battery died say 1970; a date picker says 2199 at most.
FIRST_YEAR, LAST_YEAR = 1970, 2199
LARGEST_KEY = 2**63 - 1


def read_query(request, query: type[serializers.Serializer] | None = None) -> dict:
    """The validated query parameters; `Invalid` names every one that is unknown, repeated or absurd.

    An empty parameter counts as not given. Without a `query` no parameter is known.
    """
    fields = query().fields if query else {}
    wrong = {name: ["This parameter is not known here."] for name in request.query_params if name not in fields}
    for name, values in request.query_params.lists():
        if name in fields and len(values) > 1:
            wrong[name] = ["Give this parameter once."]
    if wrong:
        raise Invalid("Some parameters are not right.", **wrong)
    given = {name: value for name, value in request.query_params.items() if value.strip()}
    if query is None:
        return {}
    reader = query(data=given)
    if not reader.is_valid():
        raise Invalid("Some parameters are not right.", **reader.errors)
    return reader.validated_data


def read_body(request, body: type[serializers.Serializer]) -> dict:
    """The validated body; `Invalid` names every field that is unknown, missing or wrong. A body may be absent."""
    data = request.data
    if not data and not isinstance(data, list):
        data = {}
    if not isinstance(data, dict):
        raise Invalid("The body must be one JSON object.")
    reader = body(data=data)
    unknown = {name: ["This field is not known here."] for name in data if name not in reader.fields}
    if not reader.is_valid() or unknown:
        raise Invalid(**(dict(reader.errors) | unknown))
    return reader.validated_data


class FiniteField(serializers.FloatField):
    """A number; text, true and NaN are not."""

    def to_internal_value(self, data):
        if isinstance(data, (bool, str)) or not isinstance(data, (int, float)) or not math.isfinite(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class KeyField(serializers.IntegerField):
    """A row's number."""

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=LARGEST_KEY, **kwargs)


class IdField(serializers.UUIDField):
    """An id that the client makes."""

    def to_internal_value(self, data) -> UUID:
        try:
            return read_id(data)
        except ValueError:
            self.fail("invalid", value=data)


class Anything(serializers.Field):
    """Any JSON."""

    def to_internal_value(self, data):
        return data

    def to_representation(self, value):
        return value


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field):
    """A moment with its offset from UTC: `2026-11-23T08:42:00+07:00`."""

    def to_internal_value(self, data) -> datetime:
        try:
            moment = parse_datetime(data) if isinstance(data, str) and len(data) <= 40 else None
        except ValueError:
            moment = None
        if moment is None:
            raise serializers.ValidationError("Write a moment as 2026-11-23T08:42:00+07:00.")
        if moment.utcoffset() is None:
            raise serializers.ValidationError("Add the offset from UTC, as in 2026-11-23T08:42:00+07:00.")
        return self.within(moment)

    def within(self, moment: datetime) -> datetime:
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise serializers.ValidationError(f"A year from {FIRST_YEAR} to {LAST_YEAR - 1}.")
        return moment

    def to_representation(self, value):
        return value.isoformat()


class DayField(serializers.DateField):
    """A day, `2026-11-23`."""

    def to_internal_value(self, value):
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year < LAST_YEAR:
            raise serializers.ValidationError(f"A year from {FIRST_YEAR} to {LAST_YEAR - 1}.")
        return day


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}$", "examples": ["08:00"]})
class ClockField(serializers.TimeField):
    """A local time of day to the minute: `08:00`. OpenAPI's `time` would have seconds and an offset."""


@extend_schema_field({"type": "string", "pattern": r"^-?\d+(\.\d+)?,\d+(\.\d+)?$", "examples": ["-6.92,107.61"]})
class NearField(serializers.Field):
    """A point of Indonesia as `lat,lon` in degrees."""

    def to_internal_value(self, data):
        try:
            lat, lon = (float(part) for part in data.split(","))
        except ValueError as error:
            raise serializers.ValidationError("Write a point as lat,lon: -6.92,107.61") from error
        if not in_indonesia(lat, lon):
            raise serializers.ValidationError("This point lies outside Indonesia. Write it as lat,lon: -6.92,107.61")
        return lat, lon


@extend_schema_field(OpenApiTypes.STR)
class WordsField(serializers.Field):
    """Words of a fixed set, separated by commas."""

    def __init__(self, words, **kwargs):
        self.words = list(words)
        super().__init__(**kwargs)

    def to_internal_value(self, data) -> list[str]:
        given = data.split(",")
        strange = [word for word in given if word not in self.words]
        if strange:
            raise serializers.ValidationError(f"{strange[0][:40]} is none of {', '.join(self.words)}.")
        return sorted(set(given))


class Nothing(serializers.Serializer):
    """A body without fields."""


class ListQuery(serializers.Serializer):
    """Every list: how many rows, and from where."""

    limit = serializers.IntegerField(
        min_value=1, max_value=settings.API_MAX_PAGE_SIZE, default=settings.API_PAGE_SIZE, help_text="rows of a page"
    )
    cursor = serializers.CharField(
        max_length=1000, required=False, help_text="`next` of the page before; it belongs to one user and one filter"
    )
