"""Runs a function in a transaction, and again when the database says that trying again is right."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")

# MySQL and MariaDB: lock wait timeout, deadlock, record changed, server gone, lost connection, not ready (Galera).
RETRIABLE = frozenset({1205, 1213, 1020, 2006, 2013, 1047})
ATTEMPTS = 4


def is_retriable(error: OperationalError) -> bool:
    number = error.args[0] if error.args else None
    return number in RETRIABLE or "database is locked" in str(error)


def in_transaction(work: Callable[[], T]) -> T:
    """`work()` in one transaction; all of it again, with back-off, on a deadlock or a lost connection.

    A commit whose answer was lost may have happened, so `work` must be safe to repeat: ids made by the client.
    Inside another transaction it runs once, since only the outermost can be repeated.
    """
    if connection.in_atomic_block:
        return work()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == ATTEMPTS or not is_retriable(error):
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0.02, 0.1) * 2**attempt)
    raise AssertionError("unreachable")
