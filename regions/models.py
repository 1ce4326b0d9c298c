"""Where: 7 regions, 61 witel, and the areas that an operator loads. What a user may reach is a Scope (scope.py)."""

import zoneinfo
from datetime import time

from django.db import models

from common.geo import INDONESIA_LAT, INDONESIA_LON


def inside_indonesia(**names: str) -> models.Q:
    """A constraint: latitude and longitude both null, or both inside Indonesia's box and not 0,0."""
    lat, lon = names.get("lat", "lat"), names.get("lon", "lon")
    nothing = models.Q(**{f"{lat}__isnull": True, f"{lon}__isnull": True})
    (south, north), (west, east) = INDONESIA_LAT, INDONESIA_LON
    inside = models.Q(
        **{f"{lat}__isnull": False, f"{lon}__isnull": False},
        **{f"{lat}__gte": south, f"{lat}__lte": north, f"{lon}__gte": west, f"{lon}__lte": east},
    )
    return nothing | inside


class Region(models.Model):
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60)
    # Visiting hours: outside them the app warns and the visit is flagged, it is not refused.
    visits_from = models.TimeField(default=time(8), db_default=time(8))
    visits_until = models.TimeField(default=time(20), db_default=time(20))
    visit_weekdays = models.CharField(max_length=7, default="123456", db_default="123456", help_text="1 = Monday")

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    def is_visiting_time(self, moment) -> bool:
        """Whether an aware local `moment` lies within this region's visiting hours."""
        weekday = str(moment.isoweekday())
        return weekday in self.visit_weekdays and self.visits_from <= moment.time() <= self.visits_until


class WitelQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The witel of a user's scope."""
        scope = user.scope
        if scope.everything:
            return self
        return self.filter(pk=scope.witel_id) if scope.witel_id else self.filter(region=scope.region_id or 0)


class Witel(models.Model):
    region = models.ForeignKey(Region, models.PROTECT, related_name="witels")
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    seat = models.CharField(max_length=60)
    timezone = models.CharField(max_length=40, help_text="IANA name")
    lat = models.FloatField(help_text="centre")
    lon = models.FloatField(help_text="centre")
    reach_m = models.IntegerField(help_text="no house of this witel lies farther from the centre")

    objects = WitelQuerySet.as_manager()

    class Meta:
        ordering = ["region__code", "name"]
        constraints = [models.CheckConstraint(condition=inside_indonesia(), name="witel_inside_indonesia")]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


class Area(models.Model):
    """A piece of the country as the operator's files name it, or as its own customers show it (LEARNED).

    A village's centre with its spread is a weak hint where a house may be; boundaries, and the regencies that a witel
    serves, say which points lie outside the witel.
    """

    class Kind(models.TextChoices):
        VILLAGE = "VILLAGE", "Kelurahan/desa"
        DISTRICT = "DISTRICT", "Kecamatan"
        REGENCY = "REGENCY", "Kabupaten/kota"
        STO = "STO", "STO"
        WITEL = "WITEL", "Witel"

    class Origin(models.TextChoices):
        FILE = "FILE", "Berkas"
        LEARNED = "LEARNED", "Dari pelanggan"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=150, help_text="32.14.06.2011; of what was learned: witel/district/village")
    name = models.CharField(max_length=80, blank=True, db_default="")
    district = models.CharField(max_length=80, blank=True, db_default="")
    regency = models.CharField(max_length=80, blank=True, db_default="")
    province = models.CharField(max_length=80, blank=True, db_default="")
    witel = models.ForeignKey(Witel, models.PROTECT, null=True, related_name="areas", db_index=False)
    lat = models.FloatField(null=True, help_text="centre")
    lon = models.FloatField(null=True, help_text="centre")
    radius_m = models.FloatField(null=True, help_text="spread: the radius of a circle of the same size")
    boundary = models.TextField(null=True, help_text="GeoJSON Polygon or MultiPolygon")
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.FILE, db_default="FILE")

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_area_per_code"),
            models.CheckConstraint(condition=inside_indonesia(), name="area_inside_indonesia"),
            models.CheckConstraint(
                condition=models.Q(radius_m__isnull=True) | models.Q(radius_m__gt=0), name="area_radius_positive"
            ),
        ]
        indexes = [models.Index(fields=["witel", "kind"], name="area_of_witel")]

    def __str__(self):
        return f"{self.code} {self.name}".strip()
