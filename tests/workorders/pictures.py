"""Photos as phones take them, and as somebody who wants to do harm makes them; and the requests that bring them."""

import base64
import hashlib
import io
import struct
import uuid
import zlib

from django.utils import timezone
from PIL import Image, ImageDraw, TiffImagePlugin

URL = "/api/v1/uploads/"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
CHUNK = "application/offset+octet-stream"
PLACE = (-6.91471, 107.60982)
SECRETS = (b"Redmi", b"maker-note", b"xmpmeta", b"Exif", b"2026:11:23", b"Siti")


def rational(value: float) -> tuple:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    seconds = (value - degrees - minutes / 60) * 3600
    return tuple(TiffImagePlugin.IFDRational(round(part * 10_000), 10_000) for part in (degrees, minutes, seconds))


def photo(*, number=0, size=(640, 480), orientation=1, place=PLACE, form="JPEG", time="2026:11:23 08:42:00") -> bytes:
    """A photo whose left upper corner is red, with GPS, time, maker note, XMP, comment and thumbnail in it."""
    image = Image.new("RGB", size, (40, 120, number % 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill=(250, 10, 10))
    draw.text((size[0] // 2, size[1] // 2), str(number), fill="white")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112], exif[0x013B] = "Xiaomi", "Redmi 12", orientation, "Siti"
    details = exif.get_ifd(0x8769)
    details[0x9003], details[0x9011], details[0x927C] = time, "+07:00", b"maker-note " * 20
    if place:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "S" if place[0] < 0 else "N", rational(abs(place[0]))
        gps[3], gps[4] = "E" if place[1] > 0 else "W", rational(abs(place[1]))
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>Siti</rdf:RDF></x:xmpmeta>'
    out = io.BytesIO()
    extra = {"comment": b"Siti was here"} if form == "JPEG" else {}
    image.save(out, form, exif=exif.tobytes(), xmp=xmp, **extra)
    return out.getvalue()


def flood(side=12_000) -> bytes:
    """A PNG of 144 million pixels in some 17 kB."""
    row = b"\0" + bytes(side // 8)
    pixels = zlib.compress(row * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", pixels) + part(b"IEND", b"")


def part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def checksum(content: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(content).digest()).decode()


def declared(content: bytes, key=None, kind="HOUSE", **fields) -> dict:
    """A photo as its visit declares it."""
    taken_at = timezone.now().isoformat()
    return {
        "id": str(key or uuid.uuid4()), "sha256": sha256(content), "size": len(content), "kind": kind,
        "taken_at": taken_at,
    } | fields  # fmt: skip


def metadata(**values) -> str:
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in values.items())


def begin(client, content: bytes, key, visit=None, **headers):
    words = metadata(id=key, visit=visit or uuid.uuid4(), sha256=sha256(content), kind="HOUSE")
    given = TUS | {"HTTP_UPLOAD_LENGTH": str(len(content)), "HTTP_UPLOAD_METADATA": words} | headers
    return client.post(URL, **given)


def patch(client, key, offset: int, chunk: bytes, **headers):
    given = TUS | {"HTTP_UPLOAD_OFFSET": str(offset)} | headers
    return client.patch(f"{URL}{key}/", chunk, content_type=CHUNK, **given)


def head(client, key, **headers):
    return client.head(f"{URL}{key}/", **TUS | headers)


def end(client, key, **headers):
    return client.delete(f"{URL}{key}/", **TUS | headers)


def send(client, content: bytes, key=None, visit=None):
    """The whole photo in one chunk; the answer to it."""
    key = key or uuid.uuid4()
    begin(client, content, key, visit)
    return patch(client, key, 0, content)
