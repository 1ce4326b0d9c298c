"""Verbs on an order, each a noun that is created or deleted. The rules are in workorders.services.states."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import answers
from common.parameters import DayField, Nothing, read_body, read_query
from common.problems import require
from workorders.api.order_page import order_state_out
from workorders.api.order_shapes import OrderStateOut
from workorders.services import states

DONE = answers(201, OrderStateOut, 404, 409, 415)
UNDONE = answers(200, OrderStateOut, 404, 409, 415)


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ReasonQuery(serializers.Serializer):
    """Some proxies drop the body of a DELETE."""

    reason = serializers.CharField(
        max_length=200, required=False, help_text="here, or as `reason` in a JSON body; one is needed"
    )


class AssignmentIn(serializers.Serializer):
    agent = serializers.CharField(max_length=150, help_text="username, or the user's number")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class HoldIn(ReasonIn):
    until = DayField(required=False, help_text="the last day of the hold; without it until somebody releases the order")

    def validate_until(self, until):
        if until <= timezone.localdate():
            raise serializers.ValidationError("A day after today.")
        return until


class Assignments(APIView):
    @extend_schema(
        operation_id="assign_workorder",
        summary="Give the order to an agent",
        tags=["workorders"],
        request=AssignmentIn,
        responses=DONE,
    )
    def post(self, request, order):
        read_query(request)
        given = read_body(request, AssignmentIn)
        agent = states.find_agent(given["agent"])
        moved = states.assign_order(user=request.user, order_id=order, agent=agent, reason=given["reason"])
        return Response(order_state_out(moved), status=201)


class CurrentAssignment(APIView):
    @extend_schema(
        operation_id="unassign_workorder",
        summary="Take the order from its agent",
        tags=["workorders"],
        parameters=[ReasonQuery],
        responses=UNDONE,
    )
    def delete(self, request, order):
        given = read_query(request, ReasonQuery) or read_body(request, ReasonIn)
        return Response(order_state_out(states.unassign_order(user=request.user, order_id=order, **given)))


class Reopenings(APIView):
    @extend_schema(
        operation_id="reopen_workorder",
        summary="Take a closed order up again",
        tags=["workorders"],
        request=ReasonIn,
        responses=DONE,
    )
    def post(self, request, order):
        read_query(request)
        given = read_body(request, ReasonIn)
        return Response(order_state_out(states.reopen_order(user=request.user, order_id=order, **given)), status=201)


class Holds(APIView):
    @extend_schema(
        operation_id="hold_workorder",
        summary="Put the order on hold: complaint, dispute, disaster",
        tags=["workorders"],
        request=HoldIn,
        responses=DONE,
    )
    def post(self, request, order):
        read_query(request)
        given = read_body(request, HoldIn)
        return Response(order_state_out(states.hold_order(user=request.user, order_id=order, **given)), status=201)


class CurrentHold(APIView):
    @extend_schema(
        operation_id="release_workorder",
        summary="End the hold",
        tags=["workorders"],
        request=None,
        responses=UNDONE,
    )
    def delete(self, request, order):
        require(request.user, "assign")
        read_query(request)
        read_body(request, Nothing)
        return Response(order_state_out(states.release_order(user=request.user, order_id=order)))


class CheckIns(APIView):
    @extend_schema(
        operation_id="check_in",
        summary="The agent stands at the target; said twice, it changes nothing",
        tags=["workorders"],
        request=None,
        responses=DONE,
    )
    def post(self, request, order):
        require(request.user, "write_visits")
        read_query(request)
        read_body(request, Nothing)
        return Response(order_state_out(states.check_in(user=request.user, order_id=order)), status=201)
