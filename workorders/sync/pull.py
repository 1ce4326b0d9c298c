"""What phones hold: changes of their feed since a cursor, or all of it page by page."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from common.problems import Problem
from workorders.models import FeedEntry, FeedScope
from workorders.services.feed import current_epoch, settle_feed
from workorders.services.lessons import learn_lessons

COLUMNS = ("seq", "count", "state_hash", "said__seq", "said__type", "said__object_id", "said__kind")


class Resync(Problem):
    """What the phone holds may be of a past that never was, or its farewells are forgotten."""

    code, status, message = "resync", 410, "Fetch everything anew with /api/v1/sync/snapshot/. The outbox stays."


@dataclass(frozen=True)
class Cursor:
    """How far a phone has read its feed."""

    epoch: int
    seq: int


@dataclass(frozen=True)
class Said:
    """One entry of a feed; the body is read later."""

    seq: int
    type: str
    id: str
    kind: str


@dataclass(frozen=True)
class Page:
    """Entries in their order, and the feed as it was when they were read: its last number, how many things a phone
    holds that has read to there, and their hash.
    """

    seq: int
    count: int
    state_hash: str
    epoch: int
    said: list[Said] = field(default_factory=list)
    is_more: bool = False

    def cursor_after(self, cursor: Cursor | None) -> Cursor:
        """Where the next pull goes on from."""
        last = self.said[-1].seq if self.said else (cursor.seq if cursor else 0)
        return Cursor(self.epoch, last if self.is_more else self.seq)


def pull(*, agent, cursor: Cursor | None, limit: int, now: datetime) -> Page:
    """What the agent's feed says after `cursor`. Raises Resync."""
    epoch = current_epoch()
    scope = up_to_date(agent, now)
    after = cursor.seq if cursor else 0
    if cursor is not None and not (cursor.epoch == epoch and scope.purged_seq <= after):
        raise Resync()
    return read_page(agent, Q(entries__seq__gt=after), "said__seq", limit, epoch)


def snapshot(*, agent, after: str, began: Cursor | None, limit: int, now: datetime) -> Page:
    """What the agent's phone should hold, by id from `after` on. The feed goes on from the number of the first page
    (`began`), so that what changes while the pages are read comes once more. Raises Resync.
    """
    epoch = current_epoch()
    if began is not None and began.epoch != epoch:
        raise Resync()
    up_to_date(agent, now)
    live = Q(entries__kind=FeedEntry.Kind.UPSERT, entries__object_id__gt=after)
    return read_page(agent, live, "said__object_id", limit, epoch)


def up_to_date(agent, now: datetime) -> FeedScope:
    """What the agent's own visits taught comes first; then the orders of today."""
    learn_lessons(agent=agent)
    return settle_feed(agent, timezone.localdate(now))


def read_page(agent, wanted: Q, order: str, limit: int, epoch: int) -> Page:
    """Entries and state in one statement: two would see two moments, and the hash would not be that of the entries."""
    feed = FeedScope.objects.filter(pk=agent.pk).annotate(said=FilteredRelation("entries", condition=wanted))
    rows = list(feed.order_by(order).values_list(*COLUMNS)[: limit + 1])
    said = [Said(*row[3:]) for row in rows[:limit] if row[3] is not None]
    return Page(*rows[0][:3], epoch, said, len(rows) > limit)
