"""Rows of the hot list: one statement for the orders, one for their bills, plain dicts. No serializer, no model."""

from collections import defaultdict
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from common.hot import KeyedStatement
from common.links import links_to
from common.nearest import Ranked
from customers.api.shapes import address_short
from customers.bills import due_on, next_period
from customers.masking import name_for, phones_for
from customers.models import Bill
from customers.services.bills import UNPAID
from workorders.models import WorkOrder
from workorders.states import OPEN

SAME = ("id", "number", "state", "period", "balance", "priority", "grade", "lat", "lon", "attempts")
SAME_AFTER = ("issued_on", "next_on", "is_flagged")
JOINED = (
    "assignee_id",
    "assignee__username",
    "witel__code",
    "witel__timezone",
    "customer_id",
    "customer__service_number",
    "customer__name",
    "customer__phones",
    "customer__address__raw",
    "customer__address__missing",
    "customer__address__completeness",
    "customer__location__radius_m",
)


COLUMNS = SAME + SAME_AFTER + JOINED

ORDERS = KeyedStatement(lambda key: WorkOrder.objects.filter(pk__in=[key]).order_by().values_list(*COLUMNS))
UNPAID_BILLS = KeyedStatement(
    lambda key: (
        Bill.objects.filter(UNPAID, customer__in=[key])
        .order_by("customer_id", "period")
        .values_list("customer_id", "period", "amount", "paid_amount", "status")
    )
)


def order_rows(user, ranked: list[Ranked], now: datetime) -> list[dict]:
    """The orders of `ranked`, in its order."""
    keys = [way.id for way in ranked]
    found = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in ORDERS.fetch(keys)}
    bills = unpaid_bills(list({row["customer_id"] for row in found.values()}))

    @cache
    def days_left(period: int, timezone: str) -> int:
        return max(0, (due_on(next_period(period)) - now.astimezone(ZoneInfo(timezone)).date()).days)

    return [
        order_row(user, found[way.id], way, bills[found[way.id]["customer_id"]], days_left)
        for way in ranked
        if way.id in found
    ]


def order_row(user, row: dict, way: Ranked, bills: list[dict], days_left) -> dict:
    is_own = row["assignee_id"] == user.pk and row["state"] in OPEN
    seen = {name: row[name] for name in SAME}
    seen["radius_m"] = row["customer__location__radius_m"]
    seen["days_to_ct0"] = days_left(row["period"], row["witel__timezone"])
    seen |= {name: row[name] for name in SAME_AFTER}
    seen["is_flagged"] = bool(row["is_flagged"])
    seen["witel"] = row["witel__code"]
    seen["assignee"] = row["assignee__username"]
    seen["distance_m"] = None if way.distance_m is None else round(way.distance_m, 1)
    seen["bearing_deg"] = None if way.bearing_deg is None else round(way.bearing_deg, 1)
    seen["customer"] = {
        "id": row["customer_id"],
        "service_number": row["customer__service_number"],
        "name": name_for(user, row["customer__name"]),
        "phones": phones_for(user, row["customer__phones"], is_own=is_own),
    }
    seen["address"] = address_short(
        row["customer__address__raw"], row["customer__address__missing"], row["customer__address__completeness"]
    )
    seen["bills"] = bills
    seen["links"] = links_to(row["lat"], row["lon"], row["number"])
    return seen


def unpaid_bills(customers: list[int]) -> dict[int, list[dict]]:
    """Customer → unpaid bills, oldest first."""
    found: dict[int, list[dict]] = defaultdict(list)
    for customer, *bill in UNPAID_BILLS.fetch(customers):
        found[customer].append(bill_out(*bill))
    return found


def bill_out(period: int, amount: int, paid_amount: int | None, status: str) -> dict:
    due: date = due_on(period)
    return {"period": period, "amount": amount, "paid_amount": paid_amount, "status": status, "due_on": due}
