"""Whoever was erased stays erased: after a restore, after a rollback, and when a phone sends late what it kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from common.batches import batched
from common.tx import in_transaction
from customers.models import Customer, PointOffer
from imports.models import HeldRow
from privacy import attached
from privacy.left import ERASED
from privacy.map import HOLDS
from privacy.rows import BY_KEY, erase_rows
from privacy.services import ledger
from privacy.services.erase import Report, erase_subject
from privacy.subjects import find_many, model_of
from privacy.ways import Held, Way, set_aside
from workorders.models import Upload, Visit, VisitPhoto


@dataclass
class Again:
    """`entries`: taken up from the ledger's file; `returned`: reports of whoever was back; `late`: table → rows."""

    entries: int = 0
    returned: list[Report] = field(default_factory=list)
    late: dict[str, int] = field(default_factory=dict)

    def __str__(self):
        return (
            f"{len(self.returned)} erased again, {sum(self.late.values())} late rows emptied,"
            f" {self.entries} entries taken up from the ledger's file"
        )


def reapply(*, actor: str) -> Again:
    """Erase again whoever is back. Safe at any time, and twice. Raises what `erase_subject` raises."""
    done = Again(entries=ledger.take_up_file())
    erased = ledger.in_force()
    back = {number for number in numbers_of_lines() if ledger.key_of("line", number) in erased} if erased else set()
    for number in sorted(back):
        entry = erased[ledger.key_of("line", number)]
        done.returned.append(
            erase_subject(service_number=number, actor=actor, reason=entry.reason, origin=entry.origin, is_again=True)
        )
    done.late = empty_late_rows()
    return done


def numbers_of_lines() -> Iterator[str]:
    """Every service number that a table has as such; a line comes as often as tables have it."""
    for model, column in ((Customer, "service_number"), (HeldRow, "waits_for"), (PointOffer, "service_number")):
        for number in model.objects.order_by().values_list(column, flat=True).iterator(chunk_size=10_000):
            if number.isdigit() and 11 <= len(number) <= 13:
                yield number


def empty_late_rows() -> dict[str, int]:
    """A phone that was offline sends its visit after the erasure: it counts, and holds nobody. Table → rows."""
    customers = set()
    for label, held in HOLDS.items():
        for way in held.by:
            if isinstance(way, Way):
                customers |= set(late_customers(label, held, way))
    customers |= late_photos()
    emptied = {}
    for some in batched(sorted(customers), 200):
        for table, (_, changed) in in_transaction(lambda some=some: erase_rows(HOLDS, find_many(some), BY_KEY)).items():
            emptied[table] = emptied.get(table, 0) + changed
    photos = VisitPhoto._meta.db_table
    emptied[photos] = emptied.get(photos, 0) + in_transaction(delete_left_photos)
    return {table: number for table, number in emptied.items() if number}


def late_photos() -> set[int]:
    """Erased customers of whose visits photos came that no visit declares: the visit was erased with its declaration,
    never had one, or was set aside.
    """
    loose = VisitPhoto.objects.filter(visit=None).order_by().values("pk")
    named = set(Upload.objects.filter(pk__in=loose).order_by().values_list("for_visit", flat=True))
    aside = set_aside(Q(customer__service_number__startswith=ERASED)) if named else {}
    found = {customer for visit, customer in aside.items() if visit in named}
    for some in batched(sorted(named), 500):
        visits = Visit.objects.filter(pk__in=some, order__customer__service_number__startswith=ERASED).order_by()
        found |= set(visits.values_list("order__customer", flat=True))
    return found


def delete_left_photos() -> int:
    """Photos that name neither visit nor upload: erasures before November 2026 left them. No other way leads there."""
    upload = Upload.objects.filter(pk=OuterRef("pk"))
    rows = VisitPhoto.objects.filter(~Exists(upload), visit=None).order_by()
    attached.remove(VisitPhoto._meta.label, rows)
    return rows.delete()[0]


def late_customers(label: str, held: Held, way: Way):
    """Erased customers of whom this table has more than the map leaves."""
    to_customer = "" if way.path == "pk" else f"{way.path}__"
    rows = model_of(label)._default_manager.filter(**{f"{to_customer}service_number__startswith": ERASED})
    if not held.gone:
        fixed = {name: value for name, value in held.left.items() if not callable(value)}
        says_more = Q(pk__in=[])
        for name, (waits, _) in held.ends.items():
            says_more |= Q(**{name: waits})
        for name, value in fixed.items():
            says_more |= Q(**{f"{name}__isnull": False}) if value is None else ~Q(**{name: value})
        rows = rows.filter(says_more)
    return rows.order_by().values_list(way.path, flat=True).distinct()


def after_release(*, reason: str) -> str:
    """What follows a release or a rollback (settings.RELEASES_AFTER), for people: archives brought rows back."""
    if not ledger.is_here():
        return "no ledger of erasures in this structure: run `subject reapply` under the next release"
    return str(reapply(actor=reason))
