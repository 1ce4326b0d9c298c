"""The desk's decisions on moves of a house's point: approve, reject, take back."""

import uuid

from django.utils import timezone

from common.geo import distance_m
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.locating.fusion import AGREES_M
from customers.locating.weights import LEAST_ACCURACY_M
from customers.models import Customer, LocationCandidate, LocationCorrection, SearchedPlace
from customers.services.evidence import Fix, faults_of
from customers.services.ledger import Move, mark, moved_m, note_moves, present_location, restore, snapshot
from customers.services.locations import resolve_locations
from history.services import record

Kind, State, Status = LocationCorrection.Kind, LocationCorrection.State, LocationCandidate.Status


class AlreadyDecided(Problem):
    code, status, message = "correction_decided", 409, "Somebody has decided on this correction already."


class MovedSince(Problem):
    code, status, message = (
        "moved_since",
        409,
        "The point was moved again since. Take the later correction back first, then this one.",
    )


class OutsideArea(Problem):
    code, status, message = (
        "outside_area",
        400,
        "This point lies outside the witel's area. If the house is there, hand the order to that witel first.",
    )


class CorrectionChanged(Problem):
    code, status, message = "correction_changed", 409, "A pin with this id but another content was received before."


def find_correction(user, correction_id: int) -> LocationCorrection:
    """The correction if its customer is in the user's reach; locks the customer."""
    require(user, "decide")
    found = LocationCorrection.objects.filter(pk=correction_id).values_list("customer_id", flat=True).first()
    people = Customer.objects.visible_to(user).filter(pk=found) if found else Customer.objects.none()
    if not people.exists():
        raise NotFound()
    Customer.objects.select_for_update().get(pk=found)
    return LocationCorrection.objects.select_related("customer", "candidate").get(pk=correction_id)


def decide_correction(*, user, correction_id: int, approve: bool, reason: str = "") -> LocationCorrection:
    """Approve or reject a proposal. Approved evidence decides, rejected evidence counts no more.

    The same decision again changes nothing; another one is AlreadyDecided.
    """

    def work():
        correction = find_correction(user, correction_id)
        wanted = State.APPROVED if approve else State.REJECTED
        if correction.state == wanted:
            return correction
        if correction.state != State.PROPOSED:
            raise AlreadyDecided(state=correction.state)
        before, candidate = snapshot(present_location(correction.customer)), correction.candidate
        marks = {}
        if candidate is not None:
            marks = approve_only(candidate) if approve else mark({candidate.pk: Status.REJECTED})
        resolve_locations(customers=[correction.customer_id])
        after = snapshot(present_location(correction.customer))
        settle(correction, user, wanted, reason, before=before, after=after, marks=marks)
        return correction

    return in_transaction(work)


def approve_only(candidate: LocationCandidate) -> dict[str, str]:
    """Approve this candidate; what the desk approved before, elsewhere, is ordinary evidence again. Former statuses."""
    others = LocationCandidate.objects.filter(customer=candidate.customer_id, status=Status.APPROVED)
    apart = [
        other.pk
        for other in others.exclude(pk=candidate.pk)
        if distance_m(other.lat, other.lon, candidate.lat, candidate.lon) > AGREES_M
    ]
    return mark({candidate.pk: Status.APPROVED} | dict.fromkeys(apart, Status.ACTIVE))


def revert_correction(*, user, correction_id: int, reason: str = "") -> LocationCorrection:
    """Take back the last move of a house: its former point exactly, and what moved it counts no more.

    Where the records moved the point since, it becomes what the remaining evidence says. Raises MovedSince for any but
    the last. Said again it changes nothing.
    """

    def work():
        correction = find_correction(user, correction_id)
        if correction.state == State.REVERTED:
            return correction
        if correction.state not in LocationCorrection.DONE:
            raise AlreadyDecided(state=correction.state)
        later = LocationCorrection.objects.filter(
            customer=correction.customer_id, state__in=LocationCorrection.DONE, decided_at__gt=correction.decided_at
        )
        if later.exists():
            raise MovedSince()
        is_as_left = same_place(snapshot(present_location(correction.customer)), correction.after)
        take_back_evidence(correction)
        if is_as_left:
            restore(correction.customer, correction.before)
        else:
            resolve_locations(customers=[correction.customer_id])
        settle(correction, user, State.REVERTED, reason)
        return correction

    return in_transaction(work)


def take_back_evidence(correction: LocationCorrection) -> None:
    """What this correction marked gets its former status; the evidence that moved the point is rejected."""
    mark({int(key): status for key, status in correction.marks.items()})
    if correction.kind == Kind.REFUTED:
        searched = SearchedPlace.objects.filter(customer=correction.customer_id, evidence=correction.evidence)
        searched.update(is_withdrawn=True)
    elif correction.candidate_id:
        mark({correction.candidate_id: Status.REJECTED})


def same_place(one: dict | None, other: dict | None) -> bool:
    """Whether two snapshots say the same, whenever they were computed."""
    ignored = ("computed_at",)
    return (one and {k: v for k, v in one.items() if k not in ignored}) == (
        other and {k: v for k, v in other.items() if k not in ignored}
    )


def place_point(*, user, customer: Customer, pin_id: uuid.UUID, fix: Fix, reason: str) -> LocationCorrection:
    """A point set by the desk: approved evidence at once. The same pin again is its first correction.

    Raises OutsideArea, CorrectionChanged.
    """
    values = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": max(fix.accuracy_m, LEAST_ACCURACY_M)}
    if faults_of([(customer, fix)])[0]:
        raise OutsideArea()

    def work():
        Customer.objects.select_for_update().get(pk=customer.pk)
        candidate, is_new = LocationCandidate.objects.get_or_create(
            customer=customer,
            source=LocationCandidate.Source.AGENT_PIN,
            evidence=str(pin_id),
            defaults=values | {"observed_on": timezone.localdate(), "actor": user.username, "status": Status.PENDING},
        )
        if not is_new:
            done = LocationCorrection.objects.filter(candidate=candidate, decided_by=user).first()
            if done is None or any(getattr(candidate, name) != value for name, value in values.items()):
                raise CorrectionChanged()
            return done
        before = snapshot(present_location(customer))
        marks = approve_only(candidate)
        resolve_locations(customers=[customer.pk])
        after = snapshot(present_location(customer))
        correction = note_moves([Move(candidate, Kind.EVIDENCE, State.PROPOSED, before, None, None)])[0]
        settle(correction, user, State.APPROVED, reason, after=after, marks=marks)
        return correction

    return in_transaction(work)


def settle(correction: LocationCorrection, user, state: str, reason: str, **snapshots) -> None:
    """Write the decision into the ledger and the history."""
    was = correction.state
    for name, value in snapshots.items():
        setattr(correction, name, value)
    if snapshots:
        correction.moved_m = (
            moved_m(correction.before, correction.after) if state == State.APPROVED else correction.moved_m
        )
    correction.state, correction.decided_by, correction.reason = state, user, reason
    correction.decided_at = timezone.now()
    correction.save()
    record(
        actor=user,
        verb={State.APPROVED: "approve", State.REJECTED: "reject", State.REVERTED: "revert"}[state],
        target=correction,
        before={"state": was, "point": correction.before},
        after={"state": state, "point": correction.before if state == State.REVERTED else correction.after},
        reason=reason,
    )
