"""Photos of visits: declared, arrived, looked at; nothing of the camera's notes is served, and no file does harm."""

import io
import os
import subprocess
import sys
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import Device
from accounts.services.tokens import Phone
from history.models import Access
from tests.make import make_order
from tests.untouched import nothing_written
from tests.workorders.pictures import (
    PLACE,
    SECRETS,
    begin,
    declared,
    end,
    flood,
    head,
    patch,
    photo,
    send,
    sha256,
)
from tests.workorders.test_uploads_api import same
from tests.workorders.test_visits_api import body_of, put
from workorders import photo_files
from workorders.models import Upload, Visit, VisitPhoto
from workorders.picture import CHILD, MEMORY_BYTES
from workorders.picture_child import DONE, TOO_LARGE
from workorders.services.photos import PhotoReport
from workorders.services.reports import VisitReport, content_hash

PHOTO = photo()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent, lat=PLACE[0], lon=PLACE[1])


def look(client, key, **query):
    return client.get(f"/api/v1/photos/{key}/", query)


def content_of(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def visit_with(client, order, *contents, key=None, **fields):
    """A visit that declares these photos; its id and theirs."""
    key, photos = key or uuid.uuid4(), [declared(content) for content in contents]
    answer = put(client, body_of(order, photos=photos, **fields), key)
    assert answer.status_code == 201, answer.json()
    return key, [item["id"] for item in photos]


# --- Declaring


def test_a_visit_declares_its_photos_and_waits_for_none(cast, as_phone, order):
    client, body = as_phone(cast.agent), body_of(order, photos=[declared(PHOTO), declared(photo(number=1))])
    key = uuid.uuid4()
    first = put(client, body, key)
    assert first.status_code == 201
    assert sorted(first.json()["photos"], key=lambda item: item["id"]) == [
        {"id": item["id"], "kind": "HOUSE", "state": "DECLARED", "reason": "", "url": None}
        for item in sorted(body["photos"], key=lambda item: item["id"])
    ]
    with nothing_written():
        again = put(client, body, key)
        other = put(client, body | {"photos": body["photos"][:1]}, key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "visit_changed")


def test_a_visit_without_photos_has_the_hash_that_it_had_before_there_were_photos():
    moment = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
    report = VisitReport(order_id=1, disposition="NC-GATE", visited_at=moment)
    assert content_hash(asdict(report)) == "335025dd0c26d13caa6ea7e20348d83b201dd1088729dedfa829df8751a73e59"
    told = PhotoReport(uuid.UUID(int=1), "0" * 64, 1, "HOUSE")
    assert content_hash(asdict(replace(report, photos=(told,)))) != content_hash(asdict(report))


def test_declared_then_sent_it_arrives(cast, as_phone, order):
    client = as_phone(cast.agent)
    key, (photo_id,) = visit_with(client, order, PHOTO)
    assert look(client, photo_id).status_code == 404
    assert send(client, PHOTO, photo_id, key)["Upload-Sha256"] == sha256(PHOTO)
    shown = client.get(f"/api/v1/visits/{key}/").json()["photos"]
    assert shown == [
        {"id": photo_id, "kind": "HOUSE", "state": "ARRIVED", "reason": "", "url": f"/api/v1/photos/{photo_id}/"}
    ]
    row = VisitPhoto.objects.get()
    assert (row.sha256, row.size, row.width, row.height) == (sha256(PHOTO), len(PHOTO), 640, 480)
    assert row.taken_at and row.settled_at and not photo_files.sent_path(row.pk).exists()


def test_sent_before_its_visit_it_is_the_agents_own_and_then_the_visits(cast, as_phone, as_user, order):
    client, key = as_phone(cast.agent), uuid.uuid4()
    send(client, PHOTO, key)
    assert look(client, key).status_code == 200
    assert look(as_user(cast.supervisor), key).status_code == look(as_user(cast.admin), key).status_code == 404
    put(client, body_of(order, photos=[declared(PHOTO, key, kind="PROOF")]))
    row = VisitPhoto.objects.get()
    assert (row.visit, row.kind, row.state) == (Visit.objects.get(), "PROOF", "ARRIVED")
    assert row.exif_distance_m < 2
    assert look(as_user(cast.supervisor), key).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"},
        {"sha256": "0" * 63},
        {"size": 0},
        {"size": 12 * 1024**2 + 1},
        {"kind": "SELFIE"},
        {"taken_at": "yesterday"},
        {"sha256": None},
    ],
)
def test_nonsense_in_a_declaration_is_a_400(cast, as_phone, order, change):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = put(client, body_of(order, photos=[declared(PHOTO) | change]))
    assert answer.status_code == 400 and "photos" in answer.json()["details"]


