"""What visits taught beyond points: where nobody found the house, and who is to be believed how far."""

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from regions.models import inside_indonesia


class SearchedPlace(models.Model):
    """A place where somebody looked for the house and did not find it. A search of several places has several rows.

    `is_target` marks the point that the agent was sent to, with the radius that was stated then: nobody is sent there
    again.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="searched_places", db_index=False)
    evidence = models.CharField(max_length=36, help_text="the visit's id")
    number = models.PositiveSmallIntegerField(help_text="of the place within its search, from 0")
    lat = models.FloatField()
    lon = models.FloatField()
    reach_m = models.FloatField(help_text="within this the house would have been seen")
    is_target = models.BooleanField(default=False, db_default=False)
    searched_on = models.DateField()
    after = models.BigIntegerField(
        default=0, db_default=0, help_text="the last candidate's key then: within one day it tells what came later"
    )
    actor = models.CharField(max_length=150, blank=True, db_default="")
    is_withdrawn = models.BooleanField(default=False, db_default=False, help_text="taken back by a supervisor")

    class Meta:
        ordering = ["customer", "evidence", "number"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "evidence", "number"], name="one_place_per_search"),
            models.CheckConstraint(condition=inside_indonesia(), name="searched_inside_indonesia"),
            models.CheckConstraint(condition=Q(reach_m__gt=0), name="searched_reach_positive"),
        ]

    def __str__(self):
        return f"{self.lat:.6f}, {self.lon:.6f} ± {self.reach_m:.0f} m"


class Observer(models.Model):
    """What was learned of a technician, an agent, a phone or a whole source (actor empty): locating.reliability."""

    source = models.CharField(max_length=12, help_text="of a candidate, or DEVICE")
    actor = models.CharField(max_length=150, blank=True, db_default="")
    judged = models.PositiveIntegerField(help_text="observations that others confirmed or contradicted")
    confirmed = models.PositiveIntegerField()
    wrong = models.FloatField(help_text="probability that an observation was taken elsewhere")
    scale = models.FloatField(help_text="real accuracy over the claimed one")
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["source", "actor"]
        constraints = [models.UniqueConstraint(fields=["source", "actor"], name="one_observer")]

    def __str__(self):
        return f"{self.source} {self.actor}".strip()
