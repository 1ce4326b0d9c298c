"""The numbers of the overview, and that each leads to the rows it counts."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from dashboard.figures import Span, read_figures
from tests.dashboard.rows import NOON, make_visit
from tests.make import make_order
from workorders.states import State

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
MONTH = Span(date(2026, 11, 1), TODAY)


@pytest.fixture
def month(cast):
    """Four attempts and one that was none in Bandung, one attempt the month before, and one visit far away."""
    make_visit(agent=cast.agent, code="MET-PTP", promise=(100_000, TODAY, "KEPT"))
    make_visit(agent=cast.agent, code="TP-MSG")
    make_visit(agent=cast.agent, code="ATK-COORD")
    make_visit(agent=cast.colleague, code="NC-NOTHOME", at=NOON - timedelta(days=5))
    make_visit(agent=cast.colleague, code="UN-NOTDONE")
    make_visit(agent=cast.agent, code="ATK-DUP", at=NOON - timedelta(days=20))
    make_visit(order=make_order(witel="SOLO", assignee=cast.stranger), agent=cast.stranger, code="ATK-COORD")


def figures(user, where=""):
    return read_figures(user=user, where=where, span=MONTH, today=TODAY)


def test_rates_count_attempts_only_and_within_reach(cast, month):
    found = figures(cast.supervisor)

    assert found.visits.n == 4 and found.visits_today == 3 and found.visits_before == 1
    assert (found.contact.hits, found.contact.n) == (2, 4)
    assert (found.not_found.hits, found.not_found.n) == (1, 4)
    assert found.not_found_change == pytest.approx(0.25 - 1)
    assert [(cause.code, cause.rate.hits) for cause in found.causes] == [("ATK-COORD", 1)]
    assert (found.kept.hits, found.kept.n) == (1, 1)


def test_a_place_narrows_them(cast, month):
    assert figures(cast.admin).visits.n == 5
    assert figures(cast.admin, "witel:SOLO").visits.n == 1
    assert figures(cast.admin, "region:TREG3").visits.n == 4
    assert figures(cast.supervisor, "witel:SOLO").visits.n == 0


def test_days_without_visits_are_there_too(cast, month):
    days = figures(cast.supervisor).days

    assert len(days) == 20
    assert days[-1] == (TODAY, 3, 1) and days[-6] == (TODAY - timedelta(days=5), 1, 0) and days[0][1] == 0


def test_orders_are_counted_by_state_and_grade(cast):
    make_order(), make_order(lat=None), make_order(assignee=cast.agent, grade="C")
    make_order(state=State.CANCELLED, cancel_reason="PAID"), make_order(witel="SOLO")
    today = timezone.localdate()

    found = read_figures(user=cast.supervisor, where="", span=Span(today, today), today=today)

    assert found.open_orders == 3 and found.no_point == 1 and found.withdrawn == 1
    assert [(code, n) for code, _, n in found.states] == [("READY", 2), ("ASSIGNED", 1)]
    assert dict(found.grades) == {"A": 1, "B": 0, "C": 1, "D": 0}


def test_agents_are_listed_by_their_day(cast, month):
    rows = figures(cast.supervisor).agents

    assert [(row.agent.username, row.visits, row.met, row.not_found) for row in rows][0] == ("dewi", 3, 2, 1)
    assert cast.stranger not in [row.agent for row in rows]


def test_every_number_leads_to_exactly_its_rows(cast, as_user, month):
    client = as_user(cast.supervisor)
    html = unescape(client.get("/?since=2026-11-01&until=2026-11-20").content.decode())
    links = {
        match: client.get(match).context["table"].count
        for match in re.findall(r'href="(/(?:visits|orders)/\?[^"]+)"', html)
    }

    def count(fragment):
        return next(number for link, number in links.items() if fragment in link)

    assert count("/visits/?since=2026-11-01&until=2026-11-20&result=attempt") == 4
    assert count("since=2026-11-01&until=2026-11-20&result=contact") == 2
    assert count("since=2026-11-01&until=2026-11-20&result=ATK") == 1
    assert count("since=2026-11-01&until=2026-11-20&result=ATK-COORD") == 1
    assert count("promise=settled") == 1
    assert count("state=open") == 6
    assert count("state=ASSIGNED") == 6
    assert count("grade=A") == 6 and count("grade=none") == 0


def test_the_page_says_intervals_and_counts(cast, as_user, month):
    html = as_user(cast.supervisor).get("/?since=2026-11-01&until=2026-11-20").content.decode()

    assert "25,0\xa0%" in html and "4,6\xa0% – 69,9\xa0% · n = 4" in html


@pytest.mark.parametrize(
    "query", ["?since=x", "?since=2026-11-20&until=2026-11-01", "?where=witel:SOLO", "?until=0001-01-01"]
)
def test_a_place_or_time_that_makes_no_sense_is_said(cast, as_user, month, query):
    response = as_user(cast.supervisor).get(f"/{query}")

    assert response.status_code == 200
    if query != "?until=0001-01-01":
        assert 'role="alert"' in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_rows(cast, as_user, month, django_assert_max_num_queries):
    client = as_user(cast.admin)

    with django_assert_max_num_queries(19):
        client.get("/")


def test_an_empty_country_says_what_comes_first(cast, as_user):
    html = as_user(cast.admin).get("/").content.decode()

    assert "Order muncul setelah berkas work order diimpor" in html
