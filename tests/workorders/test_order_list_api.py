"""GET /workorders/: nearest first, pages, filters, and who sees what."""

import random
from datetime import date

import pytest
from geopy.distance import geodesic

from customers.models import ResolvedLocation
from history.models import Access
from tests.make import make_bill, make_customer, make_order
from tests.untouched import nothing_written
from workorders.models import WorkOrder
from workorders.states import State

LIST = "/api/v1/workorders/"
HERE = (-6.92, 107.61)
NEAR = {"near": "-6.92,107.61"}


def scatter(count, seed=1, spread=0.05, **fields):
    dice = random.Random(seed)
    return [
        make_order(lat=HERE[0] + dice.gauss(0, spread), lon=HERE[1] + dice.gauss(0, spread), **fields)
        for _ in range(count)
    ]


def by_geodesic(orders):
    return sorted(orders, key=lambda order: (geodesic(HERE, (order.lat, order.lon)).m, order.pk))


def read_pages(client, **query):
    """All pages, following `next` with the query of page one."""
    answer = client.get(LIST, query)
    while True:
        assert answer.status_code == 200, answer.json()
        yield answer.json()["results"]
        if not (cursor := answer.json()["next"]):
            return
        answer = client.get(LIST, query | {"cursor": cursor})


@pytest.mark.parametrize("name", ["agent", "supervisor", "manager", "admin"])
def test_orders_come_nearest_first_with_geodesic_distances(cast, as_phone, name):
    orders = by_geodesic(scatter(30, assignee=cast.agent))
    rows = as_phone(getattr(cast, name)).get(LIST, NEAR).json()["results"]
    assert [row["id"] for row in rows] == [order.pk for order in orders]
    for row in rows:
        assert row["distance_m"] == pytest.approx(geodesic(HERE, (row["lat"], row["lon"])).m, rel=0.005)
        assert 0 <= row["bearing_deg"] < 360


@pytest.mark.parametrize("name", ["agent", "supervisor", "admin"])
def test_pages_join_without_gap_or_repeat_even_on_equal_distances(cast, as_phone, name):
    orders = scatter(17, assignee=cast.agent) + [make_order(lat=-6.9, lon=107.6, assignee=cast.agent) for _ in range(8)]
    nowhere = [make_order(lat=None, assignee=cast.agent) for _ in range(5)]
    pages = list(read_pages(as_phone(getattr(cast, name)), **NEAR, limit=4))
    assert [row["id"] for page in pages for row in page] == [order.pk for order in by_geodesic(orders) + nowhere]
    assert all(row["distance_m"] is None and row["links"] is None for row in pages[-1])


@pytest.mark.parametrize("moved", [{"near": "-7.56,110.83"}, {}])
def test_page_two_is_right_from_where_page_one_was_asked(cast, as_phone, moved):
    orders = by_geodesic(scatter(12, assignee=cast.agent))
    client = as_phone(cast.agent)
    cursor = client.get(LIST, NEAR | {"limit": 5}).json()["next"]
    rows = client.get(LIST, moved | {"limit": 5, "cursor": cursor}).json()["results"]
    assert [row["id"] for row in rows] == [order.pk for order in orders[5:10]]


def test_without_near_the_highest_priority_comes_first(cast, as_phone):
    orders = [make_order(assignee=cast.agent, priority=priority) for priority in (3, 9, 3, 7)]
    pages = list(read_pages(as_phone(cast.agent), limit=1))
    assert [row["id"] for page in pages for row in page] == [orders[i].pk for i in (1, 3, 0, 2)]


@pytest.mark.parametrize("ordering", ["balance", "-balance", "next_on", "-next_on", "issued_on", "-number", "priority"])
def test_other_orderings_page_without_gap_or_repeat(cast, as_phone, ordering):
    days = [None, date(2026, 11, 3), date(2026, 11, 1), None, date(2026, 11, 3)]
    for number, day in enumerate(days):
        make_order(assignee=cast.agent, next_on=day, issued_on=day, balance=number % 2 * 1000, priority=number % 3)
    expected = list(WorkOrder.objects.order_by(ordering, "pk").values_list("pk", flat=True))
    pages = list(read_pages(as_phone(cast.agent), ordering=ordering, limit=2))
    assert [row["id"] for page in pages for row in page] == expected


