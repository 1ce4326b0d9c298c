"""Every endpoint × method of the URL map, asked by a lost and by a retired phone. A new endpoint is in here by itself."""

import uuid

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device
from accounts.services import tokens
from accounts.services.devices import Phone
from tests.make import make_order
from tests.site_map import filled, routes
from tests.untouched import TRACES, nothing_written

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete", "head")
# What hands in work, and ends the sign-in afterwards; nothing else is for a retired phone.
DRAINS = ("auth/logout/", "sync/push/", "uploads/")
# Entered without a token of ours: what they say to a phone that was revoked is in test_devices.
WITHOUT_TOKEN = ("auth/login/", "auth/refresh/")


ENDPOINTS = {route: view.cls for route, view in routes() if route.startswith("api/v1/")}
CASES = [
    (path, method)
    for path, view in ENDPOINTS.items()
    for method in METHODS
    if hasattr(view, "get" if method == "head" else method) and not path.endswith(WITHOUT_TOKEN)
]


@pytest.fixture
def ask(cast):
    """`ask(kind, path, method)` is the answer to the agent's phone after it was revoked as `kind`."""
    order = make_order(assignee=cast.agent)

    def answer(kind, path, method):
        phone = Phone(uuid.uuid4())
        pair = tokens.sign_in(user=cast.agent, phone=phone, now=timezone.now())
        Device.objects.filter(pk=phone.id).update(revocation=kind, revoked_at=timezone.now())
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
        with nothing_written():
            return getattr(client, method)(filled(path, order=order.pk, customer=order.customer_id))

    return answer


@pytest.fixture(autouse=True)
def traces(monkeypatch):
    """The two columns that the refusal itself may write."""
    monkeypatch.setitem(TRACES, "accounts.device", {"last_seen_at", "wiped_at"})


def test_the_map_is_read():
    assert {"api/v1/me/", "api/v1/workorders/<int:order>/", "api/v1/auth/logout/"} <= set(ENDPOINTS)
    assert len(CASES) > 25


@pytest.mark.parametrize("path, method", CASES)
def test_a_lost_phone_is_told_to_wipe_everywhere(ask, path, method):
    answer = ask("LOST", path, method)
    assert answer.status_code == 401
    assert Device.objects.get(revocation="LOST").wiped_at is not None
    if method != "head":
        assert answer.json()["code"] == "device_lost" and answer.json()["details"] == {"commands": ["wipe"]}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_only_the_drain_says_that_it_takes_retired_phones(path):
    is_drain = path.removeprefix("api/v1/").startswith(DRAINS)
    assert getattr(ENDPOINTS[path], "accepts_retired", False) == is_drain


@pytest.mark.parametrize("path, method", [case for case in CASES if not case[0][7:].startswith(DRAINS)])
def test_a_retired_phone_is_refused_outside_the_drain(ask, path, method):
    answer = ask("RETIRED", path, method)
    assert answer.status_code == 403
    if method != "head":
        assert answer.json()["code"] == "device_retired"
        assert answer.json()["details"] == {"commands": ["drain", "wipe"]}


@pytest.mark.parametrize("path, method", [case for case in CASES if case[0][7:].startswith(DRAINS)])
def test_a_retired_phone_gets_into_the_drain(ask, monkeypatch, path, method):
    monkeypatch.setitem(TRACES, "accounts.token", {"revoked_at"})  # what signing out writes
    answer = ask("RETIRED", path, method)
    assert answer.status_code not in (401, 403)
