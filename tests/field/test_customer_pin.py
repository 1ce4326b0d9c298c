"""The page behind a customer's link: works once, tells nothing, and its answer moves or proposes the point."""

import re
import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.verbs import Role
from customers.models import LocationCandidate, LocationCorrection, PinLink, ResolvedLocation
from field.limits import MOST_MISSES, WINDOW
from field.models import MissedLink
from history.models import Change
from tests.cast import make_user
from tests.make import make_bandung, make_bill, make_customer, make_order
from tests.untouched import nothing_written
from workorders.services.pins import create_pin_link, take_customer_pin

HOUSE = {"lat": "-6.92", "lon": "107.61"}
NEAR = {"lat": "-6.92018", "lon": "107.61", "accuracy_m": "6"}  # 20 m south of it
FAR = {"lat": "-6.93", "lon": "107.62", "accuracy_m": "6"}  # 1.5 km off


@pytest.fixture
def order(cast):
    customer = make_customer(name="Siti Rahayu", service_number="131059998887", phones="+6281298765432")
    make_bill(customer, amount=387_500)
    return make_order(assignee=cast.agent, customer=customer)


def page_of(customer, user, *, now=None) -> str:
    _, token = create_pin_link(user=user, customer_id=customer.pk, now=now or timezone.now())
    return f"/p/{token}/"


def test_the_page_asks_for_the_house_and_says_what_is_kept(cast, order, client):
    answer = client.get(page_of(order.customer, cast.agent))
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Saya di rumah – kirim lokasi", "Yang disimpan", "Untuk apa", "Berapa lama", "Izinkan", "<noscript>"):
        assert words in text


def test_page_thanks_and_refusals_name_no_person_and_no_bill(cast, order, client):
    page = page_of(order.customer, cast.agent)
    texts = [client.get(page), client.post(page, NEAR), client.get("/p/thanks/"), client.get(page)]
    secrets = ["Siti", "Rahayu", "131059998887", "81298765432", "melati", "cibiru", "387", "Rp ", order.number]
    secrets += ["tagihan", "tunggakan", "utang", "bayar", "Dewi", "-6.92", "107.61"]
    for answer in texts:
        text = re.sub(r'value="[^"]*"', "", answer.content.decode())  # the CSRF token is random letters
        assert [word for word in secrets if word.lower() in text.lower()] == []


def test_every_answer_is_kept_out_of_caches_indexes_and_other_sites(cast, order, client):
    page = page_of(order.customer, cast.agent)
    for answer in (client.get(page), client.post(page, NEAR), client.get("/p/thanks/"), client.get("/p/unknown/")):
        assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"] and answer["X-Frame-Options"] == "DENY"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=|https?://", text)


def test_a_near_pin_moves_the_point_at_once_and_the_order_follows(cast, order, client):
    page = page_of(order.customer, cast.agent)
    answer = client.post(page, NEAR)
    assert answer.status_code == 302 and answer["Location"] == "/p/thanks/"
    link = PinLink.objects.get()
    pin = LocationCandidate.objects.get(source="CUSTOMER_PIN")
    assert link.used_at is not None
    assert (pin.customer, pin.evidence, pin.actor, pin.accuracy_m) == (order.customer, str(link.pk), "", 6)
    correction = LocationCorrection.objects.get()
    assert correction.state == "AUTO_ACCEPTED" and 0 < correction.moved_m < 50
    location = ResolvedLocation.objects.get()
    order.refresh_from_db()
    assert location.lat < -6.92 and (order.lat, order.lon, order.grade) == (location.lat, location.lon, location.grade)
    assert Change.objects.filter(verb="pin", actor=None, target_id=str(order.customer.pk)).count() == 1


def test_a_far_pin_is_proposed_and_makes_the_point_doubtful(cast, order, client):
    client.post(page_of(order.customer, cast.agent), FAR)
    correction = LocationCorrection.objects.get()
    assert correction.state == "PROPOSED" and correction.moved_m > 1000
    location = ResolvedLocation.objects.get()
    order.refresh_from_db()
    assert (round(location.lat, 4), location.grade, order.grade) == (-6.92, "D", "D")


def test_a_house_that_nobody_had_found_gets_its_first_point(cast, client):
    order = make_order(assignee=cast.agent, lat=None)
    client.post(page_of(order.customer, cast.supervisor), NEAR)
    order.refresh_from_db()
    assert order.lat == pytest.approx(-6.92018)


