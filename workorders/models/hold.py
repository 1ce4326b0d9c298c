"""Why an order waits for a better address, what was tried before it failed, and where the agent walked."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from regions.models import inside_indonesia
from workorders.models.visit import Visit
from workorders.models.workorder import WorkOrder


class AddressHold(models.Model):
    """One stay of an order in ADDRESS_HOLD.

    `lat`, `lon`, `radius_m` are the point that failed (null: there was none). `known` are all points that were known
    then, as [lat, lon]: only a point that is new returns the order.
    """

    class Why(models.TextChoices):
        NO_POINT = "NO_POINT", "Belum ada titik"
        ATK = "ATK", "Alamat tidak ketemu"
        REFUTED = "REFUTED", "Titik terbantah"

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="address_holds", db_index=False)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=8, choices=Why.choices)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius_m = models.FloatField(null=True)
    known = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=inside_indonesia(), name="hold_inside_indonesia")]
        indexes = [models.Index(fields=["order", "closed_at"], name="hold_of_order")]

    def __str__(self):
        return f"{self.order_id} {self.why}"


class RescueKind(models.Model):
    """A step that an agent takes before an address counts as not found. Data: the operator tunes the list."""

    code = models.CharField(max_length=16, unique=True)
    label_id = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    is_required = models.BooleanField(default=True, help_text="before an ATK result")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self):
        return f"{self.code} {self.label_id}"


class RescueStep(models.Model):
    """One step taken for one order, one tap each. A fact: added, never edited. The phone makes its id."""

    class Outcome(models.TextChoices):
        NOT_FOUND = "NOT_FOUND", "Tidak ketemu"
        FOUND = "FOUND", "Ketemu"
        NOT_POSSIBLE = "NOT_POSSIBLE", "Tidak bisa dilakukan"

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="rescue_steps", db_index=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.ForeignKey(RescueKind, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    note = models.CharField(max_length=400, blank=True, db_default="")
    done_at = models.DateTimeField(help_text="by the phone's clock")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["order", "received_at"]
        indexes = [models.Index(fields=["order", "agent", "received_at"], name="rescue_of_order")]

    def __str__(self):
        return f"{self.order_id} {self.kind_id} {self.outcome}"


class SearchTrail(models.Model):
    """The way of one visit, simplified: shown to the next agent."""

    visit = models.OneToOneField(Visit, models.CASCADE, primary_key=True, related_name="trail")
    line = models.JSONField(help_text="[[lat, lon], …]")
    metres = models.FloatField()
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(metres__gte=0), name="trail_length")]

    def __str__(self):
        return f"{self.visit_id} {self.metres:.0f} m"
