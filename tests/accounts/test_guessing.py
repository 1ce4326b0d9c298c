"""Guessing passwords: what it costs, what its answers tell, and whose address counts."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import PasswordTries, User
from common.addresses import client_address, network_of
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/api/v1/auth/login/"
WRONG = "salah-sekali-26"


def sign_in(username="dewi", password=WRONG, address="10.0.0.1", **headers):
    return APIClient().post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address, **headers)


def guess(times: int, username="dewi", network="10.1.{}.1"):
    """That many wrong passwords, each from another address."""
    return [sign_in(username, address=network.format(number)).status_code for number in range(times)]


@pytest.fixture
def few(settings):
    settings.LOGIN_ATTEMPTS_PER_ACCOUNT, settings.LOGIN_ATTEMPTS_PER_ADDRESS = 8, 12


def test_an_account_is_closed_to_all_addresses_after_its_tries_of_an_hour(cast, few):
    assert guess(9) == [401] * 8 + [429]
    answer = sign_in(password=PASSWORD, address="10.9.9.9")  # the right one too: else it could be guessed on
    assert answer.status_code == 429 and answer.json()["code"] == "too_many_attempts"
    assert 3590 <= int(answer.headers["Retry-After"]) <= 3600
    assert sign_in("ujang", PASSWORD).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert sign_in(password=PASSWORD).status_code == 200


def test_an_address_is_closed_for_all_accounts(cast, few):
    names = [f"orang{number}" for number in range(13)]
    assert [sign_in(name).status_code for name in names] == [401] * 12 + [429]
    assert sign_in("ujang", PASSWORD).status_code == 429
    assert sign_in("ujang", PASSWORD, address="10.0.0.2").status_code == 200


def test_right_passwords_use_nothing_up(cast, few):
    assert [sign_in(password=PASSWORD).status_code for _ in range(20)] == [200] * 20
    assert not PasswordTries.objects.filter(tries__gt=0).exists()


def test_a_locked_out_address_does_not_close_the_account_for_others(cast, settings):
    settings.LOGIN_ATTEMPTS_PER_ACCOUNT = settings.AXES_FAILURE_LIMIT + 2
    for _ in range(30):
        sign_in(address="10.6.6.6")
    assert sign_in(password=PASSWORD, address="10.0.0.2").status_code == 200


@pytest.mark.parametrize("names", [("dewi", "DEWI", "dewí", "Dewi "), ("nobody", "NOBODY", "nobodý", "Nobody ")])
def test_other_spellings_count_for_one_name_whether_it_exists_or_not(cast, few, names):
    """MariaDB finds dewi under all of them; a count that differed would tell who exists."""
    tried = [sign_in(names[number % 4], address=f"10.2.{number}.1").status_code for number in range(8)]
    assert tried == [401] * 8
    assert [sign_in(name, PASSWORD, address="10.3.0.1").status_code for name in names] == [429] * 4


def test_every_way_to_fail_answers_alike(cast, settings):
    User.objects.filter(username="ujang").update(is_active=False)
    User.objects.filter(username="tri").update(active_until="2020-01-31")
    tries = [("nobody", WRONG), ("dewi", WRONG), ("ujang", PASSWORD), ("tri", PASSWORD), ("tri", WRONG)]
    answers = [sign_in(name, password, address=f"10.4.0.{n}") for n, (name, password) in enumerate(tries)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    settings.LOGIN_ATTEMPTS_PER_ACCOUNT = 1
    again = [sign_in(name, password, address=f"10.5.0.{n}") for n, (name, password) in enumerate(tries)]
    assert {(answer.status_code, answer.json()["code"]) for answer in again} == {(429, "too_many_attempts")}


def test_the_dashboard_says_the_same_of_all_too(cast):
    User.objects.filter(username="eko").update(is_active=False)
    pages = [
        Client().post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=f"10.7.0.{number}")
        for number, (name, password) in enumerate([("nobody", WRONG), ("siti", WRONG), ("eko", PASSWORD)])
    ]
    assert {page.status_code for page in pages} == {200}
    assert all("Nama akun atau kata sandi tidak cocok." in page.content.decode() for page in pages)


def test_the_dashboard_counts_with_the_api(cast, few):
    guess(8, "siti")
    page = Client().post("/sign-in/", {"username": "siti", "password": PASSWORD})
    assert page.status_code == 429 and int(page["Retry-After"]) > 3500 and "60 menit" in page.content.decode()


@pytest.mark.parametrize("username, fields", [("nobody", {}), ("dewi", {"is_active": False}), ("dewi", {})])
def test_a_password_is_hashed_once_whoever_is_asked_for(cast, monkeypatch, username, fields):
    """An answer that comes sooner for names that do not exist is a list of those that do."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    User.objects.filter(username="dewi").update(**fields or {"is_active": True})
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or encode(self, password, salt)
    )
    assert sign_in(username).status_code == 401
    assert len(hashed) == 1


def test_an_account_without_a_password_costs_a_hash_too(cast, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    cast.agent.set_unusable_password()
    cast.agent.save()
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *words: hashed.append(1) or encode(*words))
    assert sign_in().status_code == 401 and hashed


def test_old_counts_are_swept_when_new_ones_begin(cast):
    sign_in("nobody")
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        sign_in("somebody", address="10.0.0.77")
    assert PasswordTries.objects.count() == 2
    assert all(
        len(key) == len(hashlib.sha256().hexdigest()) for key in PasswordTries.objects.values_list("key", flat=True)
    )


def test_guessing_the_old_password_in_an_open_session_is_counted(cast, as_user, few):
    browser, new = as_user(cast.supervisor), "kopi-tubruk-panas-3"
    body = {"old_password": WRONG, "new_password1": new, "new_password2": new}
    assert [browser.post("/password/", body).status_code for _ in range(9)] == [200] * 8 + [429]
    assert browser.post("/password/", body | {"old_password": PASSWORD}).status_code == 429
    cast.supervisor.refresh_from_db()
    assert cast.supervisor.check_password(PASSWORD)


# --- whose address


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CLIENT_IP"])
def test_without_a_proxy_no_header_is_believed(cast, settings, header):
    answers = [sign_in(**{header: f"10.8.0.{number}"}).status_code for number in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert answers[-1] == 429 and answers[0] == 401


def test_behind_a_proxy_only_its_own_header_is_believed(cast, settings):
    settings.BEHIND_PROXY = True
    forged = [
        sign_in(HTTP_X_REAL_IP="198.51.100.7", HTTP_X_FORWARDED_FOR=f"10.8.0.{number}").status_code
        for number in range(settings.AXES_FAILURE_LIMIT + 1)
    ]
    assert forged[-1] == 429
    assert sign_in(password=PASSWORD, HTTP_X_REAL_IP="198.51.100.8").status_code == 200


@pytest.mark.parametrize(
    "said, address", [("198.51.100.7", "198.51.100.7"), ("", "10.0.0.1"), ("no address", "10.0.0.1"), ("::1", "::1")]
)
def test_a_header_that_is_no_address_is_none(settings, rf, said, address):
    settings.BEHIND_PROXY = True
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_REAL_IP=said)) == address


def test_an_ipv6_customer_is_one_network():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::5") != network_of("2001:db8:1:3::5")
    assert network_of("10.0.0.1") == "10.0.0.1"
