"""What of photos is not kept: uploads that nobody went on with, bytes that became no picture, files without a row."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from common.batches import batched
from common.tx import in_transaction
from workorders import photo_files
from workorders.models import Upload, VisitPhoto

UNFINISHED = {"completed_at": None}
# Of the 256 folders of pictures, at each run: millions of files are not looked through every quarter of an hour.
SHARE = 16


def expire_uploads(now: datetime, share: int = SHARE) -> int:
    """Delete what has expired; how many uploads and files. Repeating it, or running it twice at once, does no harm."""
    return expire_unfinished(now) + sweep_files(now, share)


def expire_unfinished(now: datetime) -> int:
    """Each under its row's lock: the phone may begin it anew at this very moment."""
    keys = Upload.objects.filter(**UNFINISHED, expires_at__lte=now).values_list("pk", flat=True)
    return sum(in_transaction(lambda key=key: expire(key, now)) for key in list(keys))


def expire(key, now: datetime) -> int:
    upload = Upload.objects.select_for_update().filter(pk=key, **UNFINISHED, expires_at__lte=now).first()
    if upload is None:  # begun anew meanwhile
        return 0
    upload.delete()
    # Announced, and its visit never came. One that a visit declared stays: the phone may still bring it.
    VisitPhoto.objects.filter(pk=key, visit=None, state=VisitPhoto.State.DECLARED).delete()
    photo_files.sent_path(key).unlink(missing_ok=True)
    return 1


def sweep_files(now: datetime, share: int) -> int:
    """Bytes that became no picture, and files that no row knows, once they are UPLOAD_DAYS old.

    Not earlier: after a restore of an older database the newest photos have no rows, and no phone has them any more.
    """
    before = now - timedelta(days=settings.UPLOAD_DAYS)
    left = []
    for files in batched(photo_files.files_before("uploads", before), 500):
        left += without_row(files, VisitPhoto.objects.filter(state=VisitPhoto.State.DECLARED))
    for files in batched(photo_files.files_before("photos", before, share), 500):
        left += without_row(files, VisitPhoto.objects.filter(state=VisitPhoto.State.ARRIVED))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left) + photo_files.clear_desks(before)


def without_row(files: list[Path], rows) -> list[Path]:
    """The files whose photo is none of `rows`."""
    keys = {path: photo_files.key_of(path) for path in files}
    known = set(rows.filter(pk__in=[key for key in keys.values() if key]).values_list("pk", flat=True))
    return [path for path, key in keys.items() if key not in known]
