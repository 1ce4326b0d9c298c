"""The state of the business in a comparable form: natural keys, no row numbers, no times of computing."""

from customers.models import (
    Address,
    Bill,
    Customer,
    DistributionPoint,
    Installation,
    LocationCandidate,
    ResolvedLocation,
)
from workorders.models import Assignment, PromiseToPay, Visit, WorkOrder

PLACE = ("lat", "lon", "mq", "radius_m", "grade", "source", "reasons", "witel__code")
STATE = {
    Customer: ("service_number", "name", "phones", "witel__code", "sto", "package", "unpaid_months", "unpaid_amount"),
    Address: ("customer__service_number", "raw", "street", "house_number", "rt", "rw", "completeness", "missing"),
    Bill: ("customer__service_number", "period", "amount", "paid_amount", "status", "paid_on"),
    DistributionPoint: ("witel__code", "code", "site", "lat", "lon"),
    Installation: (
        "customer__service_number",
        "odp__code",
        "odp__site",
        "technician",
        "installed_on",
        "raw_point",
        "given_lat",
        "given_lon",
        "faults",
        "is_repaired",
    ),
    LocationCandidate: ("customer__service_number", "source", "evidence", "lat", "lon", "accuracy_m", "status"),
    ResolvedLocation: ("customer__service_number", *PLACE),
    WorkOrder: (
        "number",
        "customer__service_number",
        "witel__code",
        "period",
        "balance",
        "issued_on",
        "state",
        "assignee__username",
        "cancel_reason",
        "is_flagged",
        "lat",
        "lon",
        "mq",
        "grade",
        "priority",
        "attempts",
    ),
    Assignment: ("order__number", "agent__username", "kind"),
    Visit: ("id", "order__number", "disposition__code", "visited_at", "business_day"),
    PromiseToPay: ("visit_id", "amount", "due_on", "state", "settled_on"),
}


def state() -> dict[str, list]:
    """Every business row by natural key, sorted."""
    return {
        model.__name__: sorted(map(repr, model.objects.order_by().values_list(*columns)))
        for model, columns in STATE.items()
    }


def tables() -> dict[str, list]:
    """Every business row with all its columns, row numbers and times included."""
    return {model.__name__: sorted(map(repr, model.objects.order_by().values_list())) for model in STATE}


def differences(before: dict[str, list], after: dict[str, list]) -> dict[str, list]:
    """What a failing test should show: per table the first few rows that only one side has."""
    found = {}
    for name in before:
        if before[name] != after[name]:
            gone, come = set(before[name]) - set(after[name]), set(after[name]) - set(before[name])
            found[name] = [len(gone), len(come), sorted(gone)[:2], sorted(come)[:2]]
    return found
