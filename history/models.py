"""What people changed, and whose data they saw. Both are only ever added to."""

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One change: who, when, why, and the values before and after."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cause = models.UUIDField(help_text="ties together the changes of one action")
    verb = models.CharField(max_length=40)
    target_type = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id", "id"], name="change_of_target")]

    def __str__(self):
        return f"{self.verb} {self.target_type} {self.target_id}"


class Access(models.Model):
    """One look at personal data: who, when, what, why, how many rows."""

    class Purpose(models.TextChoices):
        VIEW = "view"
        LIST = "list"
        MAP = "map"
        EXPORT = "export"
        PHONE = "phone"

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    target_type = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40, blank=True)
    rows = models.PositiveIntegerField()
    detail = models.CharField(max_length=300, blank=True, help_text="the filter, without names or phones")
    client_key = models.UUIDField(null=True, unique=True, help_text="made by the phone, so that a look counts once")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="access_of_target"),
            models.Index(fields=["actor", "purpose", "at"], name="access_of_actor"),
        ]

    def __str__(self):
        return f"{self.purpose} {self.target_type} {self.target_id}"
