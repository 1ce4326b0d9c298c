"""The change feed of the phones: its epoch. What was fetched in an earlier epoch may be of a past that never was."""

from django.db import models


class FeedEpoch(models.Model):
    """One row for each time that all phones had to begin anew; the newest counts."""

    reason = models.CharField(max_length=200)
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.pk} {self.reason}"
