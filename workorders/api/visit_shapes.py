"""JSON of visits, in and out."""

from datetime import UTC

from django.conf import settings
from rest_framework import serializers

from common.parameters import DayField, FiniteField, IdField, KeyField, MomentField
from customers.services import Fix
from workorders.api.photo_shapes import PhotoIn, PhotoOut, photo_of, photo_out
from workorders.models import PromiseToPay, RescueStep, Visit
from workorders.services.reports import Trail, VisitReport
from workorders.services.rescue import StepReport
from workorders.services.visits import AMOUNT_MOST
from workorders.states import State

# What a disposition may require beyond the columns of a visit, and what the agent had to explain; kept as JSON.
DETAILS = (
    "amount",
    "promised_on",
    "next_on",
    "returns_on",
    "reason",
    "receipt",
    "proof",
    "best_time",
    "new_address",
    "asked",
    "override_reason",
)


TRAIL_MOST = 500  # points of one search: a position every four seconds for half an hour


UNKNOWN_ACCURACY_M = 10_000_000.0


class AccuracyField(FiniteField):
    """Phones that do not know it say -1, or the largest number they have: no reason to refuse what the agent did."""

    def to_internal_value(self, data):
        metres = super().to_internal_value(data)
        return metres if 0 <= metres < UNKNOWN_ACCURACY_M else UNKNOWN_ACCURACY_M


class FixIn(serializers.Serializer):
    """A position of the phone. One outside Indonesia is taken and counts as none."""

    lat = FiniteField(min_value=-90, max_value=90)
    lon = FiniteField(min_value=-180, max_value=180)
    accuracy_m = AccuracyField(help_text="68 %; below 0, or beyond belief: not known")


def text(most: int):
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


class StepIn(serializers.Serializer):
    """A rescue step, one tap: what was tried before an address counts as not found."""

    id = IdField(help_text="made by the phone")
    kind = serializers.CharField(max_length=16, help_text="code of /api/v1/rescue-steps/")
    outcome = serializers.ChoiceField(RescueStep.Outcome.choices)
    done_at = MomentField(help_text="by the phone's clock")
    note = text(400)


class TrailIn(serializers.Serializer):
    """The way of the search, in the order of walking."""

    points = FixIn(many=True, min_length=1, max_length=TRAIL_MOST)
    seconds = serializers.IntegerField(min_value=0, max_value=86_400)


class VisitIn(serializers.Serializer):
    """One attempt. Which of the last ten fields are needed, its disposition says in `requires`."""

    order = KeyField()
    disposition = serializers.CharField(max_length=16, help_text="code of /api/v1/dispositions/")
    visited_at = MomentField(help_text="by the phone's clock")
    started_at = MomentField(required=False, allow_null=True)
    arrived_at = MomentField(required=False, allow_null=True)
    arrived = FixIn(required=False, allow_null=True, help_text="at check-in")
    override_reason = serializers.CharField(
        max_length=400,
        required=False,
        allow_blank=True,
        help_text="why the agent checked in although the phone says that he is beyond the geofence",
    )
    fix = FixIn(required=False, allow_null=True, help_text="where the result was taken")
    candidate = KeyField(required=False, allow_null=True, help_text="the point that was visited")
    is_at_house = serializers.BooleanField(required=False, allow_null=True, help_text="are you at the house?")
    is_found_after_rescue = serializers.BooleanField(required=False)
    relation = text(40)
    note = text(2000)
    amount = serializers.IntegerField(required=False, min_value=1, max_value=AMOUNT_MOST, help_text="rupiah")
    promised_on = DayField(required=False)
    next_on = DayField(required=False)
    returns_on = DayField(required=False)
    reason = text(400)
    receipt = text(400)
    proof = text(400)
    best_time = text(100)
    new_address = text(500)
    asked = text(400)
    rescue = StepIn(many=True, required=False, max_length=20, help_text="steps not sent by themselves; ATK needs them")
    trail = TrailIn(required=False, allow_null=True)
    photos = PhotoIn(
        many=True, required=False, max_length=settings.PHOTOS_PER_VISIT, help_text="the visit waits for none"
    )

    def validate_photos(self, photos):
        if len({photo["id"] for photo in photos}) < len(photos):
            raise serializers.ValidationError("Each photo has an id of its own.")
        return photos


class FixOut(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    accuracy_m = serializers.FloatField(allow_null=True)


class TrailOut(serializers.Serializer):
    line = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), help_text="[[lat, lon], …]"
    )
    metres = serializers.FloatField()
    seconds = serializers.IntegerField()


