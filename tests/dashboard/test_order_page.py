"""One order: everything known of it, and the moves of a supervisor."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from history.models import Access, Change
from tests.dashboard.rows import make_visit
from tests.make import make_bill, make_customer, make_order
from workorders.states import State

pytestmark = pytest.mark.django_db


def page(client, order) -> str:
    response = client.get(f"/orders/{order.pk}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def order(cast):
    customer = make_customer(name="Sri Rahayu", lat=-6.9147, lon=107.6098)
    customer.address.missing = "house_number,rt"
    customer.address.save()
    make_bill(customer)
    return make_order(customer=customer, assignee=cast.agent)


def test_the_page_tells_address_bills_point_and_ways(cast, as_user, order):
    html = page(as_user(cast.supervisor), order)

    for text in (
        "Sri Rahayu",
        "jl. melati no 5",
        "nomor rumah",
        "Rp\xa0387.500",
        "Oktober 2026",
        "12\xa0m",
        "Teknisi pemasang",
    ):
        assert text in html, text
    assert 'href="geo:-6.914700,107.609800?q=-6.914700,107.609800"' in html
    assert "https://www.google.com/maps/dir/?api=1&amp;destination=-6.914700,107.609800&amp;dir_action=navigate" in html
    assert "https://waze.com/ul?ll=-6.914700,107.609800&amp;navigate=yes" in html


def test_an_order_without_a_point_says_so(cast, as_user):
    assert "Belum ada titik" in page(as_user(cast.supervisor), make_order(lat=None))


def test_visits_promises_and_moves_stand_in_the_witels_own_time(cast, as_user, order):
    make_visit(order=order, agent=cast.agent, promise=(250_000, date(2026, 11, 25), "OPEN"), flags=["outside_hours"])
    client = as_user(cast.supervisor)
    client.post(f"/orders/{order.pk}/hold/", {"hold-reason": "banjir"})

    html = page(client, order)

    assert "Jum 20 Nov" in html and "12.00 WIB" in html
    assert "Rp\xa0250.000" in html and "Di luar jam kunjungan" in html
    assert "banjir" in html and "Ditugaskan → Ditahan" in html


def test_looking_is_logged(cast, as_user, order):
    page(as_user(cast.supervisor), order)

    access = Access.objects.get()
    assert (access.purpose, access.target_type, access.target_id) == ("view", "workorder", str(order.pk))


def test_a_phone_is_shown_only_when_asked_for_and_the_asking_is_logged(cast, as_user, order):
    client = as_user(cast.supervisor)
    assert "81234567890" not in page(client, order)
    assert not Access.objects.filter(purpose="phone").exists()

    shown = client.post(f"/orders/{order.pk}/phones/").content.decode()

    assert 'href="tel:+6281234567890"' in shown
    access = Access.objects.get(purpose="phone")
    assert (access.actor, access.target_type, access.target_id) == (cast.supervisor, "customer", str(order.customer_id))


def test_an_analyst_reads_no_name_note_or_reason(cast, as_user, order):
    make_visit(order=order, agent=cast.agent, note="Rahayu marah")
    as_user(cast.supervisor).post(f"/orders/{order.pk}/hold/", {"hold-reason": "Rahayu sakit"})

    html = page(as_user(cast.analyst), order)

    assert "Rahayu" not in html and "81234567890" not in html and "S••• R•••" in html


def test_a_supervisor_moves_an_order_through_its_side_states(cast, as_user):
    order = make_order()
    client = as_user(cast.supervisor)

    def after(verb, **body):
        assert client.post(f"/orders/{order.pk}/{verb}/", body).status_code == 302
        order.refresh_from_db()
        return order.state

    assert after("assign", agent=cast.agent.pk) == State.ASSIGNED
    assert after("unassign", **{"unassign-reason": "sakit"}) == State.READY
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert after("hold", **{"hold-reason": "banjir", "hold-until": until}) == State.ON_HOLD
    assert order.hold_until.isoformat() == until
    assert after("release") == State.READY
    assert Change.objects.filter(actor=cast.supervisor).count() == 4


def test_a_closed_order_is_opened_again_with_a_reason(cast, as_user):
    order = make_order(state=State.CLOSED)
    client = as_user(cast.supervisor)
    client.post(f"/orders/{order.pk}/reopen/", {"reopen-reason": ""})
    order.refresh_from_db()
    assert order.state == State.CLOSED

    client.post(f"/orders/{order.pk}/reopen/", {"reopen-reason": "salah catat"})
    order.refresh_from_db()
    assert order.state == State.READY


@pytest.mark.parametrize("verb", ["unassign", "hold", "release", "reopen"])
def test_a_move_that_does_not_exist_is_said_kindly_and_changes_nothing(cast, as_user, verb):
    order = make_order(state=State.CANCELLED)
    response = as_user(cast.supervisor).post(f"/orders/{order.pk}/{verb}/", {f"{verb}-reason": "x"}, follow=True)

    assert "sudah berubah" in response.content.decode()
    assert not Change.objects.exists()


def test_a_move_sent_twice_happens_once(cast, as_user):
    order = make_order()
    client = as_user(cast.supervisor)
    for _ in range(2):
        client.post(f"/orders/{order.pk}/hold/", {"hold-reason": "banjir"})

    assert Change.objects.count() == 1


def test_the_forms_offered_are_the_moves_possible(cast, as_user):
    client = as_user(cast.supervisor)

    assert "Lepas dari CTB" in page(client, make_order(assignee=cast.agent))
    assert "Lanjutkan order" in page(client, make_order(state=State.ON_HOLD))
    assert "Buka lagi" in page(client, make_order(state=State.CLOSED))
    assert 'aria-label="Tindakan"' not in page(as_user(cast.analyst), make_order())


def test_the_number_of_queries_does_not_grow_with_the_history(cast, as_user, order, django_assert_max_num_queries):
    for _ in range(10):
        make_visit(order=order, agent=cast.agent, promise=(1, date(2026, 11, 25), "OPEN"))

    client = as_user(cast.supervisor)

    with django_assert_max_num_queries(16):
        page(client, order)
