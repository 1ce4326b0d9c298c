"""From the bytes that a phone sent to the picture that is shown: after the answer to the phone is safe, never before.

A process that dies on the way leaves the photo DECLARED and its bytes in place; `develop_left` of `run_due` goes on.
"""

import logging
import uuid
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from common.tx import in_transaction
from workorders import photo_files
from workorders.models import Upload, VisitPhoto
from workorders.picture import ChildFailed, Made, PictureRefused, make_picture
from workorders.services.photos import distance_to_target, flag_reused

log = logging.getLogger(__name__)


def develop(key: uuid.UUID, now: datetime) -> bool:
    """Make the picture of a photo whose bytes have all come; False where that has to be tried again.

    What is no picture is REFUSED; its bytes stay until the upload expires. Those of a picture go at once.
    """
    sent = photo_files.sent_path(key)
    try:
        with TemporaryDirectory(dir=photo_files.folder("making")) as desk:
            picture, thumb = Path(desk) / "picture", Path(desk) / "thumb"
            made = read_sent(sent, picture, thumb)
            name = photo_files.picture_name(key)
            photo_files.keep(thumb, photo_files.thumb_path(name))
            photo_files.keep(picture, photo_files.picture_path(name))
    except PictureRefused as refusal:
        settle(key, now, state=VisitPhoto.State.REFUSED, reason=refusal.args[0])
        return True
    except (ChildFailed, OSError):
        log.exception("photo %s waits for run_due", key)
        return False
    if not settle(key, now, state=VisitPhoto.State.ARRIVED, file=name, **columns_of(made)):
        for path in (photo_files.picture_path(name), photo_files.thumb_path(name)):
            path.unlink(missing_ok=True)
    sent.unlink(missing_ok=True)
    return True


def read_sent(sent: Path, picture: Path, thumb: Path) -> Made:
    if not sent.exists():
        raise PictureRefused(VisitPhoto.Reason.LOST.value)
    return make_picture(sent, picture, thumb)


def columns_of(made: Made) -> dict:
    return {
        "width": made.width,
        "height": made.height,
        "exif_lat": made.lat,
        "exif_lon": made.lon,
        "exif_time": made.time[:32],
    }


def settle(key: uuid.UUID, now: datetime, **values) -> bool:
    """Write what became of the photo, once; of two processes that developed it the first counts.

    False: there is no such photo any more, since whom it is of was erased meanwhile.
    """

    def work():
        photo = VisitPhoto.objects.select_for_update().filter(pk=key).first()
        if photo is None or photo.state != VisitPhoto.State.DECLARED:
            return photo is not None
        for name, value in values.items():
            setattr(photo, name, value)
        photo.settled_at, photo.exif_distance_m = now, distance_to_target(photo)
        photo.save(update_fields=[*values, "settled_at", "exif_distance_m"])
        if photo.visit:
            flag_reused(photo)
        return True

    return in_transaction(work)


def develop_left(now: datetime) -> int:
    """Develop what a process that died, or a machine that was too busy, left behind; how many photos were settled."""
    complete = Upload.objects.filter(completed_at__isnull=False).values("pk")
    left = VisitPhoto.objects.filter(state=VisitPhoto.State.DECLARED, pk__in=complete).order_by("pk")
    return sum(develop(key, now) for key in left.values_list("pk", flat=True))
