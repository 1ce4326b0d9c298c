"""Uploads of photos that survive any cut: bytes first, row second, both under the row's lock (tus 1.0)."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.db.models import Count, Sum

from accounts.models import User
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from workorders import photo_files
from workorders.models import Upload, VisitPhoto
from workorders.services.developing import develop
from workorders.services.photos import claim_photo

DAY = timedelta(days=1)
log = logging.getLogger(__name__)


class UploadChanged(Problem):
    code, status = "upload_changed", 409
    message = "An upload with this id but another content was begun before."


class TooManyBytes(Problem):
    code, status, message = "too_large", 413, "More bytes than a photo, a chunk, or this upload may have."


class TooManyPhotos(Problem):
    code, status, message = "too_many_photos", 409, "This visit has all the photos it may have."


class TooManyUploads(Problem):
    code, status, message = "too_many_uploads", 429, "More was sent in 24 hours than is allowed. Go on later."


class WrongOffset(Problem):
    """Details: offset, where to go on."""

    code, status, message = "wrong_offset", 409, "Bytes are missing or known already. Ask with HEAD where to go on."

    @property
    def headers(self):
        return {"Upload-Offset": str(self.details["offset"])}


class WrongChecksum(Problem):
    code, status, message = "wrong_checksum", 460, "The chunk was damaged on its way. Nothing of it was kept."


class WrongHash(Problem):
    """The whole is not what was announced: begin again at 0."""

    code, status, message = "wrong_hash", 460, "All bytes came, but their SHA-256 is another. Send them anew from 0."

    @property
    def headers(self):
        return {"Upload-Offset": "0"}


class UploadGone(Problem):
    code, status, message = "upload_gone", 410, "This upload expired or was given up. Begin it anew."


class UploadComplete(Problem):
    code, status, message = "upload_complete", 409, "This photo has arrived and stays."


class NoSpace(Problem):
    code, status, message = "no_space", 503, "The chunk could not be written here. Nothing of it was kept."


@dataclass(frozen=True)
class Announcement:
    """A photo that a phone is about to send; `visit` may not have come yet. `sha256` in hex, `size` in bytes."""

    id: uuid.UUID
    visit: uuid.UUID
    sha256: str
    size: int
    kind: str = VisitPhoto.Kind.OTHER.value


def begin_upload(*, agent, announced: Announcement, device=None, now: datetime) -> tuple[Upload, bool]:
    """The upload of this id, begun where there is none or it has ended; `(upload, is_new)`.

    Raises NotAllowed, UploadChanged, PhotoChanged, TooManyBytes, TooManyPhotos, TooManyUploads.
    """
    require(agent, "write_visits")
    if announced.size > settings.PHOTO_MAX_BYTES:
        raise TooManyBytes(most_bytes=settings.PHOTO_MAX_BYTES)

    def work():
        User.objects.select_for_update().get(pk=agent.pk)  # one after the other, for the sums below
        upload = Upload.objects.select_for_update().filter(pk=announced.id).first()
        if upload and (upload.agent_id, upload.sha256, upload.size) != (agent.pk, announced.sha256, announced.size):
            raise UploadChanged()
        if upload and not is_gone(upload, now):
            return upload, False
        refuse_too_many(agent, announced, now)
        claim_photo(announced.id, agent, announced.sha256, announced.size, announced.kind)
        return begin(upload, agent, announced, device, now), True

    return in_transaction(work)


def begin(ended: Upload | None, agent, announced: Announcement, device, now: datetime) -> Upload:
    upload = Upload(
        id=announced.id,
        agent=agent,
        device=device,
        for_visit=announced.visit,
        sha256=announced.sha256,
        size=announced.size,
        started_at=now,
        expires_at=now + timedelta(days=settings.UPLOAD_DAYS),
    )
    upload.save(force_insert=ended is None, force_update=ended is not None)
    return upload


def refuse_too_many(agent, announced: Announcement, now: datetime) -> None:
    """Of all phones of the agent together: a made-up second phone buys nothing."""
    others = Upload.objects.filter(agent=agent).exclude(pk=announced.id)
    if others.filter(for_visit=announced.visit, ended_at=None).count() >= settings.PHOTOS_PER_VISIT:
        raise TooManyPhotos(most=settings.PHOTOS_PER_VISIT)
    sent = others.filter(started_at__gt=now - DAY).aggregate(count=Count("pk"), bytes=Sum("size"))
    is_too_large = (sent["bytes"] or 0) + announced.size > settings.UPLOAD_MB_PER_DAY * 10**6
    if is_too_large or sent["count"] >= settings.UPLOADS_PER_DAY:
        most = {"most": settings.UPLOADS_PER_DAY, "most_megabytes": settings.UPLOAD_MB_PER_DAY}
        raise TooManyUploads(**most, retry_after_s=3600)


def find_upload(*, agent, key: uuid.UUID, now: datetime) -> Upload:
    """The agent's upload, with the offset that the disk bears out. Raises NotAllowed, NotFound, UploadGone."""
    require(agent, "write_visits")
    return checked(Upload.objects.visible_to(agent).filter(pk=key).first(), now)


