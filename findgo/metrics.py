"""/metrics for Prometheus: counts of the work, for admins and for a scraper on this machine."""

from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count, Max
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from rest_framework.exceptions import AuthenticationFailed

from accounts.api.authentication import TokenAuthentication
from accounts.verbs import Role
from common.errors import json_problem
from common.problems import Problem
from imports.models import Batch, HeldRow
from workorders.models import Conflict, Disposition, Lesson, Operation, Quarantine, Visit, WorkOrder
from workorders.states import State

SECONDS_KEPT = 5
LOOPBACK = ("127.0.0.1", "::1")
# A request that came through a proxy is not from this machine, whatever its address says.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@require_safe
def metrics(request):
    if not is_allowed(request):
        return json_problem(403, "Metrics are for admins.")
    return HttpResponse(cache.get_or_set("metrics", exposition, SECONDS_KEPT), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def is_allowed(request) -> bool:
    if request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in FORWARDED):
        return True
    try:
        found = TokenAuthentication().authenticate(request)
    except (AuthenticationFailed, Problem):
        return False
    user = found[0] if found else request.user
    return user.is_authenticated and user.role == Role.ADMIN and user.is_in_service(timezone.localdate())


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(Work())
    return generate_latest(registry)


class Work:
    """Reads the tables when it is asked."""

    def collect(self):
        yield from (orders_by_state(), visits_of_a_day(), sync_now(), *imports_now())

    def describe(self):
        return []


def orders_by_state():
    family = GaugeMetricFamily("findgo_workorders", "Work orders by state.", labels=["state"])
    counts = dict(WorkOrder.objects.order_by().values_list("state").annotate(Count("pk")))
    for state in State.values:
        family.add_metric([state], counts.get(state, 0))
    return family


def visits_of_a_day():
    family = GaugeMetricFamily("findgo_visits_24h", "Visits received in the last 24 hours, by group.", labels=["group"])
    now = timezone.now()
    days = Visit.objects.filter(business_day__gte=timezone.localdate(now) - timedelta(days=15))  # an index leads there
    recent = days.filter(received_at__gt=now - timedelta(days=1))
    counts = dict(recent.order_by().values_list("disposition__group").annotate(Count("pk")))
    for group in Disposition.Group.values:
        family.add_metric([group], counts.get(group, 0))
    return family


def sync_now():
    """What phones sent and is not done with."""
    family = GaugeMetricFamily("findgo_sync_waiting", "What phones sent and waits.", labels=["what"])
    family.add_metric(["lessons"], Lesson.objects.count())
    family.add_metric(["held"], Operation.objects.filter(status=Operation.Status.HELD).count())
    family.add_metric(["quarantined"], Quarantine.objects.filter(state=Quarantine.State.OPEN).count())
    family.add_metric(["conflicts"], Conflict.objects.filter(state=Conflict.State.OPEN).count())
    return family


def imports_now():
    yield GaugeMetricFamily(
        "findgo_held_rows", "Rows of feeds that wait for another feed.", HeldRow.objects.filter(applied_by=None).count()
    )
    last = Batch.objects.aggregate(last=Max("started_at"))["last"]
    age = (timezone.now() - last).total_seconds() if last else float("nan")
    yield GaugeMetricFamily("findgo_last_import_age_seconds", "Seconds since the last import began.", age)
