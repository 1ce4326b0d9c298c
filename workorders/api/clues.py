"""What helps at a house that is hard to find: confirmed neighbours, landmark, ODP, and where others looked."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.nearest import Origin
from common.openapi import answers
from common.parameters import read_query
from common.problems import NotFound, require
from customers.api.candidates import SearchedOut
from customers.api.shapes import OdpOut, odp_out
from customers.models import Address, ResolvedLocation
from customers.nearest import nearest_confirmed
from history.services import record_access
from workorders.api.visit_shapes import TrailOut
from workorders.models import SearchTrail, WorkOrder

NEIGHBOURS, WITHIN_M = 8, 300.0


class NeighbourOut(serializers.Serializer):
    """A house that somebody stood at: its point and number, never whose it is."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()
    house_number = serializers.CharField()
    block = serializers.CharField()
    rt = serializers.CharField()
    distance_m = serializers.FloatField(help_text="from this order's point")


class CluesOut(serializers.Serializer):
    landmark = serializers.CharField()
    odp = OdpOut(allow_null=True)
    neighbours = NeighbourOut(many=True, help_text="confirmed houses, nearest first")
    searched = SearchedOut(many=True)
    trails = TrailOut(many=True, help_text="ways of earlier visits, the latest first")


class Clues(APIView):
    @extend_schema(
        operation_id="get_clues",
        summary="Neighbours by point and number, landmark, ODP, and where others looked",
        tags=["workorders"],
        responses=answers(200, CluesOut, 404),
    )
    def get(self, request, order):
        read_query(request)
        require(request.user, "see_orders")
        orders = WorkOrder.objects.visible_to(request.user)
        found = orders.select_related("customer__address", "customer__installation__odp").filter(pk=order).first()
        if found is None:
            raise NotFound()
        record_access(actor=request.user, purpose="view", target_type="workorder", target_id=found.pk, rows=1)
        return Response(clues_out(found))


def clues_out(order: WorkOrder) -> dict:
    address = getattr(order.customer, "address", None)
    trails = SearchTrail.objects.filter(visit__order__customer=order.customer_id).order_by("-visit__visited_at")[:10]
    searched = order.customer.searched_places.filter(is_withdrawn=False)
    return {
        "landmark": address.landmark if address else "",
        "odp": odp_out(order.customer),
        "neighbours": neighbours_out(order),
        "searched": list(searched.values(*SearchedOut().fields)),
        "trails": [{"line": t.line, "metres": round(t.metres, 1), "seconds": t.seconds} for t in trails],
    }


def neighbours_out(order: WorkOrder) -> list[dict]:
    """Around the order's point, or the ODP where it has none."""
    odp = odp_out(order.customer)
    origin = (
        (order.lat, order.lon) if order.lat is not None else odp and odp["lat"] is not None and (odp["lat"], odp["lon"])
    )
    if not origin:
        return []
    near = nearest_confirmed(Origin(*origin), NEIGHBOURS, besides=order.customer_id, within_m=WITHIN_M)
    places = ResolvedLocation.objects.in_bulk([row.id for row in near])
    names = {a.pk: a for a in Address.objects.filter(pk__in=places)}
    return [
        {
            "lat": places[row.id].lat,
            "lon": places[row.id].lon,
            "distance_m": round(row.distance_m, 1),
            **{name: getattr(names.get(row.id), name, "") for name in ("house_number", "block", "rt")},
        }
        for row in near
    ]
