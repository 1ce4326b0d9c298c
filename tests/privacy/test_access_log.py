"""Whoever sees a person's data is in the access log: every address of the site, as every role, over a known person."""

import io
import re
import uuid
import zipfile
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.services import tokens
from customers.models import LocationCorrection
from history.models import Access
from tests.cast import make_cast
from tests.dashboard.rows import make_rehearsal, make_release, make_run
from tests.privacy.people import ADDRESS, LAT, LON, NAME, NUMBER, make_person
from tests.privacy.walk import bodies, fill, keys_for, methods_of, routes

pytestmark = pytest.mark.django_db
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
ROLES = ("agent", "technician", "supervisor", "manager", "analyst", "admin", "auditor")
# What tells of the person, whole or masked; coordinates to five places, with a point or a comma.
MASKED_NUMBER = "131•••77"
SIGNS = (
    MASKED_NUMBER,
    *(NUMBER, NAME, "K••• C•••", "81390007777", "+62•••77", ADDRESS, ADDRESS.split(",")[0]),
    *(f"{LAT:.8f}"[:8], f"{LON:.8f}"[:9], f"{LAT:.8f}"[:8].replace(".", ","), f"{LON:.8f}"[:9].replace(".", ",")),
)
# Addresses at which nobody's row can be opened, and why. They are walked all the same, and must show nothing.
NOT_OPENED = {
    r"api/v1/auth/.*": "signing in and out; the walk's own users would be signed out",
    r"sign-in/(code/)?|sign-out/|password/": "the same in a browser",
    r"decisions/": "leads on to one of its tabs",
    r"api/\.\*": "the answer to addresses that do not exist",
    r"admin/.*": "reference data and staff; the walk looks for the person in all of it",
    r"app/.*": "the agents' app: files that hold no data",
    r"p/.*": "a customer's link; it tells its holder nothing, see tests/field",
    r"api/v1/(sync|uploads)/.*": "only of phones: tests/workorders/test_sync_pull.py and test_uploads_api.py",
    r"api/v1/(devices|decisions|quarantine|conflicts)/<.*|decisions/.*/<.*|phones/<.*|security/.+": "buttons",
    r"metrics|health/.*|api/schema/|api/docs/": "not about rows",
    r".*<int:pk>/(phones|assign|unassign|hold|release|reopen|undo)/": "buttons; their pages are walked",
    r"orders/assign/|imports/new/|imports/<int:pk>/undo/": "forms",
    r"api/v1/workorders/<int:order>/(reopenings|holds/current)/": "only of orders in another state",
    r"api/v1/workorders/<int:order>/transfers/": "only of orders held for another area",
    r"api/v1/corrections/<int:correction>/reversals/": "only of moves that were made",
}


@pytest.fixture(scope="module")
def site(journal_tables, django_db_setup, django_db_blocker, tmp_path_factory):
    """Role → (method, route) → what was answered and noted; walked once for all tests below."""
    places = {name: tmp_path_factory.mktemp(name.lower()) for name in ("VAR_DIR", "MEDIA_ROOT", "EVIDENCE_DIR")}
    plain = {"SECURE_SSL_REDIRECT": False, "SESSION_COOKIE_SECURE": False, "CSRF_COOKIE_SECURE": False}
    plain["TOTP_REQUIRED_ROLES"] = []
    hasher = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    static = {"STORAGES": settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN_FILES}}}
    with django_db_blocker.unblock(), override_settings(**places, **plain, **hasher, **static), transaction.atomic():
        cast = make_cast()
        person = seeded(cast, places["EVIDENCE_DIR"])
        yield {who: walk(getattr(cast, who), person, cast) for who in ROLES}
        transaction.set_rollback(True)


def seeded(cast, evidence):
    found = make_person(cast)
    LocationCorrection.objects.filter(pk=found.correction.pk).update(state="PROPOSED", candidate=None)
    found.batch.actor = cast.manager
    found.batch.save()
    release, rehearsal = make_release(), make_rehearsal(evidence="rollback")
    make_run(release)
    for ending in ("md", "json"):
        (evidence / f"rollback.{ending}").write_text("{}")
    found.keys = {
        "order": found.order.pk,
        "customer": found.customer.pk,
        "correction": found.correction.pk,
        "visit": found.visit.pk,
        "fresh_visit": uuid.uuid4(),
        "orders": found.order.pk,
        "customers": found.customer.pk,
        "imports": found.batch.pk,
        "releases": release.pk,
        "rehearsals": rehearsal.pk,
        "token": "x" * 43,
        "device": found.device.pk,
        "phones": found.device.pk,
        "photo": found.photo.pk,
        "upload": found.upload.pk,
        "quarantine": found.quarantined.pk,
        "conflicts": found.conflict.pk,
        "decisions": found.quarantined.pk,
    }
    found.own = {str(key) for key in (found.order.pk, found.past.pk, *found.keys.values())}
    return found