def test_a_row_tells_all_that_the_list_shows(cast, as_phone):
    customer = make_customer(name="Budi Santoso")
    make_bill(customer, period=202609, amount=100_000, status="PAID")
    make_bill(customer, period=202610, amount=387_500)
    order = make_order(customer=customer, assignee=cast.agent, number="WO1")
    row = as_phone(cast.agent).get(LIST, NEAR).json()["results"][0]
    assert (row["id"], row["number"], row["state"], row["grade"]) == (order.pk, "WO1", "ASSIGNED", "A")
    assert row["radius_m"] == 12 and row["assignee"] == "dewi" and row["witel"] == "BANDUNG"
    assert row["bills"] == [
        {"period": 202610, "amount": 387_500, "paid_amount": None, "status": "UNPAID", "due_on": "2026-10-20"}
    ]
    assert row["customer"]["name"] == "Budi Santoso" and row["customer"]["phones"] == ["+6281234567890"]
    assert row["address"]["raw"].startswith("jl. melati")
    assert row["links"] == {
        "geo": "geo:-6.920000,107.610000?q=-6.920000,107.610000(WO1)",
        "google": "https://www.google.com/maps/dir/?api=1&destination=-6.920000,107.610000&dir_action=navigate",
        "waze": "https://waze.com/ul?ll=-6.920000,107.610000&navigate=yes",
    }


def test_phones_are_whole_only_for_the_assignee_and_analysts_see_no_name(cast, as_phone):
    make_order(customer=make_customer(name="Budi Santoso"), assignee=cast.agent)
    seen = {
        name: as_phone(getattr(cast, name)).get(LIST).json()["results"][0]["customer"]
        for name in ("agent", "supervisor", "analyst")
    }
    assert seen["agent"]["phones"] == ["+6281234567890"]
    assert seen["supervisor"]["phones"] == ["+62•••90"] and seen["supervisor"]["name"] == "Budi Santoso"
    assert seen["analyst"]["phones"] == [] and seen["analyst"]["name"] == "B••• S•••"


def test_only_own_open_orders_for_an_agent_and_only_the_scope_for_others(cast, as_phone):
    own = make_order(assignee=cast.agent)
    make_order(assignee=cast.agent, state=State.CLOSED)
    theirs, free = make_order(assignee=cast.colleague), make_order()
    far = make_order(witel="SOLO", lat=-7.56, lon=110.83)
    seen = {
        name: {row["id"] for row in as_phone(getattr(cast, name)).get(LIST, NEAR).json()["results"]}
        for name in ("agent", "stranger", "supervisor", "other_supervisor", "manager", "analyst", "admin")
    }
    bandung = {own.pk, theirs.pk, free.pk}
    assert seen["agent"] == {own.pk} and seen["stranger"] == set() and seen["other_supervisor"] == {far.pk}
    assert seen["supervisor"] == seen["manager"] == seen["analyst"] == bandung
    assert seen["admin"] == bandung | {far.pk}


@pytest.mark.parametrize("name", ["technician", "auditor"])
def test_roles_without_orders_are_refused(cast, as_phone, name):
    make_order()
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answer = client.get(LIST)
    assert answer.status_code == 403 and answer.json()["code"] == "not_allowed"


def test_filters_by_state_grade_and_words(cast, as_phone):
    ready = make_order(customer=make_customer(name="Budi Santoso", service_number="131012345678"), number="WO77")
    closed = make_order(state=State.CLOSED, grade="C")
    lost = make_order(lat=None)
    client = as_phone(cast.supervisor)

    def found(**query):
        return {row["id"] for row in client.get(LIST, query).json()["results"]}

    assert found() == {ready.pk, lost.pk}
    assert found(state="CLOSED,EXPIRED") == {closed.pk}
    assert found(state="all") == {ready.pk, closed.pk, lost.pk}
    assert found(grade="A,none") == {ready.pk, lost.pk}
    assert found(q="santoso budi") == found(q="13101234") == found(q="wo77") == {ready.pk}
    assert found(q="santoso", near="-6.92,107.61") == {ready.pk}
    assert found(q="%") == found(q="tak ada") == set()
    assert found(q="", state="", near="") == {ready.pk, lost.pk}


def test_who_sees_no_names_cannot_spell_them_by_searching(cast, as_phone):
    order = make_order(customer=make_customer(name="Teguh Santoso", service_number="131012345678"), number="WO77")
    client = as_phone(cast.analyst)

    def found(**query):
        return [row["id"] for row in client.get(LIST, query).json()["results"]]

    assert found() == found(q="13101234") == found(q="wo77") == [order.pk]
    assert found(q="Te") == found(q="teguh") == found(q="santoso", **NEAR) == []


