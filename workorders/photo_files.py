"""Where the bytes of photos lie: below MEDIA_ROOT, which no web server serves.

uploads/ has bytes as phones sent them, photos/ the pictures made from them, making/ what is being made right now.
What is written here is on the disk (fsync) before the function returns.
"""

import hashlib
import os
import random
import shutil
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

PIECE = 64 * 1024
FOLDERS = 256  # by the last digits of a phone's id, which are random: the first are the time


def folder(name: str) -> Path:
    """`MEDIA_ROOT/name`, made where it is missing."""
    path = Path(settings.MEDIA_ROOT) / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def sent_path(key: uuid.UUID) -> Path:
    """The bytes of an upload."""
    return folder("uploads") / key.hex[-2:] / str(key)


def picture_name(key: uuid.UUID) -> str:
    return f"{key.hex[-2:]}/{key}.jpg"


def picture_path(name: str) -> Path:
    return folder("photos") / name


def thumb_path(name: str) -> Path:
    return folder("photos") / f"{name.removesuffix('.jpg')}.thumb.jpg"


def files_of_photo(photo) -> list[Path]:
    """What may lie here of a VisitPhoto: the picture, its thumbnail, the bytes that were sent."""
    shown = [picture_path(photo.file), thumb_path(photo.file)] if photo.file else []
    return [*shown, sent_path(photo.pk)]


def files_of_upload(upload) -> list[Path]:
    return [sent_path(upload.pk)]


def bytes_on_disk(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def pieces(file) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def write_at(path: Path, offset: int, content: Iterable[bytes]) -> None:
    """Writes `content` at `offset`, and nothing behind it: what lies there is of a write that was cut off."""
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        for piece in content:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)
        sync_folder(path.parent.parent)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(made: Path, path: Path) -> None:
    """Puts a finished file where it belongs, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(path)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files_before(name: str, moment: datetime, share: int = FOLDERS) -> Iterator[Path]:
    """The files below `name` that nobody has written to since `moment`; of `share` folders of the 256, taken by lot."""
    for number in random.sample(range(FOLDERS), share):
        for path in (folder(name) / f"{number:02x}").glob("*"):
            if is_older(path, moment):
                yield path


def is_older(path: Path, moment: datetime) -> bool:
    """False also for what another process has deleted by now."""
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def clear_desks(moment: datetime) -> int:
    """Deletes what processes that died before `moment` left in making/; how many were at work."""
    left = [path for path in folder("making").iterdir() if is_older(path, moment)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def key_of(path: Path) -> uuid.UUID | None:
    """The id of the photo that a file of uploads/ or photos/ belongs to."""
    try:
        return uuid.UUID(path.name.split(".")[0])
    except ValueError:
        return None
