"""Takes a batch back: deletes what it created, restores what it changed, and lists what somebody changed since."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from common.batches import batched
from common.bulk import update_objects
from common.locks import only_one
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import (
    Address,
    Bill,
    Customer,
    DistributionPoint,
    FieldNote,
    Installation,
    LocationCandidate,
    ResolvedLocation,
)
from customers.services import recount_arrears, resolve_locations
from customers.services.locations import FROM_FEED
from history.services import record
from imports.journal import columns_of, label, snapshot
from imports.models import Batch, HeldRow, JournalEntry
from workorders.models import AddressHold, Assignment, FeedEntry, FeedScope, PromiseToPay, Visit, WorkOrder
from workorders.services.attempts import count_attempts
from workorders.services.feed import announce
from workorders.services.points import refresh_points

# Rows deleted in one transaction: a batch of a million must not hold its locks to the end.
PIECE = 20_000
# The order in which tables can lose rows: what refers to others first.
CHILDREN_FIRST = (
    PromiseToPay,
    Visit,
    Assignment,
    WorkOrder,
    User,
    Bill,
    ResolvedLocation,
    LocationCandidate,
    Installation,
    Address,
    Customer,
    DistributionPoint,
)
# Rows that go with the row that they belong to, straight from the tables.
BELONGS_TO = {
    Customer: [(child, "customer") for child in (ResolvedLocation, LocationCandidate, Installation, Address)],
    WorkOrder: [(Assignment, "order"), (AddressHold, "order")],
    User: [(FeedEntry, "scope"), (FeedScope, "agent")],
}
# Rows that follow from evidence: one that moved on since is computed again instead of being listed.
DECIDED_ANEW = (LocationCandidate, ResolvedLocation)


class NotRevertible(Problem):
    code, status, message = "not_revertible", 409, "Only a finished batch that was not undone yet can be undone."


@dataclass
class UndoReport:
    """How many rows were deleted and restored, and in words what was kept and why."""

    deleted: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list)
    customers: set[int] = field(default_factory=set)  # whose arrears and orders follow
    undecided: set[int] = field(default_factory=set)  # whose point must be decided anew
    orders: set[int] = field(default_factory=set)  # whose attempts are counted anew

    def keep(self, model: type[Model], key: str, why: str) -> None:
        self.kept.append(f"{model._meta.model_name} {key}: {why}")


def undo_batch(*, batch: Batch, actor=None) -> UndoReport:
    """Undo a batch as far as nobody built on it. Killed half-way, it goes on when called again; so it does after
    it kept rows, once what was built on them is gone.

    Raises NotAllowed, NotFound, NotRevertible, Busy.
    """
    if actor is not None:
        require(actor, "import")
        if not Batch.objects.visible_to(actor).filter(pk=batch.pk).exists():
            raise NotFound()
    with only_one("import"):
        batch.refresh_from_db(fields=["state"])  # somebody may have undone it since it was read
        if not batch.is_revertible:
            raise NotRevertible(state=batch.state)
        report = UndoReport()
        steps = JournalEntry.objects.filter(Q(batch=batch) | Q(cause=batch)).order_by("-id")
        for model in CHILDREN_FIRST:
            take_back(model, steps.filter(table=label(model)), report)
        in_transaction(lambda: close(batch, actor, report))
        return report


def take_back(model: type[Model], steps: QuerySet, report: UndoReport) -> None:
    """One table: rows that were changed get their values back, then rows that were created go."""
    made = Q(before__isnull=True, after__isnull=True)
    for some in batched(steps.exclude(made).iterator(chunk_size=2000), 2000):
        in_transaction(lambda some=some: restore(model, some, report))
    for step in steps.filter(made):
        delete_created(model, step, report)


def delete_created(model: type[Model], entry: JournalEntry, report: UndoReport) -> None:
    """Delete the rows of a range that still carry the batch's number and that nothing refers to."""
    created = model.objects.filter(pk__gte=entry.first_key, pk__lte=entry.last_key)
    removable = without_dependants(model, created.filter(feed_batch=entry.batch_id))
    for first, last in pieces(created):
        in_transaction(lambda first=first, last=last: delete_piece(model, entry, removable, first, last, report))


