from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Device
from customers.models import Customer, LocationCandidate
from regions.models import inside_indonesia
from workorders.models.disposition import Disposition
from workorders.models.workorder import WorkOrder


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only door to visits: an agent's own, scope for the others who see orders."""
        if not user.may("see_orders"):
            return self.none()
        if user.may("write_visits"):
            return self.filter(agent=user.pk)
        return self.filter(user.scope.q("order__witel"))

    def to_review(self):
        """Flagged, and nobody has looked yet. What an old feed brought is no agent's to explain; of whoever was erased
        there is nothing left to look at: the flags stay, since rates count them, and nobody is asked.
        """
        erased = {"order__customer__service_number__startswith": Customer.ERASED}
        return self.exclude(flags=[]).filter(review=None, feed_batch=None).exclude(**erased)


class Trust(models.TextChoices):
    """How far `visited_at_corrected` is to be believed."""

    MONOTONIC = "monotonic", "Pasti"  # by the phone's monotonic clock, which nobody can set
    WALL = "wall", "Jam ponsel"  # by its wall clock, less how far that was ahead of ours
    RECEIVED = "received", "Saat diterima"  # its clock makes no sense: when we got it, at the latest


class Visit(models.Model):
    """One attempt at an order. A fact: added, never edited. The phone makes its id.

    `visited_at` is the phone's claim, `received_at` ours; `business_day` is the local date at the witel.
    """

    class Flag(models.TextChoices):
        """Why a supervisor should look; kept in `flags`."""

        ORDER_CLOSED = "order_closed", "Order sudah ditutup"
        ORDER_REASSIGNED = "order_reassigned", "Order sudah dialihkan"
        OUTSIDE_HOURS = "outside_hours", "Di luar jam kunjungan"
        FAR_FROM_TARGET = "far_from_target", "Jauh dari titik"
        NO_POSITION = "no_position", "Tanpa posisi"
        CLOCK = "clock", "Jam ponsel meragukan"
        CLOCK_SET = "clock_set", "Jam ponsel diubah"
        MOCK = "mock_position", "Posisi tiruan"
        SAME_FIX = "same_fix", "Posisi persis sama dengan rumah lain"
        TOO_FAST = "too_fast", "Perpindahan terlalu cepat"
        OUT_OF_ORDER = "out_of_order", "Diterapkan tanpa pendahulunya"
        NEVER_ASSIGNED = "never_assigned", "Order bukan milik agen"
        FEED = "feed", "Dari berkas lama"
        NO_ORDER = "no_order", "Berkas tanpa nomor WO"
        PHOTO_REUSED = "photo_reused", "Foto pernah dipakai"

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="visits")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="visits")
    named_agent = models.CharField(max_length=150, blank=True, db_default="", help_text="username in an old feed")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="visits")
    disposition = models.ForeignKey(Disposition, models.PROTECT, related_name="visits")
    visited_at = models.DateTimeField()
    visited_at_corrected = models.DateTimeField(help_text="by our clock: workorders.sync.clock")
    clock_trust = models.CharField(max_length=9, choices=Trust.choices, blank=True, db_default="")
    started_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    business_day = models.DateField()
    arrived_lat = models.FloatField(null=True)
    arrived_lon = models.FloatField(null=True)
    arrived_accuracy_m = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    distance_m = models.FloatField(null=True, help_text="from the point that was the target")
    candidate = models.ForeignKey(LocationCandidate, models.SET_NULL, null=True, related_name="+")
    is_at_house = models.BooleanField(null=True, help_text="answer to: are you at the house?")
    is_found_after_rescue = models.BooleanField(default=False, db_default=False)
    relation = models.CharField(max_length=40, blank=True, db_default="", help_text="of the person met")
    note = models.CharField(max_length=2000, blank=True, db_default="")
    details = models.JSONField(default=dict, help_text="the further fields that the disposition requires")
    flags = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the body as sent")
    feed_batch = models.BigIntegerField(null=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_at", "id"]
        constraints = [
            models.CheckConstraint(condition=inside_indonesia(), name="visit_inside_indonesia"),
            models.CheckConstraint(
                condition=inside_indonesia(lat="arrived_lat", lon="arrived_lon"), name="arrival_inside_indonesia"
            ),
            models.CheckConstraint(condition=Q(accuracy_m__isnull=True) | Q(accuracy_m__gte=0), name="visit_accuracy"),
        ]
        indexes = [
            models.Index(fields=["business_day", "disposition"], name="visit_by_day"),
            models.Index(fields=["agent", "business_day"], name="visit_of_agent"),
            models.Index(fields=["-visited_at_corrected", "id"], name="visit_by_time"),
            models.Index(fields=["named_agent"], name="visit_of_named_agent"),
        ]

    def __str__(self):
        return f"{self.order_id} {self.visited_at:%Y-%m-%d %H:%M}"


class Lesson(models.Model):
    """What a visit teaches of its house and was not yet learned. Written with the visit, deleted with the learning.

    `target` is where the agent was sent and searched in vain, as [lat, lon, radius_m, candidate or null]; `way` are the
    positions of his search as [lat, lon, accuracy_m].
    """

    visit = models.OneToOneField(Visit, models.CASCADE, primary_key=True, related_name="lesson")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    target = models.JSONField(null=True)
    way = models.JSONField(default=list)
    given_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return str(self.visit_id)
