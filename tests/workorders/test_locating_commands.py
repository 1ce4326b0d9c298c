"""`resolve_locations` and `learn_from_visits`: everybody anew, resumable, and what was learned put to use."""

import uuid
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.locating.addresses import READER_VERSION
from customers.locating.fusion import ALGORITHM
from customers.models import Address, Installation, LocatingRun, LocationCandidate, Observer, ResolvedLocation
from tests.make import make_customer, make_order
from workorders.models import Disposition, RiskModel, Visit
from workorders.services import locating
from workorders.services.risk import learn_risk
from workorders.states import State

pytestmark = pytest.mark.django_db


def run(*words, **options) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_only_what_an_older_algorithm_decided_is_decided_anew():
    old, fresh = make_customer(), make_customer(lat=-6.93)
    ResolvedLocation.objects.filter(pk=fresh.pk).update(algorithm=ALGORITHM, radius_m=999)
    Address.objects.filter(pk=fresh.pk).update(reader_version=READER_VERSION)
    assert run("resolve_locations").startswith("1 houses decided, 1 changed")
    assert ResolvedLocation.objects.get(pk=old.pk).algorithm == ALGORITHM
    assert ResolvedLocation.objects.get(pk=fresh.pk).radius_m == 999
    read = Address.objects.get(pk=old.pk)
    assert (read.reader_version, read.rt, read.house_number) == (READER_VERSION, "3", "5")
    assert run("resolve_locations").startswith("0 houses decided")


def test_all_decides_everybody_and_the_second_time_changes_nothing():
    for n in range(5):
        make_order(lat=-6.92 - n / 100)
    assert run("resolve_locations", "--all").startswith("5 houses decided, 5 changed")
    assert run("resolve_locations", "--all").startswith("5 houses decided, 0 changed")


def test_a_witel_is_decided_alone_and_an_unknown_one_is_an_error():
    make_customer()
    make_customer(witel="SOLO", lat=-7.57, lon=110.82)
    assert run("resolve_locations", "--all", "--witel", "solo").startswith("1 houses decided")
    with pytest.raises(CommandError, match="NOWHERE"):
        run("resolve_locations", "--witel", "NOWHERE")


def test_an_interrupted_run_goes_on_where_it_stopped(monkeypatch):
    keys = [make_customer(lat=-6.92 - n / 100).pk for n in range(6)]
    monkeypatch.setattr(locating, "PIECE", 2)
    pieces, whole = [], locating.locate_piece

    def interrupted(run, some):
        if len(pieces) == 2:
            raise KeyboardInterrupt
        pieces.append(some)
        whole(run, some)

    monkeypatch.setattr(locating, "locate_piece", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run("resolve_locations", "--all")
    assert pieces == [keys[:2], keys[2:4]]
    monkeypatch.setattr(locating, "locate_piece", lambda run, some: (pieces.append(some), whole(run, some)))
    assert run("resolve_locations", "--all").startswith("6 houses decided")
    assert pieces[2:] == [keys[4:]] and LocatingRun.objects.get().finished_at


def test_orders_follow_the_houses():
    order = make_order(lat=None, lon=None)
    LocationCandidate.objects.create(customer=order.customer, source="VISIT", lat=-6.93, lon=107.6, accuracy_m=8)
    run("resolve_locations")
    order.refresh_from_db()
    assert (order.lat, order.grade, order.state, order.advice) == (-6.93, "B", State.READY, "GO")


def test_a_point_that_a_person_locked_stays(cast):
    customer = make_customer()
    ResolvedLocation.objects.filter(pk=customer.pk).update(locked_by=cast.supervisor, lat=-6.99)
    run("resolve_locations", "--all")
    assert ResolvedLocation.objects.get(pk=customer.pk).lat == -6.99


def confirmed(n, *, off=0.0):
    """A house with a technician's point that is `off` degrees from where two agents found it."""
    customer = make_customer(lat=-6.90 - n / 1_000 + off)
    Installation.objects.filter(pk=customer.pk).update(technician="T1")
    LocationCandidate.objects.filter(customer=customer).update(actor="T1")
    for agent in ("andi", "budi"):
        LocationCandidate.objects.create(
            customer=customer,
            source="VISIT",
            evidence=str(uuid.uuid4()),
            lat=-6.90 - n / 1_000,
            lon=107.61,
            accuracy_m=6,
            observed_on=date(2026, 1, 1),
            actor=agent,
            device="phone-" + agent,
        )


def test_a_technician_who_stamps_elsewhere_is_learned_and_weighed():
    for n in range(40):
        confirmed(n, off=0.004)  # 440 m
    fresh = make_customer(lat=-6.80)
    Installation.objects.filter(pk=fresh.pk).update(technician="T1")
    run("resolve_locations", "--all")
    before = ResolvedLocation.objects.get(pk=fresh.pk).radius_m
    assert "observers learned" in run("learn_from_visits")
    learned = Observer.objects.get(source="INSTALL", actor="T1")
    assert (learned.judged, learned.confirmed) == (40, 0) and learned.wrong > 0.5
    assert Observer.objects.filter(source="DEVICE").count() == 2
    run("resolve_locations", "--all")
    assert ResolvedLocation.objects.get(pk=fresh.pk).radius_m > 5 * before


def test_learning_twice_leaves_one_row_each():
    confirmed(1)
    run("learn_from_visits")
    first = set(Observer.objects.values_list("source", "actor"))
    run("learn_from_visits")
    assert set(Observer.objects.values_list("source", "actor")) == first and Observer.objects.count() == len(first)


def visited(order, day, code):
    now = datetime.combine(day, datetime.min.time(), UTC)
    return Visit(
        id=uuid.uuid4(),
        order=order,
        disposition=Disposition.objects.get(code=code),
        visited_at=now,
        visited_at_corrected=now,
        received_at=now,
        business_day=day,
        content_hash="",
    )


def test_the_risk_is_learned_from_visits_and_taken_only_where_it_is_better():
    today = timezone.now().date()
    good, bad = make_order(), make_order(lat=None, lon=None, witel="BANDUNG")
    few = learn_risk(now=timezone.now())
    assert (few.visits, few.brier) == (0, None)
    Visit.objects.bulk_create(
        [visited(order, today - timedelta(days=n % 100 + 1), code) for n in range(1_500) for order, code in
         ((good, "NC-GATE"), (bad, "ATK-NONUM" if n % 3 else "NC-GATE"))]
    )  # fmt: skip
    model = learn_risk(now=timezone.now())
    assert model.visits == 3_000 and model.brier < model.share_brier and model.auc > 0.7
    assert model.shares[str(good.witel_id)] == pytest.approx(1_000 / 3_000, abs=0.02)
    assert RiskModel.objects.first() == model
