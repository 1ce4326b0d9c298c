"""Fixtures for all tests: the cast, signed-in clients, and settings that make them fast."""
import pytest
from django.test import Client

from tests.cast import make_cast


@pytest.fixture(autouse=True)
def fast_and_plain(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


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
