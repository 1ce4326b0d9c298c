"""Erase one person: what statistics and evidence need stays, under a random number, without anything that tells whom.

In order: the ledger, so that no import brings the person back; the open orders; files; archives, rows and mentions;
then the proof. Killed anywhere, the same command goes on: nothing that is needed to recognise the person is taken from
the tables before the rest is done, and what is done already is found to be so.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone

from common.locks import only_one
from common.problems import NotFound, Problem
from common.tx import in_transaction
from customers.models import Bill
from history.services import record
from privacy import archives, attached, folders
from privacy.canaries import HIDDEN
from privacy.map import HOLDS
from privacy.models import Erasure
from privacy.proof import Proof, black_out_mentions, customers_of_hidden, search
from privacy.rows import erase_rows
from privacy.services import ledger
from privacy.subjects import Subject, find_subject
from workorders.services.feed import announce
from workorders.services.recall import recall_orders, refuse_on_the_way


class StillOwes(Problem):
    code, status = "still_owes", 409
    message = "This line has unpaid bills: collecting them is what the data is for. --despite-debt overrules it."


class NotANumber(Problem):
    code, status, message = "not_a_number", 400, "A service number has 11 to 13 digits."


@dataclass
class Report:
    """`tables` and `files`: name → (rows found, changed). `proof` says what is left."""

    erasure: Erasure
    tables: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    recalled: int = 0
    proof: Proof | None = None

    @property
    def changed(self) -> int:
        return sum(changed for _, changed in self.tables.values()) + len(self.files)

    def as_dict(self) -> dict:
        """For the ledger and the operator: names of tables and files, counts, nothing of the person."""
        return {
            "tables": {name: list(counts) for name, counts in sorted(self.tables.items())},
            "files": self.files,
            "orders_recalled": self.recalled,
            "proof": self.proof.as_dict() if self.proof else None,
        }


def check_number(service_number: str) -> None:
    if not re.fullmatch(r"[0-9]{11,13}", service_number):
        raise NotANumber()


def erase_subject(
    *,
    service_number: str,
    actor: str,
    reason: str = "",
    despite_debt: bool = False,
    origin=Erasure.Origin.REQUEST,
    is_again: bool = False,
) -> Report:
    """Erase whoever has this number; safe twice, also after a kill.

    Raises NotANumber, NotFound (nothing of it is here and nobody of it was erased), OnTheWay, StillOwes,
    Busy (an import or another erasure runs). With `is_again` nobody is asked: the person was erased before.
    """
    check_number(service_number)
    with only_one("import"):  # whatever brings rows in or takes them back waits
        subject = find_subject(service_number)
        archives.learn(subject)
        if not is_again:
            refuse(subject, despite_debt)
        return erase_found(subject, actor, reason, origin)


def erase_found(subject: Subject, actor: str, reason: str, origin) -> Report:
    service_number = subject.service_number
    was_known = bool(subject.customers)
    is_erased = ledger.key_of("line", service_number) in ledger.in_force()
    if not was_known and not is_erased and not search(subject.canaries).total:
        raise NotFound()
    reason = re.sub(subject.canaries.pattern, HIDDEN, reason)
    erasure = ledger.open_erasure(
        service_number=service_number, orders=subject.order_numbers, origin=origin, actor=actor, reason=reason
    )
    report = Report(erasure)
    if was_known:
        report.recalled = in_transaction(lambda: recall_orders(customer=subject.customer))
    for path in folders.files():
        if folders.hits(path, subject.canaries.pattern):
            named = re.sub(subject.canaries.pattern, HIDDEN, str(path))
            report.files[named] = folders.erase_file(path, subject.canaries.pattern)
    for path in attached.paths_of(subject):
        path.unlink(missing_ok=True)
        report.files[str(path)] = "deleted"
    secure_delete()
    in_transaction(lambda: erase_tables(subject, report))
    wipe_free_pages()
    report.proof = search(subject.canaries)
    close(report, timezone.now())
    return report


def refuse(subject: Subject, despite_debt: bool) -> None:
    if not subject.customers:
        return
    refuse_on_the_way(customer=subject.customer)
    unpaid = Bill.objects.filter(customer=subject.customer).exclude(status=Bill.Status.PAID)
    if unpaid.exists() and not despite_debt:
        raise StillOwes(bills=unpaid.count())


def erase_tables(subject: Subject, report: Report) -> None:
    """Everything in the database, in one transaction; safe to repeat."""
    subject.tokens.clear()
    report.tables = archives.erase_archived(subject)
    report.tables |= erase_rows(HOLDS, subject)
    for table, changed in black_out_mentions(subject.canaries, HIDDEN).items():
        found, before = report.tables.get(table, (0, 0))
        report.tables[table] = (found + changed, before + changed)
        announce(customers=customers_of_hidden(table))
    if subject.customers:
        report.erasure.customer = subject.customer


def close(report: Report, now: datetime) -> None:
    """The erasure is over when nothing is left; else it stays open, and the same command goes on."""
    erasure = report.erasure
    erasure.report = report.as_dict()
    erasure.runs += bool(report.changed)
    erasure.finished_at = now if not report.proof.total else None

    def work():
        erasure.save()
        if report.changed:
            counts = {"tables": len(report.tables), "files": len(report.files), "orders": report.recalled}
            record(actor=None, verb="erase_subject", target=erasure, after=counts)

    in_transaction(work)


def secure_delete() -> None:
    """SQLite leaves what was deleted in the file until something else is written there."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def wipe_free_pages() -> None:
    """SQLite: also what older deletions left, and the write-ahead log. Waits for readers; never in a transaction."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