def pieces(rows: QuerySet) -> Iterator[tuple]:
    """The range of `rows` cut into ranges of at most PIECE keys: (first, last) of each."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    first = keys.first()
    while first is not None:
        some = keys.filter(pk__gte=first)
        last = some[PIECE - 1 : PIECE].first() or keys.last()
        yield first, last
        first = keys.filter(pk__gt=last).first()


def delete_piece(model: type[Model], entry: JournalEntry, removable: QuerySet, first, last, report: UndoReport) -> None:
    """Delete the removable rows from `first` to `last` and what belongs to them; note what stays, and why."""
    piece = model.objects.filter(pk__gte=first, pk__lte=last)
    stay = dict(piece.exclude(pk__in=removable.values("pk")).values_list("pk", "feed_batch"))
    for key, feed_batch in stay.items():
        if feed_batch == entry.batch_id:
            report.keep(model, str(key), "other rows refer to it now")
        elif (feed_batch or 0) > entry.batch_id:
            report.keep(model, str(key), "changed by a later import")
    going = piece.exclude(pk__in=stay)
    if model in (WorkOrder, Bill):
        report.customers.update(going.order_by().values_list("customer_id", flat=True).distinct())
    if model is WorkOrder:
        announce(agents=set(going.exclude(assignee=None).order_by().values_list("assignee", flat=True)))
    if model is Visit:
        report.orders.update(going.order_by().values_list("order_id", flat=True))
    for child, parent in BELONGS_TO.get(model, ()):
        owned = child.objects.filter(**{f"{parent}__gte": first, f"{parent}__lte": last})
        raw_delete(owned.exclude(**{f"{parent}__in": stay}))
    report.deleted += raw_delete(going)


def without_dependants(model: type[Model], rows: QuerySet) -> QuerySet:
    """Those of `rows` that can go: nobody billed, visited, assigned by hand, noted or pinned on them."""
    if model is Customer:
        field_evidence = LocationCandidate.objects.filter(customer=OuterRef("pk")).exclude(source__in=FROM_FEED)
        rows = rows.exclude(Exists(Bill.objects.filter(customer=OuterRef("pk"))))
        rows = rows.exclude(Exists(WorkOrder.objects.filter(customer=OuterRef("pk"))))
        rows = rows.exclude(Exists(FieldNote.objects.filter(customer=OuterRef("pk"))))
        return rows.exclude(Exists(field_evidence))
    if model is WorkOrder:
        by_hand = Assignment.objects.filter(order=OuterRef("pk")).exclude(kind=Assignment.Kind.FEED)
        rows = rows.exclude(Exists(Visit.objects.filter(order=OuterRef("pk")))).exclude(Exists(by_hand))
        return rows
    if model is DistributionPoint:
        return rows.exclude(Exists(Installation.objects.filter(odp=OuterRef("pk"))))
    return rows


def raw_delete(rows: QuerySet) -> int:
    return rows.order_by()._raw_delete(rows.db) or 0


def restore(model: type[Model], entries: list[JournalEntry], report: UndoReport) -> None:
    """Rows that are as the batch left them get their values of before; the others are listed, or decided anew.

    `entries` come newest first, so that a row that changed twice goes back step by step.
    """
    present = snapshot(model.objects.filter(pk__in={entry.first_key for entry in entries}))
    wanted = dict(present)
    in_use = people_in_use([entry.first_key for entry in entries if entry.before is None]) if model is User else set()
    for entry in entries:
        note_customer(model, entry, report)
        if entry.before is None and entry.first_key in in_use:
            report.keep(model, entry.first_key, "other rows refer to it now")
        elif wanted.get(entry.first_key) == entry.after:
            wanted[entry.first_key] = entry.before
        elif wanted.get(entry.first_key) == entry.before:
            continue  # an undo that kept something and was called again: this row is back already
        elif model in DECIDED_ANEW:
            report.undecided.add(int((entry.before or entry.after)["customer_id"]))
        else:
            report.keep(model, entry.first_key, "changed since")
    write_back(model, present, {key: row for key, row in wanted.items() if row != present.get(key)}, report)


def people_in_use(keys: list[str]) -> set[str]:
    """Those of these accounts that anything refers to but what belongs to them: work, visits, phones, what they saw."""
    owned, used = {child for child, _ in BELONGS_TO[User]}, set()
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model not in owned:
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys}).order_by()
            used.update(rows.values_list(name, flat=True))
    return {str(key) for key in used}


def write_back(model: type[Model], present: dict, wanted: dict, report: UndoReport) -> None:
    gone = [key for key, row in wanted.items() if row is None]
    fresh = [model_of(model, row) for key, row in wanted.items() if row is not None and key not in present]
    back = [model_of(model, row) for key, row in wanted.items() if row is not None and key in present]
    for child, parent in BELONGS_TO.get(model, ()):
        raw_delete(child.objects.filter(**{f"{parent}__in": gone}))
    report.deleted += raw_delete(model.objects.filter(pk__in=gone))
    model.objects.bulk_create(fresh)
    update_objects(back, [name for name in columns_of(model) if name != model._meta.pk.attname])
    report.restored += len(fresh) + len(back)


def model_of(model: type[Model], values: dict) -> Model:
    """A row of the journal as a model instance."""
    return model(**{name: model._meta.get_field(name).to_python(value) for name, value in values.items()})


def note_customer(model: type[Model], entry: JournalEntry, report: UndoReport) -> None:
    """Remember whose arrears, point and orders follow from this row."""
    values = entry.before or entry.after
    if model is Visit:
        report.orders |= {row["order_id"] for row in (entry.before, entry.after) if row}
    key = values.get("id") if model is Customer else values.get("customer_id")
    if key is not None:
        report.customers.add(int(key))


def close(batch: Batch, actor, report: UndoReport) -> None:
    """Recompute what follows from the restored rows, let held rows wait again, and mark the batch."""
    customers = sorted(Customer.objects.filter(pk__in=report.customers).values_list("pk", flat=True))
    resolve_locations(customers=sorted(report.undecided & set(customers)))
    recount_arrears(customers=customers)
    count_attempts(orders=sorted(report.orders))
    refresh_points(customers=customers)
    HeldRow.objects.filter(applied_by=batch).update(applied_by=None)
    HeldRow.objects.filter(batch=batch).delete()
    if report.kept:  # what stands in the way may be undone later; then this batch can be undone to its end
        batch.state = Batch.State.PARTLY
    else:
        JournalEntry.objects.filter(Q(batch=batch) | Q(cause=batch)).delete()
        batch.state = Batch.State.REVERTED
    batch.reverted_at, batch.reverted_by = timezone.now(), actor
    batch.save(update_fields=["state", "reverted_at", "reverted_by"])
    record(
        actor=actor,
        verb="undo_import",
        target=batch,
        after={"deleted": report.deleted, "restored": report.restored, "kept": len(report.kept)},
    )
