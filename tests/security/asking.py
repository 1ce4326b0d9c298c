"""Asks one request and takes back what it did: the answer in a comparable form, and whether a row was written."""

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from tests.untouched import business_models, rows_of
from tests.workorders.pictures import metadata
from workorders.models import DeviceClock, Operation, Quarantine

WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|LOAD|ALTER|DROP|CREATE|TRUNCATE)\b", re.IGNORECASE)
# What a refused request may write: that somebody looked, was here, or guessed. business_rows() leaves the last two out.
TRACES = re.compile(r"\b(?:history_access|accounts_device|django_session|axes_\w+|field_\w+)\b")
# What a phone pushes is kept whatever it says, of its own agent: table → the way to him.
LEDGERS = {Operation: "agent", Quarantine: "agent", DeviceClock: "device__user"}
SECRET = re.compile(r"[A-Za-z0-9]{64}")  # Django's CSRF token is another one each time
# Another one each time; the body, whose length may tell the length of what was asked for, is compared itself.
PER_REQUEST = {"X-Request-ID", "Content-Length"}


@dataclass(frozen=True)
class Answer:
    """`bytes` is the status, the headers and the body without what echoes the id that was asked for."""

    status: int
    bytes: str
    body: str
    has_written: bool


def ask(client, method: str, url: str, query: dict, body, echo, *, headers=None, ledger_of=None) -> Answer:
    """`echo` is what stands in the place of the id, in the path or elsewhere: taken out of the answer.

    Of a pushing agent (`ledger_of`) his own ledger counts as nothing written: there a refusal is kept.
    """
    where = f"{url}?{urlencode(query)}" if query else url
    kept = client.cookies.output()  # a message for the next page must not be told by the next request
    with taken_back(ledger_of) as wrote:
        started = time.monotonic()
        if isinstance(client, APIClient):
            response = client.generic(method, where, *json_of(client, body), headers=written(headers or {}))
        elif method == "POST":
            response = client.post(where, body or {})
        else:
            response = client.generic(method, where)
        raw = b"".join(response.streaming_content) if response.streaming else response.content
        assert time.monotonic() - started < 30, f"{method} {where} took too long"
    client.cookies.clear()
    client.cookies.load(kept.replace("Set-Cookie: ", ""))
    text = raw.decode("utf-8", "replace")
    headers = sorted(f"{name}: {value}" for name, value in response.items() if name not in PER_REQUEST)
    cookies = sorted(morsel.OutputString() for name, morsel in response.cookies.items() if name != "csrftoken")
    whole = "\n".join([str(response.status_code), *headers, *cookies, text])
    for word in sorted({where, url, str(echo)} if len(str(echo)) > 8 else {where, url}, key=len, reverse=True):
        for form in (quote(word), quote(word, safe=""), word):
            whole, text = whole.replace(form, "‹asked›"), text.replace(form, "‹asked›")
    return Answer(response.status_code, SECRET.sub("‹secret›", whole), text, bool(wrote))


def json_of(client: APIClient, body) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/offset+octet-stream"
    return client._encode_data(body, "json") if body is not None else (b"", "application/octet-stream")


def written(headers: dict) -> dict:
    """Headers as they are sent; a dictionary in the place of a value is what tus calls metadata."""
    return {
        name: value if isinstance(value, str) else metadata(**value) if isinstance(value, dict) else str(value)
        for name, value in headers.items()
    }


@contextmanager
def taken_back(ledger_of=None):
    """What happens inside is undone; yields the statements that wrote business rows, filled at the end."""
    suspects, changed = [], []

    def watch(execute, sql, params, many, context):
        if WRITES.match(sql) and not TRACES.search(sql.split("WHERE")[0]):
            suspects.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        # A conditional update that finds nothing writes nothing: the tables themselves say. Only those that a statement
        # names, since no table has triggers or cascades.
        with connection.execute_wrapper(watch):
            yield changed
        named = [model for model in business_models() if any(model._meta.db_table in sql for sql in suspects)]
        after = {model: rows_but(ledger_of, model) for model in named}
        transaction.set_rollback(True)
    if any(after[model] != before(ledger_of, model) for model in named):
        changed += suspects


_before: dict = {}


def before(ledger_of, model) -> tuple[int, str]:
    """The rows that every request finds, since each is taken back."""
    key = (ledger_of if model in LEDGERS else None), model
    if key not in _before:
        _before[key] = rows_but(*key)
    return _before[key]


def rows_but(ledger_of, model) -> tuple[int, str]:
    """The model's rows, without the ledger of this user."""
    mine = {LEDGERS[model]: ledger_of} if ledger_of is not None and model in LEDGERS else None
    return rows_of(model, model.objects.exclude(**mine) if mine else None)


def note_rows() -> None:
    """Before the first request."""
    _before.clear()
    assert_as_noted()


def assert_as_noted() -> None:
    changed = [model._meta.label for model in business_models() if rows_but(None, model) != before(None, model)]
    assert not changed, f"rows changed in {changed}"


def browser(user) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def phone(access: str | None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if access:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client
