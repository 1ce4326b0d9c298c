"""Logs without people: what was asked for, searched and stored stays out of them.

Two leaks are closed here: the path and query of a request (a name somebody searched, a customer's secret link), and the
text of an exception (`Duplicate entry '131…'`, `could not convert 'Budi'`). A trace keeps its lines of code, its types
and the database's number: enough to find the fault.
"""

import logging
import re
import traceback

QUERY = re.compile(r"\?[^\s'\"<>]*")
# Errors whose text is a number and a sentence of the database; others may say anything.
OF_DATABASE = re.compile(r"^\((?P<number>[0-9]+),")


def without_queries(text: str) -> str:
    """`GET /orders/?q=Budi HTTP/1.1` → `GET /orders/?… HTTP/1.1`."""
    return QUERY.sub("?…", text)


def said_by(error: BaseException) -> str:
    """The type of an exception, with the database's number where it has one."""
    number = OF_DATABASE.match(str(error))
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name} ({number['number']})" if number else name


class PlainFormatter(logging.Formatter):
    """Traces by lines of code and types; the texts of exceptions are left out."""

    def formatException(self, info) -> str:
        _, error, _ = info
        lines, seen = [], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
            lines.insert(0, f"Traceback (most recent call last):\n{frames}{said_by(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nbefore that, or because of it:\n".join(lines)

    def format(self, record) -> str:
        record.exc_text = None  # another handler may have kept the full text
        text = super().format(record)
        record.exc_text = None
        return text


class PlainRequests(logging.Filter):
    """For `django.request` and `django.security.…`: the route of an address in the place of the address."""

    def filter(self, record) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an unknown address"
            spellings = (path, path.encode("unicode_escape").decode("ascii"))
            record.args = tuple(route if arg in spellings else arg for arg in record.args)
        if record.name.startswith("django.security.") and record.exc_info:
            record.msg, record.args = record.name.rpartition(".")[2], ()  # its text quotes the request
        return True


class WithoutQueries(logging.Filter):
    """For servers that write the line of a request."""

    def filter(self, record) -> bool:
        record.msg, record.args = without_queries(record.getMessage()), ()
        return True
