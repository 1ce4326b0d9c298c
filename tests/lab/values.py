"""Edge values for a column: what a rollback has to carry along without losing a bit of it."""

import datetime as dt
import uuid
import zlib
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models

TEXTS = (
    "",
    "plain",
    "50% off, %s and %%",
    'it\'s "quoted" and `ticked`',
    "back\\slash \\n \\",
    "two\nlines\r\n\tand a tab",
    "😀 ñ ü 漢字 👩‍👩‍👧",
    "NULL",
    "'; DROP TABLE lab_town; --",
    " spaces around ",
)
VERY_LONG = "line 1 of many, 100 % 😀\n" * 4000  # above the 64 KB that a plain TEXT column holds
BITS = {"SmallIntegerField": 15, "IntegerField": 31, "BigIntegerField": 63}
NARROW_FIRST = (*BITS, "CharField", "TextField")
UTC = dt.UTC
PLAIN_VALUES = {
    "BooleanField": (True, False),
    "DateField": (dt.date.min, dt.date(2024, 2, 29), dt.date(1969, 12, 31), dt.date.max),
    "DateTimeField": (
        dt.datetime.min.replace(tzinfo=UTC),
        dt.datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=UTC),
        dt.datetime(1969, 12, 31, 12, tzinfo=UTC),
        dt.datetime.max.replace(tzinfo=UTC),
    ),
    "TimeField": (dt.time.min, dt.time(12, 30), dt.time(0, 0, 0, 1), dt.time.max),
    "DurationField": (
        dt.timedelta(0),
        dt.timedelta(days=-1, microseconds=1),
        dt.timedelta(microseconds=2**63 - 1),
        dt.timedelta(microseconds=-(2**63)),
    ),
    "BinaryField": (b"", b"\0", b"'\0\\%s\"\x1a\r\n", bytes(range(256)), b"\xff\0" * 5000),
    "JSONField": (
        models.Value(None, models.JSONField()),  # JSON's null; SQL's NULL is the None that a nullable column gets
        {},
        [],
        "",
        0,
        False,
        {"a 'key' %": [1, None, "😀 \\ \n", {"deep": 1.5}], "b": 2**53},
    ),
}


@dataclass(frozen=True)
class Room:
    """What a column takes."""

    column: str
    kind: str
    null: bool = False
    unique: bool = False
    length: int | None = None
    digits: int | None = None
    places: int | None = None

    @classmethod
    def of(cls, field) -> "Room":
        meta = field.model._meta
        sets = [*meta.unique_together, *(rule.fields for rule in meta.constraints if hasattr(rule, "fields"))]
        sets.append([part.name for part in meta.pk_fields])
        return cls(
            column=field.name,
            kind=field.get_internal_type(),
            null=field.null,
            # The last column of a set is the one that tells its rows apart.
            unique=field.unique or field.name in {names[-1] for names in sets if names},
            length=field.max_length,
            digits=getattr(field, "max_digits", None),
            places=getattr(field, "decimal_places", None),
        )

    def within(self, other: "Room") -> "Room":
        """What both take: a value has to fit the column of the old release and that of the new one."""
        return replace(
            self,
            kind=min(self.kind, other.kind, key=breadth),
            null=self.null and other.null,
            unique=self.unique or other.unique,
            length=min(filter(None, [self.length, other.length]), default=None),
            digits=min(filter(None, [self.digits, other.digits]), default=None),
            places=min(filter(None, [self.places, other.places]), default=None),
        )


def breadth(kind: str) -> int:
    return NARROW_FIRST.index(kind) if kind in NARROW_FIRST else 0


def edge(room: Room, number: int):
    """The value of row `number`: the same at every call, and another for every row where the column is unique."""
    if room.column in ("size", "_order"):  # what the checks of the lab are about, and what Django counts on from
        return number % 10
    if room.kind == "UUIDField":
        return uuid.uuid5(uuid.NAMESPACE_OID, f"lab {number}")
    if room.unique:
        return unique_edge(room, number)
    values = [*edges(room), *([None] if room.null else [])]
    return values[(number + zlib.crc32(room.column.encode())) % len(values)]


def unique_edge(room: Room, number: int):
    if room.kind in BITS:
        values = edges(room)
        return values[number - 1] if number <= len(values) else number * 10
    # The number goes first: some collations take two emoji for the same.
    return f"{number:03d}{TEXTS[number % len(TEXTS)]}"[: room.length].ljust(room.length if number % 5 == 0 else 0, "x")


def edges(room: Room) -> list:
    if room.kind in BITS:
        top = 2 ** BITS[room.kind] - 1
        return [0, 1, -1, top, -top - 1, 42]
    if room.kind == "DecimalField":
        step = Decimal(1).scaleb(-room.places)
        top = Decimal(10) ** (room.digits - room.places) - step
        return [top, -top, Decimal(0), step, Decimal("12.30")]
    if room.kind == "CharField":
        return [*(text[: room.length] for text in TEXTS), "é" * room.length, "😀" * room.length]
    if room.kind == "TextField":
        return [*TEXTS, VERY_LONG] if room.length is None else edges(replace(room, kind="CharField"))
    return list(PLAIN_VALUES[room.kind])
