"""The end of what is kept: one rule each, in batches, within a time; killed or stopped, the next run goes on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Token
from common.locks import Busy, only_one
from common.tx import in_transaction
from customers.bills import period_of
from customers.models import Bill, Customer, PinLink
from history.models import Access
from imports.models import HeldRow, RowIssue
from privacy import attached
from privacy.left import ERASED
from privacy.map import FILES, HOLDS
from privacy.models import Erasure
from privacy.rows import BY_KEY, erase_rows
from privacy.services import ledger
from privacy.services.again import empty_late_rows
from privacy.subjects import find_many, model_of
from workorders.models import SearchTrail, Visit, WorkOrder
from workorders.states import OPEN

BATCH = 1000
CUSTOMERS = 100  # at a time: each has some fifty rows in twenty tables


@dataclass(frozen=True)
class Rule:
    """`due(before)` are the rows that are too old; `end(rows, keys)` ends one batch of them and says how many."""

    name: str
    days: int
    what: str
    due: Callable[[datetime], QuerySet]
    end: Callable[[QuerySet, list], int]
    batch: int = BATCH
    lock: str = "retention"


@dataclass
class Done:
    """What a run did: rule → (rows due at its beginning, rows ended). `unfinished`: stopped by the clock or a lock."""

    rules: dict[str, tuple[int, int]] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)
    late: dict[str, int] = field(default_factory=dict)


def delete(rows: QuerySet, keys: list) -> int:
    """Deletes rows that nothing refers to."""
    return rows.filter(pk__in=keys).delete()[0]


def paid_long_ago(before: datetime) -> QuerySet:
    """Customers with bills, all paid, the last before then, without an open order or a visit since.

    Whoever still is a customer has a newer bill.
    """
    day = timezone.localdate(before)
    bills = Bill.objects.filter(customer=OuterRef("pk")).order_by()
    newer = Q(period__gte=period_of(day)) | Q(paid_on__gte=day) | ~Q(status=Bill.Status.PAID)
    open_orders = WorkOrder.objects.filter(customer=OuterRef("pk"), state__in=OPEN).order_by()
    visits = Visit.objects.filter(order__customer=OuterRef("pk"), business_day__gte=day).order_by()
    known = Customer.objects.exclude(service_number__startswith=ERASED)
    return known.filter(Exists(bills), ~Exists(bills.filter(newer)), ~Exists(open_orders), ~Exists(visits))


def pseudonymise(rows: QuerySet, keys: list) -> int:
    """The same as an erasure, by keys alone: imports' files and issues of these people are gone long before."""
    numbers = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "service_number"))
    for key, number in numbers.items():
        orders = list(WorkOrder.objects.filter(customer=key).values_list("number", flat=True))
        origin = Erasure.Origin.RETENTION
        entry = ledger.open_erasure(service_number=number, orders=orders, origin=origin, actor="retention", reason="")
        Erasure.objects.filter(pk=entry.pk).update(customer=key, finished_at=timezone.now(), runs=1)
    erase_rows(HOLDS, find_many(list(numbers)), BY_KEY)
    return len(numbers)


def files_of(label: str) -> Callable[[QuerySet, list], int]:
    """Rows that have a file: the file goes first, so that none stays behind without a row."""

    def end(rows: QuerySet, keys: list) -> int:
        attached.remove(label, rows.filter(pk__in=keys))
        return delete(rows, keys)

    return end


def rules() -> list[Rule]:
    """In this order. `days` come from settings.KEEP_DAYS."""
    days, old = settings.KEEP_DAYS, Q
    found = [
        ("trails", "ways that agents walked", SearchTrail, lambda day: old(visit__received_at__lt=day)),
        ("access", "the access log", Access, lambda day: old(at__lt=day)),
        ("links", "customers' links, after their end", PinLink, lambda day: old(expires_at__lt=day)),
        ("tokens", "sign-ins of phones, after their end", Token, ended_tokens),
        ("sessions", "sign-ins of browsers, after their end", Session, lambda day: old(expire_date__lt=day)),
        ("issues", "what was written in rows of files", RowIssue, lambda day: old(batch__started_at__lt=day)),
        ("held", "rows of files that wait for their line", HeldRow, lambda day: old(batch__started_at__lt=day)),
    ]
    plain = [
        Rule(
            name,
            days.get(KEPT_LIKE.get(name, name), 0),
            what,
            lambda day, model=model, too_old=too_old: model.objects.filter(too_old(day)),
            delete,
        )
        for name, what, model, too_old in found
    ]
    photos = [
        Rule(
            label,
            days["photos"],
            f"files of {label}",
            lambda day, label=label, since=kept.since: model_of(label)._default_manager.filter(**{f"{since}__lt": day}),
            files_of(label),
        )
        for label, kept in FILES.items()
    ]
    left_as = "paid customers, left as numbers"
    people = Rule("customers", days["customers"], left_as, paid_long_ago, pseudonymise, CUSTOMERS, lock="import")
    return [people, *plain, *photos]


# Rules that share another's time; sessions end by themselves.
KEPT_LIKE = {"issues": "imports", "held": "imports"}


def ended_tokens(day: datetime) -> Q:
    return Q(refresh_expires_at__lt=day) | Q(revoked_at__lt=day)


def run_retention(*, now: datetime, seconds: float, dry_run: bool = False, clock=time.monotonic) -> Done:
    """End what is too old; a dry run counts. Stops after `seconds`, between two batches. Safe twice, and at once."""
    done, end = Done(), clock() + seconds
    if not dry_run:
        done.late = empty_late_rows()
    for rule in rules():
        due = rule.due(now - timedelta(days=rule.days))
        count = due.count()
        done.rules[rule.name] = (count, 0)
        if count and not dry_run:
            apply_rule(rule, due, count, lambda: clock() > end, done)
    files = old_uploads(now - timedelta(days=settings.KEEP_DAYS["imports"]))
    for path in [] if dry_run else files:
        path.unlink(missing_ok=True)
    done.rules["files"] = (len(files), 0 if dry_run else len(files))
    return done


def apply_rule(rule: Rule, due: QuerySet, count: int, is_over: Callable[[], bool], done: Done) -> None:
    ended = 0
    try:
        with only_one(rule.lock):
            while keys := list(due.order_by("pk").values_list("pk", flat=True)[: rule.batch]):
                if is_over():
                    done.unfinished.append(rule.name)
                    break
                ended += in_transaction(lambda keys=keys: rule.end(due.model._default_manager.all(), keys))
    except Busy:
        done.unfinished.append(rule.name)
    done.rules[rule.name] = (count, ended)


def old_uploads(before: datetime) -> list[Path]:
    """Originals of imports that nobody brought in or took away."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.stat().st_mtime < before.timestamp()]
