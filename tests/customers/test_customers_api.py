"""The customer locator: search, nearest, and one customer's point; never a bill."""

import pytest

from customers.models import DistributionPoint
from history.models import Access
from tests.make import make_bill, make_customer, make_order
from tests.untouched import nothing_written

LIST = "/api/v1/customers/"
NEAR = {"near": "-6.92,107.61"}


def url(customer):
    return f"{LIST}{getattr(customer, 'pk', customer)}/location/"


def ids(client, **query):
    return [row["id"] for row in client.get(LIST, query).json()["results"]]


def test_technician_finds_a_customer_by_number_or_name(cast, as_phone):
    budi = make_customer(name="Budi Santoso", service_number="131099990000")
    make_customer(name="Ani", witel="SOLO", lat=-7.5, lon=110.8)
    client = as_phone(cast.technician)
    assert ids(client, q="13109999") == ids(client, q="santoso") == ids(client) == [budi.pk]
    assert ids(client, q="ani") == []


def test_who_sees_no_names_cannot_spell_them_by_searching(cast, as_phone):
    teguh = make_customer(name="Teguh Santoso", service_number="131099990000")
    client = as_phone(cast.analyst)
    assert ids(client) == ids(client, q="13109999") == [teguh.pk]
    assert ids(client, q="Te") == ids(client, q="teguh") == ids(client, q="Teguh", **NEAR) == []
    assert ids(client, q="13109999 teguh") == []


@pytest.mark.parametrize("name", ["technician", "supervisor", "manager", "admin"])
def test_nearest_first_in_pages_that_join(cast, as_phone, name):
    people = [make_customer(lat=-6.92 + 0.01 * n, lon=107.61) for n in (3, 0, 7, 1)]
    lost = [make_customer(lat=None), make_customer(lat=None)]
    client, found, cursor = as_phone(getattr(cast, name)), [], None
    while True:
        page = client.get(LIST, NEAR | {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += page["results"]
        if not (cursor := page["next"]):
            break
    assert [row["id"] for row in found] == [people[n].pk for n in (1, 3, 0, 2)] + [person.pk for person in lost]
    assert found[0]["distance_m"] == 0 and found[-1]["distance_m"] is None and found[-1]["grade"] == ""


def test_search_and_near_together(cast, as_phone):
    make_customer(name="Ani")
    far, near = make_customer(name="Budi", lat=-6.95), make_customer(name="Budi", lat=-6.921)
    assert ids(as_phone(cast.supervisor), q="budi", **NEAR) == [near.pk, far.pk]


def test_agent_finds_only_customers_of_own_orders(cast, as_phone):
    own = make_order(assignee=cast.agent).customer
    make_order(assignee=cast.colleague), make_customer()
    client = as_phone(cast.agent)
    assert ids(client) == ids(client, **NEAR) == [own.pk]
    assert ids(as_phone(cast.stranger)) == []


def test_location_tells_point_candidates_and_odp_but_no_bill(cast, as_phone):
    customer = make_customer(name="Budi Santoso")
    make_bill(customer, amount=387_513)
    odp = DistributionPoint.objects.create(witel=cast.bandung, code="ODP-1", lat=-6.9, lon=107.6)
    customer.installation.odp = odp
    customer.installation.save()
    answer = as_phone(cast.technician).get(url(customer))
    body = answer.json()
    assert (
        body["point"]["grade"] == "A"
        and body["candidates"][0]["source"] == "INSTALL"
        and body["odp"]["code"] == "ODP-1"
    )
    assert body["customer"]["name"] == "Budi Santoso" and body["customer"]["phones"] == ["+62•••90"]
    assert body["links"]["waze"].startswith("https://waze.com/")
    assert "387513" not in answer.content.decode() and "bill" not in answer.content.decode()


def test_customer_without_any_point_answers_nulls(cast, as_phone):
    body = as_phone(cast.technician).get(url(make_customer(lat=None))).json()
    assert body["point"] is None and body["links"] is None and body["candidates"] == [] and body["odp"] is None


def test_analyst_sees_no_name_and_no_phone(cast, as_phone):
    customer = make_customer(name="Budi Santoso")
    for path in (LIST, url(customer)):
        text = as_phone(cast.analyst).get(path).content.decode()
        assert "Santoso" not in text and "7890" not in text and "B••• S•••" in text


@pytest.mark.parametrize("name", ["agent", "stranger", "other_supervisor"])
def test_foreign_customer_answers_as_a_missing_one(cast, as_phone, name):
    customer = make_customer()
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign, missing = client.get(url(customer)), client.get(url(987654321))
    assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content


def test_auditor_is_refused(cast, as_phone):
    client = as_phone(cast.auditor)
    with nothing_written():
        assert client.get(LIST).status_code == client.get(url(1)).status_code == 403


def test_looks_are_noted(cast, as_phone):
    customer = make_customer(name="Budi")
    client = as_phone(cast.technician)
    client.get(LIST, {"q": "budi"})
    client.get(url(customer))
    seen = list(Access.objects.order_by("id").values_list("purpose", "target_type", "target_id", "rows", "detail"))
    assert seen == [("list", "customer", "", 1, "q"), ("view", "customer", str(customer.pk), 1, "")]


@pytest.mark.parametrize(
    "query", [{"near": "0,0"}, {"limit": "0"}, {"cursor": "x"}, {"witel": "SOLO"}, {"q": "x" * 81}]
)
def test_absurd_parameters_are_a_400(cast, as_phone, query):
    client = as_phone(cast.technician)
    with nothing_written():
        answer = client.get(LIST, query)
    assert answer.status_code == 400 and set(answer.json()["details"]) == set(query)


def test_cursor_of_the_orders_list_is_a_400(cast, as_phone):
    make_order(), make_order()
    client = as_phone(cast.supervisor)
    cursor = client.get("/api/v1/workorders/", {"limit": 1}).json()["next"]
    assert client.get(LIST, {"cursor": cursor}).status_code == 400
