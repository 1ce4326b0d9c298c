import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Device
from history.models import Change
from tests.untouched import nothing_written

pytestmark = pytest.mark.django_db


def make_phone(user, **fields) -> Device:
    return Device.objects.create(**{"id": uuid.uuid4(), "user": user, "name": "Redmi", "app_version": "1.4"} | fields)


@pytest.fixture
def desk(cast, as_user):
    return as_user(cast.supervisor)


def test_without_phones_the_page_says_where_they_come_from(desk):
    assert "Belum ada ponsel" in desk.get("/phones/").content.decode()
    assert "Tidak ada ponsel yang cocok" in desk.get("/phones/?state=lost").content.decode()
    assert "Tidak ada ponsel yang cocok" in desk.get("/phones/?state=nonsense").content.decode()


def test_a_row_says_whose_which_and_since_when(cast, desk):
    make_phone(cast.agent, last_seen_at=timezone.now())
    make_phone(cast.stranger, name="Vivo")
    page = desk.get("/phones/").content.decode()
    assert "dewi" in page and "Redmi" in page and "1.4" in page and "Dipakai" in page
    assert "Vivo" not in page


def test_why_a_phone_was_replaced_is_told_in_the_readers_language(cast, desk):
    make_phone(cast.agent, revocation="RETIRED", revoked_at=timezone.now(), revocation_reason="signed in on Vivo Y22")
    page = desk.get("/phones/").content.decode()
    assert "masuk lewat ponsel Vivo Y22" in page and "signed in on" not in page


def test_the_filter_narrows_by_account_and_state(cast, desk):
    make_phone(cast.agent)
    make_phone(cast.colleague, name="Oppo", revocation="LOST", revoked_at=timezone.now())
    assert len(desk.get("/phones/").context["rows"]) == 2
    assert [row.name for row in desk.get("/phones/?state=lost").context["rows"]] == ["Oppo"]
    assert [row.name for row in desk.get("/phones/?who=dewi&state=").context["rows"]] == ["Redmi"]


def test_pages_go_by_key_and_queries_do_not_grow(cast, desk, django_assert_max_num_queries):
    for number in range(60):
        make_phone(cast.agent, created_at=timezone.now() - timedelta(hours=number // 3))
    with django_assert_max_num_queries(6):
        first = desk.get("/phones/")
    second = desk.get(f"/phones/?after={first.context['rows'][-1].pk}")
    keys = {row.pk for page in (first, second) for row in page.context["rows"]}
    assert first.context["has_more"] and not second.context["has_more"] and len(keys) == 60
    assert desk.get("/phones/?after=x").status_code == 200


@pytest.mark.parametrize("kind, verb", [("LOST", "lose_device"), ("RETIRED", "retire_device")])
def test_a_phone_is_marked_after_a_question_and_the_mark_is_taken_back(cast, desk, kind, verb):
    phone = make_phone(cast.agent)
    with nothing_written():
        question = desk.get(f"/phones/{phone.pk}/revoke/?kind={kind}")
    assert question.status_code == 200 and "Jangan" in question.content.decode()
    answer = desk.post(f"/phones/{phone.pk}/revoke/", {"kind": kind, "reason": "tertinggal"})
    phone.refresh_from_db()
    assert answer["Location"] == "/phones/" and phone.revocation == kind and phone.revoked_by == cast.supervisor
    change = Change.objects.get(verb=verb)
    assert change.reason == "tertinggal" and change.actor == cast.supervisor
    desk.post(f"/phones/{phone.pk}/restore/")
    phone.refresh_from_db()
    assert phone.revoked_at is None and Change.objects.filter(verb="restore_device").exists()


@pytest.mark.parametrize("body", [{"kind": "LOST"}, {"reason": "x"}, {"kind": "STOLEN", "reason": "x"}])
def test_half_a_form_marks_nothing(cast, desk, body):
    phone = make_phone(cast.agent)
    with nothing_written():
        assert desk.post(f"/phones/{phone.pk}/revoke/", body).status_code == 200


def test_the_row_says_whether_the_wipe_arrived_and_then_there_is_no_way_back(cast, desk):
    phone = make_phone(cast.agent, revocation="LOST", revoked_at=timezone.now())
    page = desk.get("/phones/").content.decode()
    assert "belum sampai" in page and f"/phones/{phone.pk}/restore/" in page
    Device.objects.update(wiped_at=timezone.now())
    page = desk.get("/phones/").content.decode()
    assert "perintah hapus diterima" in page and f"/phones/{phone.pk}/restore/" not in page
    with nothing_written():
        said = desk.post(f"/phones/{phone.pk}/restore/", follow=True).content.decode()
    assert "sudah diperintahkan menghapus" in said
