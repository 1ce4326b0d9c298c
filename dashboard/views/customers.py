"""The table of customers, and one customer with its orders."""

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer, FieldNote
from dashboard.doors import find_row, needs
from dashboard.phones import reveal
from dashboard.tables import TablePage, send_file, show_table, with_defaults
from exports.nouns import CUSTOMERS
from history.models import Access
from history.services import record_access
from workorders.models import WorkOrder


@require_safe
@needs("see_bills")
def customers(request):
    return show_table(request, TablePage(CUSTOMERS, request.user, with_defaults(request)), "customers")


@require_safe
@needs("export")
def download(request, form):
    return send_file(request, CUSTOMERS, form, with_defaults(request))


@require_safe
@needs("see_bills")
def customer(request, pk):
    return show_customer(request, find_customer(request.user, pk))


@require_POST
@needs("see_phones")
def show_phones(request, pk):
    """The numbers themselves, once somebody asked for them; the asking is in the access log."""
    found = find_customer(request.user, pk)
    return reveal(request, found, lambda **shown: show_customer(request, found, **shown))


def find_customer(user, pk: int) -> Customer:
    rows = Customer.objects.visible_to(user).select_related("address", "installation__odp", "location", "witel__region")
    return find_row(rows, pk)


def field_notes(user, customer) -> dict:
    """What the field noted of a customer. It was written freely: not for those who may not see names."""
    rows = customer.field_notes.exclude(value="").select_related("actor") if user.may("see_names") else []
    notes = list(rows)
    return {"notes": notes, "has_noted_phone": any(note.field == FieldNote.Field.PHONE for note in notes)}


def show_customer(request, found: Customer, *, are_phones_shown=False, status=200):
    record_access(
        actor=request.user,
        purpose=Access.Purpose.VIEW,
        target_type="customer",
        target_id=found.pk,
        rows=1,
    )
    orders = WorkOrder.objects.visible_to(request.user).filter(customer=found).select_related("assignee", "outcome")
    context = {
        "customer": found,
        "location": getattr(found, "location", None),
        "address": getattr(found, "address", None),
        "bills": list(found.bills.order_by("-period")),
        "candidates": list(found.candidates.order_by("status", "accuracy_m")),
        "orders": list(orders.order_by("-period", "-id")[:50]),
        "are_phones_shown": are_phones_shown,
        "may_see_access_log": request.user.may("see_access_log"),
        "may_see_phones": request.user.may("see_phones"),
        **field_notes(request.user, found),
    }
    return render(request, "dashboard/customer/page.html", context, status=status)
