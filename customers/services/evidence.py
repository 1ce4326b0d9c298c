"""What people in the field report of one house, and what follows at once: a move, a proposal, or a doubt.

Only evidence decides where a house is. A report is written down as a candidate or as searched places, and the point is
the one that all evidence together says, so that it can be computed again at any time. A report that would move the
point far waits (PENDING) for the desk; until then it only makes the point doubtful.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from common.geo import distance_m, in_indonesia
from common.tx import in_transaction
from customers.locating.faults import Fault, check_points
from customers.locating.fusion import AGREES_M, DOOR_FIX_M
from customers.locating.weights import FIXES, LEAST_ACCURACY_M
from customers.models import Customer, LocationCandidate, LocationCorrection, SearchedPlace
from customers.services.areas import service_areas
from customers.services.ledger import mark, moved_m, note_move, present_location, snapshot
from customers.services.locations import resolve_locations

Kind, State, Status = LocationCorrection.Kind, LocationCorrection.State, LocationCandidate.Status

# A move this short needs nobody's decision: the width of a plot and a fix's own error. Where the radius was wider, so
# does one within twice of it (19 in 20 houses lie there), up to a block of houses.
SMALL_MOVE_M, BLOCK_M = 50.0, 250.0
NOTABLE_M = 1.0  # what moved less is not told
# Who stands somewhere sees the house this far, beyond his phone's own error: a street's width, a number at the gate.
SEEN_WITHIN_M = 20.0
MOST_PLACES = 40  # of one search; a trail of half an hour simplifies to fewer


@dataclass(frozen=True)
class Fix:
    """A position in degrees; its accuracy in metres (68 %)."""

    lat: float
    lon: float
    accuracy_m: float

    @property
    def is_usable(self) -> bool:
        return bool(in_indonesia(self.lat, self.lon))

    @property
    def is_at_a_door(self) -> bool:
        """Good enough to tell one house from another."""
        return self.is_usable and self.accuracy_m <= DOOR_FIX_M


@dataclass(frozen=True)
class Target:
    """The point an agent was sent to, with the radius that was stated; `candidate` where it was a single one."""

    lat: float
    lon: float
    radius_m: float
    candidate: LocationCandidate | None = None


def report_house(
    *, customer: Customer, source: str, evidence: str, fix: Fix, observed_on: date, actor: str, device: str = ""
) -> LocationCorrection | None:
    """Somebody stood at the house, or showed where it is. The move or proposal that came of it, None without one.

    `device` is the phone that took the fix, '' for a point set by hand. The same evidence again changes nothing.
    """

    def work():
        Customer.objects.select_for_update().get(pk=customer.pk)
        values = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": max(fix.accuracy_m, LEAST_ACCURACY_M)}
        values["faults"] = faults_of(customer, fix)
        candidate, is_new = LocationCandidate.objects.get_or_create(
            customer=customer,
            source=source,
            evidence=evidence,
            defaults=values | {"observed_on": observed_on, "actor": actor, "device": device},
        )
        return follow(customer, candidate) if is_new else None

    return in_transaction(work)


def follow(customer: Customer, candidate: LocationCandidate) -> LocationCorrection | None:
    """Move the point to where the evidence with this candidate says, or propose it where that is far."""
    present = present_location(customer)
    before = snapshot(present)
    told = {
        "customer": customer,
        "kind": Kind.EVIDENCE,
        "candidate": candidate,
        "evidence": candidate.evidence,
        "actor": candidate.actor,
        "before": before,
    }
    reported_m = float(distance_m(candidate.lat, candidate.lon, present.lat, present.lon)) if present else 0.0
    if present and present.locked_by_id and reported_m <= AGREES_M:
        return None
    is_inside = not candidate.faults & Fault.OUTSIDE_AREA
    is_near = present is None or (reported_m <= limit_m(before) and not present.locked_by_id)
    if is_inside and is_near:
        resolve_locations(customers=[customer.pk])
        after = snapshot(present_location(customer))
        moved = moved_m(before, after)
        if before is None or moved is None or moved <= limit_m(before):
            if before is not None and moved is not None and moved < NOTABLE_M:
                return None
            return note_move(**told, state=State.AUTO_ACCEPTED, after=after, moved_m=moved)
    candidate.status = Status.PENDING
    candidate.save(update_fields=["status"])
    resolve_locations(customers=[customer.pk])
    return note_move(**told, state=State.PROPOSED, after=None, moved_m=reported_m if present else None)


def faults_of(customer: Customer, fix: Fix) -> int:
    """OUTSIDE_AREA where the fix lies outside the service area of the customer's witel: nobody's decision is safe."""
    witel = customer.witel
    checked = check_points(
        [fix.lat],
        [fix.lon],
        odp_lat=np.nan,
        odp_lon=np.nan,
        area_lat=witel.lat,
        area_lon=witel.lon,
        area_reach_m=float(witel.reach_m),
        area=witel.pk,
        areas=service_areas(),
    )
    return int(checked.faults[0]) & int(Fault.OUTSIDE_AREA)


def limit_m(before: dict) -> float:
    """How far a point with this snapshot moves without anybody's decision."""
    return max(SMALL_MOVE_M, min(2 * before["radius_m"], BLOCK_M))


def report_search(
    *,
    customer: Customer,
    evidence: str,
    target: Target | None,
    places: Iterable[Fix],
    searched_on: date,
    actor: str,
) -> LocationCorrection | None:
    """Somebody searched for the house and did not find it: at the target he was sent to, and along his way.

    The point moves to what the other evidence says. What came of it, also where the point stays: it can be taken back.
    """

    def work():
        Customer.objects.select_for_update().get(pk=customer.pk)
        if SearchedPlace.objects.filter(customer=customer, evidence=evidence).exists():
            return None
        before = snapshot(present_location(customer))
        rows = searched_rows(target, places)
        if not rows:
            return None
        last = LocationCandidate.objects.filter(customer=customer).order_by("-pk").values_list("pk", flat=True).first()
        common = {
            "customer": customer,
            "after": last or 0,
            "evidence": evidence,
            "searched_on": searched_on,
            "actor": actor,
        }
        SearchedPlace.objects.bulk_create(SearchedPlace(number=n, **common, **row) for n, row in enumerate(rows))
        refuted = target.candidate if target else None
        marks = {}
        if refuted is not None and refuted.source in FIXES:
            marks = mark({refuted.pk: Status.REFUTED})
        resolve_locations(customers=[customer.pk])
        after = snapshot(present_location(customer))
        return note_move(
            customer=customer,
            kind=Kind.REFUTED,
            state=State.AUTO_ACCEPTED,
            candidate=refuted,
            evidence=evidence,
            actor=actor,
            before=before,
            after=after,
            moved_m=moved_m(before, after),
            marks=marks,
        )

    return in_transaction(work)


def searched_rows(target: Target | None, places: Iterable[Fix]) -> list[dict]:
    """The target first, then the places of the way that are good enough to say where the agent was."""
    rows = []
    if target is not None:
        rows.append(
            {"lat": target.lat, "lon": target.lon, "reach_m": max(target.radius_m, AGREES_M), "is_target": True}
        )
    for place in places:
        if place.is_at_a_door and len(rows) < MOST_PLACES:
            rows.append({"lat": place.lat, "lon": place.lon, "reach_m": SEEN_WITHIN_M + place.accuracy_m})
    return rows
