"""JSON of sign-in and of the signed-in user."""

from rest_framework import serializers

from accounts.verbs import VERBS, Role
from common.parameters import ClockField, IdField


class PhoneIn(serializers.Serializer):
    id = IdField(help_text="made by the phone once, kept for good")
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    app_version = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class SignInIn(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    otp = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="code of the authenticator app, or a recovery code; asked for with 401 `otp_required`",
    )
    device = PhoneIn(required=False)


class RefreshIn(serializers.Serializer):
    refresh = serializers.CharField(max_length=200)
    device = IdField(
        required=False, help_text="the phone's own id: a token that turns up on another phone ends its sign-in"
    )


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


class RetryOut(serializers.Serializer):
    """Wait a random time up to first_s; then up to factor times longer each time, at most most_s."""

    first_s = serializers.IntegerField()
    factor = serializers.IntegerField()
    most_s = serializers.IntegerField()


class OfflineOut(serializers.Serializer):
    lease_hours = serializers.IntegerField(help_text="without contact for so long, the phone locks its copy")
    orders_most = serializers.IntegerField(help_text="open orders that a phone holds")
    pin_min_length = serializers.IntegerField(help_text="of the PIN that the copy's key is made from")
    wipe_after_wrong_pins = serializers.IntegerField()
    sealed_days = serializers.IntegerField(help_text="days that an acknowledged operation is kept, then deleted")
    lock_minutes = serializers.IntegerField(help_text="untouched for so long, the app asks for its PIN again")
    push_most_operations = serializers.IntegerField()
    push_most_bytes = serializers.IntegerField()
    upload_first_chunk_bytes = serializers.IntegerField(help_text="chunks grow from here while all goes well")
    upload_most_chunk_bytes = serializers.IntegerField()
    retry = RetryOut()


class BasemapOut(serializers.Serializer):
    """The map under the orders: tiles by {z}/{x}/{y}, or one file that is read in ranges."""

    url = serializers.CharField(help_text="https, or a path on this host")
    kind = serializers.ChoiceField(["raster", "pmtiles"])
    attribution = serializers.CharField(allow_blank=True, help_text="plain text, to be shown on the map")


class RulesOut(serializers.Serializer):
    visiting_hours = VisitingHoursOut(allow_null=True)
    geofence_m = serializers.IntegerField(help_text="beyond it, less the fix's own error, a visit is reviewed")
    page_size = serializers.IntegerField()
    max_page_size = serializers.IntegerField()
    offline = OfflineOut()
    basemap = BasemapOut(allow_null=True)


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


def rules_out(
    user, *, geofence_m: int, page_size: int, max_page_size: int, offline: dict, basemap: dict | None
) -> dict:
    region = user.witel.region if user.witel else user.region
    hours = region and {
        "from_time": region.visits_from.isoformat("minutes"),
        "until_time": region.visits_until.isoformat("minutes"),
        "weekdays": region.visit_weekdays,
    }
    limits = {"geofence_m": geofence_m, "page_size": page_size, "max_page_size": max_page_size}
    return {"visiting_hours": hours, "offline": offline, "basemap": basemap} | limits
