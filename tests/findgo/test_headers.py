"""What every answer tells a browser, address by address of the URL map; and the settings of production."""

import os
import re
import secrets
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import resolve
from rest_framework.test import APIClient

from findgo.env import BASE_DIR
from tests.cast import PASSWORD
from tests.make import make_order
from tests.site_map import filled, routes

pytestmark = pytest.mark.django_db
ROUTES = sorted({route for route, _ in routes()})
# Reference data that everybody has alike, with an ETag, and what a monitor asks.
WITHOUT_PEOPLE = {"api/v1/dispositions/", "api/v1/regions/", "api/v1/rescue-steps/"}
FIELD_APP = {"app/", "app/sw.js", "app/manifest.webmanifest"}  # files of a build
SOURCES = ("default-src", "script-src", "style-src", "connect-src", "worker-src", "manifest-src", "img-src")
EXTERNAL = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=")


def directives(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, _, values in parts}


def check_headers(answer, route: str) -> None:
    headers, policy = answer.headers, directives(answer)
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    if "default-src 'none'" not in headers["Content-Security-Policy"]:
        assert all("'self'" in policy[name] for name in SOURCES)
    inline = {name for name, values in policy.items() if "unsafe" in values or "http" in values or "*" in values}
    assert inline == ({"style-src"} if route == "api/docs/" else set())
    if route in FIELD_APP:
        assert headers["Cache-Control"] == "no-cache"
    elif route not in WITHOUT_PEOPLE:
        assert "no-store" in headers["Cache-Control"]
    if "text/html" in headers.get("Content-Type", "") and route != "api/docs/":
        assert not EXTERNAL.findall(answer.content.decode())


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_has_its_headers(cast, as_user, as_phone, route):
    order = make_order(assignee=cast.agent)
    path = filled(route, order=order.pk, customer=order.customer_id, object_id=cast.agent.pk)
    clients = [as_user(cast.admin), Client()]
    if route.startswith("api/v1/"):
        clients += [as_phone(cast.agent), APIClient()]
    answers = [client.get(path) for client in clients]
    assert all(answer.status_code < 500 for answer in answers)
    for answer in answers:
        check_headers(answer, route)


def test_the_map_is_walked():
    assert {"api/v1/me/", "sign-in/", "phones/", "admin/", "p/<str:token>/", "health/live/"} <= set(ROUTES)
    assert len(ROUTES) > 150
    astray = [route for route in ROUTES if resolve(filled(route)).route.replace("^", "") != route.replace("^", "")]
    assert astray == []


@pytest.mark.parametrize("route", sorted(WITHOUT_PEOPLE))
def test_reference_data_may_be_kept_and_asked_about(cast, as_phone, route):
    client = as_phone(cast.agent)
    answer = client.get(f"/{route}")
    assert "no-store" not in answer.headers["Cache-Control"] and answer.headers["ETag"]
    again = client.get(f"/{route}", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert again.status_code == 304


def test_errors_of_the_api_have_them_too(cast, as_phone):
    for path in ("/api/v1/nothing/", "/api/nothing"):
        check_headers(as_phone(cast.agent).get(path), path)


# --- production


@pytest.fixture
def production(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"


def test_cookies_are_of_this_host_and_of_tls_alone(cast, production):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in/", secure=True)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    token = page.cookies["__Host-csrftoken"]
    body = {"username": "siti", "password": PASSWORD, "csrfmiddlewaretoken": token.value}
    signed = client.post("/sign-in/", body, secure=True, headers={"Referer": "https://testserver/sign-in/"})
    assert signed.status_code == 302
    for cookie in (token, signed.cookies["__Host-sessionid"]):
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"] and cookie["samesite"] == "Lax"
    assert signed.cookies["__Host-sessionid"]["httponly"]


def test_plain_http_is_sent_to_tls(production):
    answer = Client().get("/sign-in/")
    assert answer.status_code == 301 and answer["Location"] == "https://testserver/sign-in/"


def test_the_session_is_another_one_after_signing_in(cast):
    client = Client()
    session = client.session
    session["planted"] = "before"
    session.save()
    before = session.session_key
    assert client.post("/sign-in/", {"username": "siti", "password": PASSWORD}).status_code == 302
    assert client.session.session_key != before
    client.cookies["sessionid"] = before
    assert client.get("/orders/").status_code == 302


def check_deploy(**environment) -> tuple[int, str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {"SECRET_KEY": secrets.token_hex(32), "ALLOWED_HOSTS": "findgo.example", "BEHIND_PROXY": "on"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=BASE_DIR, env=plain | {"DEBUG": "off"} | given | environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_production_settings_have_nothing_to_warn_of():
    code, said = check_deploy()
    if (BASE_DIR / "frontend/dist/app/index.html").exists():
        assert code == 0 and "no issues (0 silenced)" in said
    else:
        assert re.findall(r"\w+\.[WE]\d+", said) == ["findgo.W009"]


@pytest.mark.parametrize(
    "environment, words",
    [
        ({"TOTP_REQUIRED_ROLES": ""}, "findgo.W007"),
        ({"TOTP_REQUIRED_ROLES": "ADMIN,BOSS"}, "BOSS: no role"),
        ({"TOTP_REQUIRED_ROLES": "ADMIN,AGENT"}, "AGENT: no role"),
        ({"INSECURE_HTTP": "on"}, "security.W"),
    ],
)
def test_settings_that_open_a_door_are_told(environment, words):
    code, said = check_deploy(**environment)
    assert code != 0 and words in said
