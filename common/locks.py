"""One at a time, across processes: a named lock of the database, or of a file beside an SQLite database."""

import fcntl
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from common.problems import Problem


class Busy(Problem):
    code, status, message = "busy", 409, "Another run of this is under way. Wait for it to end, then try again."


@contextmanager
def only_one(name: str):
    """Hold the lock `name`, or raise Busy at once. The lock ends with the process, however it ends."""
    if connection.vendor == "mysql":
        with database_lock(f"findgo.{name}"):
            yield
    elif "memory" in str(connection.settings_dict["NAME"]):
        yield  # a database inside this process has nobody else
    else:
        with file_lock(Path(f"{connection.settings_dict['NAME']}.{name}.lock")):
            yield


@contextmanager
def database_lock(name: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(CONCAT(DATABASE(), %s), 0)", [name])
        if cursor.fetchone()[0] != 1:
            raise Busy()
        try:
            yield
        finally:
            cursor.execute("SELECT RELEASE_LOCK(CONCAT(DATABASE(), %s))", [name])


@contextmanager
def file_lock(path: Path):
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy() from error
        yield


@contextmanager
def turn_to_write():
    """SQLite has one writer at a time, and who waits for it sleeps and asks again: up to 100 ms too long, in no order.
    Waiting for a lock of a file beside it wakes the next one at once. Other databases need none of it.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or "memory" in name:
        yield
        return
    with Path(f"{name}.writer.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
