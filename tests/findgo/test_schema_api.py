"""The schema that clients are made from, and its page."""

import io
import json

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

COMMITTED = settings.BASE_DIR / "docs" / "openapi.yaml"


def test_committed_schema_is_what_the_code_says():
    """After a change: python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"""
    fresh = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=fresh)
    assert yaml.safe_load(fresh.getvalue()) == yaml.safe_load(COMMITTED.read_text())


@pytest.mark.parametrize(
    "query, accept, read",
    [
        ("", "application/json", json.loads),
        ("?format=json", "*/*", json.loads),
        ("?format=yaml", "*/*", yaml.safe_load),
        ("", "*/*", yaml.safe_load),
    ],
)
def test_schema_is_served_in_both_formats(db, client, query, accept, read):
    answer = client.get("/api/schema/" + query, HTTP_ACCEPT=accept)
    assert answer.status_code == 200
    assert read(answer.content)["openapi"].startswith("3.1")


def test_every_operation_has_an_id_a_summary_and_a_tag():
    operations = [op for methods in yaml.safe_load(COMMITTED.read_text())["paths"].values() for op in methods.values()]
    assert all(op["summary"] and op["tags"] for op in operations)
    assert len({op["operationId"] for op in operations}) == len(operations)


def test_page_runs_only_scripts_of_our_own(db, client):
    page = client.get("/api/docs/", HTTP_ACCEPT="text/html")
    text = page.content.decode()
    assert page.status_code == 200 and "/static/drf_spectacular_sidecar/" in text
    assert "<script>" not in text and "http://" not in text and "https://" not in text
    policy = page.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy and "script-src 'self';" in f"{policy};"
    script = client.get("/api/docs/?script=", HTTP_ACCEPT="*/*")
    assert script.status_code == 200 and "javascript" in script.headers["Content-Type"]
