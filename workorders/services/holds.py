"""Orders that wait for a better address, and the point that returns them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from common.geo import distance_m
from customers.locating.fusion import AGREES_M
from customers.models import LocationCandidate, ResolvedLocation, SearchedPlace
from customers.services import Target
from workorders.models import AddressHold, Visit, WorkOrder


@dataclass(frozen=True)
class Place:
    """A point with its stated radius, in metres."""

    lat: float
    lon: float
    radius_m: float

    def differs(self, other: "Place") -> bool:
        """Whether somebody who failed at one of them finds something new at the other."""
        apart = float(distance_m(self.lat, self.lon, other.lat, other.lon))
        return apart > max(AGREES_M, self.radius_m, other.radius_m)


class Found(NamedTuple):
    """A house found at a door, or a point searched in vain: where, on which day, and the candidate's key, which tells
    what came later within one day.
    """

    place: Place
    on: date
    key: int


@dataclass
class Refuted:
    """Where nobody is sent again: the targets of one customer's searches, and the doors where he was found."""

    places: list[Found] = field(default_factory=list)
    doors: list[Found] = field(default_factory=list)

    def holds(self, place: Place) -> bool:
        """Whether `place` is one of them, and nobody found the house there since."""
        return any(
            not place.differs(vain.place)
            and not any(
                (door.on, door.key) > (vain.on, vain.key) and not vain.place.differs(door.place) for door in self.doors
            )
            for vain in self.places
        )


def refuted_places(customers: Iterable[int]) -> dict[int, Refuted]:
    """By customer, only those where somebody searched in vain."""
    searched = SearchedPlace.objects.filter(customer__in=customers, is_target=True, is_withdrawn=False).order_by()
    found: dict[int, Refuted] = {}
    for key, lat, lon, reach_m, on, after in searched.values_list(
        "customer", "lat", "lon", "reach_m", "searched_on", "after"
    ):
        found.setdefault(key, Refuted()).places.append(Found(Place(lat, lon, reach_m), on, after))
    doors = LocationCandidate.objects.filter(
        customer__in=found,
        source=LocationCandidate.Source.VISIT,
        status__in=["ACTIVE", "APPROVED"],
        observed_on__isnull=False,
    )
    for key, lat, lon, accuracy_m, on, pk in doors.order_by().values_list(
        "customer", "lat", "lon", "accuracy_m", "observed_on", "pk"
    ):
        found[key].doors.append(Found(Place(lat, lon, accuracy_m), on, pk))
    return found


@dataclass
class Targets:
    """Where agents were sent with orders of these customers; read at once, when the first is asked for."""

    customers: Iterable[int]

    @cached_property
    def locations(self) -> dict[int, ResolvedLocation]:
        return ResolvedLocation.objects.in_bulk(self.customers)

    @cached_property
    def best(self) -> dict[tuple[int, str], LocationCandidate]:
        """By customer and source, the most accurate."""
        rows = LocationCandidate.objects.filter(customer__in=self.customers, status="ACTIVE")
        return {(row.customer_id, row.source): row for row in rows.order_by("-accuracy_m", "-pk")}

    @cached_property
    def known(self) -> dict[int, list[list[float]]]:
        return known_points(self.customers)

    def of(self, order: WorkOrder, candidate: LocationCandidate | None) -> Target | None:
        """The candidate that the agent chose, else the point that the order carries."""
        if candidate is not None:
            return Target(candidate.lat, candidate.lon, candidate.accuracy_m, candidate)
        if order.lat is None:
            return None
        location = self.locations.get(order.customer_id)
        if location is None:
            return Target(order.lat, order.lon, AGREES_M)
        return Target(order.lat, order.lon, location.radius_m, self.best.get((order.customer_id, location.source)))

    def hold(self, order: WorkOrder, visit: Visit, failed: Target | None) -> AddressHold:
        """Why the order waits, and every point that is known by now; not yet stored."""
        return AddressHold(
            order=order,
            visit=visit,
            why=AddressHold.Why.ATK,
            lat=failed and failed.lat,
            lon=failed and failed.lon,
            radius_m=failed and failed.radius_m,
            known=self.known.get(order.customer_id, []),
            opened_at=timezone.now(),
        )


def known_points(customers: Iterable[int]) -> dict[int, list[list[float]]]:
    """All points that are known, by customer; what waits for a decision, or was rejected, is news when approved."""
    found: dict[int, list[list[float]]] = {}
    rows = LocationCandidate.objects.filter(customer__in=customers)
    rows = rows.exclude(status__in=[LocationCandidate.Status.PENDING, LocationCandidate.Status.REJECTED])
    for customer, lat, lon in rows.order_by("id").values_list("customer", "lat", "lon"):
        found.setdefault(customer, []).append([lat, lon])
    return found


def is_new_to(hold: AddressHold, place: Place, approved_at: datetime | None = None) -> bool:
    """Whether the place returns the order: it differs from the one that failed, and from all that were known when the
    hold began unless the desk approved a point since (`approved_at`).

    An order that never had a point returns with any usable one.
    """
    if hold.lat is not None and not place.differs(Place(hold.lat, hold.lon, hold.radius_m)):
        return False
    if hold.why == AddressHold.Why.NO_POINT or (approved_at is not None and approved_at > hold.opened_at):
        return True
    return all(float(distance_m(place.lat, place.lon, lat, lon)) > AGREES_M for lat, lon in hold.known)
