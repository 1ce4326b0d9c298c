"""The day's and the month's numbers, and the way to the rows behind each."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.bars import cause_bars, day_bars
from dashboard.doors import needs
from dashboard.figures import Span, read_figures
from dashboard.forms import PeriodForm
from dashboard.templatetags.findgo import day, period
from dashboard.waiting import waiting_for
from exports.places import reachable

MOST_DAYS = 366
EARLIEST = date(2000, 1, 1)


@require_safe
@needs(None)
def overview(request):
    user = request.user
    if not user.may("see_orders"):
        return redirect("dashboard:access")
    form = PeriodForm(request.GET, user=user)
    today = timezone.localdate()
    given = form.cleaned_data if form.is_valid() else {}
    where = given.get("where", "")
    span = asked_span(given, today)
    figures = read_figures(user=user, where=where, span=span, today=today)
    shown = PeriodForm({"where": where, "since": span.since, "until": span.until}, user=user)
    context = {
        "form": form if form.errors else shown,
        "figures": figures,
        "span": span,
        "title": title_of(span, today),
        "today": today,
        "waiting": waiting_for(request, is_fresh=True),
        "where": where,
        "place": place_words(user, where),
        "presets": presets(today, where),
        "cause_bars": cause_bars(figures.causes),
        "day_bars": day_bars(figures.days),
        "orders_query": urlencode({"where": where} if where else {}),
        "visits_query": urlencode(({"where": where} if where else {}) | days(span)),
        "promises_query": promises_query(where, span),
        "today_query": urlencode(({"where": where} if where else {}) | days(Span(today, today))),
    }
    return render(request, "dashboard/overview/page.html", context)


def asked_span(given: dict, today) -> Span:
    """This month so far unless asked otherwise; at most a year."""
    until = max(given.get("until") or today, EARLIEST)
    since = given.get("since") or until.replace(day=1)
    since = min(max(since, EARLIEST), until)
    return Span(max(since, until - timedelta(days=MOST_DAYS - 1)), until)


def promises_query(where: str, span: Span) -> str:
    """The visits whose promises came due in these days and are settled, whenever they were made."""
    due = {"due_since": span.since.isoformat(), "due_until": span.until.isoformat()}
    return urlencode({"where": where, "since": "", "until": "", "promise": "settled"} | due)


def title_of(span: Span, today) -> str:
    """`November 2026, hari ke-23` for this month so far, else the days themselves."""
    if span == Span(today.replace(day=1), today):
        return f"{period(today.year * 100 + today.month)}, hari ke-{today.day}"
    return day(span.since) if span.since == span.until else f"{day(span.since)} – {day(span.until)}"


def days(span: Span) -> dict:
    return {"since": span.since.isoformat(), "until": span.until.isoformat()}


def place_words(user, where: str) -> list[str]:
    """`Regional 3`, `Bandung`: the place in the title line."""
    kind, _, code = where.partition(":")
    if not code and not user.scope.everything:
        place = user.witel or user.region
        return [place.region.name, place.name] if user.witel_id else [place.name]
    for witel in reachable(user):
        if kind == "witel" and witel.code == code:
            return [witel.region.name, witel.name]
        if kind == "region" and witel.region.code == code:
            return [witel.region.name]
    return ["Seluruh Indonesia"]


def presets(today, where: str) -> list[tuple[str, str, Span]]:
    month = today.replace(day=1)
    last = month - timedelta(days=1)
    spans = [
        ("Hari ini", Span(today, today)),
        ("7 hari", Span(today - timedelta(days=6), today)),
        ("Bulan ini", Span(month, today)),
        ("Bulan lalu", Span(last.replace(day=1), last)),
    ]
    place = {"where": where} if where else {}
    return [(label, urlencode(place | days(span)), span) for label, span in spans]
