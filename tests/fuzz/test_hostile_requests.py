"""What no honest client sends: the API refuses it in its one shape, the pages in theirs, and nothing breaks."""

import io
import itertools
import json
import os
import random
import sys
import time
from urllib.parse import unquote_to_bytes

import pytest
from django.test import Client

from tests.fuzz import corpus
from tests.fuzz.site import Site, sign_in
from tests.security.country import CURSORS, make_country

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]

# Of all that the corpus holds, a sample drawn by a fixed seed; a release sends everything.
API_REQUESTS, PHONE_REQUESTS, PAGE_REQUESTS = (
    (10**9, 10**9, 20_000) if os.environ.get("STORM") == "release" else (2_000, 800, 400)
)
TAKEN = {"applied", "duplicate", "held", "conflict", "quarantined"}
SHAPE = {"code", "message", "details"}


@pytest.fixture
def own(cast, journal_tables, tmp_path, settings):
    settings.MEDIA_ROOT = settings.EVIDENCE_DIR = tmp_path
    (tmp_path / "imports").mkdir()
    country = make_country(cast, tmp_path)
    return country.never | country.worlds["dewi"] | dict.fromkeys(CURSORS, "x")


def send(site: Site, method: str, where: str, headers: dict, body: bytes):
    """(status, headers, body) as a WSGI server passes the request on: bytes that it does not understand, as Latin-1."""
    path, _, query = where.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path.encode()).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
    } | headers
    told = {}
    content = b"".join(site(environ, lambda status, names: told.update(status=int(status[:3]), headers=dict(names))))
    return told["status"], told["headers"], content


def drawn(requests, most: int) -> list:
    requests = list(requests)
    return requests if len(requests) <= most else random.Random(26).sample(requests, most)


def tell(what: str, site: Site, started: float) -> None:
    said = ", ".join(f"{status}: {number}" for status, number in sorted(site.statuses.items()))
    sys.stderr.write(f"\n{site.count} hostile requests to {what} in {time.monotonic() - started:.0f} s ({said})\n")


def test_the_api_refuses_in_its_one_shape(cast, own):
    site, people, started, faults = Site(), itertools.cycle(sign_in(cast, own["phone"])), time.monotonic(), []
    for method, where, headers, body in drawn(corpus.api(own), API_REQUESTS):
        who = {f"HTTP_{name.upper()}": value for name, value in next(people).items()}
        status, names, content = send(site, method, where, who | headers, body)
        fault = fault_of(status, names, content, method) if where.startswith("/api/") else None
        if fault:
            faults.append(
                f"{fault}: {method[:20]} {where[:150]} {str(headers)[:120]} {body[:150]!r} → {status} {content[:150]!r}"
            )
    tell("the API", site, started)
    assert not faults, f"{len(faults)} of {site.count}:\n" + "\n".join(faults[:40])


@pytest.mark.parametrize("requests", [corpus.pushes, corpus.uploads])
def test_a_phone_is_answered_whatever_it_sends(cast, own, requests):
    site, started, faults = Site(), time.monotonic(), []
    who = {"HTTP_AUTHORIZATION": sign_in(cast, own["phone"])[1]["Authorization"]}
    for method, where, headers, body in drawn(requests(own), PHONE_REQUESTS):
        status, names, content = send(site, method, where, who | headers, body)
        fault = fault_of(status, names, content, method) if content or status not in (200, 201) else None
        fault = fault or (fault_of_results(body, content) if status == 200 and content else None)
        if fault:
            faults.append(
                f"{fault}: {method} {where} {str(headers)[:200]} {body[:700]!r} → {status} {content[-400:]!r}"
            )
    tell(f"the door of {requests.__name__}", site, started)
    assert site.statuses.keys() & {200, 201, 204}
    assert not faults, f"{len(faults)} of {site.count}:\n" + "\n".join(faults[:20])


def fault_of_results(body: bytes, content: bytes) -> str | None:
    """A push that was read has a result for each operation, and none of them says that the fault is ours."""
    results = json.loads(content)["results"]
    if len(results) != len(json.loads(body)["ops"]):
        return "another number of results"
    if any(result["status"] not in TAKEN for result in results):
        return "not taken"
    return "a fault of ours" if any(result["code"] == "server_error" for result in results) else None


def fault_of(status: int, names: dict, content: bytes, method: str) -> str | None:
    if status >= 500:
        return "a fault of ours"
    if method == "HEAD":
        return None  # the server drops the body
    if status in (204, 304):
        return "a body where none may be" if content else None
    kind = names.get("Content-Type", "")
    if status < 300 and not kind.startswith("application/json"):
        return (
            None
            if kind.startswith(
                ("application/vnd.oai.openapi", "text/html", "text/javascript", "application/javascript")
            )
            else "no JSON"
        )
    if not kind.startswith("application/json"):
        return "no JSON"
    said = json.loads(content)
    return "another shape" if status >= 300 and set(said) != SHAPE else None


def test_the_pages_never_break(cast, own):
    browser = Client()
    browser.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
    key = "k" * 32
    signed_in = {
        "HTTP_COOKIE": f"sessionid={browser.cookies['sessionid'].value}; csrftoken={key}",
        "HTTP_REFERER": "https://localhost/",
    }
    site, started, faults = Site(), time.monotonic(), []
    for method, where, headers, body in drawn(corpus.pages(own), PAGE_REQUESTS):
        status, _, _ = send(site, method, where, signed_in | {"HTTP_X_CSRFTOKEN": key} | headers, body)
        if status >= 500:
            faults.append(f"{method[:20]} {where[:200]} {str(headers)[:120]} {body[:150]!r} → {status}")
    tell("the pages", site, started)
    assert not faults, f"{len(faults)} of {site.count}:\n" + "\n".join(faults[:40])
