from django.db import models


class LocatingRun(models.Model):
    """How far `resolve_locations` has come, so that it goes on where it was interrupted."""

    scope = models.CharField(max_length=20, blank=True, db_default="", help_text="witel code; empty: the country")
    is_all = models.BooleanField(help_text="everybody, not only those that an older algorithm decided")
    algorithm = models.PositiveSmallIntegerField()
    last_key = models.BigIntegerField(default=0, help_text="customers up to this one are done")
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.scope or 'country'} {self.done}"
