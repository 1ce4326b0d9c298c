"""What the agents' app is served as: for anybody, never stale, and allowed nothing but its own files and the map."""

import os
import re

import pytest
from django.conf import settings as configured
from django.test import Client
from whitenoise.base import WhiteNoise

from accounts.verbs import Role
from field.views.app import policy
from findgo.checks import field_app_is_built
from tests.untouched import nothing_written

pytestmark = pytest.mark.django_db

APP, WORKER, MANIFEST = "/app/", "/app/sw.js", "/app/manifest.webmanifest"
SHELL = '<!doctype html><script type="module" src="/static/app/assets/index-Bx3_9-aZ.js"></script>'
RASTER = {"url": "https://tiles.example:8443/{z}/{x}/{y}.png?key=1", "kind": "raster", "attribution": "© OpenStreetMap"}


@pytest.fixture
def build(settings, tmp_path):
    """The folder of a build."""
    settings.FIELD_APP_DIR = tmp_path / "app"
    settings.FIELD_APP_DIR.mkdir()
    (settings.FIELD_APP_DIR / "index.html").write_text(SHELL)
    (settings.FIELD_APP_DIR / "sw.js").write_text("self.skipWaiting;")
    return settings.FIELD_APP_DIR


@pytest.fixture
def no_build(settings, tmp_path):
    settings.FIELD_APP_DIR = tmp_path / "nothing"


def directives(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def test_shell_and_worker_are_the_files_of_the_build(build, client):
    shell, worker = client.get(APP), client.get(WORKER)
    assert shell.content.decode() == SHELL and shell.headers["Content-Type"] == "text/html; charset=utf-8"
    assert worker.content == b"self.skipWaiting;"
    assert worker.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_app_without_a_slash_leads_to_it(build, client):
    answer = client.get("/app")
    assert answer.status_code == 301 and answer.headers["Location"] == APP


@pytest.mark.parametrize("path", [APP, WORKER, MANIFEST])
def test_browsers_ask_each_time_and_hear_304(build, client, path):
    first = client.get(path)
    assert first.status_code == 200 and first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Permissions-Policy"):
        assert again.headers[name] == first.headers[name]
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.head(path).headers["ETag"] == first.headers["ETag"]


def test_a_new_build_is_served_at_once(build, client):
    old = client.get(APP)
    (build / "index.html").write_text(SHELL.replace("Bx3", "Cy4"))
    os.utime(build / "index.html", ns=(1, 1))
    fresh = client.get(APP, headers={"If-None-Match": old.headers["ETag"]})
    assert fresh.status_code == 200 and "Cy4" in fresh.content.decode()


def test_nobody_is_asked_who_he_is_and_no_cookie_is_set(build, cast, as_user, settings):
    settings.TOTP_REQUIRED_ROLES = list(Role.values)
    for client in (Client(), as_user(cast.admin), as_user(cast.agent)):
        for path in (APP, WORKER, MANIFEST):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert not answer.cookies and "Vary" not in answer.headers


@pytest.mark.parametrize("path", [APP, WORKER, MANIFEST])
def test_nothing_can_be_sent_there(build, client, path):
    with nothing_written():
        assert client.post(path, {}).status_code == 405


def test_the_policy_allows_our_own_files_and_nothing_inline(build, client):
    for path in (APP, WORKER):
        said = directives(client.get(path))
        assert said["default-src"] == ["'none'"]
        for name in ("script-src", "style-src", "connect-src", "worker-src", "manifest-src"):
            assert said[name] == ["'self'"]
        assert said["img-src"] == ["'self'", "data:", "blob:"]
        for name in ("object-src", "frame-ancestors", "base-uri", "form-action"):
            assert said[name] == ["'none'"]


def test_the_host_of_the_map_is_added_for_pictures_and_data_alone(build, client, settings):
    settings.BASEMAP = RASTER
    said = directives(client.get(APP))
    assert said["img-src"][-1] == said["connect-src"][-1] == "https://tiles.example:8443"
    assert sum(" ".join(values).count("tiles.example") for values in said.values()) == 2


def test_a_map_on_our_own_host_adds_nothing():
    assert policy({"url": "/tiles/indonesia.pmtiles"}) == policy(None)


def test_the_compass_is_allowed_and_the_microphone_is_not(build, client):
    said = client.get(APP).headers["Permissions-Policy"]
    for name in ("geolocation", "camera", "accelerometer", "gyroscope", "magnetometer"):
        assert f"{name}=(self)" in said
    assert "microphone=()" in said


def test_the_manifest_makes_it_installable(client, no_build):
    answer = client.get(MANIFEST)
    said = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (said["name"], said["lang"], said["display"], said["orientation"]) == (
        "Find&Go",
        "id",
        "standalone",
        "portrait",
    )
    assert said["id"] == said["start_url"] == said["scope"] == APP
    assert [shortcut["url"] for shortcut in said["shortcuts"]] == ["/app/#/orders", "/app/#/map"]
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_every_icon_of_the_manifest_is_there_at_its_size(client):
    from PIL import Image

    for icon in client.get(MANIFEST).json()["icons"]:
        path = configured.BASE_DIR / "frontend/public" / icon["src"].removeprefix("/static/app/")
        assert path.exists()
        if icon["type"] == "image/png":
            assert "{}x{}".format(*Image.open(path).size) == icon["sizes"]


@pytest.mark.parametrize("path", [APP, WORKER])
def test_without_a_build_a_page_says_what_to_do(no_build, client, path):
    answer = client.get(path)
    assert answer.status_code == 503 and answer.headers["Cache-Control"] == "no-store"
    assert "belum dibangun" in answer.content.decode() and "make frontend" in answer.content.decode()
    assert "ETag" not in answer.headers


def test_a_missing_build_is_told_before_a_deployment(no_build):
    (warning,) = field_app_is_built(None)
    assert warning.id == "findgo.W009" and "make frontend" in warning.hint


def test_a_build_is_nothing_to_warn_of(build):
    assert field_app_is_built(None) == []


@pytest.mark.parametrize(
    "path, is_for_ever",
    [
        ("/static/app/assets/index-Bx3_9-aZ.js", True),
        ("/static/app/assets/maplibre-gl-worker-D2f8Kq1c.js", True),
        ("/static/app/assets/outline-CkR0aLxv.json", True),
        ("/static/app/icon.svg", False),
        ("/static/app/icon-maskable-512.png", False),
        ("/static/dashboard/tokens.css", False),
    ],
)
def test_only_names_with_a_hash_are_kept_for_ever(path, is_for_ever):
    server = WhiteNoise(None, immutable_file_test=configured.WHITENOISE_IMMUTABLE_FILE_TEST)
    assert server.immutable_file_test("", path) is is_for_ever


def test_shell_and_worker_are_no_static_files_and_the_rest_is(build, settings, tmp_path):
    """As static files they would come without their policy, to be put into a frame by anybody."""
    from django.core.management import call_command

    (build / "assets").mkdir()
    (build / "assets/index-Bx3_9-aZ.js").write_text("1")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [build.parent], tmp_path / "collected"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", interactive=False, verbosity=0)
    found = {str(path.relative_to(settings.STATIC_ROOT)) for path in settings.STATIC_ROOT.rglob("*") if path.is_file()}
    assert found == {"app/assets/index-Bx3_9-aZ.js"}


def test_the_build_in_this_tree_has_nothing_inline():
    """Where there is one: the policy would stop it."""
    path = configured.BASE_DIR / "frontend/dist/app/index.html"
    if not path.exists():
        pytest.skip("the field app is not built here")
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", path.read_text())
