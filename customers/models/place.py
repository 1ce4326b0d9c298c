"""Where the house is: what the records say, what people observed, and what was made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.locating.faults import Fault
from customers.models.confirmed import CandidateQuerySet, LocationQuerySet
from customers.models.customer import Customer
from regions.models import Witel, inside_indonesia


class DistributionPoint(models.Model):
    """An ODP. Codes repeat within a witel with points kilometres apart, so a provisioning row that states its
    own ODP point names another `site` (the point's mq code); site 0 is the ODP register's own point."""

    witel = models.ForeignKey(Witel, models.PROTECT, related_name="distribution_points", db_index=False)
    code = models.CharField(max_length=60)
    site = models.BigIntegerField(default=0, db_default=0)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    feed_batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["witel", "code", "site"]
        constraints = [
            models.UniqueConstraint(fields=["witel", "code", "site"], name="one_odp_per_site"),
            models.CheckConstraint(condition=inside_indonesia(), name="odp_inside_indonesia"),
        ]

    def __str__(self):
        return self.code


class Installation(models.Model):
    """The provisioning record of a line: who installed it when, and the point as it was given."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="installation")
    odp = models.ForeignKey(DistributionPoint, models.PROTECT, null=True, related_name="installations")
    technician = models.CharField(max_length=60, blank=True, db_default="")
    installed_on = models.DateField(null=True)
    raw_point = models.CharField(max_length=300, blank=True, db_default="", help_text="as written in the feed")
    given_lat = models.FloatField(null=True, help_text="as read, before any repair")
    given_lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    faults = models.IntegerField(default=0, db_default=0, help_text="bits of customers.locating.faults.Fault")
    is_repaired = models.BooleanField(default=False, db_default=False)

    def __str__(self):
        return f"{self.customer_id} {self.installed_on}"

    @property
    def fault_words(self) -> list[str]:
        return [fault.name.lower() for fault in Fault if self.faults & fault]


class LocationCandidate(models.Model):
    """One observation of where the house is. `evidence` tells apart several of one source: a visit's id."""

    class Source(models.TextChoices):
        INSTALL = "INSTALL", "Teknisi pemasang"
        VISIT = "VISIT", "Kunjungan"
        AGENT_PIN = "AGENT_PIN", "Tanda petugas"
        CUSTOMER_PIN = "CUSTOMER_PIN", "Tanda pelanggan"
        ODP = "ODP", "Titik ODP"
        NEIGHBOUR = "NEIGHBOUR", "Tetangga"
        VILLAGE = "VILLAGE", "Pusat kelurahan"

    class Status(models.TextChoices):
        """Only ACTIVE and APPROVED say where the house is."""

        ACTIVE = "ACTIVE", "Berlaku"
        PENDING = "PENDING", "Menunggu keputusan"
        APPROVED = "APPROVED", "Disetujui"
        REFUTED = "REFUTED", "Terbantah"
        REJECTED = "REJECTED", "Ditolak"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="candidates", db_index=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    evidence = models.CharField(max_length=36, blank=True, db_default="")
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField(help_text="radius that holds the house in 68 of 100 cases")
    observed_on = models.DateField(null=True)
    actor = models.CharField(max_length=150, blank=True, db_default="", help_text="technician or user")
    device = models.CharField(max_length=36, blank=True, db_default="", help_text="key of the phone that took the fix")
    faults = models.IntegerField(default=0, db_default=0)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE, db_default="ACTIVE")

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["customer", "accuracy_m", "id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "source", "evidence"], name="one_candidate_per_evidence"),
            models.CheckConstraint(condition=inside_indonesia(), name="candidate_inside_indonesia"),
            models.CheckConstraint(condition=Q(accuracy_m__gt=0), name="candidate_accuracy_positive"),
        ]

    def __str__(self):
        return f"{self.source} {self.lat:.6f}, {self.lon:.6f}"


class ResolvedLocation(models.Model):
    """The answer: where the house is, how sure we are, and why. No row means no usable point."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="location")
    witel = models.ForeignKey(Witel, models.PROTECT, related_name="+", db_index=False)
    lat = models.FloatField()
    lon = models.FloatField()
    mq = models.BigIntegerField(help_text="Morton code of the point at zoom 26: common.geo.mq")
    radius_m = models.FloatField(help_text="holds the house in 68 of 100 cases")
    grade = models.CharField(max_length=1)
    source = models.CharField(max_length=12, choices=LocationCandidate.Source.choices)
    agreeing = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="people whose fixes agree")
    reasons = models.CharField(max_length=200, blank=True, db_default="", help_text="words, separated by commas")
    algorithm = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = LocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=inside_indonesia(), name="location_inside_indonesia"),
            models.CheckConstraint(condition=Q(grade__in=["A", "B", "C", "D"]), name="location_grade"),
        ]
        indexes = [
            models.Index(fields=["mq", "witel", "grade", "lat", "lon"], name="location_by_mq"),
            models.Index(fields=["witel", "mq", "lat", "lon"], name="location_by_witel_mq"),
        ]

    def __str__(self):
        return f"{self.grade} {self.lat:.6f}, {self.lon:.6f} ± {self.radius_m:.0f} m"
