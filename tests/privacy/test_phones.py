"""Telephone numbers are masked until somebody taps; every tap is in the access log, and a day has a limit."""

import uuid

import pytest
from django.utils import timezone

from history.models import Access
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
PHONE = "+6281234567890"


def path(customer) -> str:
    return f"/api/v1/customers/{customer.pk}/phone-views/"


@pytest.mark.parametrize("who", ["supervisor", "manager", "admin"])
def test_a_tap_shows_the_numbers_and_is_noted(cast, as_phone, who):
    customer = make_customer()
    client = as_phone(getattr(cast, who))
    assert PHONE not in client.get(f"/api/v1/customers/{customer.pk}/location/").content.decode()
    answer = client.post(path(customer), {"reason": "janji bayar hari ini"})

    assert (answer.status_code, answer.json()) == (201, {"phones": [PHONE]})
    noted = Access.objects.get(purpose="phone")
    assert (noted.actor, noted.target_type, noted.target_id, noted.rows, noted.detail) == (
        getattr(cast, who), "customer", str(customer.pk), 1, "janji bayar hari ini",
    )  # fmt: skip


@pytest.mark.parametrize("who", ["technician", "analyst", "auditor"])
def test_roles_that_call_nobody_see_no_number(cast, as_phone, who):
    answer = as_phone(getattr(cast, who)).post(path(make_customer()))

    assert answer.status_code == 403 and not Access.objects.exists()


@pytest.mark.parametrize("who", ["other_supervisor", "agent"])
def test_a_customer_out_of_reach_is_like_one_that_does_not_exist(cast, as_phone, who):
    client = as_phone(getattr(cast, who))
    foreign, missing = client.post(path(make_customer())), client.post("/api/v1/customers/987654321/phone-views/")

    assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content
    assert not Access.objects.exists()


def test_a_look_that_a_phone_tells_later_counts_once(cast, as_phone):
    order = make_order(assignee=cast.agent)
    look = {"id": str(uuid.uuid4()), "viewed_at": "2026-11-26T09:15:00+07:00"}
    client = as_phone(cast.agent)
    first, again = client.post(path(order.customer), look), client.post(path(order.customer), look)

    assert (first.status_code, again.status_code) == (201, 200) and first.json() == {"phones": [PHONE]}
    assert "2026-11-26T09:15:00+07:00" in Access.objects.get(purpose="phone").detail


def test_one_id_is_never_two_looks(cast, as_phone):
    look = {"id": str(uuid.uuid4())}
    client = as_phone(cast.supervisor)
    client.post(path(make_customer()), look)

    assert client.post(path(make_customer()), look).json()["code"] == "view_changed"
    assert as_phone(cast.admin).post(path(make_customer()), look).status_code == 409
    assert Access.objects.filter(purpose="phone").count() == 1


def test_an_agent_who_gave_the_order_back_tells_of_a_look_and_sees_no_number(cast, as_phone):
    order = make_order(assignee=cast.agent)
    make_visit(order=order, agent=cast.agent, at=timezone.now())
    WorkOrder.objects.filter(pk=order.pk).update(state="CLOSED")
    answer = as_phone(cast.agent).post(path(order.customer), {"id": str(uuid.uuid4())})

    assert (answer.status_code, answer.json()) == (201, {"phones": ["+62•••90"]})
    assert Access.objects.filter(purpose="phone").count() == 1


def test_a_day_has_a_limit_for_each_user(cast, as_phone, settings):
    settings.PHONE_VIEWS_PER_DAY = 2
    customer, client = make_customer(), as_phone(cast.supervisor)
    codes = [client.post(path(customer)).status_code for _ in range(3)]
    refused = client.post(path(customer))

    assert codes == [201, 201, 429] and refused.json()["code"] == "too_many_phone_views"
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert Access.objects.filter(purpose="phone").count() == 2
    assert as_phone(cast.admin).post(path(customer)).status_code == 201


@pytest.mark.parametrize("body", [{"reason": "x" * 201}, {"id": "x"}, {"viewed_at": "kemarin"}, {"phones": []}, [1]])
def test_nonsense_is_refused_and_nothing_noted(cast, as_phone, body):
    answer = as_phone(cast.supervisor).post(path(make_customer()), body)

    assert answer.status_code == 400 and not Access.objects.exists()


# --- the dashboard's button


@pytest.mark.parametrize("page", ["customers", "orders"])
def test_the_button_shows_the_numbers_with_and_without_javascript(cast, as_user, page):
    order = make_order()
    key = order.pk if page == "orders" else order.customer_id
    client = as_user(cast.supervisor)
    before = client.get(f"/{page}/{key}/").content.decode()
    assert "Tampilkan nomor" in before and PHONE not in before
    plain = client.post(f"/{page}/{key}/phones/", {"reason": "telepon balik"})
    part = client.post(f"/{page}/{key}/phones/", headers={"HX-Request": "true"})

    assert f'href="tel:{PHONE}"' in plain.content.decode() and 'id="phones"' in part.content.decode()
    assert list(Access.objects.filter(purpose="phone").order_by("id").values_list("target_id", "detail")) == [
        (str(order.customer_id), "telepon balik"),
        (str(order.customer_id), ""),
    ]


def test_the_button_says_when_the_day_is_used_up(cast, as_user, settings):
    settings.PHONE_VIEWS_PER_DAY = 1
    customer, client = make_customer(), as_user(cast.supervisor)
    client.post(f"/customers/{customer.pk}/phones/")
    plain = client.post(f"/customers/{customer.pk}/phones/")
    part = client.post(f"/customers/{customer.pk}/phones/", headers={"HX-Request": "true"})

    assert (plain.status_code, part.status_code) == (429, 429) and PHONE not in plain.content.decode()
    assert "Batas melihat nomor telepon" in plain.content.decode() and "Retry-After" in part.headers
    assert "Batas melihat nomor telepon" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert Access.objects.filter(purpose="phone").count() == 1


def test_an_analyst_has_no_button(cast, as_user):
    customer = make_customer()

    assert "Tampilkan nomor" not in as_user(cast.analyst).get(f"/customers/{customer.pk}/").content.decode()
