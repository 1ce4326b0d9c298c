"""The change feed of the phones: one for each agent, written as the last thing before a transaction commits.

Whoever changes something that phones show says of which customers it is (`announce`). What each phone holds is chosen
anew from the orders as they are then, so that a feed never depends on anybody remembering what to send: who entered is
sent, who changed is sent again, who left is said farewell to.

The number of a change is given under a lock on the agent's counter, so that numbers become visible in their order. A
reader who asks for what is greater than the last number that he saw misses nothing; with an AUTO_INCREMENT or the time
of the change he would, since a number can be taken long before it is committed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from common.batches import batched
from common.bulk import save_objects
from common.tx import before_commit, in_transaction
from workorders.models import FeedEntry, FeedEpoch, FeedScope, WorkOrder

Type, Kind = FeedEntry.Type, FeedEntry.Kind
Thing = tuple[str, str]  # type, id
AT_ONCE = 500


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


def announce(*, customers: Iterable[int] = (), agents: Iterable[int] = (), operations: Iterable[tuple] = ()) -> None:
    """Something that phones show changed: of these customers, in what these agents carry, or of these operations
    ((agent, operation id)). Keys only; the feeds are written when the transaction ends.
    """
    keys = {("customer", key) for key in customers} | {("agent", key) for key in agents}
    before_commit(write_feeds, keys | {("operation", *key) for key in operations})


def settle_feed(agent, today: date) -> FeedScope:
    """The feed of an agent as of today: follow-ups become due without anybody changing them."""
    scope = FeedScope.objects.filter(pk=agent.pk).first()
    if scope is None or scope.settled_on != today:
        in_transaction(lambda: announce(agents=[agent.pk]))
        scope = FeedScope.objects.get(pk=agent.pk)
    return scope


def write_feeds(keys: set[tuple]) -> None:
    """Bring the feeds that these keys concern in line with the orders; counters are locked in ascending order."""
    news: dict[int, set[Thing]] = defaultdict(set)
    for word, *key in keys:
        if word == "agent":
            news[key[0]]  # chosen anew, with nothing said to have changed
        elif word == "operation":
            news[key[0]].add((Type.OPERATION, str(key[1])))
    customers = sorted(key[1] for key in keys if key[0] == "customer")
    for some in batched(customers, 2000):
        for agent, order in readers_of(some):
            news[agent].add((Type.ORDER, str(order)))
    for some in batched(sorted(news), AT_ONCE):
        write_some({agent: news[agent] for agent in some})


def readers_of(customers: list[int]) -> set[tuple[int, int]]:
    """(agent, order) of all orders of these customers that somebody carries, or whose phone holds it."""
    orders = dict(WorkOrder.objects.filter(customer__in=customers).order_by().values_list("pk", "assignee"))
    held = FeedEntry.objects.filter(type=Type.ORDER, kind=Kind.UPSERT)
    found = {(agent, order) for order, agent in orders.items() if agent}
    for some in batched([str(order) for order in orders], 500):
        found |= {
            (agent, int(order))
            for agent, order in held.filter(object_id__in=some).order_by().values_list("scope", "object_id")
        }
    return found


@dataclass
class Feed:
    """One agent's feed while it is written."""

    scope: FeedScope
    live: dict[Thing, FeedEntry] = field(default_factory=dict)
    due: list[Thing] = field(default_factory=list)
    changed: list[tuple[Thing, str]] = field(default_factory=list)

    def choose(self, news: set[Thing]) -> None:
        """What is to be said: newcomers and what changed, then farewells."""
        wanted = set(self.due)
        said = [thing for thing in self.due if thing not in self.live or thing in news]
        said += sorted(thing for thing in news if thing[0] == Type.OPERATION)
        gone = sorted(thing for thing in self.live if thing[0] == Type.ORDER and thing not in wanted)
        self.changed = [(thing, Kind.UPSERT) for thing in said] + [(thing, Kind.GONE) for thing in gone]


def write_some(news: dict[int, set[Thing]]) -> None:
    agents = list(news)
    feeds = {scope.pk: Feed(scope) for scope in lock_scopes(agents)}
    today = timezone.localdate()
    for agent, order in due_orders(agents, today):
        feeds[agent].due.append((Type.ORDER, str(order)))
    for entry in FeedEntry.objects.filter(scope__in=agents, kind=Kind.UPSERT).order_by():
        feeds[entry.scope_id].live[entry.type, entry.object_id] = entry
    for agent, feed in feeds.items():
        feed.choose(news[agent])
    write_changes(list(feeds.values()), today)


