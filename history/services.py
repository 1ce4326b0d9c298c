"""Record what people change and what personal data they see."""

import uuid

from django.utils import timezone

from history.models import Access, Change


def record(*, actor, verb: str, target, before=None, after=None, reason="", cause=None) -> Change:
    """Note one change of `target` (a model instance) with the values before and after."""
    return Change.objects.create(
        at=timezone.now(),
        actor=actor,
        cause=cause or uuid.uuid4(),
        verb=verb,
        target_type=target._meta.model_name,
        target_id=str(target.pk),
        before=before,
        after=after,
        reason=reason,
    )


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
