import pytest
from django.test import Client

from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, username, password=PASSWORD):
    return client.post("/sign-in/", {"username": username, "password": password})


def test_a_supervisor_signs_in_and_out(cast):
    client = Client()

    assert sign_in(client, "siti")["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(cast):
    wrong, unknown = sign_in(Client(), "siti", "salah"), sign_in(Client(), "nobody", "salah")

    assert wrong.status_code == unknown.status_code == 200
    said = "Nama akun atau kata sandi tidak cocok."
    assert said in wrong.content.decode() and said in unknown.content.decode()


def test_after_six_wrong_passwords_the_account_waits(cast):
    client = Client()
    for _ in range(6):
        response = sign_in(client, "siti", "salah")

    assert response.status_code == 429 and response["Retry-After"] == "900"
    assert "15 menit" in response.content.decode()
    assert sign_in(client, "siti").status_code == 429
    assert sign_in(client, "eko").status_code == 302


def test_an_account_past_its_last_day_does_not_get_in(cast):
    type(cast.supervisor).objects.filter(pk=cast.supervisor.pk).update(active_until="2020-01-31")

    assert "tidak cocok" in sign_in(Client(), "siti").content.decode()


def test_the_password_is_changed_by_who_knows_the_old_one(cast, as_user):
    client = as_user(cast.supervisor)
    new = "kopi-tubruk-panas-3"
    wrong = client.post("/password/", {"old_password": "salah", "new_password1": new, "new_password2": new})
    right = client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert "Kata sandi lama tidak cocok." in wrong.content.decode()
    assert right.status_code == 302
    assert sign_in(Client(), "siti", new).status_code == 302


def test_sign_in_sends_nobody_to_another_site(cast):
    response = Client().post("/sign-in/?next=https://evil.example/", {"username": "siti", "password": PASSWORD})

    assert response["Location"] == "/"


def test_the_chosen_theme_is_drawn_by_the_server(cast):
    client = Client()
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/sign-in/").content.decode()
