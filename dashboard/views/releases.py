"""Releases and rollbacks of the schema, and their rehearsals. Running one is a command, never a button."""

from functools import wraps

from django.core.paginator import Paginator
from django.db import connection
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from dashboard.doors import needs
from dashboard.stopwatch import read_stopwatch
from releases import journal
from releases.models import Archive, Rehearsal, Release, Run
from releases.rehearsal import LIMIT_S

PAGE_ROWS = 25


def needs_journal(view):
    """Where only bare `migrate` ran, the journal has no tables: every page then says how a first release is made."""

    @wraps(view)
    def looked(request, *args, **kwargs):
        if journal.has_journal(connection):
            return view(request, *args, **kwargs)
        return show_releases(request, [])

    return looked


def find(rows, pk: int):
    try:
        found = rows.filter(pk=pk).first()
    except OverflowError:
        found = None
    if found is None:
        raise Http404
    return found


@require_safe
@needs("see_releases")
@needs_journal
def releases(request):
    return show_releases(request, journal.listing(), journal.unfinished_run())


def show_releases(request, found: list[dict], unfinished: Run | None = None):
    context = {
        "page": Paginator(found, PAGE_ROWS).get_page(request.GET.get("page")),
        "half_done": read_stopwatch(unfinished, timezone.now()) if unfinished else None,
        "pending": [] if unfinished else journal.pending(),
        "limit": LIMIT_S,
    }
    return render(request, "dashboard/releases/page.html", context)


@require_safe
@needs("see_releases")
@needs_journal
def release(request, pk):
    """The release with one of its runs: the one asked for by `?run=`, else the last."""
    found = find(Release.objects.defer("structure_before", "structure_after"), pk)
    runs = journal.runs_of(found)
    run = next((run for run in runs if str(run.pk) == request.GET.get("run")), runs[0] if runs else None)
    if request.htmx and run and run.state != Run.State.RUNNING:
        return HttpResponseClientRefresh()  # it has ended since: the whole page has changed
    names = {".".join(key) for key in found.migrations}
    context = {
        "release": found,
        "runs": runs,
        "run": run,
        "releases_from": journal.releases_from(found),
        "waits": found.state == Release.State.ROLLED_BACK and not names.isdisjoint(journal.pending()),
    }
    if run:
        checked = (run.verification or {}).get("rows", {})
        context |= {
            "stopwatch": read_stopwatch(run, timezone.now()),
            "rows": sorted(checked.items(), key=lambda item: (item[1]["same"], item[0])),
            "same": sum(row["same"] for row in checked.values()),
            "kept": list(run.archives.all()),
            "returned": list(Archive.objects.filter(returned_by=run.pk)),
        }
    return render(request, f"dashboard/release/{'_run' if request.htmx else 'page'}.html", context)


@require_safe
@needs("see_releases")
@needs_journal
def rehearsals(request):
    found = Paginator(Rehearsal.objects.defer("step_milliseconds"), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "dashboard/rehearsals/page.html", {"page": found, "limit": LIMIT_S})


@require_safe
@needs("see_releases")
@needs_journal
def rehearsal(request, pk):
    return show_rehearsal(request, find(Rehearsal.objects, pk))


@require_safe
@needs("see_releases")
@needs_journal
def evidence(request, pk, form):
    """The file itself. Its name comes from the row, never from the address."""
    found = find(Rehearsal.objects, int(pk))
    path = found.file(form)
    if path is None:
        return show_rehearsal(request, found, status=404)
    return FileResponse(path.open("rb"), as_attachment=True)


def show_rehearsal(request, found: Rehearsal, status: int = 200):
    files = {form: found.file(form) for form in ("md", "json")}
    context = {
        "rehearsal": found,
        "limit": LIMIT_S,
        "forms": [form for form, path in files.items() if path],
        "missing": [f"{found.evidence}.{form}" for form, path in files.items() if path is None],
        "document": files["md"].read_text(encoding="utf-8", errors="replace") if files["md"] else "",
    }
    return render(request, "dashboard/rehearsal/page.html", context, status=status)
