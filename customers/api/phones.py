"""A tap on a masked telephone number."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import answers
from common.parameters import IdField, read_body, read_query
from customers.services.phones import reveal_phones


class PhoneViewIn(serializers.Serializer):
    id = IdField(required=False, help_text="made by the phone; the same look again counts once")
    viewed_at = serializers.DateTimeField(required=False, help_text="by the phone's clock, where it is told later")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PhoneViewOut(serializers.Serializer):
    phones = serializers.ListField(child=serializers.CharField(), help_text="E.164; masked where no order is carried")


class PhoneViews(APIView):
    @extend_schema(
        operation_id="view_phones",
        summary="Show a customer's numbers; each look is in the access log",
        tags=["customers"],
        request=PhoneViewIn,
        responses=answers(201, PhoneViewOut, 404, 409, 415, 429) | {200: PhoneViewOut},
    )
    def post(self, request, customer):
        read_query(request)
        given = read_body(request, PhoneViewIn)
        phones, is_new = reveal_phones(
            user=request.user,
            customer_id=customer,
            now=timezone.now(),
            reason=given["reason"],
            key=given.get("id"),
            viewed_at=given.get("viewed_at"),
        )
        return Response({"phones": phones}, status=201 if is_new else 200)
