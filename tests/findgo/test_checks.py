import pytest
from django.db import connection

from findgo import checks
from findgo.checks import database_is_safe, secret_key_is_shared


@pytest.mark.django_db
def test_the_database_that_tests_run_on_is_safe():
    assert database_is_safe(None, databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="only MySQL and MariaDB have these modes")
def test_a_database_that_cuts_values_is_told():
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode = ''")
    try:
        assert [warning.id for warning in database_is_safe(None, databases=["default"])] == ["findgo.W002"]
    finally:
        connection.close()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no server")
def test_a_server_that_a_rollback_cannot_rely_on_is_told(monkeypatch):
    monkeypatch.setattr(checks, "LEAST", {"MariaDB": (99, 1), "MySQL": (99, 1)})
    (warning,) = database_is_safe(None, databases=["default"])
    assert warning.id == "findgo.W006" and "99.1" in warning.msg


def test_a_key_made_for_one_machine_is_told_in_production(settings, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    settings.DEBUG = False
    assert [warning.id for warning in secret_key_is_shared(None)] == ["findgo.W001"]
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    assert secret_key_is_shared(None) == []
