"""`The house is here`: the pin of an agent or a technician, and the link by which the customer sets one."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import ProblemOut, answers
from common.parameters import FiniteField, IdField, Nothing, read_body, read_query
from common.problems import require
from customers.models import LocationCorrection
from customers.services import Fix
from workorders.services.pins import create_pin_link, invitation, place_pin


class PinIn(serializers.Serializer):
    """A fix taken at the house, or a point set on the map by hand; one of the two has to be said."""

    id = IdField(help_text="made by the client")
    lat = FiniteField(min_value=-90, max_value=90)
    lon = FiniteField(min_value=-180, max_value=180)
    accuracy_m = FiniteField(
        min_value=0, max_value=10_000_000, help_text="68 %; by hand: what the map's zoom allows. At most 50 is taken"
    )
    is_at_house = serializers.BooleanField(default=False, help_text="are you at the house?")
    by_hand = serializers.BooleanField(default=False, help_text="set on the map")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PinCorrectionOut(serializers.Serializer):
    state = serializers.ChoiceField(LocationCorrection.State.choices)
    moved_m = serializers.FloatField(allow_null=True, help_text="done or proposed; null where there was no point")


class PinOut(serializers.Serializer):
    id = serializers.UUIDField()
    customer = serializers.IntegerField()
    correction = PinCorrectionOut(allow_null=True, help_text="null where the pin only confirms the point")


class PinLinkOut(serializers.Serializer):
    link = serializers.URLField(help_text="works once; it is shown here only")
    message = serializers.CharField(help_text="for WhatsApp or SMS, with the link; names no person and no bill")
    expires_at = serializers.DateTimeField()


class CustomerPin(APIView):
    @extend_schema(
        operation_id="put_pin",
        summary="The house is here: 201 first, 200 for the same again, 409 for another content",
        tags=["customers"],
        request=PinIn,
        responses=answers(201, PinOut, 404, 415) | {200: PinOut, 409: ProblemOut},
    )
    def put(self, request, customer):
        read_query(request)
        require(request.user, "write_pins")
        given = read_body(request, PinIn)
        pin_id = given.pop("id")
        fix = Fix(given.pop("lat"), given.pop("lon"), given.pop("accuracy_m"))
        correction, is_new = place_pin(
            user=request.user,
            customer_id=customer,
            pin_id=pin_id,
            fix=fix,
            observed_on=timezone.localdate(),
            device="" if given["by_hand"] else str(getattr(request.auth, "device_id", None) or ""),
            **given,
        )
        return Response(pin_out(pin_id, customer, correction), status=201 if is_new else 200)


class PinLinks(APIView):
    @extend_schema(
        operation_id="create_pin_link",
        summary="A link by which the customer shows the house; earlier ones end",
        tags=["customers"],
        request=None,
        responses=answers(201, PinLinkOut, 404, 415, 429),
    )
    def post(self, request, customer):
        require(request.user, "send_pin_links")
        read_query(request)
        read_body(request, Nothing)
        link, token = create_pin_link(user=request.user, customer_id=customer, now=timezone.now())
        address = request.build_absolute_uri(reverse("field:customer-pin", args=[token]))
        body = {"link": address, "message": invitation(address), "expires_at": link.expires_at}
        return Response(body, status=201)


def pin_out(pin_id, customer: int, correction: LocationCorrection | None) -> dict:
    became = correction and {"state": correction.state, "moved_m": correction.moved_m}
    return {"id": pin_id, "customer": customer, "correction": became}