def text_of(answer) -> str:
    """What an answer says, streamed or packed."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def ask(client, method: str, path: str, body, *, is_api: bool):
    """The answer, and what the access log got; whatever it changed is taken back."""
    last = Access.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with transaction.atomic():
        if is_api:
            answer = getattr(client, method)(path, body, format="json") if method != "get" else client.get(path)
        else:
            answer = getattr(client, method)(path, body or {})
        said = text_of(answer)
        noted = list(Access.objects.filter(id__gt=last).values("actor", "target_type", "target_id", "rows", "purpose"))
        transaction.set_rollback(True)
    return SimpleNamespace(status=answer.status_code, said=said, noted=noted)


def is_noted(noted: list[dict], user, person) -> bool:
    """By this user, of one of the person's rows, or of a list that has rows."""
    return any(
        row["actor"] == user.pk and row["rows"] > 0 and (row["target_id"] in person.own or not row["target_id"])
        for row in noted
    )


def walk(user, person, cast) -> dict[tuple[str, str], SimpleNamespace]:
    given, browser, phone = bodies(person, cast), Client(raise_request_exception=False), APIClient()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pair = tokens.sign_in(user=user, phone=None, now=timezone.now())
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    found = {}
    for route, view in routes():
        for method in methods_of(route, view):
            if re.fullmatch(r"api/v1/auth/.*|sign-out/", route):
                continue
            is_api, path = route.startswith("api/"), fill(route, keys_for(method, route, person.keys))
            client = phone if is_api else browser
            answer = ask(client, method, path, given.get((method, route)), is_api=is_api)
            answer.signs = [sign for sign in SIGNS if sign in answer.said]
            answer.is_noted = is_noted(answer.noted, user, person)
            found[method, route] = answer
    return found


@pytest.mark.parametrize("who", ROLES)
def test_whatever_shows_the_person_is_in_the_access_log(site, who):
    silent = {key: answer.signs for key, answer in site[who].items() if answer.signs and not answer.is_noted}

    assert silent == {}


@pytest.mark.parametrize("who", ROLES)
def test_a_refusal_shows_nothing_and_is_no_look(site, who):
    refused = {key: answer for key, answer in site[who].items() if answer.status >= 400}

    assert refused
    assert {key: (answer.signs, answer.noted) for key, answer in refused.items() if answer.signs or answer.noted} == {}


def test_every_address_is_opened_by_somebody(site):
    """Else the walk proves nothing of it: give it a key or a body in walk.py, or say above why it cannot be opened."""
    unopened = {}
    for key in site["admin"]:
        said = {site[who][key].status for who in ROLES}
        is_page_without_form = key[0] == "post" and said <= {302, 403, 405}
        is_known = any(re.fullmatch(pattern, key[1]) for pattern in NOT_OPENED)
        if min(said) >= 300 and not is_page_without_form and not is_known:
            unopened[key] = sorted(said)

    assert unopened == {}


def test_the_walk_shows_the_person_to_those_who_may_see_them(site):
    shown = {route for (_, route), answer in site["admin"].items() if answer.signs}

    assert {
        "customers/", "customers/<int:pk>/", "orders/", "orders/<int:pk>/", "customers/download.csv",
        "customers/download.xlsx", "customers/download.geojson", "orders/download.csv",
        "api/v1/workorders/", "api/v1/workorders/<int:order>/", "api/v1/customers/",
        "api/v1/customers/<int:customer>/location/", "imports/<int:pk>/", "imports/<int:pk>/issues.csv",
    } - shown == set()  # fmt: skip


@pytest.mark.parametrize("who", ROLES)
def test_no_address_fails(site, who):
    assert [key for key, answer in site[who].items() if answer.status >= 500] == []


def test_an_auditor_sees_nobody(site):
    """But masked numbers, where it is asked whose data an account had in hand."""
    seen = {key: set(answer.signs) for key, answer in site["auditor"].items() if answer.signs}

    assert seen == {("get", f"access/incident/{name}"): {MASKED_NUMBER} for name in ("", "download.csv")}
