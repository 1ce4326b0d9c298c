"""Statements of hot lists: compiled once from a queryset, run for any list of keys.

Building them took most of the time.
"""

from functools import cached_property

from django.db import connection
from django.db.models import QuerySet

ONE_KEY = "IN (%s)"


class KeyedStatement:
    """`make()` is a values_list queryset whose last condition is `…__in=[KEY]`; `fetch(keys)` answers its rows.

    Values come as the driver gives them: a boolean may be 0 or 1, a day may be text.
    """

    KEY = 0

    def __init__(self, make):
        self.make = make

    @cached_property
    def parts(self) -> tuple[str, str, tuple]:
        rows: QuerySet = self.make(self.KEY)
        sql, params = rows.query.sql_with_params()
        before, key, after = sql.rpartition(ONE_KEY)
        assert key and sql.count(ONE_KEY) == 1 and params[-1] == self.KEY, "the list of keys must be the last condition"
        return before, after, params[:-1]

    def fetch(self, keys: list[int]) -> list[tuple]:
        if not keys:
            return []
        before, after, params = self.parts
        marks = ", ".join(["%s"] * len(keys))
        with connection.cursor() as cursor:
            cursor.execute(f"{before}IN ({marks}){after}", [*params, *keys])
            return cursor.fetchall()
