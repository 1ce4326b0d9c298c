"""Regions and their witels: reference data."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from common.api import reference_answer
from common.openapi import answers
from common.parameters import ClockField, read_query
from regions.models import Region


class WitelOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    seat = serializers.CharField()
    timezone = serializers.CharField(help_text="IANA name")
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class RegionOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    visits_from = ClockField()
    visits_until = ClockField()
    visit_weekdays = serializers.CharField(help_text="1 = Monday")
    witels = WitelOut(many=True)


class RegionList(APIView):
    @extend_schema(
        operation_id="list_regions",
        summary="Regions with their witels; strong ETag, 304 on If-None-Match",
        tags=["reference"],
        responses=answers(200, RegionOut(many=True)) | {304: None},
    )
    def get(self, request):
        read_query(request)
        regions = Region.objects.prefetch_related("witels")
        return reference_answer(request, [region_out(region) for region in regions])


def region_out(region: Region) -> dict:
    return {
        "code": region.code,
        "name": region.name,
        "visits_from": region.visits_from.isoformat("minutes"),
        "visits_until": region.visits_until.isoformat("minutes"),
        "visit_weekdays": region.visit_weekdays,
        "witels": [{name: getattr(witel, name) for name in WitelOut().fields} for witel in region.witels.all()],
    }
