"""No personal data in application logs: seeded words, everything that logs, and a search through what it wrote."""

import io
import logging
import runpy
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from gunicorn.config import Config

from common.plain_logs import PlainFormatter, WithoutQueries
from findgo.env import BASE_DIR
from tests.imports.feeds import BILLING, feed  # noqa: F401
from tests.privacy.people import ADDRESS, EMAIL, LAT, LON, NAME, NUMBER, make_person

pytestmark = pytest.mark.django_db

SECRET = "geheim" * 7 + "1"
WORDS = ("Kartika", "Canari", "0813", "90007777", "9000-7777", "62813", NUMBER, EMAIL, str(LAT), str(LON), SECRET)
OURS = ("accounts", "common", "customers", "dashboard", "exports", "field", "findgo", "history", "imports", "privacy")


@pytest.fixture
def log(monkeypatch):
    """What the site's own handler writes, as it is set up in the settings; ours at DEBUG, all others at WARNING."""
    handler = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, PlainFormatter))
    written = io.StringIO()
    before = handler.setStream(written)
    levels = {name: logging.getLogger(name).level for name in (*OURS, "workorders", "regions", "releases")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    handler.setStream(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def person(cast, places):
    return make_person(cast)


def assert_silent(log, *, expected: str) -> None:
    said = log.getvalue()
    assert expected in said, "nothing was written, so nothing is proven"
    assert [word for word in WORDS if word in said] == [], said


ASKED = [
    f"?q={quote(NAME)}",
    "?q=0813-9000-7777",
    f"?near={LAT},{LON}",
    f"?near={quote(NAME)}",
    f"?{quote(NAME)}=1",
    f"?cursor={quote(NAME)}",
    f"{quote(NAME)}/?q={NUMBER}",
]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("path", ["/api/v1/customers/", "/api/v1/workorders/", "/api/v1/visits/"])
def test_what_was_asked_of_the_api_is_in_no_log(person, cast, as_phone, log, path, asked):
    as_phone(cast.supervisor).get(path + asked)
    as_phone(cast.supervisor).get("/api/v1/nowhere/")

    assert_silent(log, expected="Not Found: /^api/.*$")


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("path", ["/customers/", "/orders/", "/visits/", "/orders/download.csv", "/access/"])
def test_what_was_asked_of_a_page_is_in_no_log(person, cast, as_user, log, path, asked):
    answer = as_user(cast.admin).get(path + asked)
    list(answer.streaming_content if answer.streaming else ())
    as_user(cast.admin).get(f"/{quote(NAME)}/{quote('Señora ' + NAME)}/")

    assert_silent(log, expected="Not Found: an unknown address")


def test_what_was_sent_is_in_no_log(person, cast, as_phone, log):
    client = as_phone(cast.agent)
    path = f"/api/v1/visits/{person.visit.pk}/"
    client.put(path, {"note": NAME, "order": NUMBER, NAME: ADDRESS})
    client.generic("PUT", path, f'{{"note": "{NAME}'.encode(), content_type="application/json")
    client.generic("PUT", path, NAME.encode(), content_type="text/plain")
    client.post("/api/v1/auth/login/", {"username": NAME, "password": PASSWORD})

    assert_silent(log, expected="Bad Request: /api/v1/visits/<any_uuid:visit>/")


PASSWORD = f"0813-9000-7777 {EMAIL}"


def test_a_customers_secret_link_is_in_no_log(person, log):
    Client().get(f"/p/{SECRET}/")

    assert_silent(log, expected="Not Found: /p/<str:token>/")


def test_a_forged_form_and_a_foreign_host_are_in_the_log_without_what_they_said(person, cast, log):
    Client(enforce_csrf_checks=True).post(f"/sign-in/?next=/{quote(NAME)}/", {"username": NAME})
    Client().get("/sign-in/", headers={"Host": "kartika-canari.example"}, HTTP_HOST="Kartika.Canari.example")

    assert_silent(log, expected="Forbidden")
    assert "DisallowedHost" in log.getvalue()


@pytest.mark.urls("tests.privacy.failing")
@pytest.mark.parametrize(
    "path, expected",
    [
        ("/fails/locals/", "ValueError"),
        ("/fails/twice/", "IntegrityError"),
        ("/fails/chain/", "IntegrityError (1062)"),
        ("/api/v1/fails/busy/", "OperationalError (1205)"),
        ("/api/v1/fails/broken/", "Error"),
    ],
)
def test_a_view_that_fails_tells_where_and_not_what(person, cast, log, path, expected):
    client = Client(raise_request_exception=False)
    client.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
    with transaction.atomic():
        answer = client.get(f"{path}?q={quote(NAME)}")
        transaction.set_rollback(True)

    assert answer.status_code in (500, 503)
    assert_silent(log, expected=expected)
    assert "failing.py" in log.getvalue() and "Traceback" in log.getvalue()
    assert NAME not in answer.content.decode()


def test_an_import_writes_no_value_to_a_log(person, log, feed):  # noqa: F811
    feed("billing", BILLING, f"{NUMBER};{NAME};x;{ADDRESS};0813-9000-7777")
    logging.getLogger("imports").warning("done")

    assert_silent(log, expected="done")


def test_the_server_of_make_run_writes_lines_without_queries():
    record = logging.LogRecord("django.server", logging.INFO, "", 0, '"%s" %s', (f"GET /?q={NAME} HTTP/1.1", 200), None)
    WithoutQueries().filter(record)

    assert record.getMessage().startswith('"GET /?…') and "Kartika" not in record.getMessage()


def test_gunicorn_tells_of_a_broken_answer_without_its_address_and_values():
    written = io.StringIO()
    logger = runpy.run_path(str(BASE_DIR / "deploy/gunicorn.conf.py"))["logger_class"](Config())
    logger.error_log.handlers = [logging.StreamHandler(written)]
    try:
        raise ValueError(NAME)
    except ValueError:
        logger.exception("Error handling request %s", f"/customers/download.csv?q={quote(NAME)}")
    logger.warning(f"Invalid request from ip=1.2.3.4: Invalid HTTP request line: 'GET /?q={quote(NAME)} HTTP/9'")

    assert "ValueError" in written.getvalue() and "download.csv?…" in written.getvalue()
    assert "Kartika" not in written.getvalue()


def test_the_log_formats_of_the_servers_have_no_queries():
    gunicorn = runpy.run_path(str(BASE_DIR / "deploy/gunicorn.conf.py"))
    nginx = (BASE_DIR / "deploy/nginx/findgo.conf").read_text()
    form = nginx.split("log_format without_queries", 1)[1].split(";", 1)[0]

    assert gunicorn["accesslog"] is None
    assert not {"$request ", "$request_uri", "$args", "$http_referer", "$query_string"} & set(
        form.replace('"', " ").split()
    )
    assert '"$request"' not in form and "$uri" in form
    assert nginx.count("access_log /var/log/nginx/findgo.log without_queries;") == 2 and "error_log" in nginx
