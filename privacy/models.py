"""The ledger of who was erased. It holds no number, name or place: only what lets a number be recognised again."""

from django.db import models


class Erasure(models.Model):
    """One line that was erased. `key` is HMAC-SHA256 of its service number: imports skip what matches.

    `customer` is the key of the row that stays, under a random number, for the counts. A new contract is let in again
    by `subject readmit`; then `readmitted_at` is set and the key blocks nothing any more.
    """

    class Origin(models.TextChoices):
        REQUEST = "REQUEST", "Permintaan"
        RETENTION = "RETENTION", "Masa simpan habis"

    key = models.CharField(max_length=64, unique=True)
    origin = models.CharField(max_length=9, choices=Origin.choices)
    customer = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150, blank=True, db_default="", help_text="who ran the command")
    reason = models.CharField(max_length=200, blank=True, db_default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text="null: cut short, to be run again")
    runs = models.PositiveIntegerField(default=0, help_text="that found something to erase")
    readmitted_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict, help_text="tables and files with counts; nothing of the person")

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.key[:12]} {self.started_at:%Y-%m-%d}"


class ErasedOrder(models.Model):
    """An order number of somebody erased, as HMAC: a feed's row may name the order and not the line."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="orders")
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.key[:12]
