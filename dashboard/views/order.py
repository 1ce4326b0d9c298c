"""One order: all that is known of it, and what a supervisor can do with it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.problems import Problem
from dashboard.doors import find_row, needs
from dashboard.forms import AgreeForm, AssignForm, HoldForm, ReasonForm
from dashboard.phones import reveal
from dashboard.timeline import order_timeline
from dashboard.views.customers import field_notes
from dashboard.words import problem_text
from history.models import Access
from history.services import record_access
from workorders.models import Visit, VisitPhoto, WorkOrder
from workorders.services import states
from workorders.states import State


def find_order(user, pk: int) -> WorkOrder:
    rows = WorkOrder.objects.visible_to(user).select_related(
        "customer__address",
        "customer__witel__region",
        "customer__installation__odp",
        "customer__location",
        "witel__region",
        "assignee",
        "outcome",
    )
    return find_row(rows, pk)


@require_safe
@needs("see_orders")
def order(request, pk):
    return show_order(request, find_order(request.user, pk))


@require_POST
@needs("see_phones")
def show_phones(request, pk):
    """The numbers themselves, once somebody asked for them; the asking is in the access log."""
    found = find_order(request.user, pk)
    return reveal(request, found.customer, lambda **shown: show_order(request, found, **shown))


def show_order(request, found: WorkOrder, *, are_phones_shown=False, status=200):
    user = request.user
    record_access(actor=user, purpose=Access.Purpose.VIEW, target_type="workorder", target_id=found.pk, rows=1)
    visits = list(
        found.visits.select_related("agent", "disposition", "promise", "review__by")
        .prefetch_related("photos")
        .order_by("-visited_at_corrected")
    )
    context = {
        "order": found,
        "customer": found.customer,
        "location": getattr(found.customer, "location", None),
        "address": getattr(found.customer, "address", None),
        "bills": list(found.customer.bills.order_by("-period")),
        "candidates": list(found.customer.candidates.order_by("status", "accuracy_m")),
        "visits": visits,
        "albums": albums_of(visits) if user.may("see_photos") else None,
        "may_decide": user.may("decide"),
        **field_notes(user, found.customer),
        "timeline": order_timeline(found, visits, user),
        "zone": found.witel.timezone,
        "are_phones_shown": are_phones_shown,
        "may_see_phones": request.user.may("see_phones"),
        "actions": actions_for(user, found),
    }
    return render(request, "dashboard/order/page.html", context, status=status)


def albums_of(visits: list[Visit]) -> list[dict]:
    """The visits that have photos, each with these and how many of them have come."""
    albums = [{"visit": visit, "photos": list(visit.photos.all())} for visit in visits]
    for album in albums:
        album["arrived"] = sum(photo.state == VisitPhoto.State.ARRIVED for photo in album["photos"])
    return [album for album in albums if album["photos"]]


def actions_for(user, found: WorkOrder) -> dict:
    """The forms of the moves that are possible now."""
    if not user.may("assign"):
        return {}
    agents = User.objects.agents().visible_to(user).filter(witel=found.witel_id).order_by("name")
    actions = {}
    if found.state in (State.READY, State.ASSIGNED, State.FOLLOW_UP):
        actions["assign"] = AssignForm(agents=agents)
    if found.state in (State.READY, State.ASSIGNED):
        actions["hold"] = HoldForm(prefix="hold")
    if found.state == State.ASSIGNED:
        actions["unassign"] = ReasonForm(prefix="unassign")
    if found.state == State.ON_HOLD:
        actions["release"] = True
    if found.state == State.CLOSED:
        actions["reopen"] = ReasonForm(prefix="reopen")
    return actions


@require_POST
@needs("assign")
def assign(request, pk):
    agents = User.objects.agents().visible_to(request.user)
    form = AssignForm(request.POST, agents=agents)
    return act(request, pk, form, states.assign_order, "Order ditugaskan.")


@require_POST
@needs("assign")
def unassign(request, pk):
    form = ReasonForm(request.POST, prefix="unassign")
    return act(request, pk, form, states.unassign_order, "Order dilepas dari CTB.")


@require_POST
@needs("assign")
def hold(request, pk):
    return act(request, pk, HoldForm(request.POST, prefix="hold"), states.hold_order, "Order ditahan.")


@require_POST
@needs("assign")
def release(request, pk):
    return act(request, pk, AgreeForm(request.POST), states.release_order, "Order dilanjutkan.")


@require_POST
@needs("assign")
def reopen(request, pk):
    form = ReasonForm(request.POST, prefix="reopen")
    return act(request, pk, form, states.reopen_order, "Order dibuka lagi.")


def act(request, pk, form, verb, said):
    """Do `verb` with the form's values, and say how it went on the order's page. A foreign order is a missing one."""
    find_order(request.user, pk)
    if not form.is_valid():
        messages.error(request, "Isi alasan dan pilihan yang diminta, lalu coba lagi.")
        return redirect("dashboard:order", pk)
    try:
        verb(user=request.user, order_id=pk, **form.cleaned_data)
        messages.success(request, said)
    except Problem as problem:
        messages.error(request, problem_text(problem))
    return redirect("dashboard:order", pk)
