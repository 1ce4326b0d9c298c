"""Requests that nobody sends by mistake. Each is (method, path with its query, headers, body)."""

import json
from collections.abc import Iterator

from tests.security import surface
from tests.security.pages import PAGES
from tests.security.samples import API
from tests.security.slots import filled
from tests.workorders import pictures

JSON = {"CONTENT_TYPE": "application/json"}
NESTED = 5_000
MIB = 1024 * 1024

# What stands where a value was expected, as JSON writes it.
VALUES = [
    r'"\ud800"', r'"\udc00\ud800"', r'"\u0000"', r'"a\u0000b"', str(2**70), str(-(2**63) - 1), str(2**63), "9" * 4_301,
    "-" + "9" * 5_000, "1e400", "-1e308", "5e-324", "NaN", "Infinity", "-Infinity", "null", "true", "[]", "{}", "[[]]", '""', '" "',
    '"１２"', '"٣"', '"०"', '"\u202e"', '"\U0001f3e0"', '"\ufeff"', '"9999-12-31T23:59:59+00:00"', '"0001-01-01T00:00:00Z"',
    '"2026-02-30T00:00:00Z"', '"2026-11-26T09:00:00+99:99"', '"2026-11-26T24:00:00+07:00"', '"' + "x" * 10_000 + '"', "-1", "0", "0.1",
    "1.0", '{"lat": "x"}', '[{"id": null}]', "[" * 30 + "]" * 30, '"=cmd|x!A0"', "\"';--\"",
]  # fmt: skip
MOMENTS = [
    f'"{moment}"' for moment in (
        "1970-01-01T00:00:00Z", "2198-01-01T00:00:00Z", "2026-11-26T09:00:00", "2026-11-26", "1969-12-31T23:59:59.999999-12:00",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-12-31T23:59:60Z", "2026-11-26T09:00:00.1234567890123Z", "20261126T090000Z",
        "2026-W48-4", "1e9",
    )
]  # fmt: skip
COUNTS = [
    str(2**53), str(2**53 + 1), str(-(2**53)), str(2**31), str(2**63 - 1), "1e3", "1E400", "-0", "-0.0", "0.30000000000000004", '"1"', "[1]",
    r'"\ud83d"', r'{"\ud800": 1}', r'{"\u0000": 1}', '["0192f0a0-dead-7000-8000-00000000de03"]', '"0192f0a0dead700080000000000000de"', '"{0}"',
]  # fmt: skip
HEADER_VALUES = [
    "", " ", ",", ",,", "a", "a b", "a =", "id", "id ,", "id aWQ=,id aWQ=", "\x00", "\xff\xfe", "1.0.0,1.0.0", "0.2.2", "id " + "A" * 60_000,
    "sha256", "sha256 ", "sha256 !!!", "md5 1B2M2Y8AsgTpgAmy7PhCfg==", "sha256 " + "A" * 44, "sha256 YQ==", "DELETE", "1000000000000000000",
    "999999999999999999", "2147483648", "4294967296", "-1", "1.0", "final;/api/v1/uploads/a", "partial", ",".join(f"k{n} YQ==" for n in range(3_000)),
    "id gICA", "a\r\nb: c",
]  # fmt: skip
# Whole bodies, whatever the endpoint wants.
BODIES = [
    b"", b" ", b"null", b"true", b"0", b'"x"', b"[]", b"[1]", b"{", b'{"a":}', b"\xff\xfe", b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}',
    b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), b"[" * NESTED + b"]" * NESTED, b'{"a":' * NESTED + b"1" + b"}" * NESTED,
    b'{"a": "' + b"x" * MIB + b'"}', b'{"reason": "a", "reason": {"reason": 1}}', b'{"\\u0000": 1}', b'{"a": 1e999999999}',
    b'{"__proto__": {}}', b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"a=1&b=2", b'{"a": 1} {"b": 2}', b"\x00",
]  # fmt: skip
CONTENT_TYPES = [
    "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=é", "application/json; charset=utf-16", "a/b/c", "json",
    "application/json; charset=klingon", "application/json;;;", "application/json, text/plain", "x" * 5_000, "application/vnd.api+json",
]  # fmt: skip
TEXTS = [
    str(2**70), str(2**63), "-1", "0", "1e3", "1_0", "+1", " 1", "0x10", "9" * 4_301, "9" * 5_000, "%00", "a%00b", "%ff%fe", "%c0%ae",
    "%ed%a0%80", "%EF%BC%91%EF%BC%92", "%D9%A3", "nan", "nan,nan", "inf,inf", "1,2,3", ",", "%F0%9F%8F%A0", "%E2%80%AE", "x" * 8_000, "..%2f..%2fetc",
    "%27%22%3B--", "%25", "%", "%zz", "2026-02-30", "9999-12-31", "0001-01-01", "null", "[]", "{}", "1%0d%0aSet-Cookie:a=b", "%5c", "%2e%2e",
    "1;2", "1%3B2", "true", "-0", "%C4%B0", "x:y:z", "eyJhIjoxfQ:1:x", "*", "%25%25%73",
]  # fmt: skip
METHODS = ["TRACE", "CONNECT", "PROPFIND", "GETX", "get", "PATCH", "OPTIONS", "HEAD", "M" * 500, "G\u00cbT", "A B"]
HEADERS = [
    {"HTTP_COOKIE": "sessionid=" + "x" * 65_000}, {"HTTP_COOKIE": "sessionid=\x00; csrftoken=\xff"}, {"HTTP_COOKIE": ";=;=;,"},
    {"HTTP_AUTHORIZATION": "Bearer " + "x" * 100_000}, {"HTTP_AUTHORIZATION": "Bearer \xff\xfe"}, {"HTTP_AUTHORIZATION": "Bearer"},
    {"HTTP_AUTHORIZATION": "Bearer a b c"}, {"HTTP_AUTHORIZATION": "Basic !!!"}, {"HTTP_AUTHORIZATION": "\x00"}, {"HTTP_AUTHORIZATION": "bearer \u00e9"},
    {"HTTP_ACCEPT": "text/csv"}, {"HTTP_ACCEPT": ";;;"}, {"HTTP_ACCEPT": "*/*;q=nan"}, {"HTTP_ACCEPT": "application/json; indent=" + "9" * 500},
    {"HTTP_ACCEPT": "application/json; indent=-1"}, {"HTTP_ACCEPT": "a" * 60_000}, {"HTTP_ACCEPT": "\xff"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 5_000},
    {"HTTP_ACCEPT_LANGUAGE": "\x00"}, {"CONTENT_LENGTH": "abc"}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "9" * 30},
    {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "\x00"}, {"HTTP_HOST": "a" * 5_000}, {"HTTP_HOST": "localhost:99999999"}, {"HTTP_HOST": ""},
    {"HTTP_IF_NONE_MATCH": '"' + "x" * 60_000}, {"HTTP_IF_NONE_MATCH": "\xff"}, {"HTTP_IF_MODIFIED_SINCE": "yesterday"}, {"HTTP_RANGE": "bytes=9-0"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}, {"HTTP_X_FORWARDED_PROTO": "gopher"}, {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_FOR": "x" * 9_000}, {"REMOTE_ADDR": ""}, {"HTTP_CONTENT_ENCODING": "gzip"}, {"HTTP_TRANSFER_ENCODING": "chunked"},
    {"HTTP_EXPECT": "200-ok"}, {"HTTP_ORIGIN": "null"}, {"HTTP_REFERER": "\xff"}, {"HTTP_USER_AGENT": "\x00" * 100}, {"HTTP_HX_REQUEST": "true"},
    {"HTTP_X_REQUEST_ID": "a\r\nb: c"}, {"HTTP_X_REQUEST_ID": "x" * 60_000},
]  # fmt: skip
PATHS = [
    "", "/", "//", "//v1/me/", "/v1//me/", "/v1/me", "/v1/../admin/", "/v1/%2e%2e/admin/", "/v1/me/%00", "/v1/me/..%2f..%2f", "/v1/%ff/", "/v1/\u0130/",
    "/v1/me/;a=b", "/v1/me/?", "/v1/me/#x", "/v1/%6de/", "/v1/me%2f", "/v1/me/?%ff=%ff", "/v1/me/?" + "a=1&" * 1_500, "/v1/" + "a/" * 3_000, "/v1/me/?a[]=1", "/v1/%0d%0aSet-Cookie:x=y/",
    "/schema/?format=xml", "/schema/?format=%00", "/schema/?lang=xx", "/schema/?version=9", "/docs/?script=1", "/v2/me/", "/v1/ME/",
]  # fmt: skip


