"""The API's front pages: its schema, the page to browse it, and JSON for what Django answers by itself."""

from types import SimpleNamespace

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation

from common.api import OrjsonRenderer
from common.errors import json_problem

V1 = [
    path("", include("accounts.api.urls")),
    path("", include("workorders.api.urls")),
    path("", include("customers.api.urls")),
    path("", include("regions.api.urls")),
]


class ByFormatOrAccept(DefaultContentNegotiation):
    """`?format=json` for people and simple tools; elsewhere the API has one format."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE="format")


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 in YAML or JSON, by Accept or `?format=`."""

    authentication_classes = ()
    content_negotiation_class = ByFormatOrAccept

    def finalize_response(self, request, response, *args, **kwargs):
        """Refusals are JSON here too, whatever was asked for."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code >= 400:
            answer.accepted_renderer, answer.accepted_media_type = OrjsonRenderer(), OrjsonRenderer.media_type
        return answer


@method_decorator(csp_update({"style-src": [UNSAFE_INLINE]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """Swagger's page brings its own style element; its scripts come from our static files and from `?script`."""

    authentication_classes = ()
    url_name = "schema"


def is_api(request) -> bool:
    return request.path.startswith("/api/")


def not_found(request, exception=None):
    return json_problem(404, "Not found.")


@csrf_exempt
def unknown_path(request):
    """Any method on a path that does not exist, also one that lacks its slash."""
    hint = "" if request.path.endswith("/") else " Paths of the API end with a slash."
    return json_problem(404, f"Not found.{hint}")


def server_error(request):
    return json_problem(500, "Something went wrong here. It was noted.")


def bad_request(request, exception=None):
    return json_problem(400, "The request makes no sense.")


def not_allowed(request, exception=None):
    return json_problem(403, "This is not allowed.")
