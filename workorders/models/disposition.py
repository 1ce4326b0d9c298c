"""The coded results of a visit (VOC): data that an admin edits, seeded from the catalogue of 30."""

from django.db import models


class Disposition(models.Model):
    class Group(models.TextChoices):
        MET = "MET", "Bertemu pelanggan"
        THIRD_PARTY = "THIRD_PARTY", "Bertemu orang lain"
        NO_CONTACT = "NO_CONTACT", "Tidak bertemu"
        MOVED = "MOVED", "Pindah"
        VACANT = "VACANT", "Rumah berubah"
        DECEASED = "DECEASED", "Meninggal"
        ATK = "ATK", "Alamat tidak ketemu"
        UNDONE = "UNDONE", "Tidak dilakukan"

    class Verdict(models.TextChoices):
        """What the result says of the point that was visited."""

        CONFIRMED = "+", "Titik benar"
        REFUTED = "-", "Titik salah"
        UNKNOWN = "?", "Tidak menyatakan"

    code = models.CharField(max_length=16, unique=True)
    group = models.CharField(max_length=12, choices=Group.choices)
    label_id = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    is_contact = models.BooleanField(help_text="somebody was met")
    is_right_party = models.BooleanField(help_text="the customer was met")
    is_final = models.BooleanField(help_text="closes the order")
    is_attempt = models.BooleanField(default=True, help_text="counts in rates")
    verdict = models.CharField(max_length=1, choices=Verdict.choices)
    requires = models.JSONField(default=list, blank=True, help_text="fields of the visit that must be filled")
    next_step = models.CharField(max_length=120, blank=True)
    revisit_days = models.PositiveSmallIntegerField(default=0, help_text="FOLLOW_UP: days until the next visit")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self):
        return f"{self.code} {self.label_id}"

    @property
    def is_address_not_found(self) -> bool:
        return self.group == self.Group.ATK


class DispositionAlias(models.Model):
    """A result's name in an old system, so that the past can be imported. `text` is lower case."""

    text = models.CharField(max_length=80, unique=True)
    disposition = models.ForeignKey(Disposition, models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "disposition aliases"

    def __str__(self):
        return self.text