def api(own: dict) -> Iterator[tuple]:
    """Under /api/; `own` are ids of rows that the asker may see."""
    for path in PATHS:
        for method in ("GET", "POST"):
            yield method, f"/api{path}", JSON, b"{}"
    for headers in HEADERS:
        for method, path in (
            ("GET", "workorders/"),
            ("PUT", f"visits/{own['new_visit']}/"),
            ("POST", "auth/login/"),
            ("GET", "regions/"),
        ):
            yield method, f"/api/v1/{path}", JSON | headers, b"{}"
    for line, sample in API.items():
        method, template = line.split(" ")[:2]
        given = filled(sample.parts(surface.parameters(template)), own, {})
        path = f"/api/v1/{template.format(**given['path'])}"
        body, fields = given["body"], surface.api_of_schema().get(surface.endpoint(line), frozenset())
        for strange in METHODS:
            yield strange, path, JSON, b"{}"
        for name in given["path"]:
            for text in TEXTS:
                yield method, f"/api/v1/{template.format(**given['path'] | {name: text})}", JSON, as_json(body or {})
        names = sorted(fields) if method == "GET" else [*given["query"], "x"]
        for name in names or ["x"]:
            for text in TEXTS:
                yield method, f"{path}?{name}={text}", JSON, b""
            yield method, f"{path}?{name}=1&{name}=2", JSON, b""
        if method in ("GET", "HEAD"):
            continue
        for whole in BODIES:
            yield method, path, JSON, whole
        for kind in CONTENT_TYPES:
            yield method, path, {"CONTENT_TYPE": kind}, as_json(body or {})
        for text in bodies_with_one_wrong_value(body or {}, sorted(fields)):
            yield method, path, JSON, text


