"""Visits of a push are stored together. Nobody sees a difference but the clock."""

import random
import uuid

import pytest

from customers.models import LocationCandidate
from history.models import Change
from tests.make import make_order
from tests.workorders.phone import push, stamp, statuses, visit_op
from workorders.models import AddressHold, Assignment, Lesson, Operation, PromiseToPay, RescueStep, SearchTrail, Visit
from workorders.sync import push as pushing

STEPS = ["OTHER_POINTS", "ODP", "NEIGHBOURS", "CALL", "RT_HEAD"]
SIZE = 24


def some_ops(orders, rng: random.Random) -> list[dict]:
    """A round of visits, now and then two at one house, far from it, without its steps, of nobody's order."""
    ops = []
    for number in range(SIZE):
        order = rng.choice(orders)
        code = rng.choice(["MET-PTP", "MET-PAID", "NC-HOURS", "ATK-COORD", "ATK-COORD", "TP-MSG", "NO-SUCH"])
        body = {"note": f"catatan {number}", "is_at_house": rng.random() < 0.5}
        if code == "MET-PTP":
            body |= {"amount": 100_000, "promised_on": "2099-01-01"}
        if code == "TP-MSG":
            body["relation"] = "istri"
        if code == "ATK-COORD" and rng.random() < 0.8:
            body["rescue"] = [step(kind, rng) for kind in STEPS]
            body["trail"] = {"points": [{"lat": -6.92, "lon": 107.61, "accuracy_m": 9}] * 3, "seconds": 60}
        away = rng.choice([0, 0, 0.0001, 0.3])
        fix = rng.choice([None, {"lat": -6.92 + away, "lon": 107.61, "accuracy_m": rng.choice([8, 60])}])
        ops.append(visit_op(order, code, body=body, fix=fix, at=stamp(ago_s=600 - number)))
        if rng.random() < 0.1:
            ops[-1]["body"]["order"] = 999_999_999
    return ops


def made_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def step(kind: str, rng: random.Random) -> dict:
    return {"id": made_id(rng), "kind": kind, "outcome": "NOT_FOUND", "done_at": "2026-11-26T08:00:00Z"}


def renewed(ops: list[dict], twins: dict[int, int]) -> list[dict]:
    """The same of a twin's orders, under other ids."""
    rng, again = random.Random(7), []
    for sent in ops:
        key, entity = made_id(rng), made_id(rng)
        body = sent["body"] | {"order": twins.get(sent["body"]["order"], sent["body"]["order"])}
        if "rescue" in body:
            body["rescue"] = [one | {"id": made_id(rng)} for one in body["rescue"]]
        again.append(sent | {"op": key, "entity": entity, "body": body})
    return again


def left_behind(agent, orders) -> list:
    """Everything that is stored of these orders, without keys and times of storing."""
    told = []
    for order in orders:
        order.refresh_from_db()
        hold = AddressHold.objects.filter(order=order).values_list(
            "why", "lat", "lon", "radius_m", "known", "closed_at"
        )
        told.append(
            [
                (order.state, order.attempts, order.priority, order.next_on, order.last_visit_on, order.hold_reason),
                (order.version, order.outcome_id, order.is_flagged, order.assignee_id == agent.pk),
                sorted(
                    Visit.objects.filter(order=order).values_list(
                        "note",
                        "disposition__code",
                        "distance_m",
                        "is_found_after_rescue",
                        "business_day",
                        "clock_trust",
                    ),
                    key=str,
                ),
                sorted(list(flags) for flags in Visit.objects.filter(order=order).values_list("flags", flat=True)),
                list(hold),
                sorted(PromiseToPay.objects.filter(order=order).values_list("amount", "due_on")),
                sorted(RescueStep.objects.filter(order=order).values_list("kind__code", "outcome")),
                sorted(SearchTrail.objects.filter(visit__order=order).values_list("metres", "seconds")),
                sorted(
                    Change.objects.filter(target_type="workorder", target_id=order.pk).values_list(
                        "verb", "after__state"
                    )
                ),
                Assignment.objects.filter(order=order, until_at=None).count(),
                sorted(
                    LocationCandidate.objects.filter(customer=order.customer).values_list("source", "lat", "status")
                ),
            ]
        )
    return told


@pytest.mark.parametrize("seed", range(8))
def test_stored_together_is_as_stored_one_by_one(cast, phone_of, monkeypatch, seed):
    ours = [make_order(assignee=cast.agent) for _ in range(10)]
    theirs = [make_order(assignee=cast.colleague) for _ in range(10)]
    ops = some_ops(ours, random.Random(seed))
    again = renewed(ops, {one.pk: other.pk for one, other in zip(ours, theirs, strict=True)})
    together = statuses(push(phone_of(cast.agent), ops))
    monkeypatch.setattr(pushing.Run, "joins", lambda *_: False)
    assert together == statuses(push(phone_of(cast.colleague), again))
    assert left_behind(cast.agent, ours) == left_behind(cast.colleague, theirs)
    assert Operation.objects.filter(agent=cast.agent).count() == SIZE
    assert not Lesson.objects.exists()


def test_visits_of_one_order_follow_each_other(cast, phone_of):
    order = make_order(assignee=cast.agent)
    why = {"reason": "nanti"}
    ops = [
        visit_op(order, "NC-HOURS"),
        visit_op(order, "NC-HOURS"),
        visit_op(order, "MET-REFUSE", body=why),
        visit_op(order),
    ]
    assert set(statuses(push(phone_of(cast.agent), ops))) == {"applied"}
    order.refresh_from_db()
    assert (order.state, order.attempts, order.outcome.code) == ("CLOSED", 3, "MET-REFUSE")
    flagged = Visit.objects.get(pk=ops[3]["entity"])
    assert "order_closed" in flagged.flags
    moves = Change.objects.filter(target_type="workorder", target_id=order.pk, verb="visit").order_by("pk")
    assert [move.after["state"] for move in moves] == ["FOLLOW_UP", "FOLLOW_UP", "CLOSED"]


def test_what_nothing_is_wrong_with_is_stored_once_when_another_is_refused(cast, phone_of, monkeypatch):
    """The whole is tried first and leaves nothing behind; then each alone."""
    tried = []
    write = pushing.Run.write
    monkeypatch.setattr(pushing.Run, "write", lambda self, ops: tried.append(len(ops)) or write(self, ops))
    ops = [visit_op(make_order(assignee=cast.agent)) for _ in range(3)]
    ops[1]["body"]["disposition"] = "NO-SUCH"
    assert statuses(push(phone_of(cast.agent), ops)) == ["applied", "quarantined", "applied"]
    assert tried == [3, 1, 1, 1]
    assert (Visit.objects.count(), Operation.objects.count()) == (2, 3)
    assert [order.attempts for order in {visit.order for visit in Visit.objects.select_related("order")}] == [1, 1]


def test_a_push_of_many_takes_hardly_more_statements_than_one_of_few(cast, phone_of, django_assert_max_num_queries):
    client = phone_of(cast.agent)
    push(client, [visit_op(make_order(assignee=cast.agent))])
    few, many = ([visit_op(make_order(assignee=cast.agent)) for _ in range(size)] for size in (11, 60))
    with django_assert_max_num_queries(1000) as counted:
        push(client, few)
    most = len(counted) + 5
    with django_assert_max_num_queries(most):
        assert set(statuses(push(client, many))) == {"applied"}