def test_eleven_photos_and_one_id_twice_are_a_400(cast, as_phone, order):
    client, twice = as_phone(cast.agent), declared(PHOTO)
    with nothing_written():
        answers = [put(client, body_of(order, photos=photos)) for photos in ([declared(PHOTO)] * 11, [twice, twice])]
    assert {answer.status_code for answer in answers} == {400}


def test_an_id_of_another_content_visit_or_agent_is_a_409(cast, as_phone, order):
    client, theirs = as_phone(cast.agent), uuid.uuid4()
    _, (used,) = visit_with(client, order, PHOTO)
    begin(as_phone(cast.colleague), PHOTO, theirs)
    begun = uuid.uuid4()
    begin(client, PHOTO, begun)
    wrong = [declared(PHOTO, used), declared(PHOTO, theirs), declared(PHOTO + b"x", begun)]
    with nothing_written():
        answers = [put(client, body_of(order, photos=[item])) for item in wrong]
        begun_wrong = begin(client, PHOTO + b"x", used)
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "photo_changed")}
    assert (begun_wrong.status_code, begun_wrong.json()["code"]) == (409, "photo_changed")


def test_the_same_photo_twice_in_one_visit_is_legal_and_no_flag(cast, as_phone, order):
    client = as_phone(cast.agent)
    key, photos = visit_with(client, order, PHOTO, PHOTO)
    for photo_id in photos:
        assert send(client, PHOTO, photo_id, key).status_code == 204
    assert VisitPhoto.objects.filter(state="ARRIVED").count() == 2
    assert "photo_reused" not in Visit.objects.get().flags


def test_a_photo_of_an_earlier_visit_flags_the_later_one_only(cast, as_phone, order):
    client, other = as_phone(cast.agent), make_order(assignee=cast.colleague)
    first, (first_photo,) = visit_with(client, order, PHOTO)
    second, _ = visit_with(as_phone(cast.colleague), other, photo(number=5), PHOTO)
    assert "photo_reused" in Visit.objects.get(pk=second).flags
    send(client, PHOTO, first_photo, first)
    assert "photo_reused" not in Visit.objects.get(pk=first).flags
    shown = as_phone(cast.colleague).get(f"/api/v1/visits/{second}/").json()["flags"]
    assert shown.count("photo_reused") == 1


# --- What is served


def metadata_of(content: bytes) -> list:
    image = Image.open(io.BytesIO(content))
    image.load()
    return [*image.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, *dict(image.getexif()).keys()]


def is_red(content: bytes) -> bool:
    """Whether the corner that was red at the door is left above."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    red, green, blue = image.getpixel((image.width // 16, image.height // 16))
    return red > 200 and green < 80 and blue < 80


def turned(content: bytes, orientation: int) -> bytes:
    """The same photo as a phone writes it that was held this way: pixels turned, and a note of how."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # orientation → the inverse of its Image.Transpose
    image = Image.open(io.BytesIO(content))
    exif = image.getexif()
    exif[0x0112] = orientation
    pixels = image.transpose(back[orientation]) if orientation in back else image
    out = io.BytesIO()
    pixels.save(out, image.format, exif=exif)
    return out.getvalue()


def assert_private(client, content, *, form="JPEG"):
    key = uuid.uuid4()
    assert send(client, content, key)["Upload-Sha256"] == sha256(content)
    for size in ("full", "thumb"):
        served = content_of(look(client, key, size=size))
        assert metadata_of(served) == [] and not [word for word in SECRETS if word in served]
        assert is_red(served) and Image.open(io.BytesIO(served)).size == ((640, 480) if size == "full" else (320, 240))
    row = VisitPhoto.objects.get(pk=key)
    assert abs(row.exif_lat - PLACE[0]) < 1e-5 and abs(row.exif_lon - PLACE[1]) < 1e-5
    assert row.exif_time == "2026-11-23T08:42:00+07:00"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_nothing_the_camera_wrote_is_served_and_upright_stays_upright(cast, as_phone, orientation):
    assert all(word in PHOTO for word in SECRETS)
    assert_private(as_phone(cast.agent), turned(PHOTO, orientation))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_png_and_webp_become_jpeg_without_notes(cast, as_phone, form):
    assert_private(as_phone(cast.agent), photo(form=form))


@pytest.mark.slow
def test_of_200_photos_not_a_byte_of_metadata_is_served(cast, as_phone, settings):
    client = as_phone(cast.agent)
    for number in range(200):
        assert_private(client, turned(photo(number=number), number % 8 + 1))
    assert VisitPhoto.objects.filter(state="ARRIVED", exif_lat__isnull=False).count() == 200


