"""What phones sent and people decide: quarantined operations, notes that two people changed, flagged visits."""

import re
from uuid import UUID

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from common.paging import behind
from customers.models import Customer, FieldNote
from dashboard.doors import find_row, needs
from dashboard.phones import reveal
from dashboard.quarantined import Teller
from dashboard.waiting import waiting_for
from history.services import record_access
from workorders.models import Conflict, Quarantine, Visit

PAGE_ROWS = 20
WAITING, REVIEWED = "OPEN", "REVIEWED"
TARGETS = {"quarantine": "quarantine", "conflicts": "conflict", "flagged-visits": "visit"}
VISIT_STATES = [(WAITING, "Belum diperiksa"), (REVIEWED, "Sudah diperiksa")]


@require_safe
@needs("decide")
def decisions(request):
    """To the first kind of which something waits."""
    waiting = waiting_for(request, is_fresh=True)
    kinds = {"quarantine": waiting.quarantine, "conflicts": waiting.conflicts, "flagged-visits": waiting.flagged}
    return redirect("dashboard:" + next((name for name, n in kinds.items() if n), "quarantine"))


@require_safe
@needs("decide")
def quarantine(request):
    state = asked_state(request, Quarantine.State.choices)
    rows = Quarantine.objects.visible_to(request.user).filter(state=state).select_related("agent__witel", "decided_by")
    found, following = newest(request, rows)
    told = Teller(request.user, found).tell()
    return show(request, "quarantine", told, state, Quarantine.State.choices, following)


@require_safe
@needs("decide")
def conflicts(request):
    state = asked_state(request, Conflict.State.choices)
    found, following = newest(request, conflicts_of(request.user).filter(state=state))
    return show(request, "conflicts", with_notes(request.user, found), state, Conflict.State.choices, following)


@require_POST
@needs("decide")
def conflict_phones(request, pk):
    """The numbers of one conflict, once somebody asked for them; the asking is in the access log."""
    row = find_row(conflicts_of(request.user), pk)
    found = with_notes(request.user, [row])
    return reveal(
        request,
        row.customer,
        lambda **shown: show(request, "conflicts", found, row.state, Conflict.State.choices, **shown),
    )


@require_safe
@needs("decide")
def flagged_visits(request):
    state = asked_state(request, VISIT_STATES)
    visits = Visit.objects.visible_to(request.user)
    visits = visits.to_review() if state == WAITING else visits.filter(review__isnull=False)
    rows = visits.select_related("order__customer", "order__witel", "agent", "disposition", "review__by", "promise")
    found, following = newest(request, rows)
    return show(request, "flagged-visits", found, state, VISIT_STATES, following)


def asked_state(request, choices) -> str:
    """One of `choices`; what waits unless asked otherwise."""
    given = request.GET.get("state")
    return given if given in dict(choices) else WAITING


def newest(request, rows) -> tuple[list, str]:
    """(a page of rows, newest first; the key of its last one where more follow). `before` is the last one seen."""
    given = request.GET.get("before", "")
    if rows.model is Visit:
        rows = rows.order_by("-received_at", "-pk")
        last = visit_before(request.user, given)
        rows = rows.filter(behind("-received_at", (last.received_at, last.pk), tie="-pk")) if last else rows
    else:
        rows = rows.order_by("-pk")
        rows = rows.filter(pk__lt=int(given)) if re.fullmatch("[0-9]{1,18}", given) else rows
    found = list(rows[: PAGE_ROWS + 1])
    return found[:PAGE_ROWS], str(found[PAGE_ROWS - 1].pk) if len(found) > PAGE_ROWS else ""


def visit_before(user, given: str) -> Visit | None:
    """The visit that the page before ended with, whatever was decided of it since; None begins at the newest."""
    try:
        return Visit.objects.visible_to(user).filter(pk=UUID(given)).first()
    except ValueError:
        return None


def conflicts_of(user):
    return Conflict.objects.visible_to(user).select_related("agent__witel", "decided_by", "customer__witel")


def with_notes(user, rows: list[Conflict]) -> list[Conflict]:
    """The rows, each with what is noted now, and whether `user` may open its customer."""
    customers = {row.customer_id for row in rows}
    notes = FieldNote.objects.filter(customer__in=customers).select_related("actor")
    now = {(note.customer_id, note.field): note for note in notes}
    in_reach = set(Customer.objects.visible_to(user).filter(pk__in=customers).values_list("pk", flat=True))
    for row in rows:
        row.note = now.get((row.customer_id, row.field))
        row.is_in_reach = row.customer_id in in_reach
    return rows


def show(request, tab: str, rows: list, state: str, states, following: str = "", *, are_phones_shown=False, status=200):
    """One tab. What it shows goes to the access log."""
    record_access(actor=request.user, purpose="list", target_type=TARGETS[tab], rows=len(rows), detail=f"{tab} {state}")
    first_url = f"{reverse(f'dashboard:{tab}')}?{urlencode({'state': state})}"
    before = request.GET.get("before", "")
    context = {
        "tab": tab,
        "template": f"dashboard/decisions/_{tab}.html",
        "rows": rows,
        "state": state,
        "states": states,
        "waiting": waiting_for(request, is_fresh=True),
        "back": f"{first_url}&{urlencode({'before': before})}" if before else first_url,
        "first_url": first_url if before or are_phones_shown else "",
        "next_url": f"{first_url}&{urlencode({'before': following})}" if following else "",
        "are_phones_shown": are_phones_shown,
    }
    return render(request, "dashboard/decisions/page.html", context, status=status)
