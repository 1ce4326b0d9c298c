"""/uploads/: photos over bad links. Cut anywhere, sent twice, damaged, given up: what is kept is right."""

import hashlib
import io
import os
import resource
import threading
import uuid
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Device
from accounts.services.tokens import Phone
from accounts.verbs import Role
from tests.cast import make_user
from tests.make import make_bandung
from tests.untouched import nothing_written
from tests.workorders.pictures import (
    CHUNK,
    TUS,
    URL,
    begin,
    checksum,
    end,
    head,
    metadata,
    patch,
    photo,
    send,
    sha256,
)  # fmt: skip
from workorders import photo_files
from workorders.models import Upload, VisitPhoto
from workorders.services.expiry import expire_uploads
from workorders.services.uploads import locked_upload

PHOTO = photo()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def kept(key) -> bytes:
    path = photo_files.sent_path(uuid.UUID(str(key)))
    return path.read_bytes() if path.exists() else b""


def test_first_201_then_200_with_the_offset_then_409_for_another_content(cast, as_phone):
    client, key, visit = as_phone(cast.agent), uuid.uuid4(), uuid.uuid4()
    first = begin(client, PHOTO, key, visit)
    assert (first.status_code, first["Location"], first["Upload-Offset"]) == (201, f"{URL}{key}/", "0")
    assert first["Tus-Resumable"] == "1.0.0" and first["Upload-Expires"].endswith("GMT")
    patch(client, key, 0, PHOTO[:500])
    with nothing_written():
        again = begin(client, PHOTO, key, visit)
        other = begin(client, PHOTO + b"x", key, visit)
    assert (again.status_code, again["Upload-Offset"]) == (200, "500")
    assert (other.status_code, other.json()["code"]) == (409, "upload_changed")
    assert Upload.objects.get().device is None


