"""Filter, sort and page through the tables."""

from datetime import date

import pytest

from common.problems import Invalid
from exports import selection as module
from exports.nouns import CUSTOMERS, ORDERS, VISITS
from exports.selection import Selection
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order
from workorders.states import State

pytestmark = pytest.mark.django_db


def numbers(selection) -> list[str]:
    return [row["number"] for row in selection.rows()]


@pytest.mark.parametrize("sort", ["balance", "-balance", "next_on", "-next_on", "number", "-number", "priority"])
def test_chunks_bring_every_row_once_in_order_also_those_without_a_value(cast, monkeypatch, sort):
    monkeypatch.setattr(module, "CHUNK_ROWS", 3)
    days = [None, date(2026, 11, 3), None, date(2026, 11, 1), date(2026, 11, 3), None, None, date(2026, 11, 2)]
    orders = [make_order(balance=place % 3 * 1000, next_on=day) for place, day in enumerate(days)]

    rows = list(Selection(ORDERS, cast.supervisor, {"sort": sort}).rows())

    assert sorted(row["pk"] for row in rows) == sorted(order.pk for order in orders)
    field = sort.lstrip("-")
    values = [
        (row[field] is not None, row[field] or 0)
        if field != "next_on"
        else (row[field] is not None, row[field] or date.min)
        for row in rows
    ]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_going_on_and_going_back_meet(cast):
    for amount in (5, 1, 4, 1, 3):
        make_order(balance=amount)
    selection = Selection(ORDERS, cast.supervisor, {"sort": "-balance"})
    everything = selection.rows_after(None, 9)

    second = selection.rows_after(everything[1], 2)
    back = selection.rows_after(second[0], 9, backwards=True)

    assert second == everything[2:4]
    assert back == everything[:2]


def test_orders_are_narrowed_by_each_filter(cast):
    far = make_order(lat=None)
    held = make_order(state=State.ON_HOLD, is_flagged=True, grade="C")
    given = make_order(assignee=cast.agent)
    late = make_order(customer=make_customer(unpaid_months=2), state=State.READY)

    def found(**asked):
        return {row["pk"] for row in Selection(ORDERS, cast.supervisor, asked).rows()}

    assert found(grade="none") == {far.pk}
    assert found(grade="C") == {held.pk}
    assert found(state="ON_HOLD") == found(flagged="on") == {held.pk}
    assert found(assignee=cast.agent.username) == {given.pk}
    assert found(assignee="none") == {far.pk, held.pk, late.pk}
    assert found(stage="CT0") == {late.pk}
    assert found(q=given.number) == {given.pk}
    assert found(q=late.customer.name.split()[0]) == {far.pk, held.pk, given.pk, late.pk}
    assert found(state="CLOSED") == set()


def test_customers_are_narrowed_by_each_filter(cast):
    poor = make_customer(unpaid_months=1, unpaid_amount=500_000, name="Sri Rahayu")
    lost = make_customer(lat=None)

    def found(**asked):
        return {row["pk"] for row in Selection(CUSTOMERS, cast.supervisor, asked).rows()}

    assert found(stage="PRANPC") == found(arrears="400000") == found(q="sri rah") == {poor.pk}
    assert found(q=lost.service_number) == found(grade="none") == {lost.pk}


def test_visits_are_narrowed_by_each_filter(cast):
    met = make_visit(agent=cast.agent, promise=(100_000, date(2026, 11, 25), "KEPT"))
    lost = make_visit(agent=cast.colleague, code="ATK-COORD", flags=["far_from_target"])
    undone = make_visit(agent=cast.agent, code="UN-NOTDONE", flags=["feed"])

    def found(**asked):
        return {row["pk"] for row in Selection(VISITS, cast.supervisor, asked).rows()}

    assert (
        found(result="ATK")
        == found(result="ATK-COORD")
        == found(flag="any")
        == found(flag="far_from_target")
        == {lost.pk}
    )
    assert found(result="attempt") == {met.pk, lost.pk}
    assert (
        found(result="contact")
        == found(promise="settled")
        == found(due_since="2026-11-25", due_until="2026-11-25")
        == {met.pk}
    )
    assert found(agent=cast.agent.username) == {met.pk, undone.pk}
    assert found(since="2026-11-21") == set()
    assert found(since="2026-11-20", until="2026-11-20") == {met.pk, lost.pk, undone.pk}


def test_a_place_out_of_reach_is_as_unknown_as_one_that_does_not_exist(cast):
    make_order(), make_order(witel="SOLO")

    foreign = Selection(ORDERS, cast.supervisor, {"where": "witel:SOLO"})
    unknown = Selection(ORDERS, cast.supervisor, {"where": "witel:NOWHERE"})

    assert list(foreign.rows()) == list(unknown.rows()) == []
    for selection in (foreign, unknown):
        with pytest.raises(Invalid):
            selection.check()


def test_a_region_holds_its_witels_and_a_supervisor_only_his(cast):
    here, there = make_order(), make_order(witel="SOLO")

    assert {row["pk"] for row in Selection(ORDERS, cast.admin, {"where": "region:TREG3"}).rows()} == {here.pk}
    assert {row["pk"] for row in Selection(ORDERS, cast.admin, {"where": "witel:SOLO"}).rows()} == {there.pk}
    assert {row["pk"] for row in Selection(ORDERS, cast.supervisor, {}).rows()} == {here.pk}


def test_an_analyst_cannot_find_people_by_name(cast):
    customer = make_customer(name="Sri Rahayu")
    make_order(customer=customer)

    assert not list(Selection(ORDERS, cast.analyst, {"q": "sri"}).rows())
    assert not list(Selection(CUSTOMERS, cast.analyst, {"q": "sri"}).rows())
    assert not list(Selection(CUSTOMERS, cast.analyst, {"q": "sri1"}).rows())
    assert list(Selection(CUSTOMERS, cast.analyst, {"q": customer.service_number}).rows())


def test_what_was_searched_for_stays_out_of_the_access_log(cast):
    selection = Selection(ORDERS, cast.supervisor, {"q": "Sri Rahayu", "state": "open"})

    assert selection.description() == "state=open q"


def test_unknown_sorts_and_columns_fall_back_to_the_usual_ones(cast):
    selection = Selection(ORDERS, cast.admin, {"sort": "customer__name", "columns": "password,secret"})

    assert selection.sort == ORDERS.sort
    assert [column.key for column in selection.columns] == [c.key for c in ORDERS.columns if c.key in ORDERS.shown]