def bodies_with_one_wrong_value(body: dict, fields: list[str]) -> Iterator[bytes]:
    for name in fields:
        for value in VALUES:
            yield as_json(body | {name: "‹value›"}).replace(
                '"‹value›"'.encode(), value.encode("utf-8", "surrogatepass")
            )


def pushes(own: dict) -> Iterator[tuple]:
    """What a phone of the agent's own pushes, with one place of it wrong; and whole batches that nobody makes."""
    path = "/api/v1/sync/push/"
    for line, sample in API.items():
        if surface.endpoint(line) != f"POST {path.removeprefix('/api/v1/')}":
            continue
        batch = filled(sample.body, own, {})
        for place in places(batch):
            for value in [*VALUES, *MOMENTS, *COUNTS]:
                yield "POST", path, JSON, with_value(batch, place, value)
        op = batch["ops"][0]
        for ops in batches(op):
            yield "POST", path, JSON, as_json(batch | {"ops": ops})
        plain = as_json(batch)
        for name in ("op", "seq", "type", "entity", "at", "body", "wall", "order"):
            key = f'"{name}":'.encode()
            yield "POST", path, JSON, plain.replace(key, key + b" null, " + key)
        for inner in (b"[" * NESTED + b"]" * NESTED, b'{"a":' * NESTED + b"1" + b"}" * NESTED, b"[" * 400 + b"]" * 400):
            yield "POST", path, JSON, with_value(batch, ("ops", 0, "body", "deep"), inner.decode())
        yield "POST", path, JSON, plain.replace(b'"seq"', b'"x": "' + b"y" * MIB + b'", "seq"')


def batches(op: dict) -> Iterator[list]:
    """Operations of one batch, `op` among them."""

    def other(number: int, **fields) -> dict:
        return op | {"op": f"0192f0a0-0000-7000-8000-{number:012x}", "seq": number} | fields

    yield []
    yield [op, op]
    yield [op] * 101
    yield [other(number) for number in range(101)]
    yield [other(number, entity=f"0192f0a0-0000-7000-8001-{number:012x}") for number in range(3)]
    yield [other(1, after=[other(2)["op"]]), other(2, after=[other(1)["op"]])]
    yield [op | {"after": [op["op"]]}]
    yield [op | {"after": [str(op["op"])] * 20}]
    yield [{}, op, {"op": op["op"]}, {"type": "visit.create"}, op | {"x": 1}]
    yield [None, 1, "x", [], op]
    yield [op | {"type": kind} for kind in ("visit.create", "trail.create", "pin.create", "customer.note", "stop.skip")]
    yield [{name: value for name, value in op.items() if name != left} for left in op]


