"""Phones that were lost or replaced: what the phone is told, and what it may still do."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device
from history.models import Change
from tests.cast import PASSWORD
from tests.untouched import nothing_written

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
WIPE = {"code": "device_lost", "message": "This phone was reported lost. It must be wiped."}
WIPE |= {"details": {"commands": ["wipe"]}}
DRAIN = {"commands": ["drain", "wipe"]}


def sign_in(phone, username="dewi"):
    body = {"username": username, "password": PASSWORD, "device": {"id": str(phone), "name": "Redmi"}}
    return APIClient().post(f"{V1}/auth/login/", body)


def phone_of(pair: dict) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    return client


@pytest.fixture
def phone(cast):
    """A signed-in phone of the agent: its id, its pair of tokens, and a client that carries them."""
    key = uuid.uuid4()
    pair = sign_in(key).json()
    client = phone_of(pair)
    client.key, client.pair = key, pair
    return client


def revoke(client, device, kind, reason="di angkot"):
    return client.post(f"{V1}/devices/{device}/revocations/", {"kind": kind, "reason": reason}, format="json")


@pytest.fixture
def desk(cast, as_phone):
    return as_phone(cast.supervisor)


def test_a_lost_phone_is_told_to_wipe_at_its_first_request(phone, desk):
    answer = revoke(desk, phone.key, "LOST")
    assert answer.status_code == 201 and answer.json()["state"] == "lost" and answer.json()["wiped_at"] is None
    refused = phone.get(f"{V1}/me/")
    assert refused.status_code == 401 and refused.json() == WIPE
    device = Device.objects.get(pk=phone.key)
    assert device.wiped_at is not None and device.revoked_by.username == "siti"
    with nothing_written():  # told again, noted once
        assert phone.get(f"{V1}/workorders/").json() == WIPE
        assert phone.post(f"{V1}/auth/refresh/", {"refresh": phone.pair["refresh"]}).json() == WIPE
        assert phone.post(f"{V1}/auth/logout/").json() == WIPE


def test_the_refresh_of_a_lost_phone_is_its_first_contact_too(phone, desk):
    revoke(desk, phone.key, "LOST")
    answer = APIClient().post(f"{V1}/auth/refresh/", {"refresh": phone.pair["refresh"]})
    assert answer.status_code == 401 and answer.json() == WIPE
    assert Device.objects.get(pk=phone.key).wiped_at is not None


def test_a_lost_phone_that_was_off_for_weeks_is_still_told(phone, desk):
    revoke(desk, phone.key, "LOST")
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        assert phone.get(f"{V1}/me/").json() == WIPE


def test_nobody_signs_in_on_a_lost_phone(cast, phone, desk):
    revoke(desk, phone.key, "LOST")
    for username in ("dewi", "ujang"):
        answer = sign_in(phone.key, username)
        assert answer.status_code == 403 and answer.json() == WIPE
    assert Device.objects.get(pk=phone.key).wiped_at is not None
    assert sign_in(uuid.uuid4()).status_code == 200  # the agent goes on, on another phone


def test_a_wrong_password_learns_nothing_of_a_lost_phone(phone, desk):
    revoke(desk, phone.key, "LOST")
    body = {"username": "dewi", "password": "salah-sekali", "device": {"id": str(phone.key)}}
    with nothing_written():
        answer = APIClient().post(f"{V1}/auth/login/", body)
    assert answer.status_code == 401 and answer.json()["code"] == "wrong_credentials"


def test_a_retired_phone_renews_its_tokens_and_signs_out_and_does_nothing_else(phone, desk):
    revoke(desk, phone.key, "RETIRED", "ganti ponsel")
    with nothing_written():
        answer = phone.get(f"{V1}/me/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "device_retired" and answer.json()["details"] == DRAIN
    pair = phone.post(f"{V1}/auth/refresh/", {"refresh": phone.pair["refresh"]})
    assert pair.status_code == 200
    assert phone_of(pair.json()).get(f"{V1}/me/").json()["details"] == DRAIN
    assert phone_of(pair.json()).post(f"{V1}/auth/logout/").status_code == 204


def test_a_new_phone_retires_the_one_before_and_loses_nothing_of_it(cast, phone):
    newer = uuid.uuid4()
    assert sign_in(newer).status_code == 200
    older = Device.objects.get(pk=phone.key)
    assert older.revocation == "RETIRED" and older.revoked_by == cast.agent
    assert phone.get(f"{V1}/me/").json()["details"] == DRAIN
    assert phone.post(f"{V1}/auth/refresh/", {"refresh": phone.pair["refresh"]}).status_code == 200
    assert Change.objects.get(verb="retire_device").target_id == str(phone.key)
    assert Device.objects.get(pk=newer).revoked_at is None


def test_a_phone_that_signs_in_again_retires_nobody(phone):
    assert sign_in(phone.key).status_code == 200
    assert Device.objects.get().revoked_at is None and phone.get(f"{V1}/me/").status_code == 200


def test_two_phones_where_the_setting_allows_two(settings, phone):
    settings.DEVICES_PER_AGENT = 2
    sign_in(uuid.uuid4())
    assert phone.get(f"{V1}/me/").status_code == 200
    sign_in(uuid.uuid4())
    assert Device.objects.in_use().count() == 2


def test_a_phone_of_somebody_else_answers_like_a_retired_one(cast, phone, desk):
    revoke(desk, phone.key, "RETIRED")
    foreign = uuid.uuid4()
    assert sign_in(foreign, "ujang").status_code == 200
    with nothing_written():
        mine, theirs = sign_in(phone.key), sign_in(foreign)
    assert mine.status_code == theirs.status_code == 403
    assert mine.json() == theirs.json() and theirs.json()["details"] == DRAIN


def test_a_phone_revoked_before_there_were_kinds_may_drain(phone):
    Device.objects.filter(pk=phone.key).update(revoked_at=timezone.now())
    assert phone.get(f"{V1}/me/").json()["code"] == "device_retired"


# --- the desk


def test_the_list_has_the_agents_phones_in_reach(cast, phone, desk, as_phone):
    sign_in(uuid.uuid4(), "tri")
    sign_in(uuid.uuid4(), "eko")
    (row,) = desk.get(f"{V1}/devices/").json()["results"]
    assert row["id"] == str(phone.key) and row["agent"] == {"username": "dewi", "name": "Dewi", "witel": "BANDUNG"}
    assert row["state"] == "in_use" and row["name"] == "Redmi" and row["last_seen_at"]
    assert len(as_phone(cast.admin).get(f"{V1}/devices/").json()["results"]) == 3
    assert len(as_phone(cast.manager).get(f"{V1}/devices/").json()["results"]) == 1


def test_the_list_pages_by_key_and_filters(cast, as_phone, django_assert_num_queries):
    for number in range(5):
        device = {"id": uuid.uuid4(), "user": cast.agent, "created_at": timezone.now() - timedelta(days=number // 2)}
        Device.objects.create(**device)
    Device.objects.update(revocation="LOST", revoked_at=timezone.now())
    Device.objects.create(id=uuid.uuid4(), user=cast.colleague)
    desk, seen, cursor = as_phone(cast.supervisor), [], ""
    while cursor is not None:
        with django_assert_num_queries(2):
            page = desk.get(f"{V1}/devices/?limit=2&cursor={cursor}").json()
        seen += [row["id"] for row in page["results"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 6
    assert len(desk.get(f"{V1}/devices/?state=lost").json()["results"]) == 5
    assert len(desk.get(f"{V1}/devices/?state=retired").json()["results"]) == 0
    assert len(desk.get(f"{V1}/devices/?agent=ujang").json()["results"]) == 1
    assert desk.get(f"{V1}/devices/?state=stolen").status_code == 400
    assert desk.get(f"{V1}/devices/?cursor=x").status_code == 400


@pytest.mark.parametrize("who", ["agent", "technician", "analyst", "auditor"])
def test_other_roles_are_refused_and_nothing_is_written(cast, phone, as_phone, who):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        assert client.get(f"{V1}/devices/").status_code == 403
        assert revoke(client, phone.key, "LOST").status_code == 403
        assert client.delete(f"{V1}/devices/{phone.key}/revocations/current/").status_code == 403


def test_a_phone_out_of_reach_is_like_one_that_does_not_exist(cast, phone, as_phone):
    client = as_phone(cast.other_supervisor)
    with nothing_written():
        foreign, missing = revoke(client, phone.key, "LOST"), revoke(client, uuid.uuid4(), "LOST")
        undone = client.delete(f"{V1}/devices/{phone.key}/revocations/current/")
    assert foreign.status_code == missing.status_code == undone.status_code == 404
    assert foreign.json() == missing.json() == undone.json()


def test_a_supervisor_decides_on_agents_only(cast, desk):
    phone = uuid.uuid4()
    sign_in(phone, "asep")
    assert revoke(desk, phone, "LOST").status_code == 404
    assert Device.objects.get().revoked_at is None


def test_said_twice_it_is_noted_once(phone, desk):
    first, again = revoke(desk, phone.key, "LOST"), revoke(desk, phone.key, "LOST", "lagi")
    assert first.json() == again.json() and again.status_code == 201
    assert Change.objects.filter(verb="lose_device").count() == 1


def test_a_retired_phone_can_still_be_marked_lost_but_not_the_other_way(phone, desk):
    revoke(desk, phone.key, "RETIRED")
    assert revoke(desk, phone.key, "LOST").status_code == 201
    with nothing_written():
        answer = revoke(desk, phone.key, "RETIRED")
    assert answer.status_code == 409 and answer.json()["code"] == "device_marked_lost"


@pytest.mark.parametrize(
    "body", [{}, {"kind": "STOLEN", "reason": "x"}, {"kind": "LOST"}, {"kind": "LOST", "reason": ""}]
)
def test_a_revocation_has_a_kind_and_a_reason(phone, desk, body):
    with nothing_written():
        answer = desk.post(f"{V1}/devices/{phone.key}/revocations/", body, format="json")
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"


@pytest.mark.parametrize("kind", ["LOST", "RETIRED"])
def test_a_revocation_is_taken_back_before_the_phone_knew(phone, desk, kind):
    revoke(desk, phone.key, kind)
    answer = desk.delete(f"{V1}/devices/{phone.key}/revocations/current/")
    assert answer.status_code == 200 and answer.json()["state"] == "in_use"
    assert phone.get(f"{V1}/me/").status_code == 200
    with nothing_written():  # twice
        assert desk.delete(f"{V1}/devices/{phone.key}/revocations/current/").status_code == 200
    assert Change.objects.filter(verb="restore_device").count() == 1


def test_a_phone_that_was_told_to_wipe_stays_lost(phone, desk):
    revoke(desk, phone.key, "LOST")
    phone.get(f"{V1}/me/")
    with nothing_written():
        answer = desk.delete(f"{V1}/devices/{phone.key}/revocations/current/")
    assert answer.status_code == 409 and answer.json()["code"] == "device_wiped"


def test_an_older_phone_comes_back_only_once_the_newer_one_retired(phone, desk):
    newer = uuid.uuid4()
    sign_in(newer)
    with nothing_written():
        answer = desk.delete(f"{V1}/devices/{phone.key}/revocations/current/")
    assert answer.status_code == 409 and answer.json()["code"] == "too_many_phones"
    revoke(desk, newer, "RETIRED")
    assert desk.delete(f"{V1}/devices/{phone.key}/revocations/current/").status_code == 200
    assert phone.get(f"{V1}/me/").status_code == 200
