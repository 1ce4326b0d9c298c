"""The desk's decisions on moves of a house's point: approve, reject, take back."""

import uuid

from django.utils import timezone

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import Customer, LocationCandidate, LocationCorrection, SearchedPlace
from customers.services.evidence import Fix
from customers.services.ledger import moved_m, note_move, present_location, restore, snapshot
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
    """Approve or reject a proposal. Approved evidence counts as nearly certain, rejected evidence no more.

    The same decision again changes nothing; another one is AlreadyDecided.
    """

    def work():
        correction = find_correction(user, correction_id)
        wanted = State.APPROVED if approve else State.REJECTED
        if correction.state == wanted:
            return correction
        if correction.state != State.PROPOSED:
            raise AlreadyDecided(state=correction.state)
        before = snapshot(present_location(correction.customer))
        mark(correction.candidate, Status.APPROVED if approve else Status.REJECTED)
        resolve_locations(customers=[correction.customer_id])
        after = snapshot(present_location(correction.customer))
        settle(correction, user, wanted, reason, before=before, after=after)
        return correction

    return in_transaction(work)


def revert_correction(*, user, correction_id: int, reason: str = "") -> LocationCorrection:
    """Take back the last move of a house: its former point exactly, and what moved it counts no more.

    Raises MovedSince for any but the last. Said again it changes nothing.
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
        if correction.kind == Kind.REFUTED:
            mark(correction.candidate, Status.ACTIVE)
            SearchedPlace.objects.filter(customer=correction.customer_id, evidence=correction.evidence).update(
                is_withdrawn=True
            )
        else:
            mark(correction.candidate, Status.REJECTED)
        restore(correction.customer, correction.before)
        settle(correction, user, State.REVERTED, reason)
        return correction

    return in_transaction(work)


def place_point(*, user, customer: Customer, pin_id: uuid.UUID, fix: Fix, reason: str) -> LocationCorrection:
    """A point set by the desk: approved evidence at once. The same pin again is its first correction."""

    def work():
        Customer.objects.select_for_update().get(pk=customer.pk)
        done = LocationCorrection.objects.filter(customer=customer, evidence=str(pin_id)).first()
        if done is not None:
            return done
        before = snapshot(present_location(customer))
        candidate = LocationCandidate.objects.create(
            customer=customer,
            source=LocationCandidate.Source.AGENT_PIN,
            evidence=str(pin_id),
            lat=fix.lat,
            lon=fix.lon,
            accuracy_m=max(fix.accuracy_m, 1.0),
            observed_on=timezone.localdate(),
            actor=user.username,
            status=Status.APPROVED,
        )
        resolve_locations(customers=[customer.pk])
        after = snapshot(present_location(customer))
        correction = note_move(
            customer=customer,
            kind=Kind.EVIDENCE,
            state=State.PROPOSED,
            candidate=candidate,
            evidence=str(pin_id),
            actor=user.username,
            before=before,
        )
        settle(correction, user, State.APPROVED, reason, after=after)
        return correction

    return in_transaction(work)


def mark(candidate: LocationCandidate | None, status: str) -> None:
    if candidate is not None:
        candidate.status = status
        candidate.save(update_fields=["status"])


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
