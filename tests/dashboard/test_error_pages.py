import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_missing_and_forbidden_pages_are_said_in_indonesian(cast, as_user):
    client = as_user(cast.supervisor)

    missing, forbidden = client.get("/nowhere/"), client.get("/imports/")

    assert missing.status_code == 404 and "Halaman ini tidak ada" in missing.content.decode()
    assert forbidden.status_code == 403 and "tidak punya akses" in forbidden.content.decode()


def test_a_form_without_its_token_is_said_kindly(cast):
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "siti", "password": "x"})

    assert response.status_code == 403 and "terlalu lama" in response.content.decode()


def test_a_fault_of_ours_has_a_page_that_needs_nothing(cast, as_user, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("dashboard.views.orders.TablePage", fail)
    client = as_user(cast.supervisor)
    client.raise_request_exception = False

    response = client.get("/orders/")
    assert response.status_code == 500 and "sudah dicatat" in response.content.decode()
