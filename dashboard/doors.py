"""Who may open which page. Refusals of the domain become the same pages that Django shows for its own."""

from functools import wraps

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.verbs import Role
from common.problems import NotAllowed, NotFound

IN_THE_APP = (Role.AGENT, Role.TECHNICIAN)


def needs(verb: str | None):
    """The view is for signed-in people of the dashboard whose role has `verb`; None is for all of them."""

    def wrap(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            user = request.user
            if not user.is_authenticated or not user.is_in_service(timezone.localdate()):
                if user.is_authenticated:
                    logout(request)
                if request.htmx:
                    return HttpResponseClientRefresh()
                return redirect_to_login(request.get_full_path())
            if user.role in IN_THE_APP:
                return render(request, "dashboard/session/in_the_app.html", status=403)
            if verb is not None and not user.may(verb):
                raise PermissionDenied
            try:
                response = view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except NotAllowed as error:
                raise PermissionDenied from error
            patch_cache_control(response, private=True, no_store=True)  # other people's data: not for caches
            patch_vary_headers(response, ["HX-Request"])
            return response

        guarded.verb = verb
        return guarded

    return wrap


def find_row(rows, pk):
    """The row of `rows` (what the reader may see) with this key; a foreign one is a missing one."""
    try:
        found = rows.filter(pk=pk).first()
    except OverflowError:
        found = None
    if found is None:
        raise Http404
    return found
