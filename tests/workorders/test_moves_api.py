"""Verbs on an order: assign, unassign, hold, release, reopen, check in. Each: works, twice, wrong role, wrong scope."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from history.models import Change
from tests.make import make_order
from tests.untouched import nothing_written
from workorders.models import Assignment, Disposition
from workorders.states import State

REASON = {"reason": "Dekat rumahnya"}


def url(order, noun):
    return f"/api/v1/workorders/{getattr(order, 'pk', order)}/{noun}/"


def post(client, order, noun, body=None):
    return client.post(url(order, noun), body, format="json")


def delete(client, order, noun, body=None):
    return client.delete(url(order, noun), body, format="json")


def close(order):
    order.state, order.outcome = State.CLOSED, Disposition.objects.get(code="MET-REFUSE")
    order.save()
    return order


VERBS = [
    (post, "assignments", {"agent": "dewi"}),
    (delete, "assignments/current", REASON),
    (post, "reopenings", REASON),
    (post, "holds", REASON),
    (delete, "holds/current", None),
]


@pytest.mark.parametrize("agent", ["dewi", "number"])
def test_supervisor_assigns_by_name_or_number(cast, as_phone, agent):
    order = make_order()
    body = {"agent": cast.agent.pk if agent == "number" else "dewi"} | REASON
    answer = post(as_phone(cast.supervisor), order, "assignments", body)
    assert answer.status_code == 201
    assert answer.json()["state"] == "ASSIGNED" and answer.json()["assignee"] == "dewi"
    given = Assignment.objects.get(order=order)
    assert (given.agent, given.by, given.reason) == (cast.agent, cast.supervisor, REASON["reason"])
    assert Change.objects.get().verb == "assign"


def test_assigning_twice_changes_nothing(cast, as_phone):
    order = make_order()
    client = as_phone(cast.supervisor)
    first = post(client, order, "assignments", {"agent": "dewi"})
    with nothing_written():
        again = post(client, order, "assignments", {"agent": "dewi"})
    assert again.status_code == 201 and again.json() == first.json()


def test_assigning_to_another_ends_the_first_assignment(cast, as_phone):
    order = make_order(assignee=cast.agent)
    post(as_phone(cast.supervisor), order, "assignments", {"agent": "ujang"})
    ended = {row.agent.username: row.until_at is not None for row in order.assignments.all()}
    assert ended == {"dewi": True, "ujang": False}


@pytest.mark.parametrize("agent", ["tri", "nobody", "siti", "999999999", "9" * 40])
def test_agent_of_elsewhere_and_unknown_agent_answer_alike(cast, as_phone, agent):
    order = make_order()
    client = as_phone(cast.supervisor)
    with nothing_written():
        answer = post(client, order, "assignments", {"agent": agent})
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "agent_out_of_scope",
        "message": "This agent does not work in the order's witel.",
        "details": {},
    }


def test_unassigning_gives_the_order_back(cast, as_phone):
    order = make_order(assignee=cast.agent)
    client = as_phone(cast.supervisor)
    answer = delete(client, order, "assignments/current", REASON)
    assert answer.status_code == 200 and answer.json()["state"] == "READY" and answer.json()["assignee"] is None
    assert order.assignments.get().until_at is not None
    with nothing_written():
        assert delete(client, order, "assignments/current", REASON).status_code == 409


def test_unassigning_takes_its_reason_from_the_query_too(cast, as_phone):
    order = make_order(assignee=cast.agent)
    assert as_phone(cast.supervisor).delete(url(order, "assignments/current") + "?reason=sakit").status_code == 200
    assert Change.objects.get().reason == "sakit"


@pytest.mark.parametrize("state", [State.CLOSED, State.ADDRESS_HOLD, State.ON_HOLD, State.CANCELLED])
def test_unassigning_never_reopens_or_releases(cast, as_phone, state):
    order = make_order(assignee=cast.agent, state=state)
    client = as_phone(cast.supervisor)
    with nothing_written():
        answer = delete(client, order, "assignments/current", REASON)
    assert answer.status_code == 409 and answer.json()["code"] == "state_not_possible"


@pytest.mark.parametrize("state", [State.CLOSED, State.ADDRESS_HOLD, State.ON_HOLD, State.CANCELLED])
@pytest.mark.parametrize("agent", ["dewi", "ujang"])
def test_only_an_order_that_can_be_carried_is_assigned(cast, as_phone, state, agent):
    order = make_order(assignee=cast.agent, state=state)
    client = as_phone(cast.supervisor)
    with nothing_written():
        assert post(client, order, "assignments", {"agent": agent}).status_code == 409


def test_reopening_a_closed_order(cast, as_phone):
    order = close(make_order(assignee=cast.agent))
    client = as_phone(cast.supervisor)
    answer = post(client, order, "reopenings", REASON)
    assert answer.status_code == 201 and answer.json()["state"] == "READY"
    with nothing_written():
        assert post(client, order, "reopenings", REASON).status_code == 409


def test_hold_and_release(cast, as_phone):
    order = make_order(assignee=cast.agent)
    client = as_phone(cast.manager)
    until = str(timezone.localdate() + timedelta(days=3))
    answer = post(client, order, "holds", {"reason": "Banjir", "until": until})
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["hold_reason"], answer.json()["hold_until"]) == (
        "ON_HOLD",
        "Banjir",
        until,
    )
    with nothing_written():
        assert post(client, order, "holds", {"reason": "Banjir"}).status_code == 409
    answer = delete(client, order, "holds/current")
    assert answer.status_code == 200 and answer.json()["state"] == "ASSIGNED" and answer.json()["hold_until"] is None
    with nothing_written():
        assert delete(client, order, "holds/current").status_code == 409


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"reason": "x", "until": "2020-01-01"}, "until"),
        ({"reason": "x", "until": "besok"}, "until"),
        ({"reason": "x", "days": 3}, "days"),
    ],
)
def test_malformed_hold_names_the_field(cast, as_phone, body, field):
    order = make_order()
    client = as_phone(cast.supervisor)
    with nothing_written():
        answer = post(client, order, "holds", body)
    assert answer.status_code == 400 and field in answer.json()["details"]


def test_checking_in_twice_is_once(cast, as_phone):
    order = make_order(assignee=cast.agent)
    client = as_phone(cast.agent)
    answer = post(client, order, "check-ins")
    assert answer.status_code == 201 and answer.json()["state"] == "ON_SITE"
    with nothing_written():
        assert post(client, order, "check-ins").json() == answer.json()


@pytest.mark.parametrize("send, noun, body", VERBS)
@pytest.mark.parametrize("name", ["agent", "technician", "analyst", "auditor"])
def test_wrong_role_is_403_and_writes_nothing(cast, as_phone, send, noun, body, name):
    order = make_order(assignee=cast.agent)
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answer = send(client, order, noun, body)
    assert answer.status_code == 403 and answer.json()["code"] == "not_allowed"


@pytest.mark.parametrize("send, noun, body", VERBS)
def test_foreign_and_missing_orders_answer_alike_and_write_nothing(cast, as_phone, send, noun, body):
    order = make_order(assignee=cast.agent)
    client = as_phone(cast.other_supervisor)
    with nothing_written():
        foreign, missing = send(client, order, noun, body), send(client, 987654321, noun, body)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


@pytest.mark.parametrize("name, status", [("colleague", 404), ("stranger", 404), ("supervisor", 403), ("admin", 403)])
def test_only_the_assignee_checks_in(cast, as_phone, name, status):
    order = make_order(assignee=cast.agent)
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answer, missing = post(client, order, "check-ins"), post(client, 987654321, "check-ins")
    assert answer.status_code == missing.status_code == status and answer.content == missing.content


def test_a_browser_needs_its_csrf_token(cast):
    order = make_order()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    with nothing_written():
        answer = browser.post(url(order, "holds"), REASON, content_type="application/json")
    assert answer.status_code == 403 and answer.json()["code"] == "not_allowed"
