"""The table of work orders, and giving several of them to one agent."""

from django.contrib import messages
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.problems import Problem
from dashboard.doors import needs
from dashboard.forms import AssignForm, BulkAssignForm
from dashboard.tables import TablePage, back_to, send_file, show_table, with_defaults
from dashboard.words import problem_text
from exports.nouns import ORDERS
from exports.places import place_q
from workorders.models import Assignment
from workorders.services.states import assign_order


def asked_of(request):
    """Open orders unless asked otherwise; most urgent first within a witel, newest first over several."""
    is_one_witel = request.user.scope.witel_id or request.GET.get("where", "").startswith("witel:")
    return with_defaults(request, state="open", sort="-priority" if is_one_witel else "-number")


def agents_for(user, where: str):
    """Whom an order of this place can be given to; none until one witel is chosen, for the country has thousands."""
    agents = User.objects.agents().visible_to(user).order_by("name", "username")
    if user.scope.witel_id:
        return agents
    if where.startswith("witel:"):
        return agents.filter(place_q(where, "witel"))
    return agents.none()


@require_safe
@needs("see_orders")
def orders(request):
    asked = asked_of(request)
    table = TablePage(ORDERS, request.user, asked, defaulted=("state",))
    agents = agents_for(request.user, asked.get("where", "")) if request.user.may("assign") else User.objects.none()
    may_assign = request.user.may("assign")
    return show_table(
        request, table, "orders", assign=AssignForm(agents=agents), agents=list(agents), may_assign=may_assign
    )


@require_safe
@needs("export")
def download(request, form):
    return send_file(request, ORDERS, form, asked_of(request))


@require_POST
@needs("assign")
def assign(request):
    """Each order on its own: one that cannot be given does not hold up the others."""
    user = request.user
    form = BulkAssignForm(request.POST, agents=User.objects.agents().visible_to(user))
    if not form.is_valid():
        messages.error(request, "Pilih paling sedikit satu order dan satu CTB.")
        return back_to(request, "dashboard:orders")
    given, refused = 0, {}
    for order_id in form.cleaned_data["order"]:
        try:
            assign_order(
                user=user,
                order_id=order_id,
                agent=form.cleaned_data["agent"],
                reason=form.cleaned_data["reason"],
                kind=Assignment.Kind.BULK,
            )
            given += 1
        except Problem as problem:
            text = problem_text(problem)
            refused[text] = refused.get(text, 0) + 1
    if given:
        messages.success(request, f"{given} order ditugaskan kepada {form.cleaned_data['agent']}.")
    for text, number in refused.items():
        messages.error(request, f"{number} order tidak ditugaskan. {text}")
    return back_to(request, "dashboard:orders")
