"""The agents' app: its shell, its worker and its manifest. What follows the # of its address is the app's own.

None of it depends on who asks and none of it holds data: nobody has to be signed in, and no cookie is set.
"""

import hashlib
from functools import lru_cache, wraps
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

# The position, the photos and the compass are asked for; nothing else of a browser.
PERMISSIONS = ", ".join(
    [
        *(f"{one}=(self)" for one in ("geolocation", "camera", "accelerometer", "gyroscope", "magnetometer")),
        *(f"{one}=()" for one in ("microphone", "payment", "usb", "serial", "bluetooth", "midi", "hid")),
        *(f"{one}=()" for one in ("display-capture", "browsing-topics", "publickey-credentials-get")),
    ]
)
ICONS = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any")]
ICONS += [("icon-maskable-512.png", "512x512", "maskable"), ("icon.svg", "any", "any")]
TYPES = {"png": "image/png", "svg": "image/svg+xml"}
MANIFEST = {
    "id": "/app/",
    "name": "Find&Go",
    "short_name": "Find&Go",
    "description": "Order terdekat, rumah yang benar, dan hasil kunjungan, juga tanpa sinyal.",
    "lang": "id",
    "dir": "ltr",
    "start_url": "/app/",
    "scope": "/app/",
    "display": "standalone",
    "orientation": "portrait",
    "theme_color": "#c0102c",
    "background_color": "#ffffff",
    "icons": [
        {"src": f"/static/app/{name}", "sizes": sizes, "type": TYPES[name.rpartition(".")[2]], "purpose": purpose}
        for name, sizes, purpose in ICONS
    ],
    "shortcuts": [
        {"name": name, "url": f"/app/#/{where}", "icons": [{"src": "/static/app/icon-192.png", "sizes": "192x192"}]}
        for name, where in (("Order saya", "orders"), ("Peta", "map"))
    ],
}


class NotBuilt(Exception):
    """The app is not on this disk: see `make frontend`."""


def for_anybody(view):
    """Kept by browsers and asked about each time: a new build is seen at once, the same one costs a 304."""

    @require_safe
    @wraps(view)
    def answer(request):
        response = csp(policy(settings.BASEMAP))(conditional)(request, view)
        response["Permissions-Policy"] = PERMISSIONS
        return response

    return answer


def conditional(request, view):
    try:
        response = view(request)
    except NotBuilt:
        return not_built(request)
    response["Cache-Control"] = "no-cache"
    response["ETag"] = etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=etag, response=response)


@for_anybody
def shell(request):
    return HttpResponse(built("index.html"))


@for_anybody
def worker(request):
    return HttpResponse(built("sw.js"), content_type="text/javascript; charset=utf-8")


@for_anybody
def manifest(request):
    return JsonResponse(MANIFEST, content_type="application/manifest+json")


def policy(basemap: dict | None) -> dict:
    """Nothing but our own files, and the map that is laid under the orders."""
    host = urlsplit(basemap["url"]) if basemap else None
    elsewhere = [f"{host.scheme}://{host.netloc}"] if host and host.netloc else []
    return {
        "default-src": [NONE],
        **{name: [SELF] for name in ("script-src", "style-src", "font-src", "worker-src", "manifest-src")},
        "img-src": [SELF, "data:", "blob:", *elsewhere],
        "connect-src": [SELF, *elsewhere],
        **{name: [NONE] for name in ("object-src", "base-uri", "frame-ancestors", "form-action")},
    }


def built(name: str) -> bytes:
    path = Path(settings.FIELD_APP_DIR) / name
    try:
        return content_of(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotBuilt


@lru_cache(maxsize=8)
def content_of(path: Path, mtime_ns: int) -> bytes:
    return path.read_bytes()


def not_built(request):
    response = render(request, "field/not_built.html", status=503)
    response["Cache-Control"] = "no-store"
    return response
