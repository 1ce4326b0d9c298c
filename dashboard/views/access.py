"""Who saw, changed, downloaded and erased what. The logs only grow: pages go by key, `before` is the last one seen."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.doors import needs
from dashboard.forms import LogForm
from exports.writers import BOM, csv_cell
from history.models import Access, Change
from history.services import record_access
from privacy.models import Erasure
from privacy.services.trail import about, customer_of_number

PAGE_ROWS = 50
CHUNK_ROWS = 2000
LOGS = {
    "access": "Siapa melihat apa",
    "downloads": "Siapa mengunduh apa",
    "changes": "Siapa mengubah apa",
    "erasures": "Siapa dihapus",
}
COLUMNS = {
    Access: ("id", "at", "actor__username", "purpose", "target_type", "target_id", "rows", "detail"),
    Change: ("id", "at", "actor__username", "verb", "target_type", "target_id", "reason"),
    Erasure: ("id", "key", "origin", "customer", "actor", "reason", "started_at", "finished_at", "readmitted_at"),
}


@dataclass(frozen=True)
class Asked:
    """One log as it was asked for; `customer` is the person whose trail it is, None for everybody's."""

    kind: str
    form: LogForm
    rows: QuerySet
    customer: int | None


def asked_log(request) -> Asked:
    kind = request.GET.get("log", "")
    kind = kind if kind in LOGS else "access"
    form = LogForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    model = {"changes": Change, "erasures": Erasure}.get(kind, Access)
    rows = model.objects.order_by("-id") if form.is_valid() else model.objects.none()
    customer = wanted.get("customer")
    if wanted.get("line"):
        customer = customer_of_number(wanted["line"])
        rows = rows if customer else rows.none()
    if kind == "downloads":
        rows = rows.filter(purpose=Access.Purpose.EXPORT)
    if customer:
        rows = rows.filter(customer=customer) if model is Erasure else rows.filter(about(customer))
    return Asked(kind, form, narrowed(rows, model, wanted), customer)


def narrowed(rows: QuerySet, model, wanted: dict) -> QuerySet:
    at = "started_at" if model is Erasure else "at"
    if wanted.get("who"):
        rows = rows.filter(**{"actor" if model is Erasure else "actor__username": wanted["who"]})
    if wanted.get("purpose") and model is Access:
        rows = rows.filter(purpose=wanted["purpose"])
    if wanted.get("from_moment"):
        rows = rows.filter(**{f"{at}__gte": wanted["from_moment"]})
    if wanted.get("until_moment"):
        rows = rows.filter(**{f"{at}__lt": wanted["until_moment"]})
    return rows


@require_safe
@needs("see_access_log")
def access(request):
    """Newest first. Following one person's trail is itself a look at them."""
    asked = asked_log(request)
    rows, before = asked.rows, request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    found = list((rows if asked.kind == "erasures" else rows.select_related("actor"))[: PAGE_ROWS + 1])
    if asked.customer:
        note_trail(request.user, asked, Access.Purpose.VIEW)
    context = {
        "log": asked.kind,
        "logs": LOGS.items(),
        "form": asked.form,
        "customer": asked.customer,
        "rows": found[:PAGE_ROWS],
        "has_more": len(found) > PAGE_ROWS,
        "query": query_of(request, "before", "log"),
    }
    return render(request, "dashboard/access/page.html", context)


def query_of(request, *without: str) -> str:
    """What was asked for, to be asked again with other parts."""
    query = request.GET.copy()
    for name in [name for name, value in query.items() if name in without or not value]:
        del query[name]
    return query.urlencode()


def note_trail(user, asked: Asked, purpose) -> None:
    record_access(
        actor=user,
        purpose=purpose,
        target_type="customer",
        target_id=asked.customer,
        rows=1,
        detail=f"{asked.kind} trail",
    )


@require_safe
@needs("see_access_log")
def download(request):
    """The log that the page shows, all of it, as CSV. Taking it is itself noted, behind what it holds."""
    asked = asked_log(request)
    newest = asked.rows.values_list("id", flat=True).first() or 0
    rows = asked.rows.filter(id__lte=newest)
    record_access(actor=request.user, purpose="export", target_type=asked.kind, rows=rows.count())
    if asked.customer:
        note_trail(request.user, asked, Access.Purpose.EXPORT)
    return csv_file(asked.kind, csv_of(rows))


def csv_file(name: str, pieces) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        pieces,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def csv_of(rows) -> Iterator[bytes]:
    """By key in pieces: the logs are the longest tables of all."""
    columns = COLUMNS[rows.model]
    yield BOM + (",".join(columns) + "\r\n").encode()
    piece = list(rows.values_list(*columns)[:CHUNK_ROWS])
    while piece:
        yield csv_lines(piece)
        piece = list(rows.filter(id__lt=piece[-1][0]).values_list(*columns)[:CHUNK_ROWS])


def csv_lines(rows) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[csv_cell(value) for value in row] for row in rows])
    return buffer.getvalue().encode()
