"""The ledger of moves of houses' points, and the desk's decisions on them."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.openapi import answers
from common.paging import page_after
from common.parameters import FiniteField, KeyField, ListQuery, read_body, read_query
from common.problems import Invalid, require
from customers.models import Customer, LocationCorrection
from customers.services import Fix
from history.services import record_access
from workorders.services import desk

State = LocationCorrection.State


class CorrectionQuery(ListQuery):
    state = serializers.ChoiceField(State.choices, required=False)
    customer = KeyField(required=False)


class MovedPointOut(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    radius_m = serializers.FloatField()
    grade = serializers.CharField()
    source = serializers.CharField()


class CorrectionOut(serializers.Serializer):
    id = serializers.IntegerField()
    customer = serializers.IntegerField()
    kind = serializers.ChoiceField(LocationCorrection.Kind.choices)
    state = serializers.ChoiceField(State.choices)
    actor = serializers.CharField(help_text="who observed it; empty for the customer")
    before = MovedPointOut(allow_null=True)
    after = MovedPointOut(allow_null=True)
    reported = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="[lat, lon, accuracy_m] of what was observed"
    )
    moved_m = serializers.FloatField(allow_null=True, help_text="of a proposal: how far it is from the point")
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True, help_text="username; null where nobody had to")
    reason = serializers.CharField()


class CorrectionPage(serializers.Serializer):
    results = CorrectionOut(many=True)
    next = serializers.CharField(allow_null=True)


class CorrectionIn(serializers.Serializer):
    """A point that the desk sets: the id makes it safe to send twice."""

    id = serializers.UUIDField()
    customer = KeyField()
    lat = FiniteField(min_value=-90, max_value=90)
    lon = FiniteField(min_value=-180, max_value=180)
    accuracy_m = FiniteField(min_value=0, max_value=1_000, help_text="68 %")
    reason = serializers.CharField(max_length=200)


class DecisionIn(serializers.Serializer):
    approve = serializers.BooleanField()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReversalIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class CorrectionList(APIView):
    @extend_schema(
        operation_id="list_corrections",
        summary="Moves of points, newest first",
        tags=["desk"],
        parameters=[CorrectionQuery],
        responses=answers(200, CorrectionPage),
    )
    def get(self, request):
        require(request.user, "decide")
        asked = read_query(request, CorrectionQuery)
        filters = {name: asked[name] for name in ("state", "customer") if name in asked}
        tie = fingerprint(request.user, list="corrections", **filters)
        last = None
        if "cursor" in asked:
            (key,) = read_cursor(asked["cursor"], tie, 1)
            last = (key, key)
        rows = list(page_after(visible_to(request.user).filter(**filters), "-id", last)[: asked["limit"] + 1])
        seen = rows[: asked["limit"]]
        record_access(actor=request.user, purpose="list", target_type="correction", rows=len(seen))
        following = [tie, seen[-1].pk] if len(rows) > len(seen) else None
        return Response(page_out([correction_out(row) for row in seen], following))

    @extend_schema(
        operation_id="add_correction",
        summary="The desk sets a house's point; sent twice it is one",
        tags=["desk"],
        request=CorrectionIn,
        responses=answers(201, CorrectionOut, 404, 415),
    )
    def post(self, request):
        require(request.user, "decide")
        read_query(request)
        given = read_body(request, CorrectionIn)
        fix = Fix(given["lat"], given["lon"], given["accuracy_m"])
        if not fix.is_usable:
            raise Invalid(lat=["The point lies outside Indonesia."])
        made = desk.correct(
            user=request.user, customer_id=given["customer"], pin_id=given["id"], fix=fix, reason=given["reason"]
        )
        return shown(request.user, made)


class Decisions(APIView):
    @extend_schema(
        operation_id="decide_correction",
        summary="Approve or reject a proposed move",
        tags=["desk"],
        request=DecisionIn,
        responses=answers(201, CorrectionOut, 404, 409, 415),
    )
    def post(self, request, correction):
        require(request.user, "decide")
        read_query(request)
        given = read_body(request, DecisionIn)
        return shown(request.user, desk.decide(user=request.user, correction_id=correction, **given))


class Reversals(APIView):
    @extend_schema(
        operation_id="revert_correction",
        summary="Take back the last move: the former point exactly",
        tags=["desk"],
        request=ReversalIn,
        responses=answers(201, CorrectionOut, 404, 409, 415),
    )
    def post(self, request, correction):
        require(request.user, "decide")
        read_query(request)
        given = read_body(request, ReversalIn)
        return shown(request.user, desk.revert(user=request.user, correction_id=correction, **given))


def visible_to(user) -> QuerySet:
    people = Customer.objects.visible_to(user).order_by().values("pk")
    return LocationCorrection.objects.filter(customer__in=people).select_related("candidate", "decided_by")


def shown(user, row: LocationCorrection) -> Response:
    """The move as the answer to whoever made it: it tells where the house is."""
    record_access(actor=user, purpose="view", target_type="customer", target_id=row.customer_id, rows=1)
    return Response(correction_out(row), status=201)


def correction_out(row: LocationCorrection) -> dict:
    seen = row.candidate
    return {
        "id": row.pk,
        "customer": row.customer_id,
        "kind": row.kind,
        "state": row.state,
        "actor": row.actor,
        "before": place_out(row.before),
        "after": place_out(row.after),
        "reported": seen and [seen.lat, seen.lon, seen.accuracy_m],
        "moved_m": row.moved_m and round(row.moved_m, 1),
        "proposed_at": row.proposed_at,
        "decided_at": row.decided_at,
        "decided_by": row.decided_by and row.decided_by.username,
        "reason": row.reason,
    }


def place_out(kept: dict | None) -> dict | None:
    return kept and {name: kept[name] for name in MovedPointOut().fields}