def test_a_link_works_once(cast, order, client):
    page = page_of(order.customer, cast.agent)
    client.post(page, NEAR)
    with nothing_written():
        assert client.get(page).status_code == 404
        assert client.post(page, FAR).status_code == 404


def test_unknown_used_expired_and_ended_links_answer_alike_and_write_nothing(cast, order, client):
    now = timezone.now()
    ended = page_of(order.customer, cast.agent)
    used = page_of(order.customer, cast.agent)
    client.post(used, NEAR)
    expired = page_of(order.customer, cast.agent, now=now - timedelta(hours=72, minutes=1))
    pages = [ended, used, expired, "/p/" + "x" * 32 + "/", "/p/x/", "/p/%00%F0%9F%98%80/", "/p/" + "9" * 500 + "/"]
    with nothing_written():
        answers = [send(page) for page in pages for send in (client.get, lambda page: client.post(page, NEAR))]
        answers.append(client.post(used, {}))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1 and "tidak berlaku lagi" in answers[0].content.decode()
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_link_lasts_as_long_as_the_setting_says(cast, order, client, settings):
    settings.PIN_LINK_HOURS = 2
    now = timezone.now()
    late = page_of(order.customer, cast.agent, now=now - timedelta(hours=2, minutes=1))
    assert client.get(late).status_code == 404
    assert client.get(page_of(order.customer, cast.agent, now=now - timedelta(hours=1))).status_code == 200


@pytest.mark.parametrize(
    "fix",
    [
        {},
        NEAR | {"accuracy_m": "50.1"},
        NEAR | {"accuracy_m": "-1"},
        NEAR | {"lat": "0", "lon": "0"},
        NEAR | {"lat": "nan"},
        NEAR | {"lon": "inf"},
        NEAR | {"lat": "-6,92"},
        NEAR | {"lat": "48.1", "lon": "11.5"},
        NEAR | {"lat": "1e400"},
    ],
)
def test_a_useless_position_is_refused_and_the_link_still_works(cast, order, client, fix):
    page = page_of(order.customer, cast.agent)
    with nothing_written():
        answer = client.post(page, fix)
    assert answer.status_code == 400 and "belum bisa dipakai" in answer.content.decode()
    assert client.post(page, NEAR).status_code == 302


def test_the_form_needs_its_token(cast, order):
    page = page_of(order.customer, cast.agent)
    with nothing_written():
        assert Client(enforce_csrf_checks=True).post(page, NEAR).status_code == 403


def test_other_methods_are_refused(cast, order, client):
    page = page_of(order.customer, cast.agent)
    with nothing_written():
        assert {client.put(page).status_code, client.delete(page).status_code} == {405}
    assert client.head(page).status_code == 200


def test_an_address_that_guesses_is_told_to_wait_and_right_links_still_work(cast, order, client):
    page = page_of(order.customer, cast.agent)
    assert {client.get(f"/p/guess-{n}/").status_code for n in range(MOST_MISSES)} == {404}
    with nothing_written():
        answer = client.get("/p/guess/")
    assert answer.status_code == 429 and answer["Retry-After"] == "900"
    assert MissedLink.objects.count() == MOST_MISSES
    assert client.get("/p/guess/", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get(page).status_code == 200


def test_misses_are_forgotten_after_the_window(cast, client):
    MissedLink.objects.bulk_create(
        MissedLink(address="127.0.0.1", missed_at=timezone.now() - WINDOW) for _ in range(MOST_MISSES)
    )
    assert client.get("/p/guess/").status_code == 404
    assert MissedLink.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_counts(monkeypatch):
    bandung = make_bandung()
    page = page_of(make_customer(), make_user("siti", Role.SUPERVISOR, witel=bandung))
    both_have_seen_the_link, statuses = threading.Barrier(2, timeout=20), []
    # SQLite in a file lets one writer wait for the other; in memory, as here, it refuses the second: wait by hand.
    writing = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def take_together(**given):
        both_have_seen_the_link.wait()
        with writing:
            return take_customer_pin(**given)

    def answer(fix):
        statuses.append(Client().post(page, fix).status_code)
        connection.close()

    monkeypatch.setattr("field.views.customer_pin.take_customer_pin", take_together)
    threads = [threading.Thread(target=answer, args=(fix,)) for fix in (NEAR, NEAR | {"lat": "-6.92027"})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [302, 404]
    assert LocationCandidate.objects.filter(source="CUSTOMER_PIN").count() == 1
    assert LocationCorrection.objects.count() == 1