def lock_scopes(agents: list[int]) -> list[FeedScope]:
    """The counters, locked in ascending order. Those of new agents are made: only then, since INSERT IGNORE takes a
    shared lock on rows that exist, and two of those wait for each other.
    """
    scopes = list(FeedScope.objects.select_for_update().filter(pk__in=agents).order_by("pk"))
    missing = sorted(set(agents) - {scope.pk for scope in scopes})
    if not missing:
        return scopes
    FeedScope.objects.bulk_create([FeedScope(agent_id=key) for key in missing], ignore_conflicts=True)
    return list(FeedScope.objects.select_for_update().filter(pk__in=agents).order_by("pk"))


def due_orders(agents: list[int], today: date) -> list[tuple[int, int]]:
    """(agent, order) of what these agents' phones hold: the most urgent of what they carry today and tomorrow."""
    found, count = [], defaultdict(int)
    orders = WorkOrder.objects.on_phones(today).filter(assignee__in=agents).order_by("assignee", "-priority", "pk")
    for agent, order in orders.values_list("assignee", "pk"):
        count[agent] += 1
        if count[agent] <= settings.OFFLINE["orders_most"]:
            found.append((agent, order))
    return found


def write_changes(feeds: list[Feed], today: date) -> None:
    known = farewells(feeds)
    now = timezone.now()
    fresh, moved = [], []
    for feed in feeds:
        scope, state = feed.scope, int(feed.scope.state_hash, 16)
        for thing, kind in feed.changed:
            scope.seq += 1
            entry = feed.live.get(thing)
            if entry is not None:
                state ^= state_bits(entry)
                scope.count -= 1
            entry = entry or known.get((scope.pk, *thing))
            if entry is None:
                entry = FeedEntry(scope=scope, type=thing[0], object_id=thing[1])
                fresh.append(entry)
            else:
                moved.append(entry)
            entry.seq, entry.kind, entry.written_at = scope.seq, kind, now
            if kind == Kind.UPSERT:
                state ^= state_bits(entry)
                scope.count += 1
        scope.state_hash, scope.settled_on = f"{state:016x}", today
    FeedEntry.objects.bulk_create(fresh, batch_size=500)
    save_objects(moved, ["seq", "kind", "written_at"])
    save_objects([feed.scope for feed in feeds], ["seq", "count", "state_hash", "settled_on"])


def farewells(feeds: list[Feed]) -> dict[tuple, FeedEntry]:
    """The old farewells to things that come again: their rows are used again."""
    coming = {(feed.scope.pk, *thing) for feed in feeds for thing, _ in feed.changed if thing not in feed.live}
    found: dict[tuple, FeedEntry] = {}
    for some in batched(sorted({key[2] for key in coming}), 500):
        rows = FeedEntry.objects.filter(scope__in=[feed.scope.pk for feed in feeds], object_id__in=some, kind=Kind.GONE)
        found |= {(row.scope_id, row.type, row.object_id): row for row in rows.order_by()}
    return found


def state_bits(entry: FeedEntry) -> int:
    """64 bits of SHA-256("type:id:seq"): XORed over all that a phone holds, they tell whether it holds the same."""
    text = f"{entry.type}:{entry.object_id}:{entry.seq}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def forget_farewells(*, before) -> int:
    """Delete farewells written before a moment; phones that have not heard them by then fetch anew."""
    old = FeedEntry.objects.filter(Q(kind=Kind.GONE) | Q(type=Type.OPERATION), written_at__lt=before)
    agents = sorted(set(old.order_by().values_list("scope", flat=True)))
    return sum(in_transaction(lambda agent=agent: forget_some(agent, before)) for agent in agents)


def forget_some(agent: int, before) -> int:
    scope = FeedScope.objects.select_for_update().get(pk=agent)
    old = list(scope.entries.filter(Q(kind=Kind.GONE) | Q(type=Type.OPERATION), written_at__lt=before))
    state = int(scope.state_hash, 16)
    for entry in old:
        if entry.kind == Kind.UPSERT:
            state ^= state_bits(entry)
            scope.count -= 1
    scope.state_hash = f"{state:016x}"
    scope.purged_seq = max([scope.purged_seq, *(entry.seq for entry in old)])
    scope.save(update_fields=["state_hash", "count", "purged_seq"])
    FeedEntry.objects.filter(pk__in=[entry.pk for entry in old]).delete()
    return len(old)
