"""Offers confirmed points back to provisioning: what is new goes into deliveries, and each is sent until it is taken.

A line's next version waits until the one before it was taken, so versions arrive in order. Killed anywhere, a delivery
is sent again as it was: at least once, told apart by its id, and each point by service number and version.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from logging import getLogger
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import F, QuerySet

from common.batches import batched
from common.bulk import update_objects
from common.problems import Problem
from common.tx import in_transaction
from customers.models import OfferDelivery, PointOffer, ResolvedLocation
from customers.services.provenance import NUMBER, content_hash, contents_of
from customers.webhook import post, sign
from history.models import Access
from history.services import record_access


class WebhookOff(Problem):
    code, status = "webhook_off", 409
    message = "PROVISIONING_WEBHOOK_URL is not set: confirmed points are offered to nobody."


BATCH = 500
WITHDRAWN = {"state": "withdrawn"}
UNHEARD_OF = content_hash(WITHDRAWN)  # a line never offered is as one whose offer was withdrawn
# A sender that has not told the end of it by then was killed: several times what `post` may take.
LEASE = timedelta(minutes=10)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
# With so many failures the receiver is down, and the rest waits for the next run.
MOST_FAILURES = 3

logger = getLogger(__name__)


@dataclass
class OfferReport:
    """Points put into deliveries by this run, points that the receiver took, deliveries that failed, and deliveries
    that still wait after a failure, of this run or an earlier one."""

    confirmed: int = 0
    withdrawn: int = 0
    taken: int = 0
    failed: int = 0
    waiting: int = 0


def offer_points(*, clock: Callable[[], datetime], limit: int | None = None) -> OfferReport:
    """Send what is due, then what changed since it was last offered: at most `limit` points of the latter.

    `clock` is asked again for each delivery, since a run may take longer than a signature is good for. Safe to run
    twice, also at once. Raises WebhookOff.
    """
    if not settings.PROVISIONING_WEBHOOK_URL:
        raise WebhookOff()
    report = OfferReport()
    for key in list(due(clock()).values_list("pk", flat=True)):
        if report.failed < MOST_FAILURES:
            send(key, clock, report)
    for numbers in batched(islice(changed_numbers(), limit), BATCH):
        if report.failed >= MOST_FAILURES:
            break
        delivery = compose(numbers, clock(), report)
        if delivery is not None:
            send(delivery.pk, clock, report)
    report.waiting = OfferDelivery.objects.filter(delivered_at=None).exclude(last_error="").count()
    return report


def preview_offers(*, limit: int | None = None) -> OfferReport:
    """What a run would put into deliveries, and what waits; nothing is written or sent."""
    report = OfferReport(waiting=OfferDelivery.objects.filter(delivered_at=None).count())
    for numbers in batched(islice(changed_numbers(), limit), BATCH):
        count(news_of(numbers), report)
    return report


def offer_again() -> int:
    """Make every line that was ever offered news for the next run; their number. For a database that was restored,
    which does not know what it offered since."""
    return PointOffer.objects.filter(version__gt=0).update(content_hash="", is_withdrawn=False)


def changed_numbers() -> Iterator[str]:
    """Service numbers whose content differs from their last offer, but for those that have one under way."""
    confirmed = ResolvedLocation.objects.confirmed().values_list(NUMBER, flat=True)
    offered = PointOffer.objects.filter(is_withdrawn=False).values_list("pk", flat=True)
    under_way = PointOffer.objects.filter(delivery__isnull=False).values_list("pk", flat=True)
    for numbers in batched(sorted({*confirmed, *offered} - {*under_way}), BATCH):
        yield from news_of(numbers)


def news_of(numbers: list[str]) -> dict[str, dict]:
    """Service number → content, for those of these lines where it differs from the last offer."""
    contents, offers = contents_of(numbers), PointOffer.objects.in_bulk(numbers)
    news = {}
    for number in numbers:
        content, offer = contents.get(number, WITHDRAWN), offers.get(number)
        last = offer.content_hash if offer and offer.version else UNHEARD_OF
        if content_hash(content) != last:
            news[number] = content
    return news


def count(news: dict[str, dict], report: OfferReport) -> None:
    withdrawn = sum(content == WITHDRAWN for content in news.values())
    report.withdrawn += withdrawn
    report.confirmed += len(news) - withdrawn


def compose(numbers: list[str], now: datetime, report: OfferReport) -> OfferDelivery | None:
    """A delivery of what is still news of these lines; None where another process has it all.

    The rows are claimed before they are compared: whatever is offered at once elsewhere, is no news here.
    """

    def work():
        PointOffer.objects.bulk_create([PointOffer(service_number=number) for number in numbers], ignore_conflicts=True)
        delivery = OfferDelivery.objects.create(points=0, created_at=now, next_try_at=now)
        PointOffer.objects.filter(pk__in=numbers, delivery=None).update(delivery=delivery)
        offers = {offer.pk: offer for offer in delivery.offers.all()}
        news = news_of(list(offers))
        delivery.offers.exclude(pk__in=news).update(delivery=None)
        if not news:
            delivery.delete()
            return None, news
        write_offers([offers[number] for number in news], news, now)
        delivery.body, delivery.points = body_of(delivery, offers, news), len(news)
        delivery.save(update_fields=["body", "points"])
        record_access(
            actor=None,
            purpose=Access.Purpose.EXPORT,
            target_type="customer",
            rows=len(news),
            detail=f"webhook {delivery.pk}",
        )
        return delivery, news

    delivery, news = in_transaction(work)
    count(news, report)
    return delivery


def write_offers(offers: list[PointOffer], news: dict[str, dict], now: datetime) -> None:
    """The versions come from the clock, so that they go on above those given out before a restore took them back."""
    for offer in offers:
        content = news[offer.pk]
        offer.version = max(offer.version + 1, int(now.timestamp()))
        offer.content_hash, offer.is_withdrawn = content_hash(content), content == WITHDRAWN
    update_objects(offers, ["version", "content_hash", "is_withdrawn"])


def body_of(delivery: OfferDelivery, offers: dict[str, PointOffer], news: dict[str, dict]) -> str:
    points = [{"service_number": key, "version": offers[key].version, **content} for key, content in news.items()]
    return orjson.dumps({"delivery": str(delivery.pk), "points": points}).decode()


def due(now: datetime) -> QuerySet:
    return OfferDelivery.objects.filter(delivered_at=None, next_try_at__lte=now)


def send(key: UUID, clock: Callable[[], datetime], report: OfferReport) -> None:
    """Post one delivery if it is still due: who moves it ahead in time has it."""
    now = clock()
    if not due(now).filter(pk=key).update(next_try_at=now + LEASE, attempts=F("attempts") + 1):
        return
    delivery = OfferDelivery.objects.get(pk=key)
    body, timestamp = delivery.body.encode(), str(int(now.timestamp()))
    headers = {
        "X-FindGo-Timestamp": timestamp,
        "X-FindGo-Delivery": str(key),
        "X-FindGo-Signature": sign(settings.PROVISIONING_WEBHOOK_SECRET, timestamp, body),
    }
    error = post(settings.PROVISIONING_WEBHOOK_URL, body, headers)
    if error:
        report.failed += 1
        note_failure(delivery, error, clock())
    else:
        report.taken += delivery.points
        note_success(delivery, clock())


def note_failure(delivery: OfferDelivery, error: str, now: datetime) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 20), LONGEST_PAUSE)
    still_open = OfferDelivery.objects.filter(pk=delivery.pk, delivered_at=None)
    still_open.update(last_error=error[:200], next_try_at=now + pause)
    logger.warning("Delivery %s was not taken, attempt %d: %s", delivery.pk, delivery.attempts, error)


def note_success(delivery: OfferDelivery, now: datetime) -> None:
    def work():
        OfferDelivery.objects.filter(pk=delivery.pk).update(delivered_at=now, body="", last_error="")
        PointOffer.objects.filter(delivery=delivery).update(delivery=None, delivered_at=now)

    in_transaction(work)
