"""What every endpoint shares: JSON in and out, and cursors."""
import binascii

import orjson
from django.core import signing
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from common.problems import Invalid

MAX_DEPTH = 20
MAX_INTEGER = 2**63 - 1


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

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            value = orjson.loads(stream.read())
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
    if isinstance(value, (int, float)) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise ParseError("The body contains a number beyond 64 bit.")
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


def read_cursor(text: str, length: int) -> list:
    """The values of a cursor of ours, or `Invalid`."""
    try:
        values = signing.loads(text, salt="cursor")
    except (signing.BadSignature, ValueError, binascii.Error) as error:
        raise Invalid(cursor=["This cursor was not made by this list."]) from error
    if not isinstance(values, list) or len(values) != length:
        raise Invalid(cursor=["This cursor was not made by this list."])
    return values


def read_limit(text: str | None, default: int, most: int) -> int:
    """The page size asked for, between 1 and `most`, or `Invalid`."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise Invalid(limit=[f"A whole number from 1 to {most}."])
    return int(text)
