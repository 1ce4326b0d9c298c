"""The site map."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views import defaults

from findgo import api, health
from findgo.metrics import metrics

urlpatterns = [
    path("api/v1/", include(api.V1)),
    path("api/schema/", api.Schema.as_view(), name="schema"),
    path("api/docs/", api.Docs.as_view(), name="docs"),
    re_path(r"^api/.*$", api.unknown_path),  # in JSON while DEBUG is on, too
    path("health/live/", health.live),
    path("health/ready/", health.ready),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("", include("field.urls")),
    path("", include("dashboard.urls")),
]


def handler400(request, exception=None):
    return api.bad_request(request) if api.is_api(request) else defaults.bad_request(request, exception)


def handler403(request, exception=None):
    return api.not_allowed(request) if api.is_api(request) else defaults.permission_denied(request, exception)


def handler404(request, exception=None):
    return api.not_found(request) if api.is_api(request) else defaults.page_not_found(request, exception)


def handler500(request):
    return api.server_error(request) if api.is_api(request) else defaults.server_error(request)
