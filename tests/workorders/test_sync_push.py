"""What phones did comes in once, whatever the network does, and nothing of it is thrown away."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Device
from accounts.services.devices import Phone
from common import tx
from customers.models import FieldNote, LocationCandidate
from tests.make import make_order
from tests.untouched import nothing_written
from tests.workorders.phone import op, push, results, stamp, statuses, visit_op
from workorders.api.sync_shapes import Reader
from workorders.due import run_due
from workorders.models import (
    AgentPosition,
    Conflict,
    Lesson,
    Operation,
    PromiseToPay,
    Quarantine,
    RescueStep,
    SearchTrail,
    Visit,
)
from workorders.states import State
from workorders.sync import operations

STEPS = ["OTHER_POINTS", "ODP", "NEIGHBOURS", "CALL", "RT_HEAD"]


@pytest.fixture
def client(cast, phone_of):
    return phone_of(cast.agent)


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent)


def visits() -> int:
    return Visit.objects.count()


def test_a_visit_is_applied_and_sent_again_it_is_a_duplicate(client, order):
    sent = visit_op(order, "MET-PTP", body={"amount": 387_500, "promised_on": "2099-01-01"})
    first = results(push(client, [sent]))[0]
    assert first["status"] == "applied" and first["result"]["order_state"] == "FOLLOW_UP"
    visit = Visit.objects.get(pk=sent["entity"])
    assert (visit.order_id, visit.disposition.code, visit.device_id) == (order.pk, "MET-PTP", client.device)
    assert (visit.lat, visit.lon, visit.accuracy_m) == (-6.92, 107.61, 8)
    assert PromiseToPay.objects.get().amount == 387_500
    again = results(push(client, [sent]))[0]
    assert again["status"] == "duplicate" and again["result"]["was"] == "applied"
    assert again["result"] | {"was": 0} == first["result"] | {"was": 0}
    assert (visits(), Operation.objects.count(), Quarantine.objects.count()) == (1, 1, 0)


def test_why_the_agent_checked_in_from_afar_comes_with_the_visit(client, order):
    sent = visit_op(order, body={"override_reason": "titik di peta salah kampung"})
    assert statuses(push(client, [sent])) == ["applied"]
    assert Visit.objects.get(pk=sent["entity"]).details == {"override_reason": "titik di peta salah kampung"}


def test_the_same_operation_twice_in_one_batch_is_one(client, order):
    sent = visit_op(order)
    assert statuses(push(client, [sent, sent])) == ["applied", "duplicate"]
    assert visits() == 1


def test_the_same_id_with_another_content_is_kept_for_a_person(client, order):
    sent = visit_op(order)
    push(client, [sent])
    other = sent | {"body": sent["body"] | {"note": "lain"}}
    answer = results(push(client, [other]))[0]
    assert (answer["status"], answer["code"]) == ("quarantined", "visit_changed")
    assert Visit.objects.get().note == ""
    kept = Quarantine.objects.get()
    assert kept.content["body"]["note"] == "lain" and str(kept.operation) == sent["op"]
    push(client, [other])
    assert Quarantine.objects.count() == 1


def test_a_visit_that_came_by_the_other_door_is_a_duplicate(client, order):
    at, key = timezone.now().isoformat(), uuid.uuid4()
    fix = {"lat": -6.92, "lon": 107.61, "accuracy_m": 8}
    body = {"order": order.pk, "disposition": "NC-HOURS", "is_at_house": True, "fix": fix, "visited_at": at}
    assert client.put(f"/api/v1/visits/{key}/", body, format="json").status_code == 201
    sent = visit_op(order, visit=key, body={"visited_at": at})
    assert statuses(push(client, [sent])) == ["duplicate"]
    changed = visit_op(order, visit=key, body={"visited_at": at, "note": "x"})
    answer = results(push(client, [changed]))[0]
    assert (answer["status"], answer["code"], visits()) == ("quarantined", "visit_changed", 1)


def test_one_bad_operation_of_a_hundred_harms_no_other(client, cast):
    orders = [make_order(assignee=cast.agent) for _ in range(6)]
    ops = [visit_op(order) for order in orders]
    ops[2]["body"]["disposition"] = "NO-SUCH"
    ops[4]["body"] = {"order": "x"}
    answers = results(push(client, ops))
    assert [a["status"] for a in answers] == ["applied", "applied", "quarantined", "applied", "quarantined", "applied"]
    assert [a["code"] for a in answers if a["code"]] == ["invalid", "schema"]
    assert "disposition" in answers[2]["result"]["details"] and "order" in answers[4]["result"]["details"]
    assert (visits(), Quarantine.objects.count(), Operation.objects.count()) == (4, 2, 6)


@pytest.mark.parametrize(
    "broken",
    [
        {"op": "no uuid"},
        {"op": 7},
        {"seq": -1},
        {"type": "order.steal"},
        {"entity": "no uuid"},
        {"at": {"wall": "yesterday"}},
        {"fix": {"lat": 500, "lon": 0, "accuracy_m": 1}},
        {"body": {"is_staff": True}},
        {"extra": 1},
    ],
)
def test_what_cannot_be_read_is_kept_as_it_was_sent(client, order, broken):
    sent = visit_op(order) | broken
    answer = results(push(client, [sent]))[0]
    assert (answer["status"], answer["code"]) == ("quarantined", "schema")
    assert Quarantine.objects.get().content == sent
    assert visits() == 0
    assert statuses(push(client, [sent])) == ["duplicate"]
    assert Quarantine.objects.count() == 1


@pytest.mark.parametrize(
    "poison",
    [
        '"note": "pagar hijau \\ud83d"',
        '"note": "\\u0000"',
        '"amount": 1e999',
        '"amount": NaN',
        '"amount": 123456789012345678901234567890',
        f'"note": {"[" * 30}{"]" * 30}',
    ],
)
def test_what_no_table_can_hold_is_kept_as_text_and_blocks_nobody(client, cast, poison):
    bad, good = (visit_op(make_order(assignee=cast.agent)) for _ in range(2))
    text = json.dumps({"schema": 1, "device": str(client.device), "sent": stamp(), "ops": [bad, good]})
    text = text.replace('"is_at_house": true', f'"is_at_house": true, {poison}', 1)
    answers = results(client.post("/api/v1/sync/push/", text, content_type="application/json"))
    assert [(one["status"], one["code"]) for one in answers] == [("quarantined", "schema"), ("applied", "")]
    assert answers[0]["op"] == bad["op"] and "raw" in answers[0]["result"]["details"]
    kept = Quarantine.objects.get()
    assert str(kept.operation) == bad["op"] and bad["entity"] in kept.content["raw"]
    again = results(client.post("/api/v1/sync/push/", text, content_type="application/json"))
    assert [one["status"] for one in again] == ["duplicate", "duplicate"]
    assert (visits(), Quarantine.objects.count()) == (1, 1)


def test_what_is_no_object_is_kept_too(client, order):
    assert statuses(push(client, [None, 7, "visit", [], visit_op(order)])) == ["quarantined"] * 4 + ["applied"]
    assert sorted(kept.content["raw"] for kept in Quarantine.objects.all()) == ['"visit"', "7", "[]", "null"]


def test_a_poisoned_envelope_is_refused(client, order):
    with nothing_written():
        assert push(client, [visit_op(order)], batch="\x00").status_code == 400


@pytest.mark.parametrize("accuracy_m", [-1, 3.4028234663852886e38])
def test_a_phone_that_does_not_know_how_good_its_fix_is(client, order, accuracy_m):
    fix = {"lat": -6.92, "lon": 107.61, "accuracy_m": accuracy_m, "speed_mps": -1, "altitude_m": -5000}
    assert statuses(push(client, [visit_op(order, fix=fix)])) == ["applied"]
    assert Visit.objects.get().accuracy_m == 10_000_000 and not LocationCandidate.objects.filter(source="VISIT")


@pytest.mark.parametrize("wall", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-07:00", "2262-04-11T00:00:00Z"])
def test_a_clock_beyond_belief_refuses_nothing(client, order, wall):
    at, sent = (one | {"wall": wall} for one in (stamp(ago_s=60), stamp()))
    assert statuses(push(client, [visit_op(order, at=at)], sent=sent)) == ["applied"]
    assert Visit.objects.get().business_day == timezone.localdate(timezone.now() - timedelta(seconds=60))


def test_a_newer_phone_may_say_what_we_do_not_know(client, order):
    sent = visit_op(order, mood="good") | {"body": {"order": order.pk, "disposition": "NC-HOURS", "humidity": 3}}
    assert statuses(push(client, [sent], schema=2)) == ["applied"]


def test_foreign_and_missing_orders_are_quarantined_alike(client, cast):
    foreign = make_order(assignee=cast.stranger, witel="SOLO")
    theirs, nobodys = visit_op(foreign), visit_op(foreign)
    nobodys["body"]["order"] = 999_999_999
    one, other = results(push(client, [theirs, nobodys]))
    assert one | {"op": 0} == other | {"op": 0}
    assert (one["status"], one["code"], visits()) == ("quarantined", "not_found", 0)


def test_a_visit_to_an_order_that_went_to_another_agent_is_kept_and_flagged(client, cast, order):
    order.assignee = cast.colleague
    order.save()
    sent = visit_op(order)
    assert statuses(push(client, [sent])) == ["applied"]
    order.refresh_from_db()
    assert (order.state, order.assignee, order.is_flagged) == (State.ASSIGNED, cast.colleague, True)
    assert "order_reassigned" in Visit.objects.get().flags


def test_a_visit_to_an_order_that_was_paid_meanwhile_is_kept_and_flagged(client, order):
    type(order).objects.filter(pk=order.pk).update(state=State.CANCELLED, cancel_reason="PAID")
    assert statuses(push(client, [visit_op(order)])) == ["applied"]
    order.refresh_from_db()
    assert (order.state, order.is_flagged) == (State.CANCELLED, True)
    assert "order_closed" in Visit.objects.get().flags


def test_what_waits_for_another_is_held_and_applied_when_that_comes(client, order):
    steps = [
        op("rescue.step", uuid.uuid4(), {"order": order.pk, "kind": kind, "outcome": "NOT_FOUND"}) for kind in STEPS
    ]
    late = visit_op(order, "ATK-COORD", after=[step["op"] for step in steps])
    assert statuses(push(client, [late])) == ["held"]
    assert (visits(), Operation.objects.get().status) == (0, "held")
    assert statuses(push(client, [late])) == ["duplicate"]
    assert statuses(push(client, steps)) == ["applied"] * 5
    assert (visits(), Operation.objects.get(pk=late["op"]).status) == (1, "applied")
    assert Operation.objects.get(pk=late["op"]).content is None
    order.refresh_from_db()
    assert order.state == State.ADDRESS_HOLD


def test_an_earlier_operation_of_the_same_thing_is_not_overtaken(client, cast):
    customer = make_order(assignee=cast.agent).customer
    missing = uuid.uuid4()
    first = op("customer.note", customer.pk, {"landmark": "warung"}, seq=1, after=[str(missing)])
    second = op("customer.note", customer.pk, {"landmark": "masjid"}, seq=2)
    assert statuses(push(client, [first])) == ["held"]
    assert statuses(push(client, [second])) == ["held"]
    assert not FieldNote.objects.exists()


def test_nobodys_operation_is_released_by_what_another_agent_did(client, order, cast, as_phone):
    theirs = op("position.report", uuid.uuid4(), {})
    phone = Phone(uuid.uuid4())
    assert statuses(push(as_phone(cast.colleague, phone), [theirs], device=phone.id)) == ["applied"]
    mine = visit_op(order, after=[theirs["op"]])
    assert statuses(push(client, [mine])) == ["held"]  # as after one that never was
    assert statuses(push(client, [op("position.report", uuid.uuid4(), {})])) == ["applied"]
    assert visits() == 0


def test_what_waits_in_vain_is_applied_after_five_days_and_flagged(client, order):
    sent = visit_op(order, after=[str(uuid.uuid4())])
    assert statuses(push(client, [sent])) == ["held"]
    run_due(read=Reader().read, now=timezone.now() + timedelta(days=4, hours=23))
    assert visits() == 0
    run_due(read=Reader().read, now=timezone.now() + timedelta(days=5, hours=1))
    assert "out_of_order" in Visit.objects.get().flags
    assert Operation.objects.get().status == "applied"
    run_due(read=Reader().read, now=timezone.now() + timedelta(days=6))
    assert visits() == 1


def test_results_come_in_the_order_of_the_batch_and_are_applied_by_number(client, cast):
    customer = make_order(assignee=cast.agent).customer
    later = op("customer.note", customer.pk, {"landmark": "kedua"}, seq=20, base=1)
    earlier = op("customer.note", customer.pk, {"landmark": "pertama"}, seq=10)
    answers = results(push(client, [later, earlier]))
    assert [a["op"] for a in answers] == [later["op"], earlier["op"]]
    assert [a["result"]["version"] for a in answers] == [2, 1]
    assert FieldNote.objects.get().value == "kedua"


def test_notes_of_different_fields_disturb_nobody(client, cast, phone_of):
    order = make_order(assignee=cast.agent)
    push(client, [op("customer.note", order.customer_id, {"landmark": "warung"}, base=0)])
    order.assignee = cast.colleague
    order.save()
    other = phone_of(cast.colleague)
    answer = results(push(other, [op("customer.note", order.customer_id, {"best_time": "sore"}, base=0)]))[0]
    assert answer["status"] == "applied"
    assert answer["result"]["notes"] == {"version": 2, "landmark": "warung", "best_time": "sore"}
    assert not Conflict.objects.exists()


def noted_by_colleague(cast, phone_of, landmark="warung"):
    """An order of the agent's whose customer a colleague knew before him."""
    order = make_order(assignee=cast.colleague)
    push(phone_of(cast.colleague), [op("customer.note", order.customer_id, {"landmark": landmark}, base=0)])
    order.assignee = cast.agent
    order.save()
    return order


