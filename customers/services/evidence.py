"""What people in the field report of one house, and what follows at once: a move, a proposal, or a doubt.

Only evidence decides where a house is. A report is written down as a candidate or as searched places, and the point is
the one that all evidence together says, so that it can be computed again at any time. A report that would move the
point far waits (PENDING) for the desk; until then it only makes the point doubtful.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Max

from common.geo import distance_m, in_indonesia
from common.tx import in_transaction
from customers.locating.faults import Fault, check_points
from customers.locating.fusion import AGREES_M, DOOR_FIX_M
from customers.locating.weights import FIXES, LEAST_ACCURACY_M
from customers.models import Customer, LocationCandidate, LocationCorrection, ResolvedLocation, SearchedPlace
from customers.services.areas import service_areas
from customers.services.ledger import Move, mark, moved_m, note_moves, snapshots
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


@dataclass(frozen=True)
class HouseReport:
    """Somebody stood at the house, or showed where it is.

    `actor` is a username, '' for the customer; `device` the phone that took the fix, '' for a point set by hand.
    """

    customer: Customer
    source: str
    evidence: str
    fix: Fix
    observed_on: date
    actor: str
    device: str = ""


@dataclass(frozen=True)
class SearchReport:
    """Somebody searched for the house and did not find it: at the target he was sent to, and along his way."""

    customer: Customer
    evidence: str
    target: Target | None
    places: tuple[Fix, ...]
    searched_on: date
    actor: str


def report_house(**report) -> LocationCorrection | None:
    """One HouseReport by its fields: the move or proposal that came of it, None without one."""
    report = HouseReport(**report)
    return report_houses([report]).get(report.customer.pk)


def report_houses(reports: Sequence[HouseReport]) -> dict[int, LocationCorrection]:
    """Takes reports of different customers, one each: the moves and proposals that came of them, by customer.

    The same evidence again changes nothing.
    """

    def work():
        lock_customers(reports)
        fresh = write_candidates(reports)
        return follow({key: candidate for key, candidate in fresh.items() if candidate is not None})

    return in_transaction(work)


def lock_customers(reports: Sequence) -> None:
    keys = sorted(report.customer.pk for report in reports)
    if len(set(keys)) < len(keys):
        raise ValueError("One report of each customer at a time.")
    list(Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def write_candidates(reports: Sequence[HouseReport]) -> dict[int, LocationCandidate]:
    """Customer → candidate, of the reports that are new."""
    told = LocationCandidate.objects.filter(
        customer__in=[report.customer.pk for report in reports], evidence__in=[report.evidence for report in reports]
    )
    known = set(told.order_by().values_list("customer", "source", "evidence"))
    fresh = [report for report in reports if (report.customer.pk, report.source, report.evidence) not in known]
    faults = faults_of([(report.customer, report.fix) for report in fresh])
    LocationCandidate.objects.bulk_create(
        LocationCandidate(
            customer=report.customer,
            source=report.source,
            evidence=report.evidence,
            lat=report.fix.lat,
            lon=report.fix.lon,
            accuracy_m=max(report.fix.accuracy_m, LEAST_ACCURACY_M),
            faults=fault,
            observed_on=report.observed_on,
            actor=report.actor,
            device=report.device,
        )
        for report, fault in zip(fresh, faults, strict=True)
    )
    wanted = {(report.customer.pk, report.source, report.evidence): report for report in fresh}
    # Read again: not every database says which keys it gave.
    return {
        row.customer_id: row
        for row in (told.select_related("customer") if fresh else [])
        if (row.customer_id, row.source, row.evidence) in wanted
    }


def follow(candidates: dict[int, LocationCandidate]) -> dict[int, LocationCorrection]:
    """Move each point to where the evidence with its new candidate says, or propose it where that is far."""
    if not candidates:
        return {}
    present = ResolvedLocation.objects.in_bulk(list(candidates))
    before = snapshots(candidates)
    reported_m = {
        key: float(distance_m(row.lat, row.lon, present[key].lat, present[key].lon)) if key in present else 0.0
        for key, row in candidates.items()
    }
    settled = {key for key in candidates if is_settled(present.get(key), reported_m[key])}
    moving = {
        key
        for key, row in candidates.items()
        if key not in settled and may_move(row, present.get(key), before.get(key), reported_m[key])
    }
    resolve_locations(customers=sorted(moving))
    after = snapshots(moving)
    moved = {key: moved_m(before.get(key), after.get(key)) for key in moving}
    done = {key for key in moving if is_allowed(before.get(key), moved[key])}
    proposed = set(candidates) - settled - done
    LocationCandidate.objects.filter(pk__in=[candidates[key].pk for key in proposed]).update(status=Status.PENDING)
    for key in proposed:
        candidates[key].status = Status.PENDING
    resolve_locations(customers=sorted(proposed))
    moves = [
        Move(candidates[key], Kind.EVIDENCE, State.AUTO_ACCEPTED, before.get(key), after.get(key), moved[key])
        for key in sorted(done)
        if before.get(key) is None or moved[key] is None or moved[key] >= NOTABLE_M
    ]
    moves += [
        Move(
            candidates[key],
            Kind.EVIDENCE,
            State.PROPOSED,
            before.get(key),
            None,
            reported_m[key] if key in present else None,
        )
        for key in sorted(proposed)
    ]
    return {line.customer_id: line for line in note_moves(moves)}


def is_settled(present: ResolvedLocation | None, reported_m: float) -> bool:
    """A person set the point, and the report says the same."""
    return bool(present and present.locked_by_id and reported_m <= AGREES_M)


def may_move(candidate: LocationCandidate, present: ResolvedLocation | None, before: dict | None, reported_m: float):
    if candidate.faults & Fault.OUTSIDE_AREA:
        return False
    return present is None or (reported_m <= limit_m(before) and not present.locked_by_id)


def is_allowed(before: dict | None, moved: float | None) -> bool:
    """Whether a move of so many metres needs nobody's decision."""
    return before is None or moved is None or moved <= limit_m(before)


