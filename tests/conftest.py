"""Fixtures for all tests: the cast, signed-in clients, and settings that make them fast."""

import gc
import uuid
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from accounts.services import tokens
from accounts.services.tokens import Phone
from tests.cast import make_cast
from tests.migrations.reference import reference_rows

ROOT = Path(__file__).resolve().parent.parent
EMPTY_TABLES = ("transaction=True", "transactional_db", "live_server")


class ByFile(LoadScopeScheduling):
    """A file runs on one worker, which makes its fixtures once. Spread is what would take one worker too long, and what
    empties all tables at its end: that has to run after the others, and single tests are dealt last.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return nodeid if is_spread(file) else file


@cache
def is_spread(file: str) -> bool:
    text = (ROOT / file).read_text()
    return file.startswith("tests/security/") or any(word in text for word in EMPTY_TABLES)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config, log):
    """`--dist loadfile`, refined; a marker `xdist_group` does nothing with pytest 9.2 and xdist 3.8."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish(session):
    """What is loaded by now stays to the end: the garbage collector walked it thousands of times, a tenth of the run.
    Few tests leave it alone: some of them measure memory.
    """
    if len(session.items) < 50:
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(autouse=True)
def fast_and_plain(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TOTP_REQUIRED_ROLES = []  # the tests of the second factor set it
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session", autouse=True)
def field_app(tmp_path_factory):
    """A stand-in for the field app where nobody has built it: walks of all addresses need no Node."""
    if (settings.FIELD_APP_DIR / "index.html").exists():
        yield
        return
    folder = tmp_path_factory.mktemp("field_app")
    (folder / "index.html").write_text("<!doctype html><title>Find&amp;Go</title>")
    (folder / "sw.js").write_text("self;")
    with override_settings(FIELD_APP_DIR=folder):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The reference rows, noted before a transactional test empties their tables."""
    with django_db_blocker.unblock():
        return reference_rows()


@pytest.fixture(scope="session")
def rows_as_created(django_db_setup):
    return django_db_setup


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def as_user():
    """`as_user(person)` is a browser or an API client in which that person is signed in."""

    def sign_in(user) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def as_phone():
    """`as_phone(person)` is an API client that carries that person's access token, as the field app does."""

    def sign_in(user, phone=None) -> APIClient:
        pair = tokens.sign_in(user=user, phone=phone, now=timezone.now())
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
        return client

    return sign_in


@pytest.fixture
def places(settings, tmp_path):
    """The folders that hold files, of this test alone; and the ledger's file."""
    for name in ("VAR_DIR", "MEDIA_ROOT", "EVIDENCE_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        setattr(settings, name, folder)
    settings.ERASURE_LEDGER = settings.VAR_DIR / "privacy" / "erasures.jsonl"
    return settings


@pytest.fixture
def phone_of(as_phone):
    """`phone_of(agent)` is a client whose device is registered; `client.device` is its id."""

    def sign_in(agent):
        key = uuid.uuid4()
        client = as_phone(agent, Phone(id=key, name="Redmi", app_version="1"))
        client.device = key
        return client

    return sign_in
