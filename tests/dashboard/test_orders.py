"""The table of orders: what it shows, how it pages, and bulk assignment."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard import tables
from history.models import Access, Change
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order
from workorders.models import Assignment
from workorders.states import State

pytestmark = pytest.mark.django_db


def html(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_open_orders_of_the_own_witel_are_shown_and_the_look_is_logged(cast, as_user):
    mine, closed, foreign = make_order(), make_order(state=State.CLOSED), make_order(witel="SOLO")

    page = html(as_user(cast.supervisor).get("/orders/"))

    assert mine.number in page and mine.customer.name in page and "Rp\xa0387.500" in page
    assert closed.number not in page and foreign.number not in page
    access = Access.objects.get()
    assert (access.purpose, access.target_type, access.rows, access.detail) == ("list", "workorder", 1, "state=open")


def test_htmx_gets_the_rows_only_and_the_back_button_the_whole_page(cast, as_user):
    make_order()
    client = as_user(cast.supervisor)

    part = html(client.get("/orders/", headers={"HX-Request": "true"}))
    whole = html(client.get("/orders/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}))

    assert part.lstrip().startswith('<section id="rows"')
    assert whole.startswith("<!doctype html>")


def test_pages_follow_each_other_without_gap_or_repeat(cast, as_user, monkeypatch):
    monkeypatch.setattr(tables, "PAGE_ROWS", 2)
    orders = {make_order(balance=place % 2).number for place in range(5)}
    client = as_user(cast.supervisor)

    seen, url = [], "?sort=-balance"
    while url:
        response = client.get(f"/orders/{url}")
        table = response.context["table"]
        seen += [dict((c.key, v) for c, v in row.cells)["number"] for row in table.rows]
        last, url = table, table.next_url

    assert len(seen) == 5 and set(seen) == orders
    back = client.get(f"/orders/{last.previous_url}").context["table"]
    assert [dict((c.key, v) for c, v in row.cells)["number"] for row in back.rows] == seen[2:4]


def test_a_cursor_of_a_foreign_row_or_nonsense_shows_the_first_page(cast, as_user):
    order, foreign = make_order(), make_order(witel="SOLO")

    for cursor in (foreign.pk, "nonsense", 10**30, "%00"):
        assert order.number in html(as_user(cast.supervisor).get(f"/orders/?after={cursor}"))


def test_counting_stops_where_it_would_cost(cast, as_user, monkeypatch):
    monkeypatch.setattr(tables, "COUNT_MOST", 3)
    for _ in range(4):
        make_order()

    assert "Lebih dari 2 baris" in html(as_user(cast.supervisor).get("/orders/"))


@pytest.mark.parametrize("path", ["/orders/", "/customers/", "/visits/?since=2026-11-01&until=2026-11-30"])
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, as_user, path):
    client = as_user(cast.supervisor)
    make_visit(agent=cast.agent)
    client.get(path)  # what waits is counted once a minute
    with CaptureQueriesContext(connection) as small:
        client.get(path)
    for _ in range(20):
        make_visit(agent=cast.colleague)
    with CaptureQueriesContext(connection) as large:
        client.get(path)

    assert len(large) == len(small) <= 12


def test_the_download_holds_what_the_table_shows(cast, as_user):
    cheap, dear = make_order(balance=1000), make_order(balance=2000)
    make_order(state=State.CLOSED)
    client = as_user(cast.supervisor)
    table = client.get("/orders/?sort=balance&columns=number,balance").context["table"]

    response = client.get(f"/orders/download.csv{table.download_query}")

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows == [["No. WO", "Tagihan"], [cheap.number, "1000"], [dear.number, "2000"]]
    assert "attachment" in response["Content-Disposition"]
    assert Access.objects.filter(purpose="export", rows=2, actor=cast.supervisor).count() == 1


def test_a_filter_that_makes_no_sense_downloads_nothing(cast, as_user):
    make_order()
    response = as_user(cast.supervisor).get("/orders/download.xlsx?where=witel:SOLO")

    assert response.status_code == 400
    assert not Access.objects.exists()


def test_boxes_of_columns_choose_the_columns(cast, as_user):
    make_order()
    table = as_user(cast.supervisor).get("/orders/?column=number&column=address").context["table"]

    assert [heading.column.key for heading in table.headings] == ["number", "address"]
    assert "columns=number%2Caddress" in table.download_query


def test_an_analyst_sees_initials_and_no_phone(cast, as_user):
    make_order(customer=make_customer(name="Sri Rahayu"))
    page = html(as_user(cast.analyst).get("/orders/?columns=number,name,phones"))

    assert "S••• R•••" in page and "Rahayu" not in page and "81234567890" not in page
    assert "Tugaskan" not in page
    for path in ("/orders/?state=&", "/customers/?"):
        for word in ("rah", "rahayu", "Sri Rahayu"):
            assert as_user(cast.analyst).get(f"{path}q={word}").context["table"].count == 0, path
            assert as_user(cast.supervisor).get(f"{path}q={word}").context["table"].count == 1, path


def test_phones_are_masked_in_the_table_for_everybody(cast, as_user):
    make_order()
    assert "81234567890" not in html(as_user(cast.admin).get("/orders/?columns=number,phones"))


def test_an_empty_table_says_what_to_do(cast, as_user):
    assert "Tidak ada order yang cocok" in html(as_user(cast.supervisor).get("/orders/"))


def test_ticked_orders_go_to_one_agent(cast, as_user):
    first, second = make_order(), make_order(assignee=cast.colleague)
    closed = make_order(state=State.CLOSED)
    foreign = make_order(witel="SOLO")
    body = {
        "order": [first.pk, second.pk, closed.pk, foreign.pk],
        "agent": cast.agent.pk,
        "reason": "dekat",
        "back": "/orders/?grade=A",
    }

    response = as_user(cast.supervisor).post("/orders/assign/", body, follow=True)

    for order in (first, second, closed, foreign):
        order.refresh_from_db()
    assert first.assignee == second.assignee == cast.agent
    assert closed.state == State.CLOSED and foreign.assignee is None
    assert Assignment.objects.filter(kind="BULK", agent=cast.agent, reason="dekat").count() == 2
    page = html(response)
    assert "2 order ditugaskan kepada Dewi" in page and "1 order tidak ditugaskan" in page
    assert response.redirect_chain[0][0] == "/orders/?grade=A"


def test_assigning_twice_changes_nothing_the_second_time(cast, as_user):
    order = make_order()
    client = as_user(cast.supervisor)
    for _ in range(2):
        client.post("/orders/assign/", {"order": order.pk, "agent": cast.agent.pk})

    assert order.assignments.count() == 1
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"agent": "1"}, {"order": ["1"]}, {"order": ["x"], "agent": "x"}, {"order": ["9" * 40], "agent": "1"}]
)
def test_a_choice_that_is_none_changes_nothing(cast, as_user, body):
    order = make_order()
    response = as_user(cast.supervisor).post("/orders/assign/", body | {"back": "https://evil.example/"}, follow=True)

    assert response.redirect_chain[0][0] == "/orders/"
    order.refresh_from_db()
    assert order.assignee is None and not Change.objects.exists()


def test_a_foreign_agent_cannot_be_given_anything(cast, as_user):
    order = make_order()
    as_user(cast.supervisor).post("/orders/assign/", {"order": order.pk, "agent": cast.stranger.pk})

    order.refresh_from_db()
    assert order.assignee is None and not Change.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/", "/orders/", "/orders/download.csv", "/visits/"])
def test_a_day_at_the_end_of_all_days_breaks_no_page(cast, as_user, path, day):
    for name in ("since", "until"):
        answer = as_user(cast.supervisor).get(path, {name: day})
        assert answer.status_code in (200, 400)
