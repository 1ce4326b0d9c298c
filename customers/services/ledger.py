"""The ledger of moves: a location as a value that can be kept and put back, and the correction that keeps it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from common.geo import distance_m
from common.ids import id_or_none
from customers.models import Customer, LocationCandidate, LocationCorrection, ResolvedLocation
from history.services import Note, record_all

KEPT = [field.attname for field in ResolvedLocation._meta.concrete_fields]


def present_location(customer: Customer) -> ResolvedLocation | None:
    return ResolvedLocation.objects.filter(pk=customer.pk).first()


def snapshot(location: ResolvedLocation | None) -> dict | None:
    """All columns of a location as JSON keeps them."""
    if location is None:
        return None
    row = {name: getattr(location, name) for name in KEPT}
    return row | {"computed_at": row["computed_at"].isoformat()}


def snapshots(customers: Iterable[int]) -> dict[int, dict]:
    """Customer → snapshot, of those that have a location."""
    return {row.pk: snapshot(row) for row in ResolvedLocation.objects.filter(pk__in=list(customers))}


def restore(customer: Customer, kept: dict | None) -> None:
    """Exactly the location of a snapshot again; none where there was none."""
    if kept is None:
        ResolvedLocation.objects.filter(pk=customer.pk).delete()
        return
    row = kept | {"computed_at": datetime.fromisoformat(kept["computed_at"])}
    ResolvedLocation.objects.update_or_create(pk=customer.pk, defaults=row)


def mark(statuses: dict[int, str]) -> dict[str, str]:
    """Give candidates (primary key → status) of locked customers another status; what they had, as JSON keeps it."""
    had = dict(LocationCandidate.objects.filter(pk__in=statuses).order_by().values_list("pk", "status"))
    changed = {key: status for key, status in statuses.items() if had.get(key, status) != status}
    for status in set(changed.values()):
        keys = [key for key in changed if changed[key] == status]
        LocationCandidate.objects.filter(pk__in=keys).update(status=status)
    return {str(key): had[key] for key in changed}


def moved_m(before: dict | None, after: dict | None) -> float | None:
    """Metres between two snapshots; None where one of them is no point."""
    if before is None or after is None:
        return None
    return float(distance_m(before["lat"], before["lon"], after["lat"], after["lon"]))


@dataclass(frozen=True)
class Move:
    """What people caused: a move of a point from one snapshot to another, or a proposal (`after` is None).

    `told_by` says whose evidence it is where that is no candidate: an object with customer, evidence and actor.
    """

    candidate: LocationCandidate | None
    kind: str
    state: str
    before: dict | None
    after: dict | None
    moved_m: float | None
    marks: dict = field(default_factory=dict)
    told_by: object | None = None

    @property
    def source(self):
        return self.told_by or self.candidate


def note_moves(moves: Sequence[Move]) -> list[LocationCorrection]:
    """A line of the ledger for each, and one of the history. What is done at once is decided at once, by nobody."""
    if not moves:
        return []
    now = timezone.now()
    lines = [
        LocationCorrection(
            customer=move.source.customer,
            kind=move.kind,
            state=move.state,
            candidate=move.candidate,
            evidence=move.source.evidence,
            actor=move.source.actor,
            before=move.before,
            after=move.after,
            marks=move.marks,
            moved_m=move.moved_m,
            proposed_at=now,
            decided_at=now if move.state in LocationCorrection.DONE else None,
        )
        for move in moves
    ]
    if connection.features.can_return_rows_from_bulk_insert:
        LocationCorrection.objects.bulk_create(lines)
    else:  # one by one: the history names their keys, and MySQL does not say those of many
        for line in lines:
            line.save(force_insert=True)
    names = {line.actor for line in lines if line.actor}
    actors = {user.username: user for user in get_user_model().objects.filter(username__in=names)}
    record_all(
        Note(
            actor=actors.get(line.actor),
            verb="move_point" if line.state in LocationCorrection.DONE else "propose_point",
            target=line.customer,
            before={"point": line.before},
            after={"point": line.after, "correction": line.pk},
            cause=id_or_none(line.evidence),  # visits and pins have one; a customer's link is a number
        )
        for line in lines
    )
    return lines
