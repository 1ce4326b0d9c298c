"""Files brought in: what became of every row, and taking a file back."""

import csv
import io

from django.contrib import messages
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.formulas import neutralise
from common.problems import Problem
from dashboard import uploads
from dashboard.doors import needs
from dashboard.forms import UploadForm
from dashboard.words import problem_text, written_value
from history.models import Access
from history.services import record_access
from imports.models import Batch, RowIssue
from imports.refusals import FileRefused
from imports.services import import_file
from imports.undo import undo_batch

PAGE_ROWS = 50
CHUNK_ROWS = 2_000
ISSUE_HEADERS = ("baris", "baris berkas", "akibat", "kolom", "nilai", "sebab", "keterangan")
ISSUE_FIELDS = ("row", "line", "severity", "field", "value", "reason", "message")
SHOWN_OF_TRIAL = 200


def find_batch(user, pk: int) -> Batch:
    try:
        found = Batch.objects.visible_to(user).select_related("actor", "reverted_by").filter(pk=pk).first()
    except OverflowError:
        found = None
    if found is None:
        raise Http404
    return found


def number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
@needs("import")
def imports(request):
    rows = Batch.objects.visible_to(request.user).select_related("actor").order_by("-id")
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(kind=kind)
    if before := number_in(request.GET.get("before", "")):
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE_ROWS + 1])
    record_access(  # people name files after people
        actor=request.user, purpose=Access.Purpose.LIST, target_type="batch", rows=len(found[:PAGE_ROWS])
    )
    context = {
        "batches": found[:PAGE_ROWS],
        "has_more": len(found) > PAGE_ROWS,
        "kind": kind,
        "kinds": Batch.Kind.choices,
    }
    return render(request, "dashboard/imports/page.html", context)


@require_safe
@needs("import")
def batch(request, pk):
    found = find_batch(request.user, pk)
    rows = narrowed_issues(found, request.GET)
    if after := number_in(request.GET.get("after", "")):
        rows = rows.filter(id__gt=after)
    issues = list(rows.order_by("id")[: PAGE_ROWS + 1])
    record_access(
        actor=request.user,
        purpose=Access.Purpose.LIST,
        target_type="rowissue",
        target_id=pk,
        rows=len(issues[:PAGE_ROWS]),
    )
    context = {
        "batch": found,
        "issues": issues[:PAGE_ROWS],
        "has_more": len(issues) > PAGE_ROWS,
        "reason": request.GET.get("reason", ""),
        "severity": request.GET.get("severity", ""),
        "severities": RowIssue.Severity.choices,
        "reasons": sorted(found.by_reason.items(), key=lambda item: -item[1]),
        "waiting": found.held_rows.filter(applied_by=None).count(),
        "may_undo": found.is_revertible,
    }
    return render(request, "dashboard/import/page.html", context)


def narrowed_issues(found: Batch, asked):
    rows = found.issues.all()
    if asked.get("severity") in RowIssue.Severity.values:
        rows = rows.filter(severity=asked["severity"])
    if asked.get("reason"):
        rows = rows.filter(reason=asked["reason"][:40])
    return rows


@require_safe
@needs("import")
def issues(request, pk):
    """The issues as shown, all of them, so that the sender of the file can mend it."""
    found = find_batch(request.user, pk)
    rows = narrowed_issues(found, request.GET)
    record_access(
        actor=request.user,
        purpose=Access.Purpose.EXPORT,
        target_type="rowissue",
        target_id=pk,
        rows=rows.count(),
        detail="csv",
    )
    return StreamingHttpResponse(
        issue_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{pk}-issues.csv"'},
    )


def issue_lines(rows):
    yield b"\xef\xbb\xbf" + csv_line(ISSUE_HEADERS)
    last = 0
    while chunk := list(rows.filter(id__gt=last).order_by("id").values_list("id", *ISSUE_FIELDS)[:CHUNK_ROWS]):
        yield b"".join(csv_line(as_shown(values)) for _, *values in chunk)
        last = chunk[-1][0]


def as_shown(values) -> list:
    told = dict(zip(ISSUE_FIELDS, values, strict=True))
    return list((told | {"value": written_value(told["field"], told["value"])}).values())


def csv_line(values) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([neutralise(value) if isinstance(value, str) else value for value in values])
    return buffer.getvalue().encode()


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import")
def undo(request, pk):
    """First the question, then the deed."""
    found = find_batch(request.user, pk)
    if request.method != "POST":
        record_access(actor=request.user, purpose=Access.Purpose.VIEW, target_type="batch", target_id=pk, rows=1)
        return render(request, "dashboard/import/undo.html", {"batch": found})
    try:
        report = undo_batch(batch=found, actor=request.user)
    except Problem as problem:
        messages.error(request, problem_text(problem))
        return redirect("dashboard:import", pk)
    return render(request, "dashboard/import/undone.html", {"batch": found, "report": report})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import")
def upload(request):
    """First a trial that changes nothing and shows what would happen; the same file is then brought in."""
    if request.method != "POST":
        return render(request, "dashboard/import/new.html", {"form": UploadForm()})
    if "ticket" in request.POST:
        return bring_in(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "dashboard/import/new.html", {"form": form}, status=400)
    kind = form.cleaned_data["kind"]
    ticket = uploads.keep(form.cleaned_data["file"], kind=kind, user=request.user)
    path, _, filename = uploads.find(ticket, request.user)
    try:
        trial = import_file(kind=kind, path=path, filename=filename, actor=request.user, dry_run=True)
    except (FileRefused, Problem) as refusal:
        path.unlink(missing_ok=True)
        form.add_error("file", problem_text(refusal))
        return render(request, "dashboard/import/new.html", {"form": form}, status=400)
    context = {
        "batch": trial,
        "ticket": ticket,
        "issues": trial.found[:SHOWN_OF_TRIAL],
        "more": len(trial.found) - SHOWN_OF_TRIAL,
    }
    record_access(actor=request.user, purpose=Access.Purpose.LIST, target_type="rowissue", rows=len(context["issues"]))
    return render(request, "dashboard/import/trial.html", context)


def bring_in(request):
    kept = uploads.find(request.POST["ticket"], request.user)
    if kept is None:
        messages.error(request, "Berkas ini sudah diimpor atau sudah terlalu lama. Unggah lagi.")
        return redirect("dashboard:import-new")
    path, kind, filename = kept
    try:
        done = import_file(kind=kind, path=path, filename=filename, actor=request.user)
    except (FileRefused, Problem) as refusal:
        messages.error(request, problem_text(refusal))
        return redirect("dashboard:import-new")
    path.unlink(missing_ok=True)
    messages.success(request, "Berkas sudah diimpor.")
    return redirect("dashboard:import", done.pk)