def test_the_same_field_changed_by_two_is_a_conflict_for_a_person(client, cast, phone_of):
    order = noted_by_colleague(cast, phone_of)
    sent = op("customer.note", order.customer_id, {"landmark": "masjid", "best_time": "sore"}, base=0)
    answer = results(push(client, [sent]))[0]
    assert (answer["status"], answer["result"]["conflicts"]) == ("conflict", {"landmark": "warung"})
    conflict = Conflict.objects.get()
    assert (conflict.stands, conflict.proposed, conflict.state) == ("warung", "masjid", "OPEN")
    assert FieldNote.objects.get(field="landmark").value == "warung"
    assert FieldNote.objects.get(field="best_time").value == "sore"
    assert statuses(push(client, [sent])) == ["duplicate"]
    assert Conflict.objects.count() == 1


def test_who_corrects_himself_before_he_was_answered_is_no_conflict(client, cast, order):
    notes = [
        op("customer.note", order.customer_id, {"landmark": text}, base=0) for text in ("rumah merah", "rumah hijau")
    ]
    assert statuses(push(client, notes)) == ["applied", "applied"]
    late = op("customer.note", order.customer_id, {"landmark": "lama", "best_time": "sore"}, base=0, seq=1)
    assert statuses(push(client, [late])) == ["applied"]
    stands = dict(FieldNote.objects.values_list("field", "value"))
    assert stands == {"landmark": "rumah hijau", "best_time": "sore"}
    assert not Conflict.objects.exists()


