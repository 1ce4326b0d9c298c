"""A filtered, sorted table with chosen columns: what a screen pages through and what a file holds."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import Q

from common.problems import Invalid
from exports.columns import Column
from exports.nouns import Noun

CHUNK_ROWS = 2_000


class Selection:
    """`asked` is a query string's content: filters by name, `sort` (`-balance`), `columns` (keys, comma between).

    Telephone numbers are masked for everybody, also in files; the console alone asks for whole ones.
    """

    def __init__(self, noun: Noun, user, asked: Mapping[str, str], *, are_phones_whole: bool = False):
        self.noun, self.user, self.are_phones_whole = noun, user, are_phones_whole
        self.is_masked = not user.may("see_names")
        self.filters = noun.filters(asked, noun.rows(user), user=user)
        self.columns = chosen_columns(noun, asked.get("columns", "") or usual_columns(noun, user))
        self.sort = asked.get("sort", "") if is_sort(noun, asked.get("sort", "")) else noun.sort

    def check(self) -> None:
        """Raise Invalid where a filter has a value that it cannot have: a file never holds more than was asked for."""
        if not self.filters.is_valid():
            raise Invalid(**{name: list(errors) for name, errors in self.filters.errors.items()})

    @cached_property
    def queryset(self):
        """All rows, in no order. A filter that makes no sense finds nothing."""
        rows = self.filters.qs if self.filters.is_valid() else self.filters.queryset.none()
        return rows.order_by()

    @property
    def sort_field(self) -> str:
        return self.noun.column(self.sort.lstrip("-")).field

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    def count(self, most: int) -> int:
        """The number of rows, or `most` when there are at least that many: the cost has a limit."""
        return self.queryset.values("pk")[:most].count()

    def fields(self) -> list[str]:
        needed = [
            "pk",
            self.noun.opens,
            self.sort_field,
            self.noun.zone,
            *self.noun.point,
            *(column.field for column in self.columns),
        ]
        return list(dict.fromkeys(needed))

    def rows_after(self, row: dict | None, size: int, *, backwards: bool = False) -> list[dict]:
        """The next `size` rows behind `row` (before it, when backwards), in the table's order."""
        descending = self.is_descending != backwards
        rows = self.queryset
        if row is not None:
            rows = rows.filter(beyond(self.sort_field, row[self.sort_field], row["pk"], descending, backwards))
        order = [f"{'-' if descending else ''}{self.sort_field}", "-pk" if backwards else "pk"]
        found = list(rows.order_by(*order).values(*self.fields())[:size])
        return found[::-1] if backwards else found

    def find(self, key: str) -> dict | None:
        """A row of the table by its primary key, to go on from; None when it is not, or no longer, in sight."""
        try:
            return self.noun.rows(self.user).filter(pk=key).order_by().values(*self.fields()).first()
        except (ValueError, OverflowError, ValidationError):  # no number, no UUID
            return None

    def rows(self) -> Iterator[dict]:
        """All rows, read in chunks: a cursor over everything would be buffered whole by MariaDB's client."""
        last = None
        while chunk := self.rows_after(last, CHUNK_ROWS):
            yield from chunk
            last = chunk[-1]

    def read(self, row: dict) -> list:
        """The row's values for people, one per column."""
        how = {"zone": self.noun.zone, "is_masked": self.is_masked, "are_phones_whole": self.are_phones_whole}
        return [column.read(row, **how) for column in self.columns]

    def column_words(self) -> str:
        """What of each row is taken, for the access log: it says whether names, numbers or houses were among it."""
        keys = [column.key for column in self.columns]
        return "columns=" + ("all" if len(keys) == len(self.noun.columns) else ",".join(keys))

    def description(self) -> str:
        """The filter in words for the access log; what was searched for may be a name and stays out."""
        given = self.filters.form.cleaned_data if self.filters.is_valid() else {}
        parts = [f"{name}={value}" for name, value in given.items() if value not in (None, "", False) and name != "q"]
        return " ".join([*parts, *(["q"] if given.get("q") else [])])


def beyond(field: str, value, key, descending: bool, backwards: bool) -> Q:
    """Rows behind the one with this sort value and key. Both databases sort NULL before everything else."""
    step = "lt" if backwards else "gt"
    tie = Q(**{f"pk__{step}": key})
    if field == "pk":
        return tie
    if value is None:
        same = Q(**{f"{field}__isnull": True}) & tie
        return same if descending else same | Q(**{f"{field}__isnull": False})
    side = "lt" if descending else "gt"
    further = Q(**{f"{field}__{side}": value}) | (Q(**{field: value}) & tie)
    if descending:
        return further | Q(**{f"{field}__isnull": True})
    return Q(**{f"{field}__gte": value}) & further  # the first half lets the index begin at the value


def is_sort(noun: Noun, sort: str) -> bool:
    column = noun.column(sort.removeprefix("-"))
    return column is not None and column.is_sortable


def usual_columns(noun: Noun, user) -> str:
    """Somebody who has one witel need not read its name in every row."""
    return ",".join(key for key in noun.shown if key != "witel" or not user.scope.witel_id)


def chosen_columns(noun: Noun, asked: str) -> tuple[Column, ...]:
    """The columns asked for in the noun's own order; unknown keys are left out, none that is known is the usual set."""
    keys = set(asked.split(","))
    found = tuple(column for column in noun.columns if column.key in keys)
    return found or tuple(column for column in noun.columns if column.key in noun.shown)
