"""/health/ and /metrics."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.make import make_order


def test_live_asks_nothing_of_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live/")
    assert answer.status_code == 200 and answer.json() == {"status": "live"}


def test_ready_when_every_migration_is_applied(client, db):
    assert client.get("/health/ready/").json() == {"status": "ready"}


def test_not_ready_while_a_migration_is_missing(client, db):
    MigrationRecorder(connection).record_unapplied("workorders", "0002_dispositions")
    answer = client.get("/health/ready/")
    assert answer.status_code == 503 and answer.json()["details"] == {"missing": ["workorders.0002_dispositions"]}


def test_health_is_reached_over_plain_http(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/live/").status_code == 200


@pytest.fixture(autouse=True)
def fresh_figures():
    cache.clear()


def test_metrics_count_the_work(cast, client):
    make_order(assignee=cast.agent), make_order()
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert 'findgo_workorders{state="ASSIGNED"} 1.0' in text and 'findgo_workorders{state="CLOSED"} 0.0' in text
    assert 'findgo_visits_24h{group="ATK"} 0.0' in text
    assert 'findgo_sync_waiting{what="held"} 0.0' in text
    assert "findgo_held_rows 0.0" in text and "findgo_last_import_age_seconds NaN" in text


@pytest.mark.parametrize("name, status", [("admin", 200), ("supervisor", 403), ("auditor", 403), ("agent", 403)])
def test_metrics_from_elsewhere_are_for_admins(cast, as_phone, as_user, name, status):
    person = getattr(cast, name)
    for client in (as_phone(person), as_user(person)):
        assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == status


@pytest.mark.parametrize(
    "headers", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_X_FORWARDED_PROTO": "https"}]
)
def test_metrics_through_a_proxy_are_not_local(db, client, headers):
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 403 and answer.json()["code"] == "not_allowed"
