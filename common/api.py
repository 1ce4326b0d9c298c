"""What every endpoint shares: JSON in and out, cursors and pages, reference data with its ETag."""

import binascii
import hashlib
from math import isfinite

import orjson
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from common.problems import Invalid, Problem

MAX_DEPTH = 20
MAX_INTEGER = 2**63 - 1


class TooLarge(Problem):
    code, status, message = "too_large", 413, "The body is too large."


class OrjsonRenderer(BaseRenderer):
    """JSON in UTF-8; floats round-trip exactly."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class StrictJSONParser(BaseParser):
    """JSON that the database can store: no surrogates, NUL, NaN, integers beyond 64 bit, nor deep nesting."""

    media_type = "application/json"
    most_bytes: int | None = None  # less than DATA_UPLOAD_MAX_MEMORY_SIZE, where an endpoint wants less

    def parse(self, stream, media_type=None, parser_context=None):
        most = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(most + 1)
        if len(content) > most:
            raise TooLarge(most_bytes=most)
        return self.decode(content)

    def decode(self, content: bytes):
        try:
            value = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ParseError("The body is not valid JSON in UTF-8.") from error
        refuse_unstorable(value)
        return value


def refuse_unstorable(value, depth: int = 1) -> None:
    """Raise ParseError for what parses but would poison a table."""
    if depth > MAX_DEPTH:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str) and "\x00" in value:
        raise ParseError("The body contains a NUL character.")
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ParseError("The body contains half of a character.")
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise ParseError("The body contains a number beyond 64 bit.")
    if isinstance(value, float) and not isfinite(value):
        raise ParseError("The body contains what is no number.")
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, depth + 1)
            refuse_unstorable(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            refuse_unstorable(item, depth + 1)


def write_cursor(values: list) -> str:
    """An opaque, signed cursor that carries `values`."""
    return signing.dumps(values, salt="cursor", compress=False)


def read_cursor(text: str, tie: str, length: int) -> list:
    """The values that follow `tie` in a cursor of ours; `Invalid` for another list's, user's or filter's."""
    try:
        values = signing.loads(text, salt="cursor")
    except (signing.BadSignature, ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != length + 1 or values[0] != tie:
        raise Invalid(cursor=["This cursor was not made by this list with these filters."])
    return values[1:]


def fingerprint(user, **filters) -> str:
    """Ties a cursor to who asked and to the filters of the list."""
    return hashlib.sha256(orjson.dumps([user.pk, filters], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def page_out(rows: list[dict], following: list | None) -> dict:
    """A page of a list; `next` is the cursor of the page after it."""
    return {"results": rows, "next": write_cursor(following) if following else None}


def reference_answer(request, rows) -> HttpResponse:
    """Reference data with a strong ETag: 304 to who has it already."""
    content = orjson.dumps(rows)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type="application/json")
    answer = get_conditional_response(request, etag=etag, response=answer)
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer
