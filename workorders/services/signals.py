"""Why a supervisor should look at a visit. None of it refuses the visit, and none of it proves anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from django.conf import settings

from common.geo import distance_m
from customers.services import Fix
from workorders.models import Visit, WorkOrder
from workorders.services.clocks import Moment
from workorders.services.reports import Draft, VisitReport

Flag = Visit.Flag

# Faster than this from one house to the next nobody drives; what lies closer together may be the fixes' own error.
FASTEST_KMH, NEAR_M = 120.0, 2000.0
COMPARED_WITHIN = timedelta(hours=12)
SAME_DEG = 1e-6  # a decimetre: two real fixes of two houses never agree so well


def flags_of(agent, draft: Draft, order: WorkOrder, way: "Way", *, distance: float | None) -> list[str]:
    """The flags of a visit that is about to be stored; `distance` in metres from its target."""
    report, moment = draft.report, draft.moment
    flags = [*of_order(agent, order), *of_clock(report, order, moment)]
    if report.fix is None or not report.fix.is_usable:
        flags.append(Flag.NO_POSITION)
    elif distance is not None and distance - report.fix.accuracy_m > settings.GEOFENCE_M:
        flags.append(Flag.FAR_FROM_TARGET)
    if draft.is_mock:
        flags.append(Flag.MOCK)
    if report.fix is not None and report.fix.is_usable:
        flags += way.flags_at(report.fix, moment.at, order.customer_id)
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


@dataclass
class Way:
    """Where an agent was at his visits between two moments: read once, kept up while visits are written together."""

    agent: object
    since: datetime
    until: datetime

    @cached_property
    def stops(self) -> np.ndarray:
        """Rows of seconds since the epoch, lat, lon, accuracy_m, customer."""
        between = (self.since - COMPARED_WITHIN, self.until + COMPARED_WITHIN)
        visits = Visit.objects.filter(agent=self.agent, lat__isnull=False, visited_at_corrected__range=between)
        rows = visits.order_by().values_list("visited_at_corrected", "lat", "lon", "accuracy_m", "order__customer")
        return np.array([(at.timestamp(), *place) for at, *place in rows]).reshape(-1, 5)

    def flags_at(self, fix: Fix, at: datetime, customer: int) -> list[Flag]:
        """What the other stops say of a visit there; from then on it is one of them."""
        here = (at.timestamp(), fix.lat, fix.lon, fix.accuracy_m, customer)
        seconds = np.abs(self.stops[:, 0] - here[0])
        others = (self.stops[:, 4] != customer) & (seconds <= COMPARED_WITHIN.total_seconds())
        _, lat, lon, accuracy_m, _ = self.stops[others].T
        is_same = (np.abs(lat - fix.lat) < SAME_DEG) & (np.abs(lon - fix.lon) < SAME_DEG)
        apart_m = distance_m(lat, lon, fix.lat, fix.lon) - accuracy_m - fix.accuracy_m
        is_fast = (apart_m > NEAR_M) & (apart_m / 1000 > FASTEST_KMH * seconds[others] / 3600)
        self.stops = np.vstack([self.stops, here])
        return [flag for flag, said in ((Flag.SAME_FIX, is_same), (Flag.TOO_FAST, is_fast)) if said.any()]
