"""Offering confirmed points to provisioning, against a receiver that verifies, fails, waits and counts."""

import logging
import shutil
import subprocess
import threading
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers import webhook
from customers.models import Customer, LocationCandidate, OfferDelivery, PointOffer, ResolvedLocation
from customers.services import Fix, offers, report_house, revert_correction
from customers.services.offers import LEASE, WebhookOff, offer_again, offer_points, preview_offers
from history.models import Access
from tests.customers.houses import LAT, LON, METRE, make_confirmed, make_house
from tests.customers.receiver import SECRET, Receiver, documented_verify, serve
from tests.make import make_bandung, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    server = serve(receiver)
    settings.PROVISIONING_WEBHOOK_URL, settings.PROVISIONING_WEBHOOK_SECRET = receiver.url, SECRET
    yield receiver
    server.shutdown()
    server.server_close()
    assert receiver.forged == 0


def offer(**options):
    return offer_points(clock=timezone.now, **options)


def make_due():
    """As if the pause or the lease were over."""
    OfferDelivery.objects.filter(delivered_at=None).update(next_try_at=timezone.now())


def versions_grow(receiver) -> bool:
    """No line's version is at or below an earlier one of it."""
    seen = {}
    for point in (point for points in receiver.points for point in points):
        if point["version"] <= seen.get(point["service_number"], 0):
            return False
        seen[point["service_number"]] = point["version"]
    return True


def withdraw(customer):
    ResolvedLocation.objects.filter(customer=customer).update(grade="D")


def test_confirmed_points_are_taken_once_and_not_sent_again(cast, receiver):
    customer = make_confirmed(record_m=140)
    make_house()

    report = offer()
    again = offer()

    ((point,),) = receiver.points
    assert (point["service_number"], point["state"]) == (customer.service_number, "confirmed")
    assert (report.confirmed, report.taken, report.failed, report.waiting) == (1, 1, 0, 0)
    assert (again.confirmed, again.taken) == (0, 0)
    delivery, told = OfferDelivery.objects.get(), PointOffer.objects.get()
    assert delivery.delivered_at and delivery.body == "" and told.delivery is None and told.delivered_at


def test_a_change_is_the_next_version_and_a_point_no_longer_confirmed_is_withdrawn_once(cast, receiver):
    customer = make_confirmed()
    offer()
    ResolvedLocation.objects.filter(customer=customer).update(radius_m=6.5)
    offer()
    LocationCandidate.objects.filter(customer=customer, source="VISIT").update(status="REJECTED")  # taken back
    report = offer()
    offer()

    first, second, third = (points[0] for points in receiver.points)
    assert (first["radius_m"], second["radius_m"]) == (12.0, 6.5)
    assert first["version"] < second["version"] < third.pop("version")
    assert third == {"service_number": customer.service_number, "state": "withdrawn"}
    assert report.withdrawn == 1


def test_from_the_visit_over_the_desk_to_provisioning_and_back(cast, receiver):
    """With the verbs of the field and the desk instead of rows of ours."""
    customer = make_customer(lat=LAT, lon=LON)
    fix = Fix(LAT + 30 * METRE, LON, 5.0)
    moved = report_house(
        customer=customer, source="VISIT", evidence="v1", fix=fix, observed_on=date(2026, 11, 20), actor="dewi"
    )
    assert moved.state == "AUTO_ACCEPTED"
    offer()
    revert_correction(user=cast.supervisor, correction_id=moved.pk)
    offer()

    (confirmed,), (withdrawn,) = receiver.points
    assert confirmed["lat"] == pytest.approx(fix.lat, abs=20 * METRE) and confirmed["grade"] in "AB"
    assert [seen["kind"] for seen in confirmed["evidence"]] == ["VISIT"]
    assert withdrawn["state"] == "withdrawn"


def test_a_restored_database_says_everything_again_under_higher_versions(cast, receiver):
    kept, lost = make_confirmed(), make_confirmed()
    offer()
    backup = list(PointOffer.objects.values())
    withdraw(kept), withdraw(lost)
    offer()
    PointOffer.objects.all().delete()
    PointOffer.objects.bulk_create(PointOffer(**row) for row in backup)
    ResolvedLocation.objects.filter(customer=kept).update(grade="A")

    offer_again()
    offer_points(clock=lambda: timezone.now() + timedelta(seconds=5))

    last = {point["service_number"]: point["state"] for point in receiver.points[-1]}
    assert last == {kept.service_number: "confirmed", lost.service_number: "withdrawn"}
    assert versions_grow(receiver)
    assert offer().taken == 0


