"""After a breach: whose data an account, or whoever had its phone, had in hand within a time (UU PDP, article 46)."""

from datetime import timedelta

from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.masking import number_for
from customers.models import Customer
from dashboard.doors import needs
from dashboard.forms import IncidentForm
from dashboard.views.access import csv_file, csv_lines, query_of
from dashboard.words import PURPOSES
from exports.writers import BOM
from history.models import Access
from history.services import record_access
from privacy.services.trail import Touched, lists_of, touched_by

SHOWN = 50
NOTICE = timedelta(hours=72)  # 3 × 24 hours to the person and the agency
HEADERS = ("customer", "service_number", "witel", "ways", "looks", "first", "last")


@require_safe
@needs("see_access_log")
def incident(request):
    form = IncidentForm(request.GET or None)
    context = {"form": form, "query": query_of(request)}
    if form.is_bound and form.is_valid():
        wanted = form.window()
        people, lists = touched_by(**wanted), lists_of(**wanted)
        note(request.user, wanted, Access.Purpose.LIST, len(people))
        context |= {
            "is_asked": True,
            "account": wanted["user"],
            "count": len(people),
            "people": rows_of(request.user, people[:SHOWN]),
            "phones": sum("phone" in person.ways for person in people),
            "lists": list(lists[:SHOWN]),
            "list_count": lists.count(),
            "deadline": form.cleaned_data["known_at"] and form.cleaned_data["known_at"] + NOTICE,
        }
    return render(request, "dashboard/incident/page.html", context)


@require_safe
@needs("see_access_log")
def download(request):
    """Everybody touched, one line each; auditors get masked numbers."""
    form = IncidentForm(request.GET)
    if not form.is_valid():
        return render(request, "dashboard/incident/page.html", {"form": form}, status=400)
    wanted = form.window()
    people = touched_by(**wanted)
    note(request.user, wanted, Access.Purpose.EXPORT, len(people))
    rows = [[row[name] for name in HEADERS] for row in rows_of(request.user, people)]
    return csv_file("incident", [BOM + (",".join(HEADERS) + "\r\n").encode(), csv_lines(rows)])


def note(user, wanted: dict, purpose, rows: int) -> None:
    detail = f"{wanted['user'].username} {wanted['since']:%Y-%m-%d %H:%M} {wanted['until']:%Y-%m-%d %H:%M}"
    record_access(actor=user, purpose=purpose, target_type="breach", rows=rows, detail=detail)


def rows_of(user, people: list[Touched]) -> list[dict]:
    keys = [person.customer for person in people]
    known = {row.pk: row for row in Customer.objects.filter(pk__in=keys).select_related("witel")}
    return [
        {
            "customer": person.customer,
            "service_number": number_for(user, known[person.customer].service_number),
            "witel": known[person.customer].witel.name,
            "ways": ", ".join(sorted(PURPOSES.get(way, way) for way in person.ways)),
            "looks": person.looks,
            "first": person.first,
            "last": person.last,
        }
        for person in people
        if person.customer in known
    ]
