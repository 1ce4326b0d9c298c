"""What an agent is told at a house that is hard to find, and what he is not."""

import pytest

from customers.models import Address, ResolvedLocation
from tests.make import make_customer, make_order
from tests.untouched import nothing_written
from tests.workorders.test_visits_api import atk, put


def confirmed(customer, **address):
    ResolvedLocation.objects.filter(pk=customer.pk).update(agreeing=2, grade="B")
    Address.objects.filter(pk=customer.pk).update(**address)
    return customer


def clues(client, order):
    return client.get(f"/api/v1/workorders/{order.pk}/clues/")


def test_confirmed_neighbours_are_told_by_point_and_number_never_by_name(cast, as_phone):
    order = make_order(assignee=cast.agent)
    confirmed(make_customer(lat=-6.9203, name="Rahasia Sekali"), house_number="7", rt="3")
    confirmed(make_customer(lat=-6.9201), house_number="5")
    make_customer(lat=-6.92005)  # nobody stood there
    confirmed(make_customer(lat=-6.95), house_number="99")  # too far to ask
    answer = clues(as_phone(cast.agent), order)
    assert [row["house_number"] for row in answer.json()["neighbours"]] == ["5", "7"]
    assert answer.json()["neighbours"][0]["distance_m"] == pytest.approx(11.1, abs=0.2)
    assert "Rahasia" not in answer.content.decode() and "+62" not in answer.content.decode()


def test_where_others_looked_is_shown(cast, as_phone):
    order = make_order(assignee=cast.agent)
    way = [{"lat": -6.92 - n / 5_000, "lon": 107.61, "accuracy_m": 8} for n in range(3)]
    put(as_phone(cast.agent), atk(order, trail={"points": way, "seconds": 60}))
    told = clues(as_phone(cast.supervisor), order).json()
    assert [row["is_target"] for row in told["searched"]] == [True, False, False, False]
    assert told["trails"][0]["seconds"] == 60
    seen = as_phone(cast.supervisor).get(f"/api/v1/customers/{order.customer_id}/candidates/").json()
    assert seen["candidates"][0]["status"] == "REFUTED" and len(seen["searched"]) == 4


def test_a_house_without_any_point_has_no_neighbours(cast, as_phone):
    order = make_order(assignee=cast.agent, lat=None, lon=None)
    assert clues(as_phone(cast.agent), order).json()["neighbours"] == []


@pytest.mark.parametrize("who, status", [("colleague", 404), ("stranger", 404), ("technician", 403), ("auditor", 403)])
def test_clues_are_for_who_sees_the_order(cast, as_phone, who, status):
    order, client = make_order(assignee=cast.agent), as_phone(getattr(cast, who))
    with nothing_written():
        assert clues(client, order).status_code == status


@pytest.mark.parametrize("who, status", [("stranger", 404), ("other_supervisor", 404), ("auditor", 403)])
def test_candidates_are_for_who_sees_the_customer(cast, as_phone, who, status):
    customer, client = make_customer(), as_phone(getattr(cast, who))
    with nothing_written():
        assert client.get(f"/api/v1/customers/{customer.pk}/candidates/").status_code == status


def test_a_technician_sees_candidates_without_who_made_them(cast, as_phone):
    customer = make_customer()
    (row,) = as_phone(cast.technician).get(f"/api/v1/customers/{customer.pk}/candidates/").json()["candidates"]
    assert row["source"] == "INSTALL" and "actor" not in row
