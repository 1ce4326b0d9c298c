"""The billed party: who, what address is written, what is owed.

`feed_batch` on a row is the number of the import batch that last wrote it; nothing but an import writes
those rows, so undoing a batch can tell whether somebody changed them since.
"""

from django.db import models
from django.db.models import Q

from customers.bills import due_on
from regions.models import Witel


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to customers: scope for most, own orders for agents, nothing without a verb."""
        if not user.may("see_points"):
            return self.none()
        if user.may("write_visits"):  # agents: the customers of the orders that they may see
            orders = self.model._meta.get_field("workorders").related_model.objects.visible_to(user)
            return self.filter(pk__in=orders.order_by().values("customer"))
        return self.filter(user.scope.q())

    def search(self, text: str, *, by_name: bool):
        """Service number by its beginning, else words of the name. `by_name` is for who may see names: to others, what
        is found would spell the name that is masked.
        """
        text = text.strip()
        if text.isdigit():
            return self.filter(service_number__startswith=text)
        if not by_name:
            return self.none()
        for word in text.split():
            self = self.filter(name__icontains=word)
        return self


class Customer(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Aktif"
        STOPPED = "STOPPED", "Berhenti"

    # Whoever has a number like this was erased (privacy): no line's number begins with a letter.
    ERASED = "X"

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
