"""Rescue steps: the list of them, and one step taken."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import reference_answer
from common.openapi import answers
from common.parameters import read_body, read_query
from common.problems import require
from workorders.api.order_shapes import RescueOut
from workorders.api.visit_shapes import StepIn, step_of
from workorders.models import RescueKind
from workorders.services.rescue import record_step


class KindOut(serializers.Serializer):
    code = serializers.CharField()
    label_id = serializers.CharField(help_text="Indonesian")
    label_en = serializers.CharField(help_text="English")
    is_required = serializers.BooleanField(help_text="before an ATK result")
    is_active = serializers.BooleanField()


class KindList(APIView):
    @extend_schema(
        operation_id="list_rescue_steps",
        summary="What to try before an address counts as not found; strong ETag, 304 on If-None-Match",
        tags=["reference"],
        responses=answers(200, KindOut(many=True)) | {304: None},
    )
    def get(self, request):
        read_query(request)
        return reference_answer(request, list(RescueKind.objects.values(*KindOut().fields)))


class OrderSteps(APIView):
    @extend_schema(
        operation_id="add_rescue_step",
        summary="One step, one tap: 201 first, 200 for the same again, 409 for another content",
        tags=["workorders"],
        request=StepIn,
        responses=answers(201, RescueOut, 404, 409, 415) | {200: RescueOut},
    )
    def post(self, request, order):
        require(request.user, "write_visits")
        read_query(request)
        report = step_of(read_body(request, StepIn))
        step, is_new = record_step(agent=request.user, order_id=order, report=report, now=timezone.now())
        shown = {"id": step.pk, "kind": step.kind.code, "outcome": step.outcome, "done_at": step.done_at}
        return Response(shown, status=201 if is_new else 200)
