"""The reference client against the product, without a socket: what it says of the protocol is so."""

import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from accounts.services import tokens
from accounts.services.devices import revoke_device
from tests.make import make_order
from tests.storm.phone import Answer, Lost, Phone, Wipe
from workorders.models import Operation, Visit
from workorders.services.feed import announce, begin_epoch
from workorders.services.states import hold_order

FIX = {"lat": -6.92, "lon": 107.61, "accuracy_m": 8.0}


class Wire:
    """Django's test client as a network. `lost` answers are lost after the server has done what was asked."""

    def __init__(self):
        self.client, self.lost = APIClient(), 0

    def send(self, method, path, headers, body) -> Answer:
        words = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        kind = words.pop("HTTP_CONTENT_TYPE", "application/json")
        answer = self.client.generic(method, path, body or b"", content_type=kind, **words)
        if self.lost:
            self.lost -= 1
            raise Lost(path)
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content)


@pytest.fixture
def phone(cast):
    phone = Phone(Wire(), "dewi", "")
    pair = tokens.sign_in(user=cast.agent, phone=tokens.Phone(phone.device), now=timezone.now())
    phone.keep({"access": pair.access, "refresh": pair.refresh})
    return phone


@pytest.fixture
def order(cast):
    order = make_order(assignee=cast.agent)
    announce(agents=[cast.agent.pk])
    return order


def test_a_push_is_cut_where_the_server_takes_no_more(cast, phone, order):
    trail = {"points": [FIX | {"lat": -6.92 + n * 1e-6} for n in range(500)], "seconds": 1800}
    for _ in range(40):
        phone.visit(order.pk, "NC-HOURS", fix=FIX, trail=trail)
    phone.sync()
    assert phone.is_sent() and {entry.result["status"] for entry in phone.outbox} == {"applied"}


def test_a_day_in_the_field(cast, phone, order):
    phone.sync()
    assert [body["id"] for body in (held["body"] for held in phone.held.values())] == [order.pk]
    key = phone.visit(order.pk, "MET-REFUSE", fix=FIX, reason="nanti")
    phone.sync()
    assert Visit.objects.get().pk == key
    assert phone.held == {} and phone.is_done() and phone.resyncs == 0


def test_lost_answers_are_asked_for_again(phone, order):
    phone.visit(order.pk, "NC-HOURS", fix=FIX)
    phone.network.lost = 1
    with pytest.raises(Lost):
        phone.sync()
    phone.sync()
    assert phone.outbox[0].result["status"] == "duplicate"
    assert Visit.objects.count() == 1


def test_tokens_end_and_are_renewed_also_when_the_answer_was_lost(phone, order, settings):
    settings.ACCESS_TOKEN_SECONDS = 60
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        phone.network.lost = 0
        old = phone.refresh
        phone.sync()
        assert phone.refresh != old
        phone.refresh, phone.access = old, "gone"  # the answer to the renewal never came
        phone.sync()


def test_a_restored_backup_loses_nothing_that_phones_still_hold(cast, phone, order):
    """Everything since the backup is gone, and the epoch says so: phones send again what they had sent."""
    phone.sync()
    with transaction.atomic():
        phone.visit(order.pk, "NC-HOURS", fix=FIX, note="setelah cadangan")
        phone.sync()
        assert Visit.objects.count() == 1
        transaction.set_rollback(True)
    assert not Visit.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=2), tick=False):
        begin_epoch(reason="restore")
    phone.sync()
    assert not phone.is_done()
    phone.sync()
    assert Visit.objects.get().note == "setelah cadangan" and Operation.objects.count() == 1
    assert phone.is_done()


def test_a_phone_that_holds_something_else_notices_and_fetches_anew(cast, phone, order):
    phone.sync()
    phone.held[next(iter(phone.held))]["seq"] += 1
    phone.held["order", "999"] = {"seq": 1, "body": None}
    hold_order(user=cast.supervisor, order_id=order.pk, reason="x")
    phone.sync()
    assert phone.resyncs == 1
    phone.sync()
    assert phone.held == {} and phone.resyncs == 1


def test_a_lost_phone_is_wiped_at_its_first_contact(cast, phone, order):
    phone.visit(order.pk, "NC-HOURS", fix=FIX)
    revoke(cast, phone, "LOST")
    with pytest.raises(Wipe):
        phone.sync()
    assert not Visit.objects.exists()


def test_a_retired_phone_hands_in_what_it_holds_and_is_wiped(cast, phone, order):
    phone.sync()
    picture = Image.effect_noise((300, 300), 90)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    phone.visit(order.pk, "NC-HOURS", fix=FIX, picture=out.getvalue())
    revoke(cast, phone, "RETIRED")
    with pytest.raises(Wipe):
        phone.sync()
    assert Visit.objects.get().photos.get().state == "ARRIVED"


def revoke(cast, phone, kind: str) -> None:
    revoke_device(user=cast.supervisor, device_id=phone.device, kind=kind, reason="x", now=timezone.now())


def test_ids_of_the_phone_are_of_version_7():
    from tests.storm.phone import uuid7

    keys = [uuid7() for _ in range(100)]
    assert {key.version for key in keys} == {7} and {key.variant for key in keys} == {uuid.RFC_4122}