def test_a_large_photo_is_served_with_a_side_of_2048(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    send(client, photo(size=(4000, 3000)), key)
    assert Image.open(io.BytesIO(content_of(look(client, key)))).size == (2048, 1536)
    assert Image.open(io.BytesIO(content_of(look(client, key, size="thumb")))).size == (320, 240)


@pytest.mark.parametrize(
    "notes",
    [
        {"place": (-6.9, 107.6), "time": "0000:00:00 00:00:00"},
        {"place": None},
        {"place": (0.0, 0.0), "time": "not a time"},
    ],
)
def test_notes_that_make_no_sense_are_no_evidence_and_no_reason(cast, as_phone, notes):
    key = uuid.uuid4()
    send(as_phone(cast.agent), photo(**notes), key)
    row = VisitPhoto.objects.get(pk=key)
    assert row.state == "ARRIVED" and (row.exif_lat is not None) == (notes["place"] == (-6.9, 107.6))
    assert bool(row.exif_time) == ("time" not in notes)


def test_transparent_grey_palette_and_cmyk_are_taken(cast, as_phone):
    client = as_phone(cast.agent)
    for mode, form in (("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG")):
        key, out = uuid.uuid4(), io.BytesIO()
        Image.new("RGB", (60, 40), (90, 90, 90)).convert(mode).save(out, form)
        send(client, out.getvalue(), key)
        assert VisitPhoto.objects.get(pk=key).state == "ARRIVED", mode
        assert Image.open(io.BytesIO(content_of(look(client, key)))).mode == "RGB"


# --- What is no picture


def as_form(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, form)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500)
HOSTILE = {
    "truncated": (PHOTO[: len(PHOTO) // 2], "damaged"),
    "truncated png": (photo(form="PNG")[:-900], "damaged"),
    "eps": (as_form("EPS"), "not_a_picture"),
    "tiff": (as_form("TIFF"), "not_a_picture"),
    "gif": (as_form("GIF"), "not_a_picture"),
    "bmp": (as_form("BMP"), "not_a_picture"),
    "pdf": (as_form("PDF"), "not_a_picture"),
    "svg": (SVG, "not_a_picture"),
    "heic": (HEIC, "not_a_picture"),
    "text": (b"halo", "not_a_picture"),
    "flood": (flood(), "too_large"),
}


# A small process between: what a process measures of itself includes whom it was forked from.
MEASURE = """
import os, sys
child = os.fork()
if not child:
    os.execve(sys.argv[1], sys.argv[1:], {})
_, status, used = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
"""


@pytest.mark.parametrize("side, code, seconds, megabytes", [(12_000, TOO_LARGE, 0.5, 64), (6_296, DONE, 10, 512)])
def test_pixels_cost_only_what_is_allowed(tmp_path, side, code, seconds, megabytes):
    source = tmp_path / "source"
    source.write_bytes(flood(side))
    child = [sys.executable, "-I", CHILD, source, tmp_path / "picture", tmp_path / "thumb", MEMORY_BYTES]
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, child)], capture_output=True, text=True)
    exit_code, used_s, used_mb = done.stdout.splitlines()[-1].split()
    assert int(exit_code) == code and float(used_s) < seconds and int(used_mb) < megabytes


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_with_a_reason_and_its_visit_stays(cast, as_phone, order, name):
    content, reason = HOSTILE[name]
    client = as_phone(cast.agent)
    key, (photo_id,) = visit_with(client, order, content)
    assert send(client, content, photo_id, key)["Upload-Sha256"] == sha256(content)
    shown = client.get(f"/api/v1/visits/{key}/").json()["photos"][0]
    assert (shown["state"], shown["reason"], shown["url"]) == ("REFUSED", reason, None)
    assert look(client, photo_id).status_code == look(client, photo_id, size="thumb").status_code == 404
    assert photo_files.sent_path(uuid.UUID(photo_id)).read_bytes() == content


def test_the_bytes_of_a_refused_photo_go_after_30_days(cast, as_phone, media):
    key = uuid.uuid4()
    send(as_phone(cast.agent), b"halo", key)
    path = photo_files.sent_path(key)
    call_command("run_due")
    assert path.exists()
    os.utime(path, (1, 1))
    call_command("run_due")
    assert not path.exists() and VisitPhoto.objects.get().state == "REFUSED"


