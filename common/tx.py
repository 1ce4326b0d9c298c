"""Runs a function in a transaction, and again when the database says that trying again is right."""

import random
import time
from collections.abc import Callable, Hashable, Iterable
from contextlib import contextmanager
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from common.locks import turn_to_write

T = TypeVar("T")

# MySQL and MariaDB: lock wait timeout, deadlock, record changed since it was read; and where several servers are one
# (Galera), an error while committing.
RETRIABLE = frozenset({1205, 1213, 1020, 1180})
# The connection is gone, or its server is not ready: cannot connect, server gone, connection lost, shutting down,
# connection killed, no quorum (Galera). A commit whose answer was lost may have happened.
LOST = frozenset({2002, 2003, 2006, 2013, 1053, 1927, 1047})
ATTEMPTS = 6
PATIENCE_S = 8.0  # a phone waits longer, a worker must not


def is_lost(error: Exception) -> bool:
    """Whether the connection itself is of no use any more."""
    return isinstance(error, InterfaceError) or (bool(error.args) and error.args[0] in LOST)


def is_retriable(error: Exception) -> bool:
    number = error.args[0] if error.args else None
    return is_lost(error) or number in RETRIABLE or "database is locked" in str(error)


def in_transaction(work: Callable[[], T]) -> T:
    """`work()` in one transaction; all of it again, with back-off, on a deadlock or a lost connection.

    A commit whose answer was lost may have happened, so `work` must be safe to repeat: ids made by the client.
    Inside another transaction it runs once, since only the outermost can be repeated. What `before_commit` collected
    is done last.
    """
    if is_collecting():
        return work()
    if connection.in_atomic_block:  # somebody else's, as the admin's: it commits later, and only it can be repeated
        with transaction.atomic(), last_steps():
            return work()
    began = time.monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with turn_to_write(), transaction.atomic(durable=True), last_steps():
                return work()
        except (OperationalError, InterfaceError) as error:
            if not is_retriable(error) or attempt == ATTEMPTS or time.monotonic() - began > PATIENCE_S:
                raise
            if is_lost(error):
                connection.close()
            time.sleep(random.uniform(0.02, 0.1) * 2**attempt)
    raise AssertionError("unreachable")


def before_commit(step: Callable[[set], None], keys: Iterable[Hashable]) -> None:
    """Have `step` run once with all keys that were collected for it, as the last thing before the transaction commits.

    What locks rows that everybody needs (the counters of the feed) holds them for so short a time. Outside of
    `in_transaction` it runs at once.
    """
    keys = set(keys)
    if not keys:
        return
    if is_collecting():
        connection.findgo_last_steps.setdefault(step, set()).update(keys)
    else:
        step(keys)


def is_collecting() -> bool:
    return getattr(connection, "findgo_last_steps", None) is not None


@contextmanager
def last_steps():
    """Collects what `before_commit` is given; runs it at the end, unless there was an exception."""
    connection.findgo_last_steps = {}
    try:
        yield
        steps = connection.findgo_last_steps
        while steps:
            step = next(iter(steps))
            step(steps.pop(step))
    finally:
        connection.findgo_last_steps = None
