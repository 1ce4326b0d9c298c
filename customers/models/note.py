"""What the field knows of a customer and billing does not: a landmark, another phone, the best time to come."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class FieldNote(models.Model):
    """One field of one customer's notes, as it stands now; `history` keeps what stood there before.

    `version` counts the changes of all notes of the customer: a phone says on which version its own change is based, so
    that two agents who changed different fields disturb nobody.
    """

    class Field(models.TextChoices):
        LANDMARK = "landmark", "Patokan"
        PHONE = "phone", "Telepon lain"
        BEST_TIME = "best_time", "Waktu terbaik"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="field_notes", db_index=False)
    field = models.CharField(max_length=12, choices=Field.choices)
    value = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(help_text="of the customer's notes, when this field was last changed")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["customer", "field"]
        constraints = [models.UniqueConstraint(fields=["customer", "field"], name="one_note_per_field")]

    def __str__(self):
        return f"{self.customer_id} {self.field}"
