"""The coded results: reference data."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from common.api import reference_answer
from common.openapi import answers
from common.parameters import read_query
from workorders.models import Disposition


class DispositionOut(serializers.Serializer):
    code = serializers.CharField()
    group = serializers.ChoiceField(Disposition.Group.choices)
    label_id = serializers.CharField(help_text="Indonesian")
    label_en = serializers.CharField(help_text="English")
    is_contact = serializers.BooleanField(help_text="somebody was met")
    is_right_party = serializers.BooleanField(help_text="the customer was met")
    is_final = serializers.BooleanField(help_text="closes the order")
    is_attempt = serializers.BooleanField(help_text="counts in rates")
    verdict = serializers.ChoiceField(Disposition.Verdict.choices, help_text="on the point: + right, - wrong, ? none")
    requires = serializers.ListField(child=serializers.CharField(), help_text="fields of the visit that must be filled")
    next_step = serializers.CharField()
    revisit_days = serializers.IntegerField()
    is_active = serializers.BooleanField(help_text="may be used for a new visit")
    version = serializers.IntegerField()


class DispositionList(APIView):
    @extend_schema(
        operation_id="list_dispositions",
        summary="Results of a visit, in the order of the form; strong ETag, 304 on If-None-Match",
        tags=["reference"],
        responses=answers(200, DispositionOut(many=True)) | {304: None},
    )
    def get(self, request):
        read_query(request)
        return reference_answer(request, list(Disposition.objects.values(*DispositionOut().fields)))