def places(part, where: tuple = ()) -> Iterator[tuple]:
    """The way to every value within dictionaries and lists."""
    if where:
        yield where
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inner:
        yield from places(value, (*where, name))


def with_value(body: dict, place: tuple, value: str) -> bytes:
    """The body as JSON, where `value` (JSON itself) stands at that place."""
    copy = json.loads(as_json(body))
    part = copy
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = "‹value›"
    return as_json(copy).replace('"‹value›"'.encode(), value.encode("utf-8", "surrogatepass"))


def uploads(own: dict) -> Iterator[tuple]:
    """Headers of tus that no client sends, and bodies that are not what they say."""
    chunk = {"CONTENT_TYPE": "application/offset+octet-stream", "HTTP_TUS_RESUMABLE": "1.0.0"}
    begin = chunk | {"HTTP_UPLOAD_LENGTH": "1000", "HTTP_UPLOAD_METADATA": metadata_of(own)}
    add = chunk | {"HTTP_UPLOAD_OFFSET": "0"}
    one = f"/api/v1/uploads/{own['upload']}/"
    values = [*HEADER_VALUES, *(text for text in TEXTS if len(text) < 6_000)]
    for value in values:
        for name in ("TUS_RESUMABLE", "UPLOAD_LENGTH", "UPLOAD_METADATA", "UPLOAD_DEFER_LENGTH", "UPLOAD_CONCAT"):
            yield "POST", "/api/v1/uploads/", begin | {f"HTTP_{name}": value}, b""
        for name in ("TUS_RESUMABLE", "UPLOAD_OFFSET", "UPLOAD_CHECKSUM", "UPLOAD_LENGTH", "X_HTTP_METHOD_OVERRIDE"):
            yield "PATCH", one, add | {f"HTTP_{name}": value}, b"bytes"
        yield "PATCH", one, add | {"CONTENT_LENGTH": value}, b"bytes"
        for method in ("HEAD", "DELETE", "OPTIONS"):
            yield method, one, chunk | {"HTTP_TUS_RESUMABLE": value}, b""
        for name in ("id", "visit", "sha256", "kind", "filename"):
            yield "POST", "/api/v1/uploads/", begin | {"HTTP_UPLOAD_METADATA": metadata_of(own, **{name: value})}, b""
    for size in (0, 1, 4 * MIB, 4 * MIB + 1, 6 * MIB):
        yield "PATCH", one, add, b"x" * size
    for kind in CONTENT_TYPES:
        yield "PATCH", one, add | {"CONTENT_TYPE": kind}, b"bytes"
        yield "POST", "/api/v1/uploads/", begin | {"CONTENT_TYPE": kind}, b"bytes"


def metadata_of(own: dict, **values) -> str:
    given = {"id": own["new_photo"], "visit": own["visit"], "sha256": "ab" * 32, "kind": "HOUSE"} | values
    return pictures.metadata(**given)


def as_json(body) -> bytes:
    return json.dumps(body, default=str, ensure_ascii=False).encode()


def pages(own: dict) -> Iterator[tuple]:
    """Outside the API; the asker is an admin in a browser, and has the key of its forms."""
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    names = sorted(surface.parameters_of_pages() | {"page", "run", "x"})
    for name, sample in PAGES.items():
        where = surface.pages()[surface.endpoint(name)]
        given = filled(sample.parts(surface.parameters(where)), own, {})
        path = "/" + where.format(**given["path"])
        for text in TEXTS:
            yield "GET", f"{path}?x={text}", {}, b""
            for slot in given["path"]:
                yield "GET", "/" + where.format(**given["path"] | {slot: text}), {}, b""
        if sample.by and sample.body is None:
            for each in names:
                for text in TEXTS:
                    yield "GET", f"{path}?{each}={text}", {}, b""
        for each in {
            "ticket",
            "agent",
            "order",
            "until",
            "reason",
            "lat",
            "hold-reason",
            "hold-until",
            *(sample.body or {}),
        }:
            for text in TEXTS if sample.body is not None or name == "field:customer-pin" else TEXTS[:3]:
                yield "POST", path, form, f"{each}={text}".encode()
        for strange in METHODS:
            yield strange, path, form, b"x=1"
    for headers in HEADERS:
        yield "GET", "/orders/", headers, b""
        yield "POST", "/sign-in/", form | headers, b"username=a&password=b"
