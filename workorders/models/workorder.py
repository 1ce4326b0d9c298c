from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.bills import due_on, next_period
from customers.models import Customer
from regions.models import Witel, inside_indonesia
from workorders.models.disposition import Disposition
from workorders.states import CARRIED, MOVES, OPEN, State

VISITED_STAYS_VISIBLE = timedelta(days=30)


class WorkOrderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to orders: an agent's own that are open or visited in 30 days; scope for the others."""
        if not user.may("see_orders"):
            return self.none()
        if user.may("write_visits"):
            since = timezone.localdate() - VISITED_STAYS_VISIBLE
            own = Q(assignee=user.pk, state__in=OPEN)
            # Keys, not a subquery: MariaDB reads the whole table for "OR pk IN (SELECT …)".
            visited = user.visits.filter(business_day__gte=since).order_by().values_list("order", flat=True).distinct()
            return self.filter(own | Q(pk__in=list(visited)))
        return self.filter(user.scope.q())

    def open(self):
        return self.filter(state__in=OPEN)

    def on_phones(self, today):
        """What agents carry today and tomorrow; a later follow-up is none of the phone's business yet."""
        return self.filter(
            Q(state__in=CARRIED)
            | Q(state=State.FOLLOW_UP, next_on__isnull=True)
            | Q(state=State.FOLLOW_UP, next_on__lte=today + timedelta(days=1)),
            assignee__isnull=False,
        )

    def search(self, text: str, *, by_name: bool):
        """Order number or service number by its beginning, else words of the customer's name, as for customers."""
        text = text.strip()
        if text.isdigit():
            return self.filter(Q(customer__service_number__startswith=text) | Q(number__startswith=text))
        if any(character.isdigit() for character in text):
            return self.filter(number__istartswith=text)
        if not by_name:
            return self.none()
        for word in text.split():
            self = self.filter(customer__name__icontains=word)
        return self


class WorkOrder(models.Model):
    """One task: settle one line's unpaid period. Attempts at it are visits.

    `lat`, `lon`, `mq` repeat the customer's resolved point, so that "open and near" is one index range;
    `workorders.services.points.refresh_points` keeps them.
    """

    class CancelReason(models.TextChoices):
        PAID = "PAID", "Sudah lunas"
        RECALLED = "RECALLED", "Ditarik"

    class Advice(models.TextChoices):
        """What to do first, by the risk of ATK. It never drops an order."""

        GO = "GO", "Langsung kunjungi"
        FIX = "FIX", "Perbaiki alamat dulu"
        ASK = "ASK", "Minta titik dari pelanggan"
        LOCAL = "LOCAL", "Kirim yang kenal daerahnya"

    number = models.CharField(max_length=60, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="workorders", db_index=False)
    witel = models.ForeignKey(Witel, models.PROTECT, related_name="workorders", db_index=False)
    period = models.IntegerField(help_text="202610")
    balance = models.BigIntegerField(default=0, db_default=0, help_text="rupiah owed when the order was issued")
    issued_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READY, db_default="READY")
    outcome = models.ForeignKey(Disposition, models.PROTECT, null=True, blank=True, related_name="+")
    cancel_reason = models.CharField(max_length=12, blank=True, db_default="", choices=CancelReason.choices)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="workorders", db_index=False
    )
    named_agent = models.CharField(max_length=150, blank=True, db_default="", help_text="username in the feed")
    priority = models.IntegerField(default=0, db_default=0, help_text="higher first: workorders.priority")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_on = models.DateField(null=True, blank=True, help_text="not before this day")
    last_visit_on = models.DateField(null=True, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True, db_default="")
    hold_until = models.DateField(null=True, blank=True)
    is_flagged = models.BooleanField(default=False, db_default=False, help_text="a supervisor should look")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    mq = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=1, blank=True, db_default="", help_text="of the point; empty without one")
    atk_risk = models.FloatField(null=True, help_text="probability of ATK: customers.locating.risk")
    atk_reasons = models.CharField(max_length=120, blank=True, db_default="", help_text="words, strongest first")
    advice = models.CharField(max_length=5, blank=True, db_default="", choices=Advice.choices)
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    feed_batch = models.BigIntegerField(null=True, editable=False)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | Q(state=State.CLOSED), name="outcome_when_closed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CARRIED) | Q(assignee__isnull=False), name="carried_order_has_assignee"
            ),
            models.CheckConstraint(condition=inside_indonesia(), name="order_inside_indonesia"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="order_balance_not_negative"),
        ]
        indexes = [
            models.Index(fields=["customer", "period"], name="order_of_customer"),
            models.Index(fields=["assignee", "state", "priority"], name="order_of_assignee"),
            models.Index(fields=["witel", "state", "priority", "id"], name="order_by_priority"),
            models.Index(fields=["mq", "state", "witel", "assignee", "lat", "lon"], name="order_by_mq"),
            models.Index(fields=["witel", "mq", "state", "lat", "lon"], name="order_by_witel_mq"),
            models.Index(fields=["-priority", "id"], name="order_of_the_country"),
            models.Index(fields=["state", "next_on"], name="order_due"),
            models.Index(fields=["named_agent", "state"], name="order_of_named_agent"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def billing_stops_on(self):
        """The day the line reaches CT0: the next period's bill becomes due unpaid."""
        return due_on(next_period(self.period))

    def days_to_ct0(self, today) -> int:
        return max(0, (self.billing_stops_on - today).days)

    def may_become(self, state: State) -> bool:
        return state in MOVES[State(self.state)]


class Assignment(models.Model):
    """Who carried an order, from when to when, by whose decision. The open one has no `until_at`."""

    class Kind(models.TextChoices):
        FEED = "FEED", "Dari berkas"
        MANUAL = "MANUAL", "Manual"
        BULK = "BULK", "Massal"
        PLAN = "PLAN", "Rencana"

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="assignments", db_index=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=200, blank=True, db_default="")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order", "from_at"]
        indexes = [models.Index(fields=["order", "agent", "from_at"], name="assignment_of_order")]

    def __str__(self):
        return f"{self.order_id} {self.agent_id}"
