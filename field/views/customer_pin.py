"""The page on which a customer shows where the house is. Who holds the link learns nothing of the customer from it."""

from functools import wraps

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.addresses import client_address
from customers.locating.fusion import DOOR_FIX_M
from field.forms import FixForm
from field.limits import WINDOW, note_miss
from workorders.services.pins import FixOutside, FixTooCoarse, LinkGone, find_pin_link, take_customer_pin

# Stricter than the dashboard's: nothing but our own script, style and picture, and posting to ourselves.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
# The address of the page is a secret while the link works: no cache, index or other site may learn it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


def secret_page(view):
    @csp(POLICY)
    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return answer


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def customer_pin(request, token):
    now = timezone.now()
    try:
        find_pin_link(token=token, now=now)
        if request.method != "POST":
            return pin_page(request)
        form = FixForm(request.POST)
        if not form.is_valid():
            return pin_page(request, status=400)
        take_customer_pin(token=token, fix=form.fix, now=now)
        return redirect("field:thanks")
    except (FixOutside, FixTooCoarse):
        return pin_page(request, status=400)
    except LinkGone:
        return gone_page(request, now)


def pin_page(request, *, status: int = 200):
    """The page to measure on; after a refused position it says so."""
    return render(request, "field/pin.html", {"most_m": DOOR_FIX_M, "is_refused": status != 200}, status=status)


def gone_page(request, now):
    """One answer to unknown, used and expired links; after too many of them another, for a while."""
    if note_miss(address=client_address(request)[:45], now=now):
        return render(request, "field/gone.html", status=404)
    response = render(request, "field/wait.html", status=429)
    response["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


@secret_page
@require_safe
def thanks(request):
    return render(request, "field/thanks.html")
