"""What phones sent: the ledger of operations, what could not be applied, what two people said differently, clocks."""

from django.conf import settings
from django.db import models

from accounts.models import Device, User
from customers.models import Customer, FieldNote
from regions.models import inside_indonesia
from workorders.models.visit import Visit


class OfAgents(models.QuerySet):
    def visible_to(self, user):
        """The only door: an agent's own; those of the agents in reach for who decides."""
        if user.may("write_visits"):
            return self.filter(agent=user.pk)
        if not user.may("decide"):
            return self.none()
        return self.filter(agent__in=User.objects.visible_to(user))


class Operation(models.Model):
    """The ledger: one row for each operation of a phone, for good. Its key decides what was there before.

    `content` is the operation as it was sent, while it waits (HELD); afterwards its hash is enough.
    """

    class Status(models.TextChoices):
        APPLIED = "applied", "Diterapkan"
        HELD = "held", "Menunggu"
        CONFLICT = "conflict", "Beda isi"
        QUARANTINED = "quarantined", "Dikarantina"

    id = models.UUIDField(primary_key=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="operations", db_index=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="operations", db_index=False)
    seq = models.BigIntegerField(help_text="counted on the phone")
    type = models.CharField(max_length=20)
    entity = models.CharField(max_length=36, help_text="what it is about: a visit, a customer, …")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of what the phone said")
    status = models.CharField(max_length=11, choices=Status.choices)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+", help_text="whom it is about")
    result = models.JSONField(default=dict, help_text="what was answered beside the status")
    content = models.JSONField(null=True)
    received_at = models.DateTimeField()

    objects = OfAgents.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["agent", "status", "seq"], name="operation_of_agent"),
            models.Index(fields=["status", "received_at"], name="operation_by_status"),
            models.Index(fields=["device", "seq"], name="operation_of_device"),
        ]

    def __str__(self):
        return f"{self.type} {self.id} {self.status}"


class Quarantine(models.Model):
    """What somebody did in the field and could not be applied, kept as it was sent until a person decides.

    The same operation with another content is another row: nothing is thrown away.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "Menunggu keputusan"
        APPLIED = "APPLIED", "Diterapkan"
        DISMISSED = "DISMISSED", "Ditolak"

    operation = models.UUIDField(help_text="the phone's id of it")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="quarantined", db_index=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=20, blank=True)
    entity = models.CharField(max_length=36, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+", help_text="whom it is about")
    content_hash = models.CharField(max_length=64)
    content = models.JSONField()
    sent = models.JSONField(null=True, help_text="the phone's clock when it was sent")
    code = models.CharField(max_length=40, help_text="why")
    details = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN, db_default="OPEN")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, db_default="")

    objects = OfAgents.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["operation", "content_hash"], name="quarantined_once")]
        indexes = [
            models.Index(fields=["state", "id"], name="quarantine_by_state"),
            models.Index(fields=["agent", "state", "id"], name="quarantine_of_agent"),
        ]

    def __str__(self):
        return f"{self.type} {self.operation} {self.code}"


class Conflict(models.Model):
    """Two people changed the same note of a customer. What stood stays until a person decides."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Menunggu keputusan"
        TAKEN = "TAKEN", "Usulan dipakai"
        KEPT = "KEPT", "Tetap"

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="conflicts")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=12, choices=FieldNote.Field.choices)
    stands = models.CharField(max_length=200, blank=True, help_text="when the proposal came")
    proposed = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=5, choices=State.choices, default=State.OPEN, db_default="OPEN")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, db_default="")

    objects = OfAgents.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["operation", "field"], name="one_conflict_per_field")]
        indexes = [
            models.Index(fields=["state", "id"], name="conflict_by_state"),
            models.Index(fields=["agent", "state", "id"], name="conflict_of_agent"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.field}"


class VisitReview(models.Model):
    """What a supervisor made of a flagged visit. The visit itself stays as it was told."""

    class Verdict(models.TextChoices):
        FINE = "FINE", "Wajar"
        DOUBTFUL = "DOUBTFUL", "Meragukan"

    visit = models.OneToOneField(Visit, models.CASCADE, primary_key=True, related_name="review")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=200, blank=True, db_default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.visit_id} {self.verdict}"


class DeviceClock(models.Model):
    """One boot of a phone, as it was last heard of: what its monotonic clock said when ours said `received_at`."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="clocks", db_index=False)
    boot = models.UUIDField()
    received_at = models.DateTimeField()
    mono_ms = models.BigIntegerField()
    wall = models.DateTimeField(help_text="what its wall clock said")

    class Meta:
        ordering = ["device", "-received_at"]
        constraints = [models.UniqueConstraint(fields=["device", "boot"], name="one_clock_per_boot")]

    def __str__(self):
        return f"{self.device_id} {self.received_at:%Y-%m-%d %H:%M}"


class AgentPosition(models.Model):
    """Where an agent last was, as reported with his work; never followed in the background, one row each."""

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="position")
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=inside_indonesia(), name="position_inside_indonesia")]

    def __str__(self):
        return f"{self.agent_id} {self.at:%Y-%m-%d %H:%M}"
