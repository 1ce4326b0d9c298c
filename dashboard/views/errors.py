"""The HTML faces of refusals. `findgo.urls` chooses between these and the API's JSON."""
from django.http import HttpResponse
from django.shortcuts import render
from django.template import loader


def not_allowed(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    """Without the request: whatever failed must not fail again here."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)
