"""Who was erased: a table, and a file beside the database that a restore of the database does not take back."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common.problems import Problem
from common.tx import in_transaction
from privacy.models import ErasedOrder, Erasure


class NotErased(Problem):
    code, status, message = "not_erased", 404, "No erasure of this number is in the ledger, or it was let in again."


def key_of(kind: str, number: str) -> str:
    """The keyed hash of a line's (`line`) or an order's (`order`) number."""
    return hmac.new(settings.ERASURE_KEY.encode(), f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def path() -> Path:
    return Path(settings.ERASURE_LEDGER)


def open_erasure(*, service_number: str, orders: list[str], origin: str, actor: str, reason: str) -> Erasure:
    """The line's entry, new or old, with its orders; from here on no import brings it back, whatever happens next."""
    now = timezone.now()
    key = key_of("line", service_number)

    def work():
        values = {"origin": origin, "actor": actor[:150], "reason": reason[:200], "started_at": now}
        erasure, is_new = Erasure.objects.get_or_create(key=key, defaults=values)
        if not is_new and erasure.readmitted_at:  # a new contract, ended too
            for name, value in values.items():
                setattr(erasure, name, value)
            erasure.readmitted_at = None
        erasure.finished_at = None
        erasure.save()
        note_orders(erasure, orders)
        return erasure

    erasure = in_transaction(work)
    line = {"line": key, "origin": erasure.origin, "at": erasure.started_at.isoformat()}
    write_lines([line, *({"order": key_of("order", number), "of": key} for number in orders)])
    return erasure


def note_orders(erasure: Erasure, numbers: Iterable[str]) -> None:
    for number in numbers:
        ErasedOrder.objects.get_or_create(key=key_of("order", number), defaults={"erasure": erasure})


def write_lines(entries: list[dict]) -> None:
    """More lines, on the disk before they count; the same ones twice do no harm."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a") as file:
        os.chmod(path(), 0o600)
        for entry in entries:
            file.write(f"\n{json.dumps(entry)}\n")  # begins anew where a crash left half a line
        file.flush()
        os.fsync(file.fileno())


def readmit(*, service_number: str, now: datetime) -> Erasure:
    """Let a number in again: somebody has a new contract under it. Raises NotErased."""
    erasure = Erasure.objects.filter(key=key_of("line", service_number), readmitted_at=None).first()
    if erasure is None:
        raise NotErased()
    let_in([erasure], now)
    return erasure


def let_in(erasures: list[Erasure], now: datetime) -> None:
    Erasure.objects.filter(pk__in=[erasure.pk for erasure in erasures]).update(readmitted_at=now)
    for erasure in erasures:  # not where an import was only tried
        transaction.on_commit(partial(write_lines, [{"readmitted": erasure.key, "at": now.isoformat()}]))


def take_up_file() -> int:
    """After a restore: put what the file knows and the table does not back into the table; how many entries."""
    if not path().exists():
        return 0
    entries = [json.loads(line) for line in path().read_text().splitlines() if line.endswith("}")]

    def work():
        added = 0
        for entry in entries:
            if "line" in entry:
                at = parse_datetime(entry["at"])
                values = {"origin": entry["origin"], "started_at": at, "finished_at": at}
                row, is_new = Erasure.objects.get_or_create(key=entry["line"], defaults=values)
                added += is_new
                if row.readmitted_at and row.readmitted_at < at:  # erased again after it was let in
                    Erasure.objects.filter(pk=row.pk).update(readmitted_at=None)
            elif "order" in entry:
                owner = Erasure.objects.filter(key=entry["of"]).first()
                if owner:
                    ErasedOrder.objects.get_or_create(key=entry["order"], defaults={"erasure": owner})
            else:
                Erasure.objects.filter(key=entry["readmitted"]).update(readmitted_at=parse_datetime(entry["at"]))
        return added

    return in_transaction(work)


def in_force() -> dict[str, Erasure]:
    return {row.key: row for row in Erasure.objects.filter(readmitted_at=None)}


def is_here() -> bool:
    """A rollback may have taken the ledger's tables away; its file stays."""
    return Erasure._meta.db_table in connection.introspection.table_names()


def erased_among(
    *, lines: Iterable[str | None], orders: Iterable[str | None], billed: dict[str, int]
) -> tuple[set[str], set[str]]:
    """Which of these lines and orders of a feed were erased (settings.IMPORTS_ERASED).

    `billed`: line → newest period, where the feed is billing. A bill of the erasure's month or later for a line whose
    keeping time was over is a new contract: it lets the line in again. Who asked to be erased is let in by a person.
    """
    erased = in_force()
    if not erased:
        return set(), set()
    found = {number: erased[key] for number in lines if number and (key := key_of("line", number)) in erased}
    returning = {number: row for number, row in found.items() if is_new_contract(row, billed.get(number, 0))}
    if returning:
        let_in(list(returning.values()), timezone.now())
        found = {number: row for number, row in found.items() if number not in returning}
    keys = set(ErasedOrder.objects.filter(erasure__readmitted_at=None).values_list("key", flat=True))
    return set(found), {number for number in orders if number and key_of("order", number) in keys}


def is_new_contract(erasure: Erasure, period: int) -> bool:
    since = timezone.localdate(erasure.started_at)
    return erasure.origin == Erasure.Origin.RETENTION and period >= since.year * 100 + since.month
