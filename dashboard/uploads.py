"""A file between its trial and its import: kept on disk under a name that only its sender's page knows."""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core import signing

KEPT_S = 24 * 3600
SALT = "dashboard.upload"


def folder() -> Path:
    path = Path(settings.MEDIA_ROOT) / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(upload, *, kind: str, user) -> str:
    """Store an uploaded file and return the signed ticket that finds it again, for this user only."""
    clear_old()
    name = secrets.token_hex(16)
    with (folder() / name).open("wb") as file:
        for piece in upload.chunks():
            file.write(piece)
    return signing.dumps({"name": name, "kind": kind, "filename": Path(upload.name).name, "user": user.pk}, salt=SALT)


def find(ticket: str, user) -> tuple[Path, str, str] | None:
    """(path, kind, filename as sent), or None when the ticket is not ours, not this user's, or too old."""
    try:
        kept = signing.loads(ticket, salt=SALT, max_age=KEPT_S)
    except signing.BadSignature:
        return None
    path = folder() / kept["name"]
    if kept["user"] != user.pk or not path.exists():
        return None
    return path, kept["kind"], kept["filename"]


def clear_old() -> None:
    for path in folder().iterdir():
        if path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink(missing_ok=True)
