"""Confirmed points: houses that people found, good enough to be given back to provisioning. The rule is here alone.

A point is *confirmed* when its grade is A or B and at least one observation confirms it. An observation confirms when
it was made by somebody sent to find the house or living in it (a visit, an agent's pin, the customer's pin), is in
force with nothing against it or was approved at the desk, can tell one house from another (DOOR_FIX_M), and agrees:
it lies within AGREES_M of the point, or within what 95 % of its own accuracy allows. So `fusion` counts people, too.

Beside the installation record a confirmed point

- `adds`, where the record has no point;
- `corrects`, where the given point lies outside the country or farther from ours than our radius and AGREES_M;
- `confirms` it, where it lies nearer: no fix tells two points apart that lie closer. Suspicions about the record
  (far from its ODP, stacked) do not count any more once somebody stood at the door.
"""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cos, Greatest, Radians, Sqrt

from common.geo import INDONESIA_LAT, INDONESIA_LON
from customers.locating.fusion import AGREES_M, AGREES_SD, DOOR_FIX_M
from customers.locating.posterior import SD_OF_STATED
from customers.locating.weights import CONFIRMING

GRADES = ("A", "B")
# Metres per degree on the ellipsoid at 5 degrees, the middle of Indonesia's latitudes: within 0.1 % in all of it.
NORTH_M, EAST_M = 110_583.0, 111_323.0
RECORD = "customer__installation__given_"


class Relation(models.TextChoices):
    """What a confirmed point does to the installation record."""

    CONFIRMS = "confirms", "Cocok dengan catatan"
    CORRECTS = "corrects", "Memperbaiki catatan"
    ADDS = "adds", "Catatan tanpa titik"


def apart_m(lat: str, lon: str, other_lat: str, other_lon: str):
    """Metres between the points of these four fields, in the database; null where one is null."""
    north = (F(other_lat) - F(lat)) * NORTH_M
    east = (F(other_lon) - F(lon)) * EAST_M * Cos(Radians(F(lat)))
    return Sqrt(north * north + east * east, output_field=models.FloatField())


class CandidateQuerySet(models.QuerySet):
    def confirming(self):
        """Observations that confirm the resolved location of their customer, with `apart_m` from it."""
        in_force = Q(status="APPROVED") | Q(status="ACTIVE", faults=0)
        reach = Greatest(Value(AGREES_M), F("accuracy_m") * Value(AGREES_SD / SD_OF_STATED))
        return (
            self.filter(in_force, source__in=CONFIRMING, accuracy_m__lte=DOOR_FIX_M)
            .annotate(apart_m=apart_m("customer__location__lat", "customer__location__lon", "lat", "lon"))
            .filter(apart_m__lte=reach)
        )


class LocationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The points of the customers that the user may see."""
        return self.filter(customer__in=self.customers().visible_to(user))

    def confirmed(self):
        """Points that a person confirmed: the rule above."""
        candidates = self.customers().model._meta.get_field("candidates").related_model.objects
        # Correlated on purpose: SQLite would work out an IN for the whole country at each batch.
        observed = candidates.confirming().filter(customer=OuterRef("pk")).order_by()
        return self.filter(Exists(observed), grade__in=GRADES)

    def beside_record(self):
        """With `record_apart_m`, metres from the point of the installation record (null: none in the country), and
        `relation` to it."""
        (south, north), (west, east) = INDONESIA_LAT, INDONESIA_LON
        readable = Q(**{f"{RECORD}lat__gte": south, f"{RECORD}lat__lte": north}) & Q(
            **{f"{RECORD}lon__gte": west, f"{RECORD}lon__lte": east}
        )
        nothing = Q(**{f"{RECORD}lat__isnull": True}) | Q(**{f"{RECORD}lon__isnull": True})
        away = apart_m("lat", "lon", f"{RECORD}lat", f"{RECORD}lon")
        return self.annotate(record_apart_m=Case(When(readable, then=away), default=None)).annotate(
            relation=Case(
                When(nothing, then=Value(Relation.ADDS)),
                When(record_apart_m__lte=Greatest(F("radius_m"), Value(AGREES_M)), then=Value(Relation.CONFIRMS)),
                default=Value(Relation.CORRECTS),
                output_field=models.CharField(),
            )
        )

    def customers(self):
        """All customers; their model is not ours to import."""
        return self.model._meta.get_field("customer").related_model.objects.all()
