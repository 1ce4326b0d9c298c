"""Photos of a visit, and the uploads that bring them. Both carry the id that the phone made for the photo."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Device
from workorders.models.visit import Visit

SHA256_LENGTH = 64


class VisitPhotoQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to photos: an agent's own, scope for the others who see photos."""
        if not user.may("see_photos"):
            return self.none()
        if user.may("write_visits"):
            return self.filter(agent=user.pk)
        return self.filter(user.scope.q("visit__order__witel"), visit__isnull=False)


class VisitPhoto(models.Model):
    """One photo. A fact: its content never changes. The phone makes its id.

    The row begins with whichever comes first, the visit that declares it or the upload that brings it; `visit` is null
    until the visit has come. `sha256` and `size` are those of the bytes the phone has, and what it may delete them on;
    `file`, `width`, `height` are of the picture made from them, which is all that is ever served.
    """

    class Kind(models.TextChoices):
        HOUSE = "HOUSE", "Rumah"
        ADDRESS = "ADDRESS", "Nomor atau papan alamat"
        PROOF = "PROOF", "Bukti bayar"
        OTHER = "OTHER", "Lainnya"

    class State(models.TextChoices):
        DECLARED = "DECLARED", "Belum tiba"
        ARRIVED = "ARRIVED", "Sudah tiba"
        REFUSED = "REFUSED", "Ditolak"

    class Reason(models.TextChoices):
        """Why the bytes that arrived are not shown."""

        NOT_A_PICTURE = "not_a_picture", "Bukan gambar JPEG, PNG, atau WEBP"
        DAMAGED = "damaged", "Gambar rusak atau terpotong"
        TOO_LARGE = "too_large", "Gambar terlalu besar untuk dibuka"
        LOST = "lost", "Berkas hilang di server"

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="photos")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256_LENGTH, db_index=True, help_text="of what the phone sends, in hex")
    size = models.PositiveIntegerField(help_text="bytes that the phone sends")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OTHER, db_default="OTHER")
    taken_at = models.DateTimeField(null=True, help_text="by the phone's clock")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DECLARED, db_default="DECLARED")
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True, db_default="")
    settled_at = models.DateTimeField(null=True, help_text="when it became ARRIVED or REFUSED")
    file = models.CharField(max_length=80, blank=True, db_default="", help_text="below MEDIA_ROOT/photos")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    exif_lat = models.FloatField(null=True, help_text="what the camera wrote: evidence, never served with the picture")
    exif_lon = models.FloatField(null=True)
    exif_time = models.CharField(max_length=32, blank=True, db_default="", help_text="ISO; no offset where it has none")
    exif_distance_m = models.FloatField(null=True, help_text="from the visit's target, as known when both had come")

    objects = VisitPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["visit", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ARRIVED") | Q(width__isnull=False, height__isnull=False),
                name="arrived_photo_is_a_picture",
            ),
            models.CheckConstraint(condition=~Q(state="REFUSED") | ~Q(reason=""), name="refused_photo_has_a_reason"),
        ]
        indexes = [models.Index(fields=["state"], name="photo_by_state")]

    def __str__(self):
        return f"{self.kind} {self.state}"


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to uploads: an agent's own."""
        return self.filter(agent=user.pk) if user.may("write_visits") else self.none()


class Upload(models.Model):
    """How far the bytes of one photo have come. They lie in MEDIA_ROOT/uploads until the picture is made from them.

    Bytes are on disk before `offset` says so: what lies behind it in the file is of a write that was cut off.
    `for_visit` is what the phone says; nothing hangs on it but the number of uploads for one visit, and whose photo it
    is for an erasure, where no visit declares it.
    """

    id = models.UUIDField(primary_key=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    for_visit = models.UUIDField(db_index=True)
    sha256 = models.CharField(max_length=SHA256_LENGTH, help_text="of the whole, in hex")
    size = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="what bytes are still here then, are deleted")
    completed_at = models.DateTimeField(null=True, help_text="all bytes here, their sha256 right")
    ended_at = models.DateTimeField(null=True, help_text="the phone gave it up")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [models.CheckConstraint(condition=Q(offset__lte=F("size")), name="upload_offset_within_size")]
        indexes = [
            models.Index(fields=["agent", "started_at"], name="upload_of_agent"),
            models.Index(fields=["completed_at", "expires_at"], name="upload_by_end"),
        ]

    def __str__(self):
        return f"{self.offset}/{self.size}"