def test_a_point_confirmed_again_is_offered_again(cast, receiver):
    customer = make_confirmed()
    offer()
    withdraw(customer)
    offer()
    ResolvedLocation.objects.filter(customer=customer).update(grade="A")
    offer()

    assert [point["state"] for (point,) in receiver.points] == ["confirmed", "withdrawn", "confirmed"]
    assert versions_grow(receiver)


def test_a_customer_that_is_gone_is_withdrawn_and_counts_on_when_it_returns(cast, receiver):
    customer = make_confirmed()
    offer()
    Customer.objects.all().delete()
    offer()
    make_confirmed(service_number=customer.service_number)
    offer()

    assert [point["state"] for (point,) in receiver.points] == ["confirmed", "withdrawn", "confirmed"]
    assert versions_grow(receiver)


def test_a_point_never_offered_is_never_withdrawn(cast, receiver):
    withdraw(make_confirmed())

    offer()

    assert not receiver.requests and not PointOffer.objects.exists()


@pytest.mark.parametrize("status", [500, 503, 400, 302, 307])
def test_whatever_is_no_2xx_is_kept_and_retried_as_the_same_delivery(cast, receiver, status):
    make_confirmed()
    receiver.answers = [status]

    report = offer()
    assert (report.failed, report.taken, report.waiting) == (1, 0, 1)
    assert OfferDelivery.objects.get().last_error == f"answered {status}"
    assert len(receiver.requests) == 1  # no redirect was followed
    make_due()
    report = offer()

    assert (report.taken, report.waiting) == (1, 0)
    (_, first), (_, second) = receiver.requests
    assert first == second and receiver.ids[0] == receiver.ids[1]
    assert offer().taken == 0 and len(receiver.requests) == 2


def test_the_retry_says_what_the_first_try_said_and_news_come_after_it(cast, receiver):
    customer = make_confirmed()
    receiver.answers = [500]
    offer()
    ResolvedLocation.objects.filter(customer=customer).update(radius_m=6.5)
    offer()
    assert len(receiver.requests) == 1  # neither the retry, which is not due, nor the news before it
    make_due()
    offer()

    first, second, third = (point for (point,) in receiver.points)
    assert first == second and (second["radius_m"], third["radius_m"]) == (12.0, 6.5)
    assert first["version"] < third["version"]
    assert receiver.ids[0] == receiver.ids[1] != receiver.ids[2]


def test_pauses_double_up_to_six_hours(cast, receiver):
    make_confirmed()
    receiver.answers = [500] * 20
    pauses = []
    for _ in range(12):
        offer()
        pauses.append(OfferDelivery.objects.get().next_try_at - timezone.now())
        make_due()

    minutes = [round(pause / timedelta(minutes=1)) for pause in pauses]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_nobody_at_the_door_is_a_failure_in_words(cast, receiver, settings):
    settings.PROVISIONING_WEBHOOK_URL = "http://127.0.0.1:9/"
    make_confirmed()

    assert offer().failed == 1
    assert OfferDelivery.objects.get().last_error == "ConnectionRefusedError Connection refused"


def test_a_slow_receiver_is_given_up_and_tried_again(cast, receiver, monkeypatch):
    monkeypatch.setattr(webhook, "QUIET_S", 0.1)
    receiver.pause_s = 0.5
    make_confirmed()

    assert offer().failed == 1
    assert OfferDelivery.objects.get().last_error == "TimeoutError"
    receiver.pause_s = 0.0
    make_due()
    assert offer().taken == 1 and receiver.ids[0] == receiver.ids[1]


