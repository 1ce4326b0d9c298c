"""The change feed of the phones."""

from django.db import connection
from django.utils import timezone

from workorders.models import FeedEpoch


def begin_epoch(*, reason: str) -> str:
    """All phones fetch anew. Says which epoch it is; called after a release, a rollback and a restore.

    A rollback may have taken the table itself away: then there is no feed, and no epoch to begin.
    The number is the time, so that it is new also after a restore, which brings older numbers back.
    """
    if FeedEpoch._meta.db_table not in connection.introspection.table_names():
        return "no change feed in this structure"
    now = timezone.now()
    number = max(current_epoch() + 1, int(now.timestamp()))
    return f"feed epoch {FeedEpoch.objects.create(pk=number, reason=reason[:200], begun_at=now).pk}"


def current_epoch() -> int:
    """0 before the first."""
    return FeedEpoch.objects.values_list("pk", flat=True).first() or 0
