"""Orders that wait for a better address, and the point that returns them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
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


def target_of(order: WorkOrder, candidate: LocationCandidate | None) -> Target | None:
    """Where the agent was sent: the candidate that he chose, else the point that the order carries."""
    if candidate is not None:
        return Target(candidate.lat, candidate.lon, candidate.accuracy_m, candidate)
    if order.lat is None:
        return None
    location = ResolvedLocation.objects.filter(pk=order.customer_id).first()
    radius_m = location.radius_m if location else AGREES_M
    best = (
        LocationCandidate.objects.filter(customer=order.customer_id, source=location.source, status="ACTIVE").first()
        if location
        else None
    )
    return Target(order.lat, order.lon, radius_m, best)


def open_hold(order: WorkOrder, *, why: str, failed: Target | None, visit: Visit | None = None) -> AddressHold:
    """Note why the order waits, and every point that is known by now."""
    return AddressHold.objects.create(
        order=order,
        visit=visit,
        why=why,
        lat=failed and failed.lat,
        lon=failed and failed.lon,
        radius_m=failed and failed.radius_m,
        known=known_points(order.customer_id),
        opened_at=timezone.now(),
    )


def known_points(customer_id: int) -> list[list[float]]:
    """All points that were known; what waits for a decision, or was rejected, is news when it is approved."""
    return [[lat, lon] for _, lat, lon in known_rows([customer_id])]


def known_rows(customers: Iterable[int]):
    rows = LocationCandidate.objects.filter(customer__in=customers)
    rows = rows.exclude(status__in=[LocationCandidate.Status.PENDING, LocationCandidate.Status.REJECTED])
    return rows.order_by("id").values_list("customer", "lat", "lon")


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
