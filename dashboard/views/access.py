"""Who saw, changed and downloaded what."""

import csv
import io
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.doors import needs
from exports.writers import BOM, csv_cell
from history.models import Access, Change
from history.services import record_access

PAGE_ROWS = 50
CHUNK_ROWS = 2000
COLUMNS = {
    Access: ("id", "at", "actor__username", "purpose", "target_type", "target_id", "rows", "detail"),
    Change: ("id", "at", "actor__username", "verb", "target_type", "target_id", "reason"),
}


@require_safe
@needs("see_access_log")
def access(request):
    """Newest first. The two logs only grow, so pages go by key: `before` is the last one seen."""
    kind, who, rows = asked_log(request)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    found = list(rows.select_related("actor")[: PAGE_ROWS + 1])
    context = {"log": kind, "who": who, "rows": found[:PAGE_ROWS], "has_more": len(found) > PAGE_ROWS}
    return render(request, "dashboard/access/page.html", context)


@require_safe
@needs("see_access_log")
def download(request):
    """The log that the page shows, all of it, as CSV. Taking it is itself noted."""
    kind, _, rows = asked_log(request)
    record_access(actor=request.user, purpose="export", target_type=kind, rows=rows.count())
    return StreamingHttpResponse(
        csv_of(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def asked_log(request):
    """(`access` or `changes`, the account asked for, its rows newest first)."""
    kind = "changes" if request.GET.get("log") == "changes" else "access"
    who = request.GET.get("who", "").strip()
    rows = (Change if kind == "changes" else Access).objects.order_by("-id")
    return kind, who, rows.filter(actor__username=who) if who else rows


def csv_of(rows) -> Iterator[bytes]:
    """By key in pieces: the logs are the longest tables of all."""
    columns = COLUMNS[rows.model]
    yield BOM + (",".join(columns) + "\r\n").encode()
    piece = list(rows.values_list(*columns)[:CHUNK_ROWS])
    while piece:
        buffer = io.StringIO()
        csv.writer(buffer).writerows([[csv_cell(value) for value in row] for row in piece])
        yield buffer.getvalue().encode()
        piece = list(rows.filter(id__lt=piece[-1][0]).values_list(*columns)[:CHUNK_ROWS])
