"""Signing in with a phone: tokens, their rotation, and everything that ends them."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device, Token
from tests.cast import PASSWORD
from tests.untouched import nothing_written

LOGIN, REFRESH, LOGOUT, ME = (f"/api/v1/{path}/" for path in ("auth/login", "auth/refresh", "auth/logout", "me"))


def sign_in(username="dewi", password=PASSWORD, **device):
    body = {"username": username, "password": password}
    if device:
        body["device"] = device
    return APIClient().post(LOGIN, body, format="json")


def me(access: str):
    return APIClient().get(ME, HTTP_AUTHORIZATION=f"Bearer {access}")


def renew(refresh: str, **device):
    return APIClient().post(REFRESH, {"refresh": refresh} | device, format="json")


def test_right_password_answers_a_pair_that_opens_the_api(cast):
    answer = sign_in(id=str(uuid.uuid4()), name="Redmi", app_version="1.2")
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"]["username"] == "dewi" and body["user"]["role"] == "AGENT"
    assert body["access_expires_at"] < body["refresh_expires_at"]
    assert me(body["access"]).json()["username"] == "dewi"


def test_tokens_are_kept_only_as_hashes(cast):
    body = sign_in().json()
    kept = Token.objects.values_list("access_hash", "refresh_hash").get()
    assert body["access"] not in kept and body["refresh"] not in kept
    assert all(len(value) == 64 for value in kept)


@pytest.mark.parametrize("username, password", [("dewi", "salah-sekali-26"), ("nobody", PASSWORD), ("dewi ", "x")])
def test_unknown_user_and_wrong_password_answer_alike(cast, username, password):
    with nothing_written():
        answer = sign_in(username, password)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json() == {
        "code": "wrong_credentials",
        "message": "The username or the password is wrong.",
        "details": {},
    }


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"active_until": "2020-01-01"}, {"active_from": "2100-01-01"}]
)
def test_user_out_of_service_cannot_sign_in_nor_go_on(cast, fields):
    access = sign_in().json()["access"]
    type(cast.agent).objects.filter(pk=cast.agent.pk).update(**fields)
    assert me(access).status_code == 401
    with nothing_written():
        answer = sign_in()
    assert answer.status_code == 401 and answer.json()["code"] == "wrong_credentials"


def test_too_many_wrong_passwords_answer_429_in_our_shape(cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(password="salah-sekali-26")
    answer = sign_in()
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert int(answer.headers["Retry-After"]) == 900
    assert sign_in("ujang").status_code == 200  # another account on the same address goes on


def test_lockout_of_an_unknown_name_looks_the_same(cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("nobody", "salah-sekali-26")
    assert sign_in("nobody", PASSWORD).json()["code"] == "too_many_attempts"


def test_success_forgets_the_failures_before(cast, settings):
    for _ in range(3):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in(password="salah-sekali-26").status_code == 401
        assert sign_in().status_code == 200


def test_same_phone_again_is_registered_once(cast):
    phone = str(uuid.uuid4())
    for version in ("1.0", "1.1"):
        assert sign_in(id=phone, name="Redmi", app_version=version).status_code == 200
    assert Device.objects.get().app_version == "1.1"


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "username"),
        ({"username": "dewi", "password": PASSWORD, "device": {"id": "no uuid"}}, "device"),
        ({"username": "dewi", "password": PASSWORD, "pin": 1}, "pin"),
        ({"username": ["dewi"], "password": PASSWORD}, "username"),
    ],
)
def test_malformed_sign_in_names_the_field(cast, body, field):
    with nothing_written():
        answer = APIClient().post(LOGIN, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid" and field in answer.json()["details"]


def test_lost_answer_to_a_refresh_is_answered_again_with_the_same_pair(cast):
    old = sign_in().json()
    first = renew(old["refresh"])
    again = renew(old["refresh"])
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["refresh"] != old["refresh"]
    assert Token.objects.count() == 2
    assert me(first.json()["access"]).status_code == 200


def test_a_token_whose_answer_was_used_opens_nothing_within_the_ten_minutes(cast):
    """The phone has the answer, so that this is somebody else, or a question that came late."""
    first = sign_in().json()["refresh"]
    third = renew(renew(first).json()["refresh"])
    assert renew(first).status_code == 401
    assert me(third.json()["access"]).status_code == 200


def test_old_refresh_token_after_ten_minutes_ends_the_family(cast):
    old = sign_in().json()
    new = renew(old["refresh"]).json()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        answer = renew(old["refresh"])
        assert answer.status_code == 401 and answer.json()["code"] == "token_refused"
        assert me(new["access"]).status_code == 401
        assert renew(new["refresh"]).status_code == 401
    assert not Token.objects.filter(revoked_at=None).exists()


def test_the_same_phone_asks_again_and_another_phone_ends_the_sign_in(cast):
    phone, thief = str(uuid.uuid4()), str(uuid.uuid4())
    old = sign_in(id=phone).json()
    first, again = renew(old["refresh"], device=phone), renew(old["refresh"], device=phone)
    assert first.status_code == 200 and first.json() == again.json()
    answer = renew(old["refresh"], device=thief)  # within the ten minutes
    assert answer.status_code == 401 and answer.json()["code"] == "token_refused"
    assert me(first.json()["access"]).status_code == 401
    assert renew(first.json()["refresh"], device=phone).status_code == 401


def test_a_fresh_refresh_token_on_another_phone_ends_the_sign_in(cast):
    old = sign_in(id=str(uuid.uuid4())).json()
    assert renew(old["refresh"], device=str(uuid.uuid4())).status_code == 401
    assert me(old["access"]).status_code == 401 and renew(old["refresh"]).status_code == 401


def test_clients_that_name_no_phone_renew_as_before(cast):
    old = sign_in(id=str(uuid.uuid4())).json()
    assert renew(old["refresh"]).status_code == 200
    plain = sign_in().json()  # signed in without a phone: there is nothing to compare with
    assert renew(plain["refresh"], device=str(uuid.uuid4())).status_code == 200
    with nothing_written():
        assert renew(plain["refresh"], device="no uuid").status_code == 400


def test_reuse_leaves_other_sign_ins_alone(cast):
    old, other = sign_in().json(), sign_in().json()
    renew(old["refresh"])
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        renew(old["refresh"])
        assert me(other["access"]).status_code == 200


def test_expired_tokens_are_refused(cast, settings):
    body = sign_in().json()
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS + 1), tick=False):
        answer = me(body["access"])
        assert answer.status_code == 401 and answer.json()["code"] == "not_signed_in"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    with time_machine.travel(timezone.now() + timedelta(days=settings.REFRESH_TOKEN_DAYS, seconds=1), tick=False):
        assert renew(body["refresh"]).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer a b", "Bearer \xff", "Basic ZGV3aTp4"])
def test_nonsense_in_the_authorization_header_is_401(cast, header):
    with nothing_written():
        answer = APIClient().get(ME, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401 and answer.json()["code"] == "not_signed_in"


def test_an_access_token_is_no_refresh_token_nor_the_other_way(cast):
    body = sign_in().json()
    assert renew(body["access"]).status_code == 401
    assert me(body["refresh"]).status_code == 401


def test_signing_out_ends_the_whole_family(cast):
    old = sign_in().json()
    new = renew(old["refresh"]).json()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {new['access']}")
    assert client.post(LOGOUT).status_code == 204
    with nothing_written():
        assert client.post(LOGOUT).status_code == 401
        assert me(old["access"]).status_code == 401
        assert renew(new["refresh"]).status_code == 401


def test_authentication_is_one_query_and_notes_the_phone_once_a_minute(cast, django_assert_num_queries):
    phone = str(uuid.uuid4())
    access = sign_in(id=phone).json()["access"]
    with django_assert_num_queries(1):
        me(access)
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        with django_assert_num_queries(2):
            me(access)
        with django_assert_num_queries(1):
            me(access)
