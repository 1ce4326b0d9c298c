"""All observations of one house, and where somebody searched for it."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import answers
from common.parameters import read_query
from common.problems import NotFound, require
from customers.api.shapes import CandidateOut, candidate_out
from customers.models import Customer
from history.services import record_access


class SearchedOut(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    reach_m = serializers.FloatField(help_text="within this the house would have been seen")
    is_target = serializers.BooleanField(help_text="the point that the agent was sent to")
    searched_on = serializers.DateField()


class CandidatesOut(serializers.Serializer):
    candidates = CandidateOut(many=True)
    searched = SearchedOut(many=True, help_text="where nobody found it")


class Candidates(APIView):
    @extend_schema(
        operation_id="list_candidates",
        summary="Every observation of where the house is, and the places searched in vain",
        tags=["customers"],
        responses=answers(200, CandidatesOut, 404),
    )
    def get(self, request, customer):
        read_query(request)
        require(request.user, "see_points")
        found = Customer.objects.visible_to(request.user).filter(pk=customer).first()
        if found is None:
            raise NotFound()
        record_access(actor=request.user, purpose="view", target_type="customer", target_id=found.pk, rows=1)
        searched = found.searched_places.filter(is_withdrawn=False).values(*SearchedOut().fields)
        return Response(
            {
                "candidates": [candidate_out(request.user, row) for row in found.candidates.all()],
                "searched": list(searched),
            }
        )
