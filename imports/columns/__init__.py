"""Columns that clean themselves.

Every cleaner takes a polars Series of text (null = nothing written) and returns a `Column`: `value`, a Series of its
type, and `reason`, a String Series with a word where the text could not be taken (then the value is null). What is
missing has neither value nor reason, except in `service_number`, where it has the reason `no_nd`. No cleaner ever
guesses.
"""

from imports.columns.column import Column
from imports.columns.dates import Moment, day, moment, period
from imports.columns.numbers import decimal, money, service_number
from imports.columns.phones import phone
from imports.columns.points import Point, point
from imports.columns.words import bill_status, flag, lookup, text, username

__all__ = [
    "Column", "Moment", "Point", "bill_status", "day", "decimal", "flag", "lookup", "moment", "money", "period",
    "phone",
    "point", "service_number", "text", "username",
]  # fmt: skip