def test_of_a_polyglot_only_the_picture_is_left(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    script = b"<?php system($_GET[0]); ?><script>alert(1)</script>PK\x05\x06" + bytes(18)
    send(client, PHOTO + script, key)
    served = content_of(look(client, key))
    assert b"php" not in served and b"script" not in served and is_red(served)


def test_what_a_process_that_died_left_half_made_is_finished_by_run_due(cast, as_phone, order):
    client = as_phone(cast.agent)
    key, (photo_id,) = visit_with(client, order, PHOTO)
    begin(client, PHOTO, photo_id, key)
    photo_files.write_at(photo_files.sent_path(uuid.UUID(photo_id)), 0, [PHOTO])
    Upload.objects.update(offset=len(PHOTO), completed_at=timezone.now())
    assert head(client, photo_id)["Upload-Sha256"] == sha256(PHOTO)
    call_command("run_due")
    assert is_red(content_of(look(client, photo_id)))
    with nothing_written():
        call_command("run_due")


def test_bytes_that_the_server_lost_are_told(cast, as_phone):
    key = uuid.uuid4()
    begin(as_phone(cast.agent), PHOTO, key)
    Upload.objects.update(offset=len(PHOTO), completed_at=timezone.now())
    call_command("run_due")
    assert (VisitPhoto.objects.get().state, VisitPhoto.objects.get().reason) == ("REFUSED", "lost")


# --- Who may look


@pytest.fixture
def arrived(cast, as_phone, order):
    key, (photo_id,) = visit_with(as_phone(cast.agent), order, PHOTO)
    send(as_phone(cast.agent), PHOTO, photo_id, key)
    return photo_id


@pytest.mark.parametrize("who", ["agent", "supervisor", "manager", "admin"])
def test_a_look_is_private_and_in_the_access_log(cast, as_user, arrived, who):
    person = getattr(cast, who)
    answer = look(as_user(person), arrived, size="thumb")
    assert content_of(answer)[:2] == b"\xff\xd8" and answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    seen = Access.objects.get(target_type="photo")
    assert (seen.actor, seen.purpose, seen.target_id, seen.detail) == (person, "view", arrived, "thumb")
    content_of(look(as_user(person), arrived))
    assert Access.objects.filter(target_type="photo").count() == 2


@pytest.mark.parametrize("accept", ["image/avif,image/webp", "image/jpeg", "text/html", "*/*"])
def test_an_image_is_served_whatever_is_accepted_and_refusals_are_json(cast, as_user, arrived, accept):
    client = as_user(cast.supervisor)
    assert client.get(f"/api/v1/photos/{arrived}/", HTTP_ACCEPT=accept).status_code == 200
    missing = client.get(f"/api/v1/photos/{uuid.uuid4()}/", HTTP_ACCEPT=accept)
    assert missing.status_code == 404 and missing.json()["code"] == "not_found"


@pytest.mark.parametrize("who", ["colleague", "stranger", "other_supervisor"])
def test_a_foreign_photo_answers_as_one_that_does_not_exist(cast, as_phone, arrived, who):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        for query in ({}, {"size": "thumb"}):
            missing = look(client, uuid.uuid4(), **query)
            assert missing.status_code == 404 and same(look(client, arrived, **query)) == same(missing)


@pytest.mark.parametrize("who", ["analyst", "technician", "auditor"])
def test_other_roles_see_no_photos(cast, as_phone, arrived, who):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        assert look(client, arrived).status_code == look(client, uuid.uuid4()).status_code == 403


def test_an_analyst_is_not_told_of_photos(cast, as_phone, arrived):
    visit = VisitPhoto.objects.get().visit_id
    assert as_phone(cast.analyst).get(f"/api/v1/visits/{visit}/").json()["photos"] == []


def test_nobody_and_a_revoked_phone_see_no_photos(cast, as_phone, arrived):
    client = as_phone(cast.agent, Phone(uuid.uuid4()))
    Device.objects.update(revoked_at=timezone.now(), revocation="LOST")
    look(client, arrived)  # the first contact notes that it was told to wipe
    with nothing_written():
        assert {look(who, arrived).status_code for who in (client, APIClient())} == {401}


@pytest.mark.parametrize("query", [{"size": "huge"}, {"width": "9"}])
def test_nonsense_in_the_query_is_a_400(cast, as_phone, arrived, query):
    client = as_phone(cast.agent)
    with nothing_written():
        assert look(client, arrived, **query).status_code == 400


def test_a_photo_whose_file_is_missing_is_a_404(cast, as_phone, arrived):
    photo_files.picture_path(VisitPhoto.objects.get().file).unlink()
    client = as_phone(cast.agent)
    with nothing_written():
        assert look(client, arrived).status_code == 404


def test_no_other_method_reaches_a_photo(cast, as_phone, arrived):
    client, url = as_phone(cast.agent), f"/api/v1/photos/{arrived}/"
    with nothing_written():
        statuses = {getattr(client, verb)(url).status_code for verb in ("post", "put", "patch", "delete")}
        assert end(client, arrived).status_code == 409 and patch(client, arrived, 0, PHOTO).status_code == 409
    assert statuses == {405}


def test_no_file_is_below_what_the_web_server_serves(settings):
    from findgo import settings as ours

    assert not str(ours.MEDIA_ROOT).startswith(str(settings.STATIC_ROOT)) and not getattr(ours, "MEDIA_URL", "")
