"""Record what people change and what personal data they see."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone

from history.models import Access, Change


@dataclass(frozen=True)
class Note:
    """One change of `target` (a model instance) with the values before and after; `cause` ties several together."""

    actor: object
    verb: str
    target: Model
    before: dict | None = None
    after: dict | None = None
    reason: str = ""
    cause: uuid.UUID | None = None

    def as_change(self) -> Change:
        return Change(
            at=timezone.now(),
            actor=self.actor,
            cause=self.cause or uuid.uuid4(),
            verb=self.verb,
            target_type=self.target._meta.model_name,
            target_id=str(self.target.pk),
            before=self.before,
            after=self.after,
            reason=self.reason,
        )


def record(**note) -> Change:
    """Note one change, by the fields of Note."""
    change = Note(**note).as_change()
    change.save(force_insert=True)
    return change


def record_all(notes: Iterable[Note]) -> None:
    """Note many changes at once."""
    Change.objects.bulk_create(note.as_change() for note in notes)


def record_access(
    *, actor, purpose: str, target_type: str, rows: int, target_id="", detail="", client_key=None
) -> None:
    """Note that `actor` saw `rows` rows of personal data. Nothing seen is nothing noted."""
    if rows:
        Access.objects.create(
            at=timezone.now(),
            actor=actor,
            purpose=purpose,
            target_type=target_type,
            target_id=str(target_id),
            rows=rows,
            detail=detail[:300],
            client_key=client_key,
        )