def test_a_version_that_we_never_had_overwrites_nobody(client, cast, phone_of):
    """A phone that outlived a restored backup."""
    order = noted_by_colleague(cast, phone_of)
    assert statuses(push(client, [op("customer.note", order.customer_id, {"landmark": "x"}, base=99)])) == ["conflict"]
    assert FieldNote.objects.get().value == "warung"


def test_what_waits_for_itself_does_not_wait(client, order):
    sent = visit_op(order)
    assert statuses(push(client, [sent | {"after": [sent["op"]]}])) == ["applied"]


def test_a_replaced_phone_is_told_what_to_do_with_each_push(client, cast, order):
    Device.objects.filter(pk=client.device).update(revocation=Device.Revocation.RETIRED, revoked_at=timezone.now())
    answer = push(client, [visit_op(order)])
    assert statuses(answer) == ["applied"] and answer.json()["commands"] == ["drain", "wipe"]


def test_a_pin_a_trail_a_step_and_a_position(client, cast, order):
    visit, pin, step = (uuid.uuid4() for _ in range(3))
    points = [{"lat": -6.9203, "lon": 107.6101 + i / 10_000, "accuracy_m": 9} for i in range(4)]
    fix = {"lat": -6.92003, "lon": 107.61002, "accuracy_m": 6}
    ops = [
        visit_op(order, visit=visit),
        op("trail.create", uuid.uuid4(), {"visit": str(visit), "points": points, "seconds": 300}),
        op("pin.create", pin, {"customer": order.customer_id, "is_at_house": True}, fix=fix),
        op("rescue.step", step, {"order": order.pk, "kind": "CALL", "outcome": "FOUND"}),
        op("position.report", uuid.uuid4(), {}, fix=fix),
    ]
    assert statuses(push(client, ops)) == ["applied"] * 5
    assert SearchTrail.objects.get(visit=visit).seconds == 300
    assert LocationCandidate.objects.get(source="AGENT_PIN").evidence == str(pin)
    assert RescueStep.objects.get().pk == step
    assert AgentPosition.objects.get(agent=cast.agent).lat == fix["lat"]
    with nothing_written():
        assert statuses(push(client, ops)) == ["duplicate"] * 5


