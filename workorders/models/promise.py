from django.db import models
from django.db.models import Q

from workorders.models.visit import Visit
from workorders.models.workorder import WorkOrder


class PromiseToPay(models.Model):
    """A promise made at the door. Only the billing feed settles it."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Berjalan"
        KEPT = "KEPT", "Ditepati"
        PART_KEPT = "PART_KEPT", "Ditepati sebagian"
        BROKEN = "BROKEN", "Ingkar"
        CANCELLED = "CANCELLED", "Batal"

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="promise")
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="promises")
    amount = models.BigIntegerField(help_text="rupiah")
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_default="OPEN")
    settled_on = models.DateField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name_plural = "promises to pay"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="promise_amount_positive")]
        indexes = [models.Index(fields=["state", "due_on"], name="promise_by_due")]

    def __str__(self):
        return f"Rp {self.amount} {self.due_on}"
