"""The headers of tus 1.0 (core, creation, checksum, expiration, termination), read strictly and written."""

import base64
import binascii
import hashlib
import re
import uuid
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.http import http_date
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from common.ids import read_id
from common.problems import Invalid, Problem
from workorders.models import Upload, VisitPhoto
from workorders.photo_files import PIECE
from workorders.services.uploads import Announcement, TooManyBytes, WrongChecksum

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
CHUNK_TYPE = "application/offset+octet-stream"
MOST_DIGITS = 18


class WrongVersion(Problem):
    code, status, message = "wrong_tus_version", 412, "Send Tus-Resumable: 1.0.0."

    @property
    def headers(self):
        return {"Tus-Version": VERSION}


class ChunkParser(BaseParser):
    """Lets the type of a chunk pass; the view reads the stream itself."""

    media_type = CHUNK_TYPE

    def parse(self, stream, media_type=None, parser_context=None):
        return stream


def require_version(request) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion()


def read_announcement(request) -> Announcement:
    """Upload-Length and Upload-Metadata of a POST; other keys of ready-made clients are passed over."""
    size = read_number(request, "Upload-Length")
    if size == 0:
        raise Invalid(upload_length=["A photo has bytes."])
    given = read_metadata(request.headers.get("Upload-Metadata", ""))
    wrong = {name: ["Upload-Metadata needs this key."] for name in ("id", "visit", "sha256") if not given.get(name)}
    if wrong:
        raise Invalid(**wrong)
    keys = {name: read_uuid(given[name], name) for name in ("id", "visit")}
    sha256 = given["sha256"].lower()
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Invalid(sha256=["64 hexadecimal digits."])
    kind = given.get("kind") or VisitPhoto.Kind.OTHER.value
    if kind not in VisitPhoto.Kind.values:
        raise Invalid(kind=[f"One of {', '.join(VisitPhoto.Kind.values)}."])
    return Announcement(**keys, sha256=sha256, size=size, kind=kind)


def read_metadata(header: str) -> dict[str, str]:
    """`id aWQ=,kind SE9VU0U=` as {"id": "id", "kind": "HOUSE"}."""
    found = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Invalid(upload_metadata=[f"The value of {name[:40]} is not base64 of UTF-8."]) from error
        if name in found:
            raise Invalid(upload_metadata=[f"{name[:40]} is there twice."])
        found[name] = text
    return found


def read_uuid(text: str, name: str) -> uuid.UUID:
    try:
        return read_id(text)
    except ValueError as error:
        raise Invalid(**{name: ["A UUID."]}) from error


def read_number(request, name: str) -> int:
    text = request.headers.get(name, "")
    if not re.fullmatch(f"[0-9]{{1,{MOST_DIGITS}}}", text):
        raise Invalid(**{name.lower().replace("-", "_"): ["A whole number of bytes."]})
    return int(text)


def read_checksum(request) -> bytes | None:
    """The SHA-256 that a chunk should have."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm != "sha256" or len(digest) != hashlib.sha256().digest_size:
        raise Invalid(upload_checksum=["sha256, a space, and the digest in base64."])
    return digest


def read_chunk(request, chunk: SpooledTemporaryFile) -> int:
    """Writes what of the body comes to `chunk`; how many bytes. A phone that is cut off leaves those before the cut.

    Raises WrongChecksum, TooManyBytes. With a checksum a chunk that was cut off is a wrong one.
    """
    if request.content_type != CHUNK_TYPE:
        raise UnsupportedMediaType(request.content_type)
    wanted, size, digest = read_checksum(request), 0, hashlib.sha256()
    for piece in until_cut(request):
        size += len(piece)
        if size > settings.UPLOAD_CHUNK_BYTES:
            raise TooManyBytes(most_bytes=settings.UPLOAD_CHUNK_BYTES)
        chunk.write(piece)
        digest.update(piece)
    if wanted is not None and digest.digest() != wanted:
        raise WrongChecksum()
    return size


def until_cut(request):
    try:
        while piece := request.read(PIECE):
            yield piece
    except UnreadablePostError:
        return


def state_headers(upload: Upload) -> dict[str, str]:
    """Where to go on, until when; the hash once all is here: only then may the phone delete its copy."""
    headers = {"Upload-Offset": str(upload.offset), "Cache-Control": "no-store"}
    if upload.completed_at:
        return headers | {"Upload-Sha256": upload.sha256}
    return headers | {"Upload-Expires": http_date(upload.expires_at.timestamp())}
