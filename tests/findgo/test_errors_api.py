"""One shape for every error under /api/."""

import re
import uuid

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient
from rest_framework.views import APIView

from findgo import urls
from tests.untouched import nothing_written

SHAPE = {"code", "message", "details"}


class Broken(APIView):
    authentication_classes = permission_classes = ()

    def get(self, request):
        raise RuntimeError("a secret of ours")


class Busy(Broken):
    def get(self, request):
        raise OperationalError(1213, "Deadlock found")


class SiteWithFaults:
    urlpatterns = [path("api/v1/broken/", Broken.as_view()), path("api/v1/busy/", Busy.as_view()), *urls.urlpatterns]
    handler400, handler403 = staticmethod(urls.handler400), staticmethod(urls.handler403)
    handler404, handler500 = staticmethod(urls.handler404), staticmethod(urls.handler500)


@pytest.fixture
def faulty_site(settings):
    settings.ROOT_URLCONF = SiteWithFaults


@pytest.mark.parametrize(
    "method, where, status, code",
    [
        ("get", "/api/v1/no-such-thing/", 404, "not_found"),
        ("get", "/api/", 404, "not_found"),
        ("get", "/api/v1/workorders/x/", 404, "not_found"),
        ("get", "/api/v1/visits/not-a-uuid/", 404, "not_found"),
        ("post", "/api/v1/workorders/", 405, "method_not_allowed"),
        ("delete", "/api/v1/me/", 405, "method_not_allowed"),
        ("options", "/api/v1/me/", 405, "method_not_allowed"),
        ("get", "/api/v1/auth/login/", 405, "method_not_allowed"),
    ],
)
def test_unknown_paths_and_methods(cast, as_phone, method, where, status, code):
    client = as_phone(cast.admin)
    with nothing_written():
        answer = getattr(client, method)(where)
    assert answer.status_code == status and answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.json()) == SHAPE and answer.json()["code"] == code


def test_unknown_paths_are_json_while_debug_is_on_and_a_missing_slash_is_told(db, client, settings):
    settings.DEBUG = True
    answer = client.get("/api/v1/no-such-thing/")
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"
    for method in (client.get, client.post, client.put, client.delete):
        answer = method("/api/v1/me")
        assert answer.status_code == 404 and "slash" in answer.json()["message"]


@pytest.mark.parametrize("path", ["/api/v1/nope/", "/api/v1/visits/abc/", "/api/v1/workorders/abc/assignments/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_method_on_an_unknown_path_is_a_json_404(db, path, method):
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(path, {}, content_type="application/json")
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"


def test_a_body_that_is_not_json_is_415(cast, as_phone):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = client.put(
            f"/api/v1/visits/{uuid.uuid4()}/", "order=1", content_type="application/x-www-form-urlencoded"
        )
    assert answer.status_code == 415 and answer.json()["code"] == "unsupported_media_type"


def test_an_answer_in_another_format_is_406(cast, as_phone):
    answer = as_phone(cast.agent).get("/api/v1/me/", HTTP_ACCEPT="text/csv")
    assert answer.status_code == 406 and answer.json()["code"] == "not_acceptable"


def test_an_unexpected_fault_is_500_in_our_shape_and_tells_nothing(faulty_site, client, caplog):
    answer = client.get("/api/v1/broken/")
    assert answer.status_code == 500 and set(answer.json()) == SHAPE and "secret" not in answer.content.decode()
    assert "a secret of ours" in caplog.text


def test_a_busy_database_is_503_with_retry_after(faulty_site, client):
    answer = client.get("/api/v1/busy/")
    assert answer.status_code == 503 and answer.json()["code"] == "try_again" and answer.headers["Retry-After"] == "2"


def test_outside_the_api_people_see_a_page(db, client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/html")


def test_a_deep_or_huge_body_is_refused(cast, as_phone):
    client = as_phone(cast.agent)
    for content in (
        b"[" * 5000 + b"]" * 5000,
        b'{"order": 1e400}',
        b'{"order": 99999999999999999999}',
        b'{"note": "a\\u0000"}',
    ):
        with nothing_written():
            answer = client.put(f"/api/v1/visits/{uuid.uuid4()}/", content, content_type="application/json")
        assert answer.status_code == 400 and set(answer.json()) == SHAPE


def test_a_thousand_parameters_are_400(cast, as_phone):
    answer = as_phone(cast.agent).get("/api/v1/me/?" + "a=1&" * 1_500)
    assert answer.status_code == 400 and set(answer.json()) == SHAPE


def test_a_schema_in_an_unknown_form_is_refused_in_json(db, client):
    answer = client.get("/api/schema/?format=xml")
    assert answer.status_code == 404 and set(answer.json()) == SHAPE


def test_a_body_beyond_the_limit_is_refused(cast, as_phone, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = as_phone(cast.agent)
    with nothing_written():
        answer = client.put(
            f"/api/v1/visits/{uuid.uuid4()}/", b'{"note": "%s"}' % (b"x" * 2000), content_type="application/json"
        )
    assert answer.status_code == 413 and answer.json()["code"] == "too_large"


def test_every_path_of_the_schema_answers_the_signed_out_with_401(db):
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert len(paths) >= 18
    client = APIClient()
    for where, methods in paths.items():
        address = (
            re.sub(r"\{(visit|upload|photo|device)\}", str(uuid.uuid4()), where)
            .replace("{order}", "1")
            .replace("{customer}", "1")
            .replace("{correction}", "1")
            .replace("{key}", "1")
        )
        for method, operation in methods.items():
            if {} in operation["security"]:
                continue
            answer = getattr(client, method)(address)
            assert answer.status_code == 401 and set(answer.json()) == SHAPE, (method, where)
