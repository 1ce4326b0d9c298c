"""Why a supervisor should look at a visit. None of it refuses the visit, and none of it proves anything."""

from datetime import timedelta

import numpy as np
from django.conf import settings

from common.geo import distance_m
from workorders.models import Visit, WorkOrder
from workorders.services.clocks import Moment
from workorders.services.reports import VisitReport

Flag = Visit.Flag

# Faster than this from one house to the next nobody drives; what lies closer together may be the fixes' own error.
FASTEST_KMH, NEAR_M = 120.0, 2000.0
COMPARED_WITHIN = timedelta(hours=12)
SAME_DEG = 1e-6  # a decimetre: two real fixes of two houses never agree so well


def flags_of(
    agent, report: VisitReport, order: WorkOrder, moment: Moment, *, distance: float | None, is_mock: bool
) -> list[str]:
    """The flags of a visit that is about to be stored; `distance` in metres from its target."""
    flags = [*of_order(agent, order), *of_clock(report, order, moment)]
    if report.fix is None or not report.fix.is_usable:
        flags.append(Flag.NO_POSITION)
    elif distance is not None and distance - report.fix.accuracy_m > settings.GEOFENCE_M:
        flags.append(Flag.FAR_FROM_TARGET)
    if is_mock:
        flags.append(Flag.MOCK)
    if report.fix is not None and report.fix.is_usable:
        flags += of_way(agent, report, order, moment)
    return [str(flag) for flag in flags]


def of_order(agent, order: WorkOrder) -> list[Flag]:
    if not order.is_open:
        return [Flag.ORDER_CLOSED]
    return [Flag.ORDER_REASSIGNED] if order.assignee_id != agent.pk else []


def of_clock(report: VisitReport, order: WorkOrder, moment: Moment) -> list[Flag]:
    flags = []
    if not order.witel.region.is_visiting_time(moment.at.astimezone(order.witel.zone)):
        flags.append(Flag.OUTSIDE_HOURS)
    if abs(moment.at - report.visited_at) > timedelta(minutes=5):
        flags.append(Flag.CLOCK)
    if moment.is_clock_set:
        flags.append(Flag.CLOCK_SET)
    return flags


def of_way(agent, report: VisitReport, order: WorkOrder, moment: Moment) -> list[Flag]:
    """What the agent's visit before and after this one say of its position."""
    fix = report.fix
    around = Visit.objects.filter(
        agent=agent,
        lat__isnull=False,
        visited_at_corrected__range=(moment.at - COMPARED_WITHIN, moment.at + COMPARED_WITHIN),
    ).exclude(order__customer=order.customer_id)
    rows = list(around.order_by().values_list("visited_at_corrected", "lat", "lon", "accuracy_m"))
    if not rows:
        return []
    at, lat, lon, accuracy_m = zip(*rows, strict=True)
    is_same = (np.abs(np.subtract(lat, fix.lat)) < SAME_DEG) & (np.abs(np.subtract(lon, fix.lon)) < SAME_DEG)
    apart_m = distance_m(lat, lon, fix.lat, fix.lon) - np.array(accuracy_m) - fix.accuracy_m
    hours = np.array([abs((moment.at - other).total_seconds()) / 3600 for other in at])
    is_fast = (apart_m > NEAR_M) & (apart_m / 1000 > FASTEST_KMH * hours)
    return [flag for flag, said in ((Flag.SAME_FIX, is_same), (Flag.TOO_FAST, is_fast)) if said.any()]