class VisitPromiseOut(serializers.Serializer):
    amount = serializers.IntegerField(help_text="rupiah")
    due_on = serializers.DateField()
    state = serializers.ChoiceField(PromiseToPay.State.choices)


class VisitOut(serializers.Serializer):
    id = serializers.UUIDField()
    order = serializers.IntegerField()
    order_number = serializers.CharField()
    order_state = serializers.ChoiceField(State.choices)
    agent = serializers.CharField(allow_null=True, help_text="username")
    disposition = serializers.CharField()
    visited_at = serializers.DateTimeField()
    visited_at_corrected = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()
    business_day = serializers.DateField(help_text="local day at the witel")
    arrived = FixOut(allow_null=True)
    fix = FixOut(allow_null=True)
    distance_m = serializers.FloatField(allow_null=True, help_text="from the target")
    candidate = serializers.IntegerField(allow_null=True)
    is_at_house = serializers.BooleanField(allow_null=True)
    is_found_after_rescue = serializers.BooleanField()
    relation = serializers.CharField()
    note = serializers.CharField()
    details = serializers.DictField()
    flags = serializers.ListField(child=serializers.ChoiceField(Visit.Flag.choices))
    promise = VisitPromiseOut(allow_null=True)
    trail = TrailOut(allow_null=True)
    photos = PhotoOut(many=True)


class VisitPage(serializers.Serializer):
    results = VisitOut(many=True)
    next = serializers.CharField(allow_null=True)


SAME = (
    "visited_at",
    "visited_at_corrected",
    "started_at",
    "arrived_at",
    "received_at",
    "business_day",
    "distance_m",
    "is_at_house",
    "is_found_after_rescue",
    "flags",
)


def report_of(given: dict) -> VisitReport:
    """A validated body as the service wants it; days become text again, for JSON keeps them so."""
    columns = {"order_id": given["order"], "candidate_id": given.get("candidate")}
    columns |= {
        name: given.get(name) for name in ("disposition", "visited_at", "started_at", "arrived_at", "is_at_house")
    }
    for name in ("visited_at", "started_at", "arrived_at"):  # one instant, however it was written
        columns[name] = columns[name] and columns[name].astimezone(UTC)
    columns |= {name: Fix(**given[name]) if given.get(name) else None for name in ("arrived", "fix")}
    columns |= {name: given.get(name, "") for name in ("relation", "note")}
    columns["is_found_after_rescue"] = given.get("is_found_after_rescue", False)
    details = {name: given[name] for name in DETAILS if given.get(name) not in (None, "")}
    details = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in details.items()}
    columns["steps"] = tuple(step_of(step) for step in given.get("rescue", []))
    if given.get("trail"):
        points = tuple(Fix(**point) for point in given["trail"]["points"])
        columns["trail"] = Trail(points, given["trail"]["seconds"])
    columns["photos"] = tuple(photo_of(photo) for photo in given.get("photos", []))
    return VisitReport(**columns, details=details)


def step_of(given: dict) -> StepReport:
    return StepReport(**given | {"done_at": given["done_at"].astimezone(UTC)})


def trail_out(visit: Visit) -> dict | None:
    trail = getattr(visit, "trail", None)
    return trail and {"line": trail.line, "metres": round(trail.metres, 1), "seconds": trail.seconds}


def visit_out(user, visit: Visit) -> dict:
    """A visit; what was written freely is not for those who may not see names."""
    may_read = user.may("see_names")
    promise = getattr(visit, "promise", None)
    return {
        "id": visit.pk,
        "order": visit.order_id,
        "order_number": visit.order.number,
        "order_state": visit.order.state,
        "agent": visit.agent and visit.agent.username,
        "disposition": visit.disposition.code,
        **{name: getattr(visit, name) for name in SAME},
        "arrived": fix_out(visit.arrived_lat, visit.arrived_lon, visit.arrived_accuracy_m),
        "fix": fix_out(visit.lat, visit.lon, visit.accuracy_m),
        "candidate": visit.candidate_id,
        "relation": visit.relation if may_read else "",
        "note": visit.note if may_read else "",
        "details": visit.details if may_read else {},
        "promise": promise and {"amount": promise.amount, "due_on": promise.due_on, "state": promise.state},
        "trail": trail_out(visit),
        "photos": [photo_out(photo) for photo in visit.photos.all()] if user.may("see_photos") else [],
    }


def fix_out(lat: float | None, lon: float | None, accuracy_m: float | None) -> dict | None:
    return None if lat is None else {"lat": lat, "lon": lon, "accuracy_m": accuracy_m}
