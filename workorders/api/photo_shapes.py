"""JSON of a visit's photos, in and out."""

from datetime import UTC

from django.conf import settings
from rest_framework import serializers

from common.parameters import IdField, MomentField
from workorders.models import VisitPhoto
from workorders.services.photos import PhotoReport


class PhotoIn(serializers.Serializer):
    """A photo that the phone has; its bytes come by /api/v1/uploads/, before or after."""

    id = IdField(help_text="made by the phone, also of its upload")
    sha256 = serializers.RegexField("^[0-9a-fA-F]{64}$", help_text="of the bytes to be sent, in hex")
    size = serializers.IntegerField(min_value=1, max_value=settings.PHOTO_MAX_BYTES, help_text="bytes")
    kind = serializers.ChoiceField(VisitPhoto.Kind.choices)
    taken_at = MomentField(required=False, allow_null=True, help_text="by the phone's clock")


class PhotoOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(VisitPhoto.Kind.choices)
    state = serializers.ChoiceField(VisitPhoto.State.choices)
    reason = serializers.ChoiceField(VisitPhoto.Reason.choices, allow_blank=True, help_text="why it was refused")
    url = serializers.CharField(allow_null=True, help_text="of the picture, once it is there; ?size=thumb")


def photo_of(given: dict) -> PhotoReport:
    taken_at = given.get("taken_at")
    return PhotoReport(
        id=given["id"],
        sha256=given["sha256"].lower(),
        size=given["size"],
        kind=given["kind"],
        taken_at=taken_at and taken_at.astimezone(UTC),
    )


def photo_out(photo: VisitPhoto) -> dict:
    has_arrived = photo.state == VisitPhoto.State.ARRIVED
    return {
        "id": photo.pk,
        "kind": photo.kind,
        "state": photo.state,
        "reason": photo.reason,
        "url": f"/api/v1/photos/{photo.pk}/" if has_arrived else None,
    }
