"""JSON of work orders, for the schema. The rows are written by order_rows.py and order_page.py."""

from rest_framework import serializers

from customers.api.shapes import (
    AddressOut,
    AddressShort,
    CandidateOut,
    CustomerShort,
    LinksOut,
    NotesOut,
    OdpOut,
    PointOut,
)
from customers.models import Bill
from workorders.api.visit_shapes import TrailOut
from workorders.models import Assignment, PromiseToPay, RescueStep, WorkOrder
from workorders.states import State


class BillOut(serializers.Serializer):
    period = serializers.IntegerField(help_text="202610")
    amount = serializers.IntegerField(help_text="rupiah")
    paid_amount = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(Bill.Status.choices)
    due_on = serializers.DateField()


class OrderShort(serializers.Serializer):
    """What every answer about an order begins with."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    period = serializers.IntegerField(help_text="202610")
    balance = serializers.IntegerField(help_text="rupiah owed when the order was issued")
    priority = serializers.IntegerField()
    grade = serializers.CharField(help_text="of the point, A-D; empty without one")
    radius_m = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    attempts = serializers.IntegerField()
    days_to_ct0 = serializers.IntegerField(help_text="until billing stops")
    issued_on = serializers.DateField(allow_null=True)
    next_on = serializers.DateField(allow_null=True, help_text="not before this day")
    is_flagged = serializers.BooleanField(help_text="a supervisor should look")
    witel = serializers.CharField(help_text="code")
    assignee = serializers.CharField(allow_null=True, help_text="username")


class OrderRow(OrderShort):
    distance_m = serializers.FloatField(allow_null=True, help_text="null without a point; such rows come last")
    bearing_deg = serializers.FloatField(allow_null=True, help_text="0 = north, clockwise")
    customer = CustomerShort()
    address = AddressShort()
    bills = BillOut(many=True, help_text="the unpaid ones")
    links = LinksOut(allow_null=True)


class OrderPage(serializers.Serializer):
    results = OrderRow(many=True)
    next = serializers.CharField(allow_null=True, help_text="cursor of the page after this one")


class EarlierVisitOut(serializers.Serializer):
    id = serializers.UUIDField()
    disposition = serializers.CharField()
    visited_at = serializers.DateTimeField()
    business_day = serializers.DateField()
    agent = serializers.CharField(allow_null=True, help_text="name")
    flags = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    trail = TrailOut(allow_null=True, help_text="where the agent walked")


class RescueOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    outcome = serializers.ChoiceField(RescueStep.Outcome.choices)
    done_at = serializers.DateTimeField()


class PromiseOut(serializers.Serializer):
    amount = serializers.IntegerField(help_text="rupiah")
    due_on = serializers.DateField()
    state = serializers.ChoiceField(PromiseToPay.State.choices)
    settled_on = serializers.DateField(allow_null=True)


class AssignmentOut(serializers.Serializer):
    agent = serializers.CharField(help_text="username")
    by = serializers.CharField(allow_null=True, help_text="username; null for a feed")
    kind = serializers.ChoiceField(Assignment.Kind.choices)
    reason = serializers.CharField()
    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField(allow_null=True)


class PriorityOut(serializers.Serializer):
    amount = serializers.IntegerField()
    point = serializers.IntegerField()
    attempts = serializers.IntegerField()
    promise = serializers.IntegerField()


class OrderOut(OrderShort):
    outcome = serializers.CharField(allow_null=True, help_text="disposition, once closed")
    cancel_reason = serializers.CharField()
    hold_reason = serializers.CharField()
    hold_until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    customer = CustomerShort()
    address = AddressOut(allow_null=True)
    bills = BillOut(many=True)
    point = PointOut(allow_null=True)
    candidates = CandidateOut(many=True)
    odp = OdpOut(allow_null=True)
    notes = NotesOut()
    visits = EarlierVisitOut(many=True)
    rescue = RescueOut(many=True, help_text="what was tried before")
    atk_risk = serializers.FloatField(allow_null=True, help_text="probability that the address is not found")
    atk_reasons = serializers.ListField(child=serializers.CharField(), help_text="strongest first")
    advice = serializers.ChoiceField(WorkOrder.Advice.choices, allow_blank=True)
    promises = PromiseOut(many=True)
    assignments = AssignmentOut(many=True, required=False, help_text="for supervisors")
    links = LinksOut(allow_null=True)
    priority_parts = PriorityOut()


class OrderStateOut(serializers.Serializer):
    """An order after a verb moved it."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    assignee = serializers.CharField(allow_null=True, help_text="username")
    next_on = serializers.DateField(allow_null=True)
    hold_reason = serializers.CharField()
    hold_until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
