"""GET /workorders/{id}/: everything of one order, for those who may see it."""

from datetime import date

import pytest
from django.utils import timezone

from customers.models import DistributionPoint
from history.models import Access
from tests.make import make_bill, make_customer, make_order
from tests.untouched import nothing_written
from workorders.models import Disposition, PromiseToPay, Visit


@pytest.fixture
def order(cast):
    customer = make_customer(name="Budi Santoso")
    odp = DistributionPoint.objects.create(witel=cast.bandung, code="ODP-BDG-01", lat=-6.921, lon=107.611)
    customer.installation.odp = odp
    customer.installation.save()
    make_bill(customer)
    order = make_order(customer=customer, assignee=cast.agent)
    visit = Visit.objects.create(
        id="0192f0a0-0000-7000-8000-000000000001",
        order=order,
        agent=cast.colleague,
        disposition=Disposition.objects.get(code="MET-PTP"),
        visited_at=timezone.now(),
        visited_at_corrected=timezone.now(),
        received_at=timezone.now(),
        business_day=date(2026, 9, 2),
        note="Ibu Budi",
        content_hash="x",
    )
    PromiseToPay.objects.create(visit=visit, order=order, amount=100_000, due_on=date(2026, 11, 20))
    return order


def url(order):
    return f"/api/v1/workorders/{order.pk}/"


def test_the_agent_sees_the_whole_order(cast, as_phone, order):
    body = as_phone(cast.agent).get(url(order)).json()
    assert body["id"] == order.pk and body["bills"][0]["period"] == 202610
    assert body["address"]["raw"].startswith("jl. melati") and "rt" in body["address"]
    assert body["point"]["grade"] == "A" and body["point"]["source"] == "INSTALL"
    assert body["candidates"][0]["accuracy_m"] == 12 and "actor" not in body["candidates"][0]
    assert body["odp"] == {"code": "ODP-BDG-01", "lat": -6.921, "lon": 107.611}
    assert body["visits"][0]["disposition"] == "MET-PTP" and body["visits"][0]["agent"] == "Ujang"
    assert body["visits"][0]["note"] == "Ibu Budi"
    assert body["promises"] == [{"amount": 100_000, "due_on": "2026-11-20", "state": "OPEN", "settled_on": None}]
    assert body["customer"]["phones"] == ["+6281234567890"]
    assert set(body["links"]) == {"geo", "google", "waze"}
    assert body["priority_parts"] == {"amount": 7, "point": 10, "attempts": 0, "promise": 0}
    assert "assignments" not in body


def test_the_supervisor_also_sees_who_carried_it_and_who_saw_the_point(cast, as_phone, order):
    body = as_phone(cast.supervisor).get(url(order)).json()
    assert body["assignments"][0]["agent"] == "dewi" and body["assignments"][0]["kind"] == "MANUAL"
    assert "actor" in body["candidates"][0] and body["customer"]["phones"] == ["+62•••90"]


def test_the_analyst_sees_no_name_phone_or_note(cast, as_phone, order):
    answer = as_phone(cast.analyst).get(url(order))
    assert answer.json()["customer"]["name"] == "B••• S•••" and answer.json()["customer"]["phones"] == []
    for secret in ("Santoso", "7890", "Ibu Budi"):
        assert secret not in answer.content.decode()


@pytest.mark.parametrize("name", ["colleague", "stranger", "other_supervisor"])
def test_an_order_out_of_scope_answers_as_one_that_does_not_exist(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign, missing = client.get(url(order)), client.get("/api/v1/workorders/987654321/")
        absurd = client.get(f"/api/v1/workorders/{10**30}/")
    assert foreign.status_code == missing.status_code == absurd.status_code == 404
    assert foreign.content == missing.content == absurd.content
    assert foreign.json()["code"] == "not_found"


@pytest.mark.parametrize("name", ["technician", "auditor"])
def test_wrong_role_is_refused_alike_for_any_order(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        here, missing = client.get(url(order)), client.get("/api/v1/workorders/987654321/")
    assert here.status_code == missing.status_code == 403 and here.content == missing.content


def test_every_look_is_noted_the_assignees_too(cast, as_phone, order):
    for person in (cast.agent, cast.agent, cast.supervisor):
        as_phone(person).get(url(order))
    seen = list(
        Access.objects.order_by("id").values_list("actor__username", "purpose", "target_type", "target_id", "rows")
    )
    assert seen == [(who, "view", "workorder", str(order.pk), 1) for who in ("dewi", "dewi", "siti")]


def test_unknown_parameter_is_a_400(cast, as_phone, order):
    answer = as_phone(cast.agent).get(url(order) + "?expand=all")
    assert answer.status_code == 400 and "expand" in answer.json()["details"]


def test_queries_do_not_grow_with_the_history(cast, as_phone, order, django_assert_max_num_queries):
    client = as_phone(cast.supervisor)
    for period in range(202601, 202609):
        make_bill(order.customer, period=period)
    with django_assert_max_num_queries(10):
        client.get(url(order))
