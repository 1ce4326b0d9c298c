import pytest
from django.urls import reverse

from tests.cast import PASSWORD, make_cast
from tests.make import make_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_a_supervisor_signs_in_sees_the_day_and_opens_an_order(page, live_server):
    cast = make_cast()
    order = make_order(assignee=cast.agent, number="WO2026110000042")
    stranger = make_order(witel="SOLO", number="WO2026110000043")

    page.goto(live_server.url + reverse("dashboard:overview"))
    page.fill("input[name=username]", cast.supervisor.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(live_server.url + reverse("dashboard:overview"))
    assert page.locator("h1").first.is_visible()

    page.goto(live_server.url + reverse("dashboard:orders"))
    assert page.get_by_text(stranger.number).count() == 0
    page.get_by_role("link", name=order.number).click()
    page.get_by_text(order.customer.service_number).first.wait_for()
    assert page.complaints == []


def test_a_wrong_password_says_so_and_stays(page, live_server):
    cast = make_cast()
    page.goto(live_server.url + reverse("dashboard:sign-in"))
    page.fill("input[name=username]", cast.supervisor.username)
    page.fill("input[name=password]", "not-the-password")
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    assert reverse("dashboard:sign-in") in page.url
    assert page.locator("input[name=password]").is_visible()