def test_an_older_position_that_comes_later_does_not_count(client, cast):
    new, old = {"lat": -6.9, "lon": 107.6, "accuracy_m": 5}, {"lat": -6.8, "lon": 107.6, "accuracy_m": 5}
    push(client, [op("position.report", uuid.uuid4(), {}, fix=new, at=stamp(ago_s=10))])
    push(client, [op("position.report", uuid.uuid4(), {}, fix=old, at=stamp(ago_s=900))])
    assert AgentPosition.objects.get(agent=cast.agent).lat == -6.9


def test_somebody_elses_visit_takes_no_trail(client, cast, phone_of):
    order = make_order(assignee=cast.colleague)
    visit = uuid.uuid4()
    push(phone_of(cast.colleague), [visit_op(order, visit=visit)])
    body = {"visit": str(visit), "points": [{"lat": -6.92, "lon": 107.61, "accuracy_m": 9}], "seconds": 1}
    theirs = op("trail.create", uuid.uuid4(), body)
    nobodys = op("trail.create", uuid.uuid4(), body | {"visit": str(uuid.uuid4())})
    one, other = results(push(client, [theirs, nobodys]))
    assert one | {"op": 0} == other | {"op": 0} and one["code"] == "not_found"
    assert not SearchTrail.objects.exists()