def test_a_receiver_that_drips_is_hung_up_on(cast, receiver, monkeypatch):
    monkeypatch.setattr(webhook, "WHOLE_S", 0.3)
    receiver.drips = True
    make_confirmed()

    begun = timezone.now()
    report = offer()

    assert timezone.now() - begun < timedelta(seconds=5)
    assert report.failed == 1
    assert OfferDelivery.objects.get().last_error == "took longer than 0.3 s"


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_receiver_that_nobody_vouches_for_gets_nothing(cast, settings, tmp_path, monkeypatch):
    certificate = tmp_path / "own.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    command += f" -addext subjectAltName=IP:127.0.0.1 -keyout {certificate} -out {tmp_path / 'certificate'}"
    subprocess.run(command.split(), check=True, capture_output=True)
    with certificate.open("a") as file:
        file.write((tmp_path / "certificate").read_text())
    receiver = Receiver()
    server = serve(receiver, certificate)
    settings.PROVISIONING_WEBHOOK_URL, settings.PROVISIONING_WEBHOOK_SECRET = receiver.url, SECRET
    make_confirmed()

    assert offer().failed == 1 and not receiver.requests
    assert OfferDelivery.objects.get().last_error.startswith("SSLCertVerificationError")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
    make_due()
    assert offer().taken == 1
    server.shutdown()
    server.server_close()


