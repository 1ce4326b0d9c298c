"""The table of visits; a visit itself is told on its order's page."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.doors import needs
from dashboard.tables import TablePage, send_file, show_table, with_defaults
from exports.nouns import VISITS


def asked_of(request):
    """This month unless asked otherwise."""
    today = timezone.localdate()
    return with_defaults(request, since=today.replace(day=1).isoformat(), until=today.isoformat())


@require_safe
@needs("see_orders")
def visits(request):
    table = TablePage(VISITS, request.user, asked_of(request), defaulted=("since", "until"))
    return show_table(request, table, "visits")


@require_safe
@needs("export")
def download(request, form):
    return send_file(request, VISITS, form, asked_of(request))