def test_somebody_elses_operation_tells_nothing(client, cast, phone_of):
    theirs = visit_op(make_order(assignee=cast.colleague))
    push(phone_of(cast.colleague), [theirs])
    mine = visit_op(make_order(assignee=cast.agent)) | {"op": theirs["op"]}
    answer = results(push(client, [mine]))[0]
    assert (answer["status"], answer["code"], answer["result"]) == ("quarantined", "visit_changed", {})
    assert visits() == 1


def test_what_a_visit_teaches_is_learned_with_the_push(client, cast, order):
    fix = {"lat": -6.9201, "lon": 107.6101, "accuracy_m": 5}
    assert statuses(push(client, [visit_op(order, "NC-NOTHOME", fix=fix)])) in (["applied"], ["quarantined"])
    push(client, [visit_op(order, "MET-REFUSE", body={"reason": "nanti"}, fix=fix)])
    assert LocationCandidate.objects.filter(source="VISIT", customer=order.customer_id).exists()
    assert not Lesson.objects.exists()


@pytest.mark.parametrize("who", ["supervisor", "technician", "analyst", "auditor", "admin"])
def test_only_agents_push(cast, phone_of, order, who):
    client = phone_of(getattr(cast, who))
    with nothing_written():
        assert push(client, [visit_op(order)]).status_code == 403


