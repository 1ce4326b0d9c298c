"""What was offered back to provisioning: each line's last offer, and the messages that carry them."""

import uuid

from django.db import models


class OfferDelivery(models.Model):
    """One message to provisioning. Its body stays as it was first sent until the receiver has it, so that one id is
    always one content; then it is emptied.

    Whoever sends it moves `next_try_at` ahead first. Killed meanwhile, it is due again then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.TextField(blank=True, help_text="JSON; empty once delivered")
    points = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["delivered_at", "next_try_at"], name="delivery_due")]

    def __str__(self):
        return f"{self.id} of {self.points} points"


class PointOffer(models.Model):
    """The last offer of a line. Keyed by its number and not by the customer: provisioning knows no other, versions
    must go on where an import is undone and comes again, and what was offered is withdrawn when the customer is gone.
    """

    service_number = models.CharField(max_length=13, primary_key=True)
    version = models.PositiveBigIntegerField(default=0, help_text="grows with each offer; 0: none yet")
    content_hash = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the last offer; empty: say it again"
    )
    is_withdrawn = models.BooleanField(default=False)
    delivery = models.ForeignKey(
        OfferDelivery, models.SET_NULL, null=True, related_name="offers", help_text="under way"
    )
    delivered_at = models.DateTimeField(null=True, help_text="when the receiver last took one")

    class Meta:
        ordering = ["service_number"]

    def __str__(self):
        return f"{self.service_number} version {self.version}"