def test_the_last_chunk_echoes_the_hash_and_so_does_head(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    half = patch(client, key, 0, PHOTO[:1000])
    assert (half.status_code, half["Upload-Offset"]) == (204, "1000") and "Upload-Sha256" not in half
    assert "Upload-Sha256" not in head(client, key)
    whole = patch(client, key, 1000, PHOTO[1000:], HTTP_UPLOAD_CHECKSUM=checksum(PHOTO[1000:]))
    assert (whole.status_code, whole["Upload-Offset"]) == (204, str(len(PHOTO)))
    seen = head(client, key)
    assert seen["Upload-Sha256"] == whole["Upload-Sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert (seen["Upload-Offset"], seen["Upload-Length"]) == (str(len(PHOTO)), str(len(PHOTO)))
    assert seen["Cache-Control"] == "no-store"


def test_the_phone_is_noted_with_its_upload(cast, as_phone):
    phone = Phone(uuid.uuid4(), "Redmi")
    begin(as_phone(cast.agent, phone), PHOTO, uuid.uuid4())
    assert Upload.objects.get().device_id == phone.id


def test_cut_at_any_byte_and_gone_on_with_gives_the_same_photo(cast, as_phone):
    client, size = as_phone(cast.agent), len(PHOTO)
    for cut in [1, 2, 3, 63, 64, 65, 4095, 4096, size // 2, size - 2, size - 1]:
        key = uuid.uuid4()
        begin(client, PHOTO, key)
        cut_off(client, key, PHOTO, cut)
        there = int(head(client, key)["Upload-Offset"])
        assert there == cut and kept(key) == PHOTO[:cut]
        assert patch(client, key, there, PHOTO[there:])["Upload-Sha256"] == sha256(PHOTO)
    assert VisitPhoto.objects.filter(state="ARRIVED").count() == 11


def cut_off(client, key, content, cut):
    """The phone says how much it sends, and is gone after `cut` bytes."""
    return deliver(client, key, io.BytesIO(content[:cut]), len(content))


def deliver(client, key, stream, size):
    return client.generic(
        "PATCH", f"{URL}{key}/", b"", content_type=CHUNK, **TUS, HTTP_UPLOAD_OFFSET="0",
        CONTENT_LENGTH=size, **{"wsgi.input": stream},
    )  # fmt: skip


def test_a_connection_that_breaks_inside_the_body_leaves_what_came(cast, as_phone):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 3000:
                raise OSError("the phone drove into a tunnel")
            return super().read(min(size, 3000 - self.tell()))

    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    answer = deliver(client, key, Broken(PHOTO), len(PHOTO))
    assert (answer.status_code, head(client, key)["Upload-Offset"]) == (204, "3000")
    assert patch(client, key, 3000, PHOTO[3000:])["Upload-Sha256"] == sha256(PHOTO)


def test_a_cut_chunk_with_a_checksum_leaves_nothing(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    with nothing_written():
        answer = patch(client, key, 0, PHOTO[:700], HTTP_UPLOAD_CHECKSUM=checksum(PHOTO[:701]))
    assert (answer.status_code, answer.json()["code"], kept(key)) == (460, "wrong_checksum", b"")


@pytest.mark.parametrize("offset", [0, 499, 501, 10**17])
def test_a_wrong_offset_is_a_409_that_says_the_right_one(cast, as_phone, offset):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    patch(client, key, 0, PHOTO[:500])
    with nothing_written():
        answer = patch(client, key, offset, PHOTO[500:900])
    assert (answer.status_code, answer.json()["code"], answer["Upload-Offset"]) == (409, "wrong_offset", "500")
    assert kept(key) == PHOTO[:500]


def test_the_completing_chunk_sent_again_is_a_409_and_head_tells_that_all_is_there(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    send(client, PHOTO, key)
    with nothing_written():
        assert patch(client, key, 0, PHOTO).status_code == 409
        nothing_more = patch(client, key, len(PHOTO), b"")
        again = begin(client, PHOTO, key)
    assert (nothing_more.status_code, again.status_code) == (204, 200)
    assert nothing_more["Upload-Sha256"] == again["Upload-Sha256"] == head(client, key)["Upload-Sha256"]


def test_bytes_that_are_not_those_announced_begin_again_at_zero(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    wrong = patch(client, key, 0, PHOTO[:-1] + b"x")
    assert (wrong.status_code, wrong.json()["code"], wrong["Upload-Offset"]) == (460, "wrong_hash", "0")
    assert head(client, key)["Upload-Offset"] == "0" and VisitPhoto.objects.get().state == "DECLARED"
    assert patch(client, key, 0, PHOTO)["Upload-Sha256"] == sha256(PHOTO)
    assert VisitPhoto.objects.get().state == "ARRIVED"


def test_more_than_the_whole_the_chunk_or_the_photo_may_have_is_a_413(cast, as_phone, settings):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    settings.UPLOAD_CHUNK_BYTES = 100_000
    with nothing_written():
        answers = [
            patch(client, key, 0, PHOTO + b"x"),
            patch(client, key, 0, bytes(100_001)),
            begin(client, PHOTO, uuid.uuid4(), HTTP_UPLOAD_LENGTH=str(settings.PHOTO_MAX_BYTES + 1)),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(413, "too_large")] * 3
    assert kept(key) == b""


def test_a_chunk_of_four_megabytes_is_taken(cast, as_phone):
    client, key, content = as_phone(cast.agent), uuid.uuid4(), os.urandom(4 * 1024**2 + 5)
    begin(client, content, key)
    assert patch(client, key, 0, content[: 4 * 1024**2]).status_code == 204
    assert patch(client, key, 4 * 1024**2, content[-5:])["Upload-Sha256"] == sha256(content)


@pytest.mark.parametrize("headers", [{}, {"HTTP_TUS_RESUMABLE": "0.2.2"}])
def test_another_version_of_the_protocol_is_a_412_everywhere(cast, as_phone, headers):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    with nothing_written():
        answers = [
            client.post(URL, HTTP_UPLOAD_LENGTH="5", **headers),
            client.head(f"{URL}{key}/", **headers),
            client.patch(f"{URL}{key}/", b"x", content_type=CHUNK, HTTP_UPLOAD_OFFSET="0", **headers),
            client.delete(f"{URL}{key}/", **headers),
        ]
    assert {answer.status_code for answer in answers} == {412}
    assert {answer["Tus-Version"] for answer in answers} == {"1.0.0"}


def test_options_tells_version_and_extensions(cast, as_phone):
    client = as_phone(cast.agent)
    for url in (URL, f"{URL}{uuid.uuid4()}/"):
        answer = client.options(url)
        assert answer.status_code == 204 and answer["Tus-Version"] == "1.0.0"
        assert answer["Tus-Extension"] == "creation,checksum,expiration,termination"
        assert (answer["Tus-Max-Size"], answer["Tus-Checksum-Algorithm"]) == (str(12 * 1024**2), "sha256")


def test_given_up_is_gone_and_may_be_begun_anew(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    patch(client, key, 0, PHOTO[:500])
    assert end(client, key).status_code == 204 and kept(key) == b""
    with nothing_written():
        answers = [head(client, key), patch(client, key, 0, PHOTO), end(client, key)]
    assert {answer.status_code for answer in answers} == {410}
    assert begin(client, PHOTO, key).status_code == 201
    assert patch(client, key, 0, PHOTO)["Upload-Sha256"] == sha256(PHOTO)


def test_a_photo_that_has_arrived_is_not_given_up(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    send(client, PHOTO, key)
    with nothing_written():
        answer = end(client, key)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_complete")


def test_an_upload_of_30_days_is_gone_and_run_due_deletes_it(cast, as_phone):
    client, old, young = as_phone(cast.agent), uuid.uuid4(), uuid.uuid4()
    for key in (old, young):
        begin(client, PHOTO, key)
        patch(client, key, 0, PHOTO[:500])
    Upload.objects.filter(pk=old).update(expires_at=timezone.now())
    assert (head(client, old).status_code, patch(client, old, 500, b"x").status_code) == (410, 410)
    call_command("run_due")
    assert Upload.objects.get().pk == young == VisitPhoto.objects.get().pk
    assert kept(old) == b"" and kept(young) == PHOTO[:500]
    assert head(client, old).status_code == 404
    assert begin(client, PHOTO, old).status_code == 201


def test_files_that_no_row_knows_go_after_30_days_and_not_before(cast, as_phone, media):
    client, key, half = as_phone(cast.agent), uuid.uuid4(), uuid.uuid4()
    send(client, PHOTO, key)
    begin(client, PHOTO, half)
    patch(client, half, 0, PHOTO[:500])
    orphans = [media / "photos" / "aa" / f"{uuid.uuid4()}.jpg", media / "uploads" / "bb" / str(uuid.uuid4())]
    orphans += [media / "uploads" / "bb" / "notes.txt", media / "making" / "desk" / "picture"]
    for path in orphans:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    ours = [path for path in media.rglob("*") if path.is_file() and path not in orphans]
    assert len(ours) == 3
    expire_uploads(timezone.now(), share=256)
    assert all(path.exists() for path in orphans)
    long_ago = (timezone.now() - timedelta(days=31)).timestamp()
    for path in media.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    expire_uploads(timezone.now(), share=256)
    assert not any(path.exists() for path in orphans) and all(path.exists() for path in ours)
    assert not (media / "making" / "desk").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_UPLOAD_LENGTH": "-1"},
        {"HTTP_UPLOAD_LENGTH": "0"},
        {"HTTP_UPLOAD_LENGTH": "1e3"},
        {"HTTP_UPLOAD_LENGTH": "9" * 400},
        {"HTTP_UPLOAD_LENGTH": ""},
        {"HTTP_UPLOAD_METADATA": ""},
        {"HTTP_UPLOAD_METADATA": "id !!!"},
        {"HTTP_UPLOAD_METADATA": "id /w=="},
        {"HTTP_UPLOAD_METADATA": metadata(id="7", visit=uuid.uuid4(), sha256="0" * 64)},
        {"HTTP_UPLOAD_METADATA": metadata(id=uuid.uuid4(), visit="x", sha256="0" * 64)},
        {"HTTP_UPLOAD_METADATA": metadata(id=uuid.uuid4(), visit=uuid.uuid4(), sha256="0" * 63)},
        {"HTTP_UPLOAD_METADATA": metadata(id=uuid.uuid4(), visit=uuid.uuid4())},
        {"HTTP_UPLOAD_METADATA": metadata(id=uuid.uuid4(), visit=uuid.uuid4(), sha256="0" * 64, kind="SELFIE")},
        {"HTTP_UPLOAD_METADATA": ",".join([metadata(id=uuid.uuid4(), visit=uuid.uuid4(), sha256="0" * 64)] * 2)},
    ],
)
def test_nonsense_in_the_headers_is_a_400(cast, as_phone, changes):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = begin(client, PHOTO, uuid.uuid4(), **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_nonsense_in_the_headers_of_a_chunk_is_a_400_and_another_type_a_415(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    with nothing_written():
        wrong = [
            patch(client, key, "x", PHOTO),
            patch(client, key, "", PHOTO),
            patch(client, key, 0, PHOTO, HTTP_UPLOAD_CHECKSUM="md5 1B2M2Y8AsgTpgAmY7PhCfg=="),
            patch(client, key, 0, PHOTO, HTTP_UPLOAD_CHECKSUM="sha256 abc"),
            patch(client, key, 0, PHOTO, HTTP_UPLOAD_CHECKSUM="sha256"),
        ]
        json = client.patch(f"{URL}{key}/", {}, format="json", HTTP_UPLOAD_OFFSET="0", **TUS)
    assert {answer.status_code for answer in wrong} == {400}
    assert (json.status_code, json["Tus-Resumable"]) == (415, "1.0.0")


def test_further_metadata_of_ready_made_clients_is_passed_over(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    words = metadata(id=key, visit=uuid.uuid4(), sha256=sha256(PHOTO).upper(), filename="IMG_1.jpg") + ",isRetina"
    assert begin(client, PHOTO, key, HTTP_UPLOAD_METADATA=words).status_code == 201
    assert patch(client, key, 0, PHOTO)["Upload-Sha256"] == sha256(PHOTO)


def test_one_visit_has_ten_photos_and_given_up_ones_do_not_count(cast, as_phone, settings):
    client, visit, keys = as_phone(cast.agent), uuid.uuid4(), [uuid.uuid4() for _ in range(11)]
    assert {begin(client, PHOTO, key, visit).status_code for key in keys[:10]} == {201}
    with nothing_written():
        answer = begin(client, PHOTO, keys[10], visit)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_photos")
    end(client, keys[0])
    assert begin(client, PHOTO, keys[10], visit).status_code == 201
    assert begin(client, PHOTO, uuid.uuid4(), uuid.uuid4()).status_code == 201


def test_a_days_megabytes_are_of_all_phones_of_an_agent(cast, as_phone, settings):
    settings.UPLOAD_MB_PER_DAY = 1
    phones = [as_phone(cast.agent, Phone(uuid.uuid4())) for _ in range(2)]
    assert begin(phones[0], bytes(600_000), uuid.uuid4()).status_code == 201
    with nothing_written():
        answer = begin(phones[1], bytes(600_000), uuid.uuid4())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "too_many_uploads", "3600")
    assert begin(as_phone(cast.colleague), bytes(600_000), uuid.uuid4()).status_code == 201
    Upload.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert begin(phones[1], bytes(600_000), uuid.uuid4()).status_code == 201


def test_a_days_photos_are_counted_too(cast, as_phone, settings):
    settings.UPLOADS_PER_DAY, client = 3, as_phone(cast.agent)
    assert {begin(client, b"x", uuid.uuid4()).status_code for _ in range(3)} == {201}
    with nothing_written():
        assert begin(client, b"x", uuid.uuid4()).json()["code"] == "too_many_uploads"


def test_a_disk_that_takes_no_more_is_a_503_and_what_was_there_stays(cast, as_phone):
    client, key, content = as_phone(cast.agent), uuid.uuid4(), os.urandom(400_000)
    begin(client, content, key)
    patch(client, key, 0, content[:1000])
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with nothing_written():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most[1]))
        try:
            answer = patch(client, key, 1000, content[1000:])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "no_space", "300")
    assert head(client, key)["Upload-Offset"] == "1000"
    assert patch(client, key, 1000, content[1000:])["Upload-Sha256"] == sha256(content)


def same(answer) -> tuple:
    """All of an answer but what names the request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "X-Request-ID")}
    return answer.status_code, headers, answer.content


def test_a_foreign_upload_answers_as_one_that_does_not_exist(cast, as_phone):
    foreign, given_up = uuid.uuid4(), uuid.uuid4()
    begin(as_phone(cast.colleague), PHOTO, foreign)
    patch(as_phone(cast.colleague), foreign, 0, PHOTO[:500])
    begin(as_phone(cast.colleague), PHOTO, given_up)
    end(as_phone(cast.colleague), given_up)
    client = as_phone(cast.agent)
    with nothing_written():
        for verb in (head, end, lambda client, key: patch(client, key, 500, PHOTO[500:])):
            missing = verb(client, uuid.uuid4())
            assert missing.status_code == 404
            assert same(verb(client, foreign)) == same(verb(client, given_up)) == same(missing)
        assert begin(client, PHOTO, foreign).status_code == 409
    assert kept(foreign) == PHOTO[:500]


def test_naming_a_foreign_visit_says_nothing_of_it(cast, as_phone):
    theirs = uuid.uuid4()
    for _ in range(10):
        begin(as_phone(cast.colleague), PHOTO, uuid.uuid4(), theirs)
    client = as_phone(cast.agent)
    answers = [begin(client, PHOTO, uuid.uuid4(), visit) for visit in (theirs, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize("role", ["supervisor", "technician", "analyst", "admin", "auditor"])
def test_only_agents_send_photos(cast, as_phone, role):
    key = uuid.uuid4()
    begin(as_phone(cast.agent), PHOTO, key)
    client = as_phone(getattr(cast, role))
    with nothing_written():
        answers = [
            begin(client, PHOTO, uuid.uuid4()),
            head(client, key),
            patch(client, key, 0, PHOTO),
            end(client, key),
        ]
    assert {answer.status_code for answer in answers} == {403}


def test_a_revoked_phone_and_nobody_send_nothing(cast, as_phone):
    client, key, phone = as_phone(cast.agent, Phone(uuid.uuid4())), uuid.uuid4(), Device.objects.get
    begin(client, PHOTO, key)
    patch(client, key, 0, PHOTO[:500])
    Device.objects.filter(pk=phone().pk).update(revoked_at=timezone.now(), revocation="LOST")
    head(client, key)  # the first contact notes that it was told to wipe
    with nothing_written():
        for who in (client, APIClient()):
            answers = [
                begin(who, PHOTO, uuid.uuid4()),
                head(who, key),
                patch(who, key, 500, PHOTO[500:]),
                end(who, key),
            ]
            assert {answer.status_code for answer in answers} == {401}
    assert kept(key) == PHOTO[:500]


def test_what_a_cut_write_left_behind_the_offset_is_overwritten(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    patch(client, key, 0, PHOTO[:500])
    with photo_files.sent_path(key).open("ab") as file:
        file.write(b"half a chunk that no row knows" * 1000)
    assert head(client, key)["Upload-Offset"] == "500"
    assert patch(client, key, 500, PHOTO[500:600]).status_code == 204
    assert kept(key) == PHOTO[:600]


def test_a_disk_that_knows_less_than_the_row_is_believed(cast, as_phone):
    client, key = as_phone(cast.agent), uuid.uuid4()
    begin(client, PHOTO, key)
    patch(client, key, 0, PHOTO[:500])
    photo_files.sent_path(key).write_bytes(PHOTO[:200])
    assert head(client, key)["Upload-Offset"] == "200"
    assert patch(client, key, 500, PHOTO[500:])["Upload-Offset"] == "200"
    assert patch(client, key, 200, PHOTO[200:])["Upload-Sha256"] == sha256(PHOTO)


@pytest.mark.django_db(transaction=True)
def test_of_two_chunks_at_one_offset_one_is_kept(as_phone, monkeypatch):
    agent = make_user("dewi", Role.AGENT, witel=make_bandung())
    clients, key, chunks = [as_phone(agent), as_phone(agent)], uuid.uuid4(), (PHOTO[:500], b"y" * 500)
    begin(clients[0], PHOTO, key)
    both_are_here, answers = threading.Barrier(2, timeout=20), {}
    # SQLite in a file lets one writer wait for the other; in memory, as here, it refuses the second: wait by hand.
    writing = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def lock_together(*given):
        if connection.vendor != "sqlite":
            both_are_here.wait()
        return locked_upload(*given)

    def add(number):
        if connection.vendor == "sqlite":
            both_are_here.wait()
        with writing:
            answers[number] = patch(clients[number], key, 0, chunks[number]).status_code
        connection.close()

    monkeypatch.setattr("workorders.services.uploads.locked_upload", lock_together)
    threads = [threading.Thread(target=add, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers.values()) == [204, 409]
    assert kept(key) == chunks[next(number for number, status in answers.items() if status == 204)]
    assert Upload.objects.get().offset == 500
