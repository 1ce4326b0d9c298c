"""What tells a phone that all it fetched is of another past."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import answers
from common.parameters import read_query
from workorders.services.feed import current_epoch


class FeedOut(serializers.Serializer):
    epoch = serializers.IntegerField(help_text="grows with each release, rollback and restore; then fetch anew")


class Feed(APIView):
    @extend_schema(
        operation_id="feed",
        summary="The epoch of the data: where it differs from the last one seen, fetch everything anew",
        tags=["workorders"],
        responses=answers(200, FeedOut),
    )
    def get(self, request):
        read_query(request)
        return Response({"epoch": current_epoch()})
