"""A column of a table: where its value comes from, what it is, and what of it is personal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from customers.masking import phones_in_table


@dataclass(frozen=True)
class Column:
    """`field` is read with `values()`; `words` turns codes into labels; `kind` tells how to write it.

    Kinds: text, code (digits that are no number), number, money (rupiah), metres, degrees, day, moment, period,
    grade, state, phones, yes (yes or no), flags. `mask` is for who may not see names; `phones` follow their own rule.
    """

    key: str
    header: str
    field: str
    kind: str = "text"
    words: Mapping[str, str] | None = None
    mask: Callable[[str], str] | None = None
    is_sortable: bool = False

    def read(self, row: dict, *, zone: str, is_masked: bool, are_phones_whole: bool):
        """The value for people: labelled, masked where it must be, moments in the zone of the row's own witel."""
        value = row[self.field]
        if value is None:
            return None
        if self.kind == "flags":
            return ", ".join((self.words or {}).get(flag, flag) for flag in value)
        if self.words is not None:
            return self.words.get(value, value)
        if self.kind == "moment":
            return value.astimezone(ZoneInfo(row[zone]))
        if self.kind == "phones":
            return phones_in_table(value, is_masked=is_masked, is_whole=are_phones_whole)
        if is_masked and self.mask is not None:
            return self.mask(value)
        return value
