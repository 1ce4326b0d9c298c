"""GET /me/: who, where, which rules."""

import uuid

import pytest

from accounts.services.tokens import Phone

ME = "/api/v1/me/"


def test_agent_sees_place_verbs_and_visiting_hours(cast, as_phone):
    phone = Phone(uuid.uuid4(), "Redmi")
    body = as_phone(cast.agent, phone).get(ME).json()
    assert body["scope"] == "witel:BANDUNG" and body["witel"]["timezone"] == "Asia/Jakarta"
    assert body["region"]["code"] == "TREG3" and body["device"] == str(phone.id)
    assert "write_visits" in body["verbs"] and "assign" not in body["verbs"]
    assert body["rules"]["visiting_hours"] == {"from_time": "08:00", "until_time": "20:00", "weekdays": "123456"}
    assert body["rules"]["geofence_m"] == 300
    offline = body["rules"]["offline"]
    assert (offline["lease_hours"], offline["orders_most"], offline["sealed_days"]) == (72, 300, 7)
    assert offline["lock_minutes"] == 15
    assert (offline["push_most_operations"], offline["push_most_bytes"]) == (100, 1024 * 1024)
    assert offline["retry"]["first_s"] < offline["retry"]["most_s"]


def test_the_map_under_the_orders_is_told(cast, as_phone, settings):
    assert as_phone(cast.agent).get(ME).json()["rules"]["basemap"] is None
    settings.BASEMAP = {"url": "/tiles/indonesia.pmtiles", "kind": "pmtiles", "attribution": "© OpenStreetMap"}
    assert as_phone(cast.agent).get(ME).json()["rules"]["basemap"] == settings.BASEMAP


@pytest.mark.parametrize("name, scope", [("manager", "region:TREG3"), ("admin", "all"), ("auditor", "all")])
def test_scope_is_a_word(cast, as_phone, name, scope):
    assert as_phone(getattr(cast, name)).get(ME).json()["scope"] == scope


def test_a_browser_session_works_too(cast, as_user):
    assert as_user(cast.supervisor).get(ME).json()["username"] == "siti"


def test_nobody_is_401(db, as_user):
    answer = as_user(None).get(ME)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
