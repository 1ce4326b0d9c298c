"""The billed party and everything we know of where the house is.

`feed_batch` on a row is the number of the import batch that last wrote it; nothing but an import writes
those rows, so undoing a batch can tell whether somebody changed them since.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.bills import due_on
from customers.locating.faults import Fault
from regions.models import Witel, inside_indonesia


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to customers: scope for most, own orders for agents, nothing without a verb."""
        if not user.may("see_points"):
            return self.none()
        if user.may("write_visits"):  # agents: the customers of the orders that they may see
            orders = self.model._meta.get_field("workorders").related_model.objects.visible_to(user)
            return self.filter(pk__in=orders.order_by().values("customer"))
        return self.filter(user.scope.q())

    def search(self, text: str):
        """Service number by its beginning, else words of the name."""
        text = text.strip()
        if text.isdigit():
            return self.filter(service_number__startswith=text)
        for word in text.split():
            self = self.filter(name__icontains=word)
        return self


class Customer(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Aktif"
        STOPPED = "STOPPED", "Berhenti"

    service_number = models.CharField(max_length=13, unique=True, help_text="ND: 11-13 digits, joins all feeds")
    name = models.CharField(max_length=150, blank=True)
    phones = models.CharField(max_length=200, blank=True, db_default="", help_text="E.164, separated by spaces")
    witel = models.ForeignKey(Witel, models.PROTECT, related_name="customers", db_index=False)
    sto = models.CharField(max_length=20, blank=True, db_default="", help_text="exchange area")
    package = models.CharField(max_length=100, blank=True, db_default="")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE, db_default="ACTIVE")
    # Kept by customers.services.recount_arrears from the bills; never typed in.
    unpaid_months = models.PositiveSmallIntegerField(default=0, db_default=0)
    unpaid_amount = models.BigIntegerField(default=0, db_default=0, help_text="rupiah")
    feed_batch = models.BigIntegerField(null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(service_number=""), name="customer_has_service_number"),
            models.CheckConstraint(condition=Q(unpaid_amount__gte=0), name="customer_arrears_not_negative"),
        ]
        indexes = [models.Index(fields=["witel", "unpaid_months", "id"], name="customer_by_arrears")]

    def __str__(self):
        return f"{self.service_number} {self.name}".strip()


class Stage(models.Model):
    """How late a customer is, by unpaid months. Data, not code: the operator's names and limits."""

    code = models.CharField(max_length=12, unique=True)
    label = models.CharField(max_length=60)
    from_months = models.PositiveSmallIntegerField(unique=True, help_text="applies from this many unpaid bills")

    class Meta:
        ordering = ["from_months"]

    def __str__(self):
        return self.label


class Address(models.Model):
    """What was written is kept; the parsed parts stand beside it, never instead of it."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="address")
    raw = models.CharField(max_length=500, blank=True)
    street = models.CharField(max_length=120, blank=True, db_default="")
    house_number = models.CharField(max_length=24, blank=True, db_default="")
    block = models.CharField(max_length=24, blank=True, db_default="")
    rt = models.CharField(max_length=4, blank=True, db_default="")
    rw = models.CharField(max_length=4, blank=True, db_default="")
    village = models.CharField(max_length=80, blank=True, db_default="")
    district = models.CharField(max_length=80, blank=True, db_default="")
    city = models.CharField(max_length=80, blank=True, db_default="")
    postal_code = models.CharField(max_length=5, blank=True, db_default="")
    landmark = models.CharField(max_length=120, blank=True, db_default="")
    completeness = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="0-100")
    missing = models.CharField(max_length=60, blank=True, db_default="", help_text="parts, worst first")
    reader_version = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self):
        return self.raw


class Bill(models.Model):
    class Status(models.TextChoices):
        UNPAID = "UNPAID", "Belum bayar"
        PARTIAL = "PARTIAL", "Bayar sebagian"
        PAID = "PAID", "Lunas"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bills", db_index=False)
    period = models.IntegerField(help_text="202610")
    amount = models.BigIntegerField(help_text="rupiah")
    paid_amount = models.BigIntegerField(null=True, help_text="rupiah, where the feed has it")
    status = models.CharField(max_length=8, choices=Status.choices)
    paid_on = models.DateField(null=True)
    feed_batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["customer", "-period"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "period"], name="one_bill_per_period"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="bill_not_negative"),
            models.CheckConstraint(condition=Q(period__gte=200001, period__lte=209912), name="bill_period"),
        ]

    def __str__(self):
        return f"{self.period} {self.status}"

    @property
    def due_on(self):
        return due_on(self.period)


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
        ACTIVE = "ACTIVE", "Berlaku"
        REFUTED = "REFUTED", "Terbantah"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="candidates", db_index=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    evidence = models.CharField(max_length=36, blank=True, db_default="")
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField(help_text="radius that holds the house in 68 of 100 cases")
    observed_on = models.DateField(null=True)
    actor = models.CharField(max_length=150, blank=True, db_default="", help_text="technician or user")
    faults = models.IntegerField(default=0, db_default=0)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE, db_default="ACTIVE")

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
    reasons = models.CharField(max_length=200, blank=True, db_default="", help_text="words, separated by commas")
    algorithm = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

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
