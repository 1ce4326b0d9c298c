"""The customer locator: technicians get points, never bills; agents the customers of their orders."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.links import links_to
from common.nearest import Origin, Ranked
from common.openapi import answers
from common.paging import page_after
from common.parameters import ListQuery, NearField, read_query
from common.problems import NotFound, require
from customers.api.shapes import CustomerLocationOut, CustomerPage, address_short, location_out
from customers.masking import name_for, phones_for
from customers.models import Customer
from customers.nearest import nearest_customers
from history.services import record_access

COLUMNS = (
    "id",
    "service_number",
    "name",
    "phones",
    "address__raw",
    "address__missing",
    "address__completeness",
    "location__lat",
    "location__lon",
    "location__radius_m",
    "location__grade",
)


class CustomerQuery(ListQuery):
    q = serializers.CharField(
        max_length=80,
        required=False,
        help_text="service number by its beginning, or words of the name for who may see names",
    )
    near = NearField(required=False, help_text="nearest first")


class CustomerList(APIView):
    @extend_schema(
        operation_id="list_customers",
        summary="Customers within reach, nearest first when `near` is given",
        tags=["customers"],
        parameters=[CustomerQuery],
        responses=answers(200, CustomerPage),
    )
    def get(self, request):
        require(request.user, "see_points")
        page = find_page(request.user, read_query(request, CustomerQuery))
        record_access(
            actor=request.user,
            purpose="list",
            target_type="customer",
            rows=len(page["results"]),
            detail=page.pop("filters"),
        )
        return Response(page)


class CustomerLocation(APIView):
    @extend_schema(
        operation_id="get_customer_location",
        summary="Where the house is: point, candidates, distribution point",
        tags=["customers"],
        responses=answers(200, CustomerLocationOut, 404),
    )
    def get(self, request, customer):
        read_query(request)
        require(request.user, "see_points")
        people = Customer.objects.visible_to(request.user).select_related("address", "location", "installation__odp")
        found = people.filter(pk=customer).first()
        if found is None:
            raise NotFound()
        record_access(actor=request.user, purpose="view", target_type="customer", target_id=found.pk, rows=1)
        return Response(location_out(request.user, found))


def find_page(user, asked: dict) -> dict:
    """One page and, for the access log, the words of its filter (never the text that was searched)."""
    tie = fingerprint(user, list="customers", q=asked.get("q", ""))
    spot, last = asked.get("near"), None
    if "cursor" in asked:
        spot, last = read_customer_cursor(asked["cursor"], tie)
    customers = Customer.objects.visible_to(user)
    if "q" in asked:
        customers = customers.search(asked["q"], by_name=user.may("see_names"))
    limit = asked["limit"]
    if spot:
        is_whole_scope = "q" not in asked and not user.may("write_visits")
        origin = Origin(*spot, after=last)
        ranked = nearest_customers(customers, origin, limit + 1, scope=user.scope if is_whole_scope else None)
    else:
        keys = page_after(customers, "id", last and (last[1], last[1])).values_list("pk", flat=True)[: limit + 1]
        ranked = [Ranked(key, None, None) for key in keys]
    following = None
    if len(ranked) > limit:
        following = [tie, spot, ranked[limit - 1].distance_m, ranked[limit - 1].id]
    filters = " ".join(word for word in ("q", "near") if word in asked)
    return page_out(customer_rows(user, ranked[:limit]), following) | {"filters": filters}


def read_customer_cursor(text: str, tie: str):
    """(point, (distance, key)) of a cursor of this list, this user and this filter."""
    spot, distance, key = read_cursor(text, tie, 3)
    return spot and tuple(spot), (distance, key)


def customer_rows(user, ranked: list[Ranked]) -> list[dict]:
    keys = [row.id for row in ranked]
    found = {row["id"]: row for row in Customer.objects.filter(pk__in=keys).order_by().values(*COLUMNS)}
    return [customer_row(user, found[row.id], row) for row in ranked if row.id in found]


def customer_row(user, row: dict, way: Ranked) -> dict:
    lat, lon = row["location__lat"], row["location__lon"]
    return {
        "id": row["id"],
        "service_number": row["service_number"],
        "name": name_for(user, row["name"]),
        "phones": phones_for(user, row["phones"], is_own=False),
        "address": address_short(row["address__raw"], row["address__missing"], row["address__completeness"]),
        "lat": lat,
        "lon": lon,
        "radius_m": row["location__radius_m"],
        "grade": row["location__grade"] or "",
        "distance_m": None if way.distance_m is None else round(way.distance_m, 1),
        "bearing_deg": None if way.bearing_deg is None else round(way.bearing_deg, 1),
        "links": links_to(lat, lon, row["service_number"]),
    }
