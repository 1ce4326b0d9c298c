"""The file of confirmed points for provisioning, where it takes no webhook."""

from django.views.decorators.http import require_safe

from dashboard.doors import needs
from dashboard.tables import send_file, with_defaults
from exports.nouns import CONFIRMED_POINTS


@require_safe
@needs("export")
def download(request, form):
    return send_file(request, CONFIRMED_POINTS, form, with_defaults(request))