def test_a_sign_in_without_a_phone_does_not_push(cast, as_phone, order):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = push(client, [visit_op(order)], device=uuid.uuid4())
    assert (answer.status_code, answer.json()["code"]) == (403, "needs_phone")


def test_another_phones_name_is_refused(client, order):
    with nothing_written():
        answer = push(client, [visit_op(order)], device=uuid.uuid4())
    assert answer.status_code == 400 and "device" in answer.json()["details"]


@pytest.mark.parametrize(
    "envelope",
    [{"schema": 0}, {"sent": {"wall": "now"}}, {"ops": {}}, {"who": "me"}, {"ops": [{}] * 101}],
)
def test_a_broken_envelope_is_refused_whole(client, order, envelope):
    body = {"schema": 1, "device": str(client.device), "sent": stamp(), "ops": [visit_op(order)]} | envelope
    with nothing_written():
        assert client.post("/api/v1/sync/push/", body, format="json").status_code == 400


def test_a_push_beyond_a_mebibyte_is_too_large(client, order):
    with nothing_written():
        answer = push(client, [visit_op(order, body={"note": "x" * 1_100_000})])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_empty_push_is_fine(client):
    assert results(push(client, [])) == []


def test_a_fault_of_ours_costs_one_operation_its_turn_and_nobody_his_work(client, cast, as_phone, monkeypatch):
    """A bug in one type of operation: it is kept, the others are applied, and it is applied when the bug is mended."""

    def fault(*_):
        raise ValueError("a bug")

    order = make_order(assignee=cast.agent)
    note, visit = op("customer.note", order.customer_id, {"landmark": "warung"}), visit_op(order)
    monkeypatch.setitem(operations.APPLY, "customer.note", fault)
    answers = results(push(client, [note, visit]))
    assert [answer["status"] for answer in answers] == ["quarantined", "applied"]
    assert answers[0]["code"] == "server_error"
    monkeypatch.undo()
    key = Quarantine.objects.get().pk
    answer = as_phone(cast.supervisor).post(
        f"/api/v1/quarantine/{key}/decisions/", {"decision": "apply"}, format="json"
    )
    assert answer.status_code == 200 and FieldNote.objects.get().value == "warung"


def test_a_value_that_the_database_refuses_is_no_reason_to_ask_again(client, cast, monkeypatch):
    """A hole in what is checked before: MariaDB says OperationalError, as where it is away."""

    def refuse(session, op, flags):
        raise OperationalError(1292, "Incorrect value")

    monkeypatch.setitem(operations.APPLY, "position.report", refuse)
    ops = [op("position.report", uuid.uuid4(), {}), visit_op(make_order(assignee=cast.agent))]
    answers = results(push(client, ops))
    assert [(one["status"], one["code"]) for one in answers] == [("quarantined", "server_error"), ("applied", "")]


def test_a_database_that_is_away_takes_nothing_and_loses_nothing(client, order, monkeypatch):
    def away(*_):
        raise OperationalError(2006, "server has gone away")

    ops = [visit_op(order), op("position.report", uuid.uuid4(), {})]
    monkeypatch.setitem(operations.APPLY, "visit.create", away)
    monkeypatch.setattr(tx, "ATTEMPTS", 1)
    push(client, [])
    with nothing_written():
        assert statuses(push(client, ops)) == ["retry", "retry"]
    monkeypatch.undo()
    assert statuses(push(client, ops)) == ["applied", "applied"]
