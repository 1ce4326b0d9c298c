"""The ledger of moves: a location as a value that can be kept and put back, and the correction that keeps it."""

import uuid
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from common.geo import distance_m
from customers.models import Customer, LocationCandidate, LocationCorrection, ResolvedLocation
from history.services import record

KEPT = [field.attname for field in ResolvedLocation._meta.concrete_fields]


def present_location(customer: Customer) -> ResolvedLocation | None:
    return ResolvedLocation.objects.filter(pk=customer.pk).first()


def snapshot(location: ResolvedLocation | None) -> dict | None:
    """All columns of a location as JSON keeps them."""
    if location is None:
        return None
    row = {name: getattr(location, name) for name in KEPT}
    return row | {"computed_at": row["computed_at"].isoformat()}


def restore(customer: Customer, kept: dict | None) -> None:
    """Exactly the location of a snapshot again; none where there was none."""
    if kept is None:
        ResolvedLocation.objects.filter(pk=customer.pk).delete()
        return
    row = kept | {"computed_at": datetime.fromisoformat(kept["computed_at"])}
    ResolvedLocation.objects.update_or_create(pk=customer.pk, defaults=row)


def mark(statuses: dict[int, str]) -> dict[str, str]:
    """Give candidates (primary key → status) another status; what they had before, as JSON keeps it."""
    rows = list(LocationCandidate.objects.filter(pk__in=statuses))
    before = {str(row.pk): row.status for row in rows if row.status != statuses[row.pk]}
    for row in rows:
        if str(row.pk) in before:
            row.status = statuses[row.pk]
            row.save(update_fields=["status"])
    return before


def moved_m(before: dict | None, after: dict | None) -> float | None:
    """Metres between two snapshots; None where one of them is no point."""
    if before is None or after is None:
        return None
    return float(distance_m(before["lat"], before["lon"], after["lat"], after["lon"]))


def note_move(
    *, customer: Customer, kind: str, state: str, candidate, evidence: str, actor: str, **values
) -> LocationCorrection:
    """One line of the ledger, and of the history; `values`: before, after, moved_m. `actor` is a username, '' for the
    customer. What is done at once is decided at once, by nobody.
    """
    now = timezone.now()
    line = LocationCorrection.objects.create(
        customer=customer,
        kind=kind,
        state=state,
        candidate=candidate,
        evidence=evidence,
        actor=actor,
        proposed_at=now,
        decided_at=now if state in LocationCorrection.DONE else None,
        **values,
    )
    record(
        actor=get_user_model().objects.filter(username=actor).first() if actor else None,
        verb="move_point" if state in LocationCorrection.DONE else "propose_point",
        target=customer,
        before={"point": line.before},
        after={"point": line.after, "correction": line.pk},
        cause=uuid_or_none(evidence),
    )
    return line


def uuid_or_none(text: str) -> uuid.UUID | None:
    """Visits and pins are UUIDs; a customer's link is a number."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
