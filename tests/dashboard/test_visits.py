import pytest

from tests.dashboard.rows import make_visit
from tests.make import make_order

pytestmark = pytest.mark.django_db
NOVEMBER = "since=2026-11-01&until=2026-11-30"


def test_visits_of_the_days_are_shown_and_lead_to_their_order(cast, as_user):
    visit = make_visit(agent=cast.agent)
    make_visit(order=make_order(witel="SOLO", assignee=cast.stranger), agent=cast.stranger, code="ATK-DUP")
    html = as_user(cast.supervisor).get(f"/visits/?{NOVEMBER}").content.decode()

    assert f'href="/orders/{visit.order_id}/"' in html and "Janji bayar" in html and "12.00 WIB" in html
    assert "ATK" not in html.split("<tbody>")[1]


def test_flags_are_said_in_words(cast, as_user):
    make_visit(agent=cast.agent, flags=["far_from_target", "clock"])
    html = as_user(cast.supervisor).get(f"/visits/?{NOVEMBER}&flag=any").content.decode()

    assert "Jauh dari titik, Jam ponsel meragukan" in html


def test_an_empty_day_is_asked_for_with_an_empty_field(cast, as_user):
    make_visit(agent=cast.agent)
    client = as_user(cast.supervisor)

    assert client.get("/visits/?since=&until=").context["table"].count == 1
    assert client.get("/visits/?since=2026-12-01").context["table"].count == 0
    table = client.get("/visits/?since=&until=").context["table"]
    assert client.get(f"/visits/{table.link(sort='distance')}").context["table"].count == 1


def test_days_that_are_none_show_nothing_and_say_so(cast, as_user):
    make_visit(agent=cast.agent)
    response = as_user(cast.supervisor).get("/visits/?since=gestern")

    assert response.context["table"].count == 0 and 'role="alert"' in response.content.decode()