def faults_of(places: Sequence[tuple[Customer, Fix]]) -> list[int]:
    """OUTSIDE_AREA where a fix lies outside the service area of the customer's witel: nobody's decision is safe."""
    if not places:
        return []
    witels = [customer.witel for customer, _ in places]
    checked = check_points(
        [fix.lat for _, fix in places],
        [fix.lon for _, fix in places],
        odp_lat=np.nan,
        odp_lon=np.nan,
        area_lat=[witel.lat for witel in witels],
        area_lon=[witel.lon for witel in witels],
        area_reach_m=[float(witel.reach_m) for witel in witels],
        area=[witel.pk for witel in witels],
        areas=service_areas(),
    )
    return [int(faults) & int(Fault.OUTSIDE_AREA) for faults in checked.faults]


def limit_m(before: dict) -> float:
    """How far a point with this snapshot moves without anybody's decision."""
    return max(SMALL_MOVE_M, min(2 * before["radius_m"], BLOCK_M))


def report_search(**report) -> LocationCorrection | None:
    """One SearchReport by its fields: what came of it, also where the point stays, since it can be taken back."""
    report = SearchReport(**report | {"places": tuple(report["places"])})
    return report_searches([report]).get(report.customer.pk)


def report_searches(reports: Sequence[SearchReport]) -> dict[int, LocationCorrection]:
    """Takes searches of different customers, one each: what came of them, by customer.

    Each point moves to what the other evidence says. The same evidence again changes nothing.
    """

    def work():
        lock_customers(reports)
        fresh = write_places(reports)
        if not fresh:
            return {}
        keys = [report.customer.pk for report in fresh]
        before = snapshots(keys)
        refuted = {report.customer.pk: report.target.candidate if report.target else None for report in fresh}
        had = mark({row.pk: Status.REFUTED for row in refuted.values() if row is not None and row.source in FIXES})
        resolve_locations(customers=sorted(keys))
        after = snapshots(keys)
        moves = [
            Move(
                refuted[report.customer.pk],
                Kind.REFUTED,
                State.AUTO_ACCEPTED,
                before.get(report.customer.pk),
                after.get(report.customer.pk),
                moved_m(before.get(report.customer.pk), after.get(report.customer.pk)),
                marks={key: had[key] for key in keys_of(refuted[report.customer.pk]) if key in had},
                told_by=report,
            )
            for report in fresh
        ]
        return {line.customer_id: line for line in note_moves(moves)}

    return in_transaction(work)


def keys_of(candidate: LocationCandidate | None) -> list[str]:
    """As `mark` names them."""
    return [] if candidate is None else [str(candidate.pk)]


def write_places(reports: Sequence[SearchReport]) -> list[SearchReport]:
    """The searches that are new and name a place, written down."""
    keys = [report.customer.pk for report in reports]
    told = SearchedPlace.objects.filter(customer__in=keys, evidence__in=[report.evidence for report in reports])
    known = set(told.order_by().values_list("customer", "evidence"))
    newest = LocationCandidate.objects.filter(customer__in=keys).order_by().values("customer").annotate(last=Max("pk"))
    last = dict(newest.values_list("customer", "last"))
    fresh, rows = [], []
    for report in reports:
        places = searched_rows(report.target, report.places)
        if not places or (report.customer.pk, report.evidence) in known:
            continue
        fresh.append(report)
        common = {"customer": report.customer, "after": last.get(report.customer.pk, 0), "evidence": report.evidence}
        common |= {"searched_on": report.searched_on, "actor": report.actor}
        rows += [SearchedPlace(number=number, **common, **place) for number, place in enumerate(places)]
    SearchedPlace.objects.bulk_create(rows)
    return fresh


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