@pytest.mark.parametrize(
    "query",
    [
        {"near": "0,0"},
        {"near": "107.61,-6.92"},
        {"near": "nan,nan"},
        {"near": "inf,1"},
        {"near": "1"},
        {"near": "a,b"},
        {"state": "OPENED"},
        {"state": "READY,"},
        {"grade": "E"},
        {"ordering": "customer__name"},
        {"ordering": "?"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": "9" * 50},
        {"cursor": "x"},
        {"cursor": "a:b:c"},
        {"cursor": ".x:1"},
        {"cursor": "é" * 300},
        {"q": "x" * 81},
        {"q": "a\x00b"},
        {"assignee": "dewi"},
        {"format": "xml"},
        {"near": "-6.92,107.61", "ordering": "balance"},
    ],
)
def test_unknown_and_absurd_parameters_are_named_in_a_400(cast, as_phone, query):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = client.get(LIST, query)
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"
    assert set(answer.json()["details"]) & set(query)


def test_a_parameter_given_twice_is_a_400(cast, as_phone):
    answer = as_phone(cast.agent).get(LIST + "?limit=1&limit=2")
    assert answer.status_code == 400 and "limit" in answer.json()["details"]


def test_cursor_of_another_user_filter_or_order_is_a_400(cast, as_phone):
    for person in (cast.agent, cast.colleague):
        scatter(3, assignee=person)
    client = as_phone(cast.agent)
    by_way = client.get(LIST, NEAR | {"limit": 1}).json()["next"]
    by_priority = client.get(LIST, {"limit": 1}).json()["next"]
    assert client.get(LIST, {"limit": 2, "cursor": by_way}).status_code == 200
    wrong = [
        (as_phone(cast.colleague), {"cursor": by_way}),
        (client, {"cursor": by_way, "state": "READY"}),
        (client, {"cursor": by_way, "q": "x"}),
        (client, {"cursor": by_way, "ordering": "balance"}),
        (client, {"cursor": by_priority, "ordering": "balance"}),
        (client, {"cursor": by_priority, **NEAR}),
        (client, {"cursor": by_way[:-1]}),
    ]
    for asking, query in wrong:
        answer = asking.get(LIST, query)
        assert answer.status_code == 400 and "cursor" in answer.json()["details"], query


@pytest.mark.parametrize("query", [{}, NEAR])
def test_six_queries_whatever_the_number_of_rows(cast, as_phone, as_user, django_assert_max_num_queries, query):
    for size in (3, 30):
        for order in scatter(size, seed=size, assignee=cast.agent):
            make_bill(order.customer)
        client = as_phone(cast.agent)
        with django_assert_max_num_queries(6):
            assert client.get(LIST, query | {"limit": 20}).status_code == 200
        client = as_phone(cast.supervisor)
        with django_assert_max_num_queries(
            6 + bool(query)
        ):  # a block of tiles, and the whole where that holds too little
            assert client.get(LIST, query | {"limit": 20}).status_code == 200


def test_every_list_is_noted_without_the_text_that_was_searched(cast, as_phone):
    make_order(customer=make_customer(name="Budi Santoso"), assignee=cast.agent)
    as_phone(cast.agent).get(LIST, NEAR | {"q": "santoso", "state": "ASSIGNED"})
    seen = Access.objects.get()
    assert (seen.actor, seen.purpose, seen.target_type, seen.rows) == (cast.agent, "list", "workorder", 1)
    assert seen.detail == "state=ASSIGNED near q"


def test_nothing_seen_is_nothing_noted(cast, as_phone):
    as_phone(cast.agent).get(LIST)
    assert not Access.objects.exists()


def test_signed_out_is_401(db, client):
    with nothing_written():
        answer = client.get(LIST)
    assert answer.status_code == 401 and answer.json()["code"] == "not_signed_in"


def test_order_without_resolved_location_or_address_still_shows(cast, as_phone):
    order = make_order(assignee=cast.agent)
    ResolvedLocation.objects.all().delete()
    order.customer.address.delete()
    row = as_phone(cast.agent).get(LIST, NEAR).json()["results"][0]
    assert row["radius_m"] is None and row["address"] == {"raw": "", "missing": [], "completeness": 0}
