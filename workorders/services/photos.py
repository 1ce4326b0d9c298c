"""Photos of visits: declared by their visit, announced by their upload, whichever comes first. Neither waits."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from common.geo import distance_m
from common.problems import Problem
from workorders.models import Visit, VisitPhoto


class PhotoChanged(Problem):
    code, status = "photo_changed", 409
    message = "A photo with this id but another content, or of another visit, was received before."


@dataclass(frozen=True)
class PhotoReport:
    """A photo as its visit declares it; `sha256` (hex) and `size` are those of the bytes that the phone will send."""

    id: uuid.UUID
    sha256: str
    size: int
    kind: str
    taken_at: datetime | None = None


def declare_photos(visit: Visit, photos: Iterable[PhotoReport]) -> None:
    """Tie photos to the visit that is being written; those that have come before it are its own at once."""
    for report in photos:
        photo = claim_photo(report.id, visit.agent, report.sha256, report.size)
        if photo.visit_id not in (None, visit.pk):
            raise PhotoChanged(photo=str(report.id))
        photo.visit, photo.kind, photo.taken_at = visit, report.kind, report.taken_at
        photo.exif_distance_m = distance_to_target(photo)
        photo.save(update_fields=["visit", "kind", "taken_at", "exif_distance_m"])
        flag_reused(photo)


def claim_photo(key: uuid.UUID, agent, sha256: str, size: int, kind: str = VisitPhoto.Kind.OTHER) -> VisitPhoto:
    """The photo of this id, made where there is none, locked until the transaction ends. Raises PhotoChanged."""
    values = {"agent": agent, "sha256": sha256, "size": size}
    VisitPhoto.objects.get_or_create(pk=key, defaults=values | {"kind": kind})
    photo = VisitPhoto.objects.select_for_update().get(pk=key)
    if any(getattr(photo, name) != value for name, value in values.items()):
        raise PhotoChanged(photo=str(key))
    return photo


def distance_to_target(photo: VisitPhoto) -> float | None:
    """Metres from where the camera says it was to the point that the visit was for."""
    if photo.visit is None or photo.exif_lat is None:
        return None
    goal = photo.visit.candidate or photo.visit.order
    if goal.lat is None:
        return None
    return float(distance_m(photo.exif_lat, photo.exif_lon, goal.lat, goal.lon))


def flag_reused(photo: VisitPhoto) -> None:
    """Flag the visit whose photo an earlier visit had already: for review, never a reason to refuse."""
    visit, others = photo.visit, VisitPhoto.objects.filter(sha256=photo.sha256, visit__isnull=False)
    if not others.exclude(visit=visit.pk).filter(visit__received_at__lte=visit.received_at).exists():
        return
    flags = Visit.objects.select_for_update().values_list("flags", flat=True).get(pk=visit.pk)
    if Visit.Flag.PHOTO_REUSED not in flags:
        visit.flags = [*flags, str(Visit.Flag.PHOTO_REUSED)]
        visit.save(update_fields=["flags"])
