"""The picture of a photo, for who may see its visit; every look is in the access log."""

import logging

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from common.openapi import ProblemOut
from common.parameters import read_query
from common.problems import NotFound, require
from history.services import record_access
from workorders import photo_files
from workorders.models import VisitPhoto

log = logging.getLogger(__name__)


class WhateverIsAccepted(BaseContentNegotiation):
    """An <img> accepts images only; the refusals are JSON all the same."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class PhotoQuery(serializers.Serializer):
    size = serializers.ChoiceField(["full", "thumb"], default="full", help_text="longest side 2048 or 320 pixels")


class OnePhoto(APIView):
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        operation_id="get_photo",
        summary="The picture of a photo that has arrived; 404 before, and for who may not see its visit",
        tags=["photos"],
        parameters=[PhotoQuery],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY} | dict.fromkeys((400, 401, 403, 404, 405), ProblemOut),
    )
    def get(self, request, photo):
        size = read_query(request, PhotoQuery)["size"]
        require(request.user, "see_photos")
        arrived = VisitPhoto.objects.visible_to(request.user).filter(state=VisitPhoto.State.ARRIVED)
        found = arrived.filter(pk=photo).first()
        if found is None:
            raise NotFound()
        path = (photo_files.thumb_path if size == "thumb" else photo_files.picture_path)(found.file)
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            log.error("the file of photo %s is missing", found.pk)
            raise NotFound() from error
        record_access(actor=request.user, purpose="view", target_type="photo", target_id=found.pk, rows=1, detail=size)
        return picture_answer(file)


def picture_answer(file) -> FileResponse:
    """Never kept by a cache, never taken for anything but a picture, its name says nothing."""
    answer = FileResponse(file, filename="photo.jpg", content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = 'inline; filename="photo.jpg"'
    return answer
