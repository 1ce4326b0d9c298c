"""Learns from what the field found: who is to be believed how far, and what makes an address hard to find."""

from datetime import datetime

import polars as pl

from common.batches import batched
from common.tx import in_transaction
from customers.locating import reliability
from customers.locating.weights import CONFIRMING
from customers.models import LocationCandidate, Observer
from customers.services.locations import EVIDENCE, evidence_of
from workorders.models import RiskModel
from workorders.services.risk import learn_risk

# Houses judged at a time; the counts of all pieces are learned from together.
MOST_HOUSES = 200_000


def learn(*, now: datetime) -> tuple[int, RiskModel]:
    """Learn both; the number of observers, and the risk model. What is learned takes effect with the next resolving."""
    return learn_observers(now), learn_risk(now=now)


def learn_observers(now: datetime) -> int:
    """Judge observations by the latest MOST_HOUSES customers that somebody confirmed."""
    confirmed = LocationCandidate.objects.filter(source__in=CONFIRMING).order_by("-id")
    keys = list(dict.fromkeys(confirmed.values_list("customer", flat=True)[: 3 * MOST_HOUSES]))[:MOST_HOUSES]
    rows = []
    for some in batched(keys, 2000):
        rows += evidence_of(some)
    learned = reliability.learn(pl.DataFrame(rows, schema=EVIDENCE, orient="row"), now.year)
    columns = ("source", "actor", "judged", "confirmed", "wrong", "scale")
    fresh = [Observer(computed_at=now, **row) for row in learned.select(*columns).iter_rows(named=True)]

    def work():
        Observer.objects.all().delete()
        Observer.objects.bulk_create(fresh, batch_size=500)

    in_transaction(work)
    return len(fresh)
