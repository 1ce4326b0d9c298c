"""The address desk's queue: orders that wait for a better address, with all that is known; and handing them over."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.openapi import answers
from common.paging import page_after
from common.parameters import ListQuery, read_body, read_query
from common.problems import Invalid, require
from customers.api.shapes import address_short
from customers.masking import name_for
from customers.models import LocationCorrection
from history.services import record_access
from regions.models import Witel
from workorders.api.corrections import CorrectionOut, correction_out
from workorders.api.order_page import order_state_out
from workorders.api.order_shapes import OrderStateOut
from workorders.models import AddressHold, WorkOrder
from workorders.services.desk import transfer_order
from workorders.states import State


class DeskQuery(ListQuery):
    why = serializers.ChoiceField(AddressHold.Why.choices, required=False)


class HoldOut(serializers.Serializer):
    why = serializers.ChoiceField(AddressHold.Why.choices)
    lat = serializers.FloatField(allow_null=True, help_text="of the point that failed")
    lon = serializers.FloatField(allow_null=True)
    radius_m = serializers.FloatField(allow_null=True)
    opened_at = serializers.DateTimeField()
    disposition = serializers.CharField(allow_null=True)


class DeskRow(serializers.Serializer):
    order = serializers.IntegerField()
    number = serializers.CharField()
    witel = serializers.CharField()
    customer = serializers.IntegerField()
    name = serializers.CharField()
    balance = serializers.IntegerField(help_text="rupiah")
    attempts = serializers.IntegerField()
    address = serializers.DictField()
    hold = HoldOut(allow_null=True)
    proposals = CorrectionOut(many=True, help_text="moves that wait for a decision")


class DeskPage(serializers.Serializer):
    results = DeskRow(many=True)
    next = serializers.CharField(allow_null=True)


class TransferIn(serializers.Serializer):
    witel = serializers.CharField(max_length=20, help_text="code of the right witel")
    reason = serializers.CharField(max_length=200)


class Desk(APIView):
    @extend_schema(
        operation_id="list_desk",
        summary="Orders that wait for a better address, most urgent first",
        tags=["desk"],
        parameters=[DeskQuery],
        responses=answers(200, DeskPage),
    )
    def get(self, request):
        require(request.user, "decide")
        asked = read_query(request, DeskQuery)
        tie = fingerprint(request.user, list="desk", why=asked.get("why"))
        last = None
        if "cursor" in asked:
            last = tuple(read_cursor(asked["cursor"], tie, 2))
        orders = WorkOrder.objects.visible_to(request.user).filter(state=State.ADDRESS_HOLD)
        if "why" in asked:
            orders = orders.filter(address_holds__why=asked["why"], address_holds__closed_at=None)
        orders = orders.select_related("customer__address", "witel")
        rows = list(page_after(orders, "-priority", last, tie="id")[: asked["limit"] + 1])
        seen = rows[: asked["limit"]]
        record_access(actor=request.user, purpose="list", target_type="workorder", rows=len(seen), detail="desk")
        following = [tie, seen[-1].priority, seen[-1].pk] if len(rows) > len(seen) else None
        return Response(page_out(desk_rows(request.user, seen), following))


class Transfers(APIView):
    @extend_schema(
        operation_id="transfer_workorder",
        summary="Hand an order whose house lies outside the area to the right witel",
        tags=["desk"],
        request=TransferIn,
        responses=answers(201, OrderStateOut, 404, 409, 415),
    )
    def post(self, request, order):
        require(request.user, "decide")
        read_query(request)
        given = read_body(request, TransferIn)
        witel = Witel.objects.filter(code=given["witel"].upper()).first()
        if witel is None:
            raise Invalid(witel=["No witel has this code."])
        moved = transfer_order(user=request.user, order_id=order, witel=witel, reason=given["reason"])
        return Response(order_state_out(moved), status=201)


def desk_rows(user, orders: list[WorkOrder]) -> list[dict]:
    keys = [order.pk for order in orders]
    holds = AddressHold.objects.filter(order__in=keys, closed_at=None).select_related("visit__disposition")
    by_order = {hold.order_id: hold for hold in holds.order_by("id")}
    waiting = LocationCorrection.objects.filter(
        customer__in=[order.customer_id for order in orders], state=LocationCorrection.State.PROPOSED
    ).select_related("candidate", "decided_by")
    proposals: dict[int, list] = {}
    for row in waiting:
        proposals.setdefault(row.customer_id, []).append(correction_out(row))
    return [desk_row(user, order, by_order.get(order.pk), proposals.get(order.customer_id, [])) for order in orders]


def desk_row(user, order: WorkOrder, hold: AddressHold | None, proposals: list[dict]) -> dict:
    address = getattr(order.customer, "address", None)
    return {
        "order": order.pk,
        "number": order.number,
        "witel": order.witel.code,
        "customer": order.customer_id,
        "name": name_for(user, order.customer.name),
        "balance": order.balance,
        "attempts": order.attempts,
        "address": address and address_short(address.raw, address.missing, address.completeness),
        "hold": hold and hold_out(hold),
        "proposals": proposals,
    }


def hold_out(hold: AddressHold) -> dict:
    seen = {name: getattr(hold, name) for name in ("why", "lat", "lon", "radius_m", "opened_at")}
    return seen | {"disposition": hold.visit and hold.visit.disposition.code}
