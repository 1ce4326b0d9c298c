"""The ledger of moves of a house's point, and the links by which customers show where they live."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer
from customers.models.place import LocationCandidate


class LocationCorrection(models.Model):
    """One move of a resolved location that people caused: proposed, or done and reversible.

    `before` and `after` are whole rows of ResolvedLocation (null: no row), so that a revert restores exactly.
    """

    class Kind(models.TextChoices):
        EVIDENCE = "EVIDENCE", "Titik baru"
        REFUTED = "REFUTED", "Titik terbantah"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Diusulkan"
        AUTO_ACCEPTED = "AUTO_ACCEPTED", "Diterima otomatis"
        APPROVED = "APPROVED", "Disetujui"
        REJECTED = "REJECTED", "Ditolak"
        REVERTED = "REVERTED", "Dibatalkan"

    DONE = (State.AUTO_ACCEPTED, State.APPROVED)

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="corrections", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=13, choices=State.choices)
    candidate = models.ForeignKey(LocationCandidate, models.SET_NULL, null=True, related_name="corrections")
    evidence = models.CharField(max_length=36, blank=True, db_default="", help_text="the visit's or pin's id")
    actor = models.CharField(max_length=150, blank=True, db_default="", help_text="who observed it")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    marks = models.JSONField(default=dict, help_text="candidate → its status before, of those that this marked anew")
    moved_m = models.FloatField(null=True, help_text="null where there was no point, or is none")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer", "id"], name="correction_of_customer"),
            models.Index(fields=["state", "id"], name="correction_by_state"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.state}"


class PinLinkQuerySet(models.QuerySet):
    def usable(self, now):
        return self.filter(used_at=None, expires_at__gt=now)


class PinLink(models.Model):
    """A one-time link by which a customer shows where the house is. Only the hash of its token is kept."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="pin_links")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = PinLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.customer_id} {self.expires_at:%Y-%m-%d}"
