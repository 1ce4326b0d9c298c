"""Work orders: the list, nearest first, and one order's page."""

from datetime import date

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.nearest import Origin, Ranked
from common.openapi import answers
from common.paging import page_after
from common.parameters import ListQuery, NearField, WordsField, read_query
from common.problems import Invalid, NotFound, require
from history.services import record_access
from workorders.api.order_page import order_out, order_pages
from workorders.api.order_rows import order_rows
from workorders.api.order_shapes import OrderOut, OrderPage
from workorders.models import WorkOrder
from workorders.nearest import nearest_orders
from workorders.states import OPEN, State

ORDERINGS = ("priority", "balance", "issued_on", "next_on", "number")
BY_PRIORITY = "-priority"
EVERY_STATE = "all"
NO_POINT = "none"


STATES_HELP = "states, by commas; without it the open ones; `all`"
GRADES_HELP = "grades of the point, by commas; `none`: without a point"
Q_HELP = "order or service number by its beginning, or words of the name for who may see names"


class OrderQuery(ListQuery):
    near = NearField(required=False, help_text="lat,lon: nearest first, with distance_m and bearing_deg")
    state = WordsField((*State.values, EVERY_STATE), required=False, help_text=STATES_HELP)
    grade = WordsField((*"ABCD", NO_POINT), required=False, help_text=GRADES_HELP)
    q = serializers.CharField(max_length=80, required=False, help_text=Q_HELP)
    ordering = serializers.ChoiceField(
        [sign + name for name in ORDERINGS for sign in ("", "-")],
        required=False,
        help_text="without it -priority; not with near",
    )

    def validate(self, attrs):
        if "near" in attrs and "ordering" in attrs:
            raise serializers.ValidationError({"ordering": ["Leave out near or ordering: a list has one order."]})
        return attrs


class OrderList(APIView):
    @extend_schema(
        operation_id="list_workorders",
        summary="Orders within reach: nearest first when `near` is given, else by priority",
        tags=["workorders"],
        parameters=[OrderQuery],
        responses=answers(200, OrderPage),
    )
    def get(self, request):
        require(request.user, "see_orders")
        asked = read_query(request, OrderQuery)
        page = find_page(request.user, asked, timezone.now())
        record_access(
            actor=request.user,
            purpose="list",
            target_type="workorder",
            rows=len(page["results"]),
            detail=filter_words(asked),
        )
        return Response(page)


class OrderDetail(APIView):
    @extend_schema(
        operation_id="get_workorder",
        summary="One order: bills, address, point, candidates, earlier visits, links",
        tags=["workorders"],
        responses=answers(200, OrderOut, 404),
    )
    def get(self, request, order):
        read_query(request)
        require(request.user, "see_orders")
        found = order_pages(WorkOrder.objects.visible_to(request.user)).filter(pk=order).first()
        if found is None:
            raise NotFound()
        record_access(actor=request.user, purpose="view", target_type="workorder", target_id=found.pk, rows=1)
        return Response(order_out(request.user, found, timezone.now()))


def find_page(user, asked: dict, now) -> dict:
    tie = fingerprint(user, list="workorders", **{name: asked.get(name) for name in ("state", "grade", "q")})
    spot, ordering, last = asked.get("near"), asked.get("ordering", BY_PRIORITY), None
    if "cursor" in asked:
        spot, ordering, last = read_order_cursor(asked, tie)
    orders, count = wanted_orders(user, asked), asked["limit"] + 1
    if spot:
        is_narrow = user.may("write_visits") or "q" in asked
        ranked = nearest_orders(orders, Origin(*spot, after=last), count, is_narrow=is_narrow)
        values = [way.distance_m for way in ranked]
    else:
        name = ordering.lstrip("-")
        rows = list(page_after(orders, ordering, last).values_list("pk", name)[:count])
        ranked = [Ranked(key, None, None) for key, _ in rows]
        values = [value.isoformat() if isinstance(value, date) else value for _, value in rows]
    following = None
    if len(ranked) == count:
        following = [tie, spot, None if spot else ordering, values[-2], ranked[-2].id]
    return page_out(order_rows(user, ranked[: count - 1], now), following)


def read_order_cursor(asked: dict, tie: str):
    """(point, ordering, (value, key)): page two goes on from where page one was asked, whatever `near` says now."""
    spot, ordering, value, key = read_cursor(asked["cursor"], tie, 4)
    by_distance_now = "near" in asked
    if (spot and "ordering" in asked) or (ordering and by_distance_now):
        raise Invalid(cursor=["This cursor goes on with a list in another order."])
    if ordering and asked.get("ordering", ordering) != ordering:
        raise Invalid(cursor=["This cursor goes on with a list in another order."])
    return spot and tuple(spot), ordering or BY_PRIORITY, (value, key)


def wanted_orders(user, asked: dict):
    orders = WorkOrder.objects.visible_to(user)
    states = asked.get("state", sorted(OPEN))
    if EVERY_STATE not in states:
        orders = orders.filter(state__in=states)
    if "grade" in asked:
        orders = orders.filter(grade__in=["" if grade == NO_POINT else grade for grade in asked["grade"]])
    return orders.search(asked["q"], by_name=user.may("see_names")) if "q" in asked else orders


def filter_words(asked: dict) -> str:
    """The filter for the access log: never the text that was searched."""
    words = [f"{name}={','.join(asked[name])}" for name in ("state", "grade") if name in asked]
    return " ".join(words + [name for name in ("near", "q", "ordering") if name in asked])
