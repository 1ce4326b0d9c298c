"""What the pages for customers remember beyond the domain: who asks for links that are not there."""

from django.db import models


class MissedLink(models.Model):
    """One request for a link that is unknown, used or expired. Deleted at the first miss a quarter of an hour later."""

    address = models.CharField(max_length=45, help_text="of the network, IPv4 or IPv6")
    missed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.address} {self.missed_at:%H:%M}"
