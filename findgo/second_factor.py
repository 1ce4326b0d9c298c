"""Whose role needs a second factor and who has none is led to the page that sets it up, and gets nowhere else."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from accounts.services.second_factor import SecondFactorRequired, is_missing
from findgo.api import is_api

# Pages by name: setting it up, and leaving.
OPEN = {f"dashboard:{name}" for name in ("security", "security-begin", "security-confirm", "sign-in", "sign-out")}
FOR_NOBODY = ("/static/", "/health/", "/p/", "/app/")  # nothing there depends on who is signed in


def second_factor_first(get_response):
    """Middleware, behind the one that knows the user. Tokens are looked at by their authenticator."""

    def answer(request):
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or request.path.startswith(FOR_NOBODY) or is_open(request):
            return get_response(request)
        if not request.user.is_authenticated or not is_missing(request.user):
            return get_response(request)
        if is_api(request):
            problem = SecondFactorRequired()
            return JsonResponse(problem.as_dict(), status=problem.status)
        return redirect("dashboard:security")

    return answer


def is_open(request) -> bool:
    try:
        return resolve(request.path_info).view_name in OPEN
    except Resolver404:
        return False
