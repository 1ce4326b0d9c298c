"""The change feed of the phones. What was fetched in an earlier epoch may be of a past that never was."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class FeedEpoch(models.Model):
    """One row for each time that all phones had to begin anew; the newest counts."""

    reason = models.CharField(max_length=200)
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.pk} {self.reason}"


class FeedScope(models.Model):
    """One agent's feed: its counter, and what a phone holds that has followed it to the end.

    `state_hash` is the XOR of the first 64 bits of SHA-256("type:id:seq") over the live rows, as 16 hex digits.
    """

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="feed")
    seq = models.BigIntegerField(default=0, db_default=0)
    count = models.PositiveIntegerField(default=0, db_default=0)
    state_hash = models.CharField(max_length=16, default="0" * 16, db_default="0" * 16)
    settled_on = models.DateField(null=True, help_text="the day for which the orders of the feed were last chosen")
    purged_seq = models.BigIntegerField(
        default=0, db_default=0, help_text="who has seen less than this fetches anew: older farewells are forgotten"
    )

    def __str__(self):
        return f"{self.agent_id} {self.seq}"


class FeedEntry(models.Model):
    """The last that one feed has to say of one thing. A newer one takes its place, with a higher number.

    A phone keeps `seq` as the version of what it holds.
    """

    class Type(models.TextChoices):
        ORDER = "order"
        OPERATION = "operation"

    class Kind(models.TextChoices):
        UPSERT = "upsert"
        GONE = "gone"

    scope = models.ForeignKey(FeedScope, models.CASCADE, related_name="entries", db_index=False)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=10, choices=Type.choices)
    object_id = models.CharField(max_length=36)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["scope", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "type", "object_id"], name="one_entry_per_thing"),
            models.CheckConstraint(condition=Q(seq__gt=0), name="feed_seq_positive"),
        ]
        indexes = [
            models.Index(fields=["scope", "seq"], name="feed_in_order"),
            models.Index(fields=["type", "object_id"], name="feed_of_thing"),
        ]

    def __str__(self):
        return f"{self.scope_id} {self.seq} {self.kind} {self.type} {self.object_id}"
