"""JSON of sign-in and of the signed-in user."""

from rest_framework import serializers

from accounts.verbs import VERBS, Role
from common.parameters import ClockField


class PhoneIn(serializers.Serializer):
    id = serializers.UUIDField(help_text="made by the phone once, kept for good")
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    app_version = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class SignInIn(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    device = PhoneIn(required=False)


class RefreshIn(serializers.Serializer):
    refresh = serializers.CharField(max_length=200)


class PairOut(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()
    access_expires_at = serializers.DateTimeField()
    refresh_expires_at = serializers.DateTimeField()


class PlaceOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class WitelOfUserOut(PlaceOut):
    timezone = serializers.CharField(help_text="IANA name")


class UserOut(serializers.Serializer):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    verbs = serializers.ListField(child=serializers.ChoiceField(sorted(VERBS)), help_text="what the role may do")
    witel = WitelOfUserOut(allow_null=True)
    region = PlaceOut(allow_null=True)


class SignInOut(PairOut):
    user = UserOut()


class VisitingHoursOut(serializers.Serializer):
    from_time = ClockField(help_text="local time of the witel")
    until_time = ClockField()
    weekdays = serializers.CharField(help_text="1 = Monday")


class RulesOut(serializers.Serializer):
    visiting_hours = VisitingHoursOut(allow_null=True)
    geofence_m = serializers.IntegerField(help_text="beyond it, less the fix's own error, a visit is reviewed")
    page_size = serializers.IntegerField()
    max_page_size = serializers.IntegerField()


class MeOut(UserOut):
    scope = serializers.CharField(help_text="all, region:CODE or witel:CODE")
    device = serializers.UUIDField(allow_null=True)
    rules = RulesOut()


def user_out(user) -> dict:
    witel, region = user.witel, user.witel.region if user.witel else user.region
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "role": user.role,
        "verbs": sorted(verb for verb in VERBS if user.may(verb)),
        "witel": witel and {"code": witel.code, "name": witel.name, "timezone": witel.timezone},
        "region": region and {"code": region.code, "name": region.name},
    }


def scope_word(user) -> str:
    if user.witel:
        return f"witel:{user.witel.code}"
    if user.region:
        return f"region:{user.region.code}"
    return "all"


def rules_out(user, *, geofence_m: int, page_size: int, max_page_size: int) -> dict:
    region = user.witel.region if user.witel else user.region
    hours = region and {
        "from_time": region.visits_from.isoformat("minutes"),
        "until_time": region.visits_until.isoformat("minutes"),
        "weekdays": region.visit_weekdays,
    }
    limits = {"geofence_m": geofence_m, "page_size": page_size, "max_page_size": max_page_size}
    return {"visiting_hours": hours} | limits
