"""Django admin: reference data and users, for admins only."""

import pytest
from django.contrib import admin

from accounts.models import User
from history.models import Change
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
OURS = {model for model in admin.site._registry if model._meta.app_label not in ("axes",)}


@pytest.mark.parametrize("who", ["agent", "supervisor", "manager", "analyst", "auditor", "technician"])
def test_only_admins_enter(cast, as_user, who):
    assert as_user(getattr(cast, who)).get("/admin/").status_code == 302


@pytest.mark.parametrize("model", sorted(OURS, key=str))
def test_every_list_and_form_opens(cast, as_user, model):
    client, meta = as_user(cast.admin), model._meta
    base = f"/admin/{meta.app_label}/{meta.model_name}/"

    assert client.get(base).status_code == 200
    if row := model.objects.first():
        assert client.get(f"{base}{row.pk}/change/").status_code == 200


def test_only_reference_data_and_users_are_there():
    assert {model.__name__ for model in OURS} == {
        "Region",
        "Witel",
        "Area",
        "Stage",
        "Disposition",
        "RescueKind",
        "User",
        "Device",
        "HeaderAlias",
    }


def test_an_admin_makes_a_user_whose_password_is_hashed(cast, as_user):
    body = {
        "username": "baru",
        "name": "Baru",
        "role": "SUPERVISOR",
        "witel": cast.bandung.pk,
        "usable_password": "true",
        "password1": "kopi-tubruk-9x",
        "password2": "kopi-tubruk-9x",
    }
    response = as_user(cast.admin).post("/admin/accounts/user/add/", body)

    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(username="baru")
    assert user.check_password("kopi-tubruk-9x") and user.witel == cast.bandung
    assert Change.objects.get(verb="add_user").actor == cast.admin


def test_a_user_with_two_places_or_none_is_refused(cast, as_user):
    body = {
        "username": "baru",
        "role": "SUPERVISOR",
        "usable_password": "true",
        "password1": "kopi-tubruk-9x",
        "password2": "kopi-tubruk-9x",
    }
    client = as_user(cast.admin)

    assert client.post("/admin/accounts/user/add/", body).status_code == 200
    both = body | {"witel": cast.bandung.pk, "region": cast.bandung.region_id}
    assert client.post("/admin/accounts/user/add/", both).status_code == 200
    assert not User.objects.filter(username="baru").exists()


def test_a_new_password_is_set_and_noted(cast, as_user):
    body = {"usable_password": "true", "password1": "kopi-tubruk-9x", "password2": "kopi-tubruk-9x"}
    as_user(cast.admin).post(f"/admin/accounts/user/{cast.agent.pk}/password/", body)

    cast.agent.refresh_from_db()
    assert cast.agent.check_password("kopi-tubruk-9x") and not cast.agent.check_password(PASSWORD)
    assert Change.objects.get().after == {"password": "changed"}


def test_users_and_phones_are_never_deleted(cast, as_user):
    assert as_user(cast.admin).post(f"/admin/accounts/user/{cast.agent.pk}/delete/", {"post": "yes"}).status_code == 403
