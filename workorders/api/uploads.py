"""Uploads of photos: the core of tus 1.0, so that ready-made clients work."""

from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.openapi import ProblemOut, answers
from common.parameters import read_query
from common.problems import require
from workorders.api import tus
from workorders.services.uploads import add_chunk, begin_upload, end_upload, find_upload

IN_MEMORY = 1024 * 1024  # bytes of a chunk; the rest waits on disk


def header(name: str, required: bool, description: str, type=OpenApiTypes.STR):
    return OpenApiParameter(name, type, OpenApiParameter.HEADER, required=required, description=description)


RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[tus.VERSION])
GONE = {409: ProblemOut, 410: ProblemOut, 412: ProblemOut}


class Tus(APIView):
    """What the two views of uploads share: every answer names the version, and none is kept by a cache."""

    parser_classes = [tus.ChunkParser]
    accepts_retired = True  # a phone that is no longer used may still give what it holds

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS":
            tus.require_version(request)
            require(request.user, "write_visits")
        read_query(request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        response.setdefault("Cache-Control", "no-store")
        return response

    def options(self, request, *args, **kwargs):
        said = {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(settings.PHOTO_MAX_BYTES),
            "Tus-Checksum-Algorithm": "sha256",
        }
        return Response(status=204, headers=said)


class Uploads(Tus):
    """Sent in chunks, and gone on with where a bad link cut it: docs/api.md tells how."""

    @extend_schema(
        operation_id="begin_upload",
        summary="Begin to send a photo (tus creation): 201 first, 200 with the offset for the same again",
        tags=["photos"],
        parameters=[
            RESUMABLE,
            header("Upload-Length", True, "bytes", OpenApiTypes.INT),
            header("Upload-Metadata", True, "`id`, `visit` (UUID), `sha256` (hex) and `kind`, values in base64"),
        ],
        request=None,
        responses=answers(201, None, 409, 413, 429) | {200: None, 412: ProblemOut},
    )
    def post(self, request):
        upload, is_new = begin_upload(
            agent=request.user,
            announced=tus.read_announcement(request),
            device=getattr(request.auth, "device", None),
            now=timezone.now(),
        )
        said = tus.state_headers(upload) | {"Location": f"{request.path}{upload.pk}/"}
        return Response(status=201 if is_new else 200, headers=said)


class OneUpload(Tus):
    """HEAD on this address tells where to go on: docs/api.md tells how."""

    def head(self, request, upload):
        found = find_upload(agent=request.user, key=upload, now=timezone.now())
        return Response(status=200, headers=tus.state_headers(found) | {"Upload-Length": str(found.size)})

    @extend_schema(
        operation_id="add_chunk",
        summary="The next bytes of a photo; the answer to the last carries Upload-Sha256",
        tags=["photos"],
        parameters=[
            RESUMABLE,
            header("Upload-Offset", True, "bytes that are there", OpenApiTypes.INT),
            header("Upload-Checksum", False, "`sha256`, a space, the chunk's digest in base64"),
        ],
        request={tus.CHUNK_TYPE: OpenApiTypes.BINARY},
        responses=answers(204, None, 404, 415) | GONE | {460: ProblemOut, 503: ProblemOut},
    )
    def patch(self, request, upload):
        offset = tus.read_number(request, "Upload-Offset")
        with SpooledTemporaryFile(IN_MEMORY) as chunk:
            size = tus.read_chunk(request, chunk)
            kept = add_chunk(agent=request.user, key=upload, offset=offset, chunk=chunk, size=size, now=timezone.now())
        return Response(status=204, headers=tus.state_headers(kept))

    @extend_schema(
        operation_id="end_upload",
        summary="Give an upload up that is not complete",
        tags=["photos"],
        parameters=[RESUMABLE],
        request=None,
        responses=answers(204, None, 404) | GONE,
    )
    def delete(self, request, upload):
        end_upload(agent=request.user, key=upload, now=timezone.now())
        return Response(status=204)