def locked_upload(agent, key: uuid.UUID, now: datetime) -> Upload:
    return checked(Upload.objects.visible_to(agent).select_for_update().filter(pk=key).first(), now)


def checked(upload: Upload | None, now: datetime) -> Upload:
    if upload is None:
        raise NotFound()
    if is_gone(upload, now):
        raise UploadGone()
    if not upload.completed_at:  # a disk that was restored from a copy knows less than the row
        upload.offset = min(upload.offset, photo_files.bytes_on_disk(photo_files.sent_path(upload.pk)))
    return upload


def is_gone(upload: Upload, now: datetime) -> bool:
    return not upload.completed_at and bool(upload.ended_at or upload.expires_at <= now)


def add_chunk(*, agent, key: uuid.UUID, offset: int, chunk: SpooledTemporaryFile, size: int, now: datetime) -> Upload:
    """Keep the `size` bytes of `chunk` at `offset`; the last ones complete the upload and its photo.

    Raises NotAllowed, NotFound, UploadGone, WrongOffset, TooManyBytes, NoSpace, WrongHash.
    """
    require(agent, "write_visits")

    def work():
        upload = locked_upload(agent, key, now)
        if offset != upload.offset:
            raise WrongOffset(offset=upload.offset)
        if offset + size > upload.size:
            raise TooManyBytes(most_bytes=upload.size - offset)
        if upload.completed_at:
            return upload
        path = write(key, offset, chunk)
        upload.offset = offset + size
        if upload.offset == upload.size:
            is_right = photo_files.sha256_of(path) == upload.sha256
            upload.offset, upload.completed_at = (upload.size, now) if is_right else (0, None)
        upload.save(update_fields=["offset", "completed_at"])
        return upload

    upload = in_transaction(work)
    if upload.completed_at and size:
        develop(key, now)
    elif size and upload.offset == 0:  # raised out here, so that the offset stays 0
        raise WrongHash()
    return upload


def write(key: uuid.UUID, offset: int, chunk: SpooledTemporaryFile) -> Path:
    path = photo_files.sent_path(key)
    try:
        chunk.seek(0)
        photo_files.write_at(path, offset, photo_files.pieces(chunk))
    except OSError as error:
        log.error("upload %s: %s", key, error)
        raise NoSpace(retry_after_s=300) from error
    return path


def end_upload(*, agent, key: uuid.UUID, now: datetime) -> None:
    """The phone gives the upload up. Raises NotAllowed, NotFound, UploadGone, UploadComplete."""
    require(agent, "write_visits")

    def work():
        upload = locked_upload(agent, key, now)
        if upload.completed_at:
            raise UploadComplete()
        upload.ended_at, upload.offset = now, 0
        upload.save(update_fields=["ended_at", "offset"])
        photo_files.sent_path(key).unlink(missing_ok=True)  # under the lock: it may be begun anew at once

    in_transaction(work)