def test_proxies_of_the_environment_are_not_asked(cast, receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    make_confirmed()

    assert offer().taken == 1


def test_killed_between_sending_and_noting_it_is_sent_again_as_it_was(cast, receiver, monkeypatch):
    make_confirmed()

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(offers, "note_success", killed)
        offer()
    assert offer().taken == 0  # the killed one may still be at it
    assert OfferDelivery.objects.get().next_try_at > timezone.now() + LEASE / 2
    make_due()
    assert offer().taken == 1

    (_, first), (_, second) = receiver.requests
    assert first == second and receiver.ids[0] == receiver.ids[1]


def test_a_second_run_during_the_first_sends_nothing(cast, receiver, monkeypatch):
    make_confirmed()
    reports = []

    def while_on_the_wire(*arguments):
        monkeypatch.setattr(offers, "post", webhook.post)
        reports.append(offer())
        return webhook.post(*arguments)

    monkeypatch.setattr(offers, "post", while_on_the_wire)
    reports.append(offer())

    assert [report.taken for report in reports] == [0, 1]
    assert len(receiver.requests) == 1


def test_what_another_run_offered_since_we_looked_is_no_news(cast, receiver, monkeypatch):
    make_confirmed()
    plain = offers.compose

    def overtaken(*arguments):
        monkeypatch.setattr(offers, "compose", plain)
        offer()
        return plain(*arguments)

    monkeypatch.setattr(offers, "compose", overtaken)
    report = offer()

    assert (report.confirmed, report.taken) == (0, 0)
    assert len(receiver.requests) == 1 and PointOffer.objects.get().version == receiver.points[0][0]["version"]
    assert OfferDelivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite in memory belongs to one process")
def test_four_runs_at_once_offer_every_point_once(db, receiver, monkeypatch):
    make_bandung()
    monkeypatch.setattr(offers, "BATCH", 5)
    numbers = sorted(make_confirmed().service_number for _ in range(40))
    reports = []

    def run():
        try:
            reports.append(offer())
        finally:
            connection.close()

    runs = [threading.Thread(target=run) for _ in range(4)]
    [thread.start() for thread in runs]
    [thread.join() for thread in runs]

    assert sorted(point["service_number"] for points in receiver.points for point in points) == numbers
    assert len(set(receiver.ids)) == len(receiver.ids) and sum(report.taken for report in reports) == 40


def test_a_receiver_that_is_down_is_not_tried_for_each_batch(cast, receiver, monkeypatch):
    monkeypatch.setattr(offers, "BATCH", 1)
    for _ in range(6):
        make_confirmed()
    receiver.answers = [500] * 3

    report = offer()

    assert (report.failed, len(receiver.requests)) == (3, 3)
    make_due()
    assert offer().taken == 6


def test_batches_hold_at_most_so_many_points_and_a_limit_ends_early(cast, receiver, monkeypatch):
    monkeypatch.setattr(offers, "BATCH", 2)
    for _ in range(5):
        make_confirmed()

    assert offer(limit=3).taken == 3
    assert offer().taken == 2
    assert [len(points) for points in receiver.points] == [2, 1, 2]


def test_queries_do_not_grow_with_points(cast, receiver, django_assert_max_num_queries):
    for _ in range(25):
        make_confirmed()

    with django_assert_max_num_queries(40):
        assert offer().taken == 25


def test_no_secret_is_in_logs_errors_or_tables(cast, receiver, settings, caplog):
    settings.PROVISIONING_WEBHOOK_URL = f"{receiver.url}&token=very-private"
    customer = make_confirmed()
    receiver.answers = [500]

    with caplog.at_level(logging.DEBUG):
        offer()

    delivery = OfferDelivery.objects.get()
    assert "was not taken, attempt 1: answered 500" in caplog.text
    for text in (caplog.text, delivery.last_error, delivery.body, str(Access.objects.values_list("detail"))):
        assert SECRET not in text and "very-private" not in text
    assert customer.service_number not in caplog.text
    sent, _ = receiver.requests[0]
    assert SECRET not in str(sent)


def test_what_left_the_house_is_in_the_access_log_once(cast, receiver):
    make_confirmed(), make_confirmed()
    receiver.answers = [500]
    offer()
    make_due()
    offer()

    access = Access.objects.get()
    assert (access.actor, access.purpose, access.target_type, access.rows) == (None, "export", "customer", 2)
    assert access.detail == f"webhook {receiver.ids[0]}"


def test_a_receiver_refuses_what_is_changed_old_or_signed_by_another(cast, receiver):
    make_confirmed()
    offer()
    headers, body = receiver.requests[0]
    verify = documented_verify()

    assert verify(SECRET, headers, body)
    assert not verify(SECRET, headers, body + b" ")
    assert not verify("another-secret-of-more-than-32-letters", headers, body)
    old = str(int(headers["X-FindGo-Timestamp"]) - 301)
    assert not verify(SECRET, headers | {"X-FindGo-Timestamp": old}, body)
    signed_old = headers | {"X-FindGo-Timestamp": old, "X-FindGo-Signature": webhook.sign(SECRET, old, body)}
    assert not verify(SECRET, signed_old, body)
    assert not verify(SECRET, headers | {"X-FindGo-Signature": "v1=é"}, body)
    assert not verify(SECRET, {}, body)


def test_without_a_url_nothing_is_offered(cast, settings, capsys):
    settings.PROVISIONING_WEBHOOK_URL = ""
    make_confirmed()

    with pytest.raises(WebhookOff):
        offer()
    call_command("offer_points")

    assert "offered to nobody" in capsys.readouterr().out
    assert not PointOffer.objects.exists() and not OfferDelivery.objects.exists()


def test_a_dry_run_counts_and_writes_nothing_also_where_the_webhook_is_off(cast, receiver, settings, capsys):
    customer = make_confirmed()
    offer()
    make_confirmed(), make_confirmed()
    withdraw(customer)
    settings.PROVISIONING_WEBHOOK_URL = ""

    call_command("offer_points", dry_run=True)

    assert "2 confirmed and 1 withdrawn points would be offered; 0 deliveries wait" in capsys.readouterr().out
    assert preview_offers(limit=1).confirmed + preview_offers(limit=1).withdrawn == 1
    assert len(receiver.requests) == 1 and PointOffer.objects.count() == 1


def test_the_command_counts_and_ends_with_1_as_long_as_something_waits(cast, receiver, capsys):
    make_confirmed()
    receiver.answers = [500]

    for _ in range(2):  # the second finds it waiting for its time
        with pytest.raises(SystemExit) as ended:
            call_command("offer_points")
        assert ended.value.code == 1
    make_due()
    call_command("offer_points")
    call_command("offer_points")

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1 confirmed and 0 withdrawn points offered; 0 points taken; 1 deliveries failed, 1 wait"
    assert said[2] == "0 confirmed and 0 withdrawn points offered; 1 points taken; 0 deliveries failed, 0 wait"
    assert len(receiver.requests) == 2
    call_command("offer_points", again=True)
    assert len(receiver.requests) == 3


def test_options_without_sense_are_refused(cast):
    for options in ({"limit": 0}, {"dry_run": True, "again": True}):
        with pytest.raises(CommandError):
            call_command("offer_points", **options)
