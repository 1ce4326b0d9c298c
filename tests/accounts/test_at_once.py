"""Two requests at the same moment, over real connections, each in its own thread: one phone, one code, one try left."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device, Token
from accounts.services import second_factor
from accounts.verbs import Role
from tests.cast import PASSWORD, make_user
from tests.make import make_bandung

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection"),
]
V1 = "/api/v1"


def at_once(*calls):
    """The answers of all calls, begun together."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def sign_in(phone):
    body = {"username": "dewi", "password": PASSWORD, "device": {"id": str(phone)}}
    return APIClient().post(f"{V1}/auth/login/", body)


@pytest.fixture
def agent():
    return make_user("dewi", Role.AGENT, witel=make_bandung())


@pytest.mark.parametrize("clients", [2, 6])
def test_parallel_refreshes_get_one_pair(agent, clients):
    refresh = sign_in(uuid.uuid4()).json()["refresh"]
    answers = at_once(*[lambda: APIClient().post(f"{V1}/auth/refresh/", {"refresh": refresh})] * clients)
    assert [answer.status_code for answer in answers] == [200] * clients
    assert len({answer.json()["access"] for answer in answers}) == 1
    assert Token.objects.count() == 2
    assert APIClient().get(f"{V1}/me/", HTTP_AUTHORIZATION=f"Bearer {answers[0].json()['access']}").status_code == 200


def test_phones_that_sign_in_at_once_leave_one_in_use(agent):
    phones = [uuid.uuid4() for _ in range(4)]
    answers = at_once(*[lambda phone=phone: sign_in(phone) for phone in phones])
    assert [answer.status_code for answer in answers] == [200] * 4
    assert Device.objects.count() == 4 and Device.objects.in_use().count() == 1


def test_a_code_shown_twice_at_once_opens_once(agent):
    with time_machine.travel(timezone.now(), tick=False):
        now = timezone.now()
        second_factor.begin_enrolment(user=agent, now=now)
        app = pyotp.parse_uri(second_factor.pending_uri(agent))
        codes = second_factor.confirm_enrolment(user=agent, code=app.at(now.timestamp() - 30), now=now)
        for code in (app.at(now), codes[0]):
            body = {"username": "dewi", "password": PASSWORD, "otp": code}
            # Three: the failures of two rounds stay below what closes the account.
            answers = at_once(*[lambda body=body: APIClient().post(f"{V1}/auth/login/", body)] * 3)
            assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 2}


def test_tries_at_once_are_counted_one_by_one(agent, settings):
    settings.LOGIN_ATTEMPTS_PER_ACCOUNT = 3
    calls = [
        lambda number=number: APIClient().post(
            f"{V1}/auth/login/", {"username": "dewi", "password": "salah"}, REMOTE_ADDR=f"10.0.{number}.1"
        )
        for number in range(12)
    ]
    assert Counter(answer.status_code for answer in at_once(*calls)) == {401: 3, 429: 9}
