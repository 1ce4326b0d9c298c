"""Takes a batch back: deletes what it created, restores what it changed, and lists what somebody changed since."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from common.batches import batched
from common.bulk import update_objects
from common.locks import only_one
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import Bill, Customer, LocationCandidate, ResolvedLocation
from customers.services import recount_arrears, resolve_locations
from history.services import record
from imports.built_on import CHILDREN_FIRST, Span, between, kept, name_of, remove, within, without
from imports.journal import columns_of, label, snapshot
from imports.models import Batch, HeldRow, JournalEntry
from workorders.models import Visit, WorkOrder
from workorders.services.attempts import count_attempts
from workorders.services.feed import announce
from workorders.services.points import refresh_points

# Rows deleted in one transaction: a batch of a million must not hold its locks to the end.
PIECE = 20_000
# Rows that follow from evidence: one that moved on since is computed again instead of being listed.
DECIDED_ANEW = (LocationCandidate, ResolvedLocation)
# References without which a row cannot be as it was, though the column may be null: who carries an order has it.
NEEDED = ("workorders.WorkOrder.assignee",)


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

    def add(self, part: "UndoReport") -> None:
        self.deleted += part.deleted
        self.restored += part.restored
        self.kept += part.kept
        self.customers |= part.customers
        self.undecided |= part.undecided
        self.orders |= part.orders


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
        told(report, lambda part, some=some: restore(model, some, part))
    created = steps.filter(made)
    for owner in created.order_by().values_list("batch", flat=True).distinct():
        for span in spans_of(model, created.filter(batch=owner)):
            told(report, lambda part, owner=owner, span=span: delete_created(model, owner, span, part))


def told(report: UndoReport, work: Callable[[UndoReport], None]) -> None:
    """`work` in a transaction, with a report of its own: what is tried again after a deadlock is not told twice."""

    def once() -> UndoReport:
        part = UndoReport()
        work(part)
        return part

    report.add(in_transaction(once))


def spans_of(model: type[Model], steps: QuerySet) -> Iterator[Span]:
    """The created rows of these steps in pieces: single rows together, and ranges cut."""
    singles = steps.filter(first_key=F("last_key"))
    for keys in batched(singles.values_list("first_key", flat=True), 2000):
        yield within(keys)
    for first, last in steps.exclude(first_key=F("last_key")).values_list("first_key", "last_key"):
        yield from (between(*ends) for ends in pieces(model.objects.filter(pk__gte=first, pk__lte=last)))


def pieces(rows: QuerySet) -> Iterator[tuple]:
    """The range of `rows` cut into ranges of at most PIECE keys: (first, last) of each."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    first = keys.first()
    while first is not None:
        some = keys.filter(pk__gte=first)
        last = some[PIECE - 1 : PIECE].first() or keys.last()
        yield first, last
        first = keys.filter(pk__gt=last).first()


def delete_created(model: type[Model], owner: int, span: Span, report: UndoReport) -> None:
    """Delete the rows that still carry the number of batch `owner` and that nobody built on, with what belongs to them;
    note what stays, and why.
    """
    rows = model.objects.filter(span("pk"))
    # Locked before anything is looked up: whoever is about to build on one of them waits, and finds it gone.
    owners = dict(rows.order_by("pk").select_for_update().values_list("pk", "feed_batch"))
    reasons = kept(model, span)
    stay = [key for key, batch in owners.items() if batch != owner or key in reasons]
    for key in stay:
        if owners[key] == owner:
            report.keep(model, str(key), reasons[key])
        elif (owners[key] or 0) > owner:
            report.keep(model, str(key), "changed by a later import")
    delete_rows(model, without(span, stay), report)


def delete_rows(model: type[Model], span: Span, report: UndoReport) -> None:
    """Delete these rows, and write what follows in the same transaction: killed after it, nobody would know them."""
    going = model.objects.filter(span("pk")).order_by()
    billed = set(going.values_list("customer", flat=True)) if model is Bill else set()
    visited = set(going.values_list("order", flat=True)) if model is Visit else set()
    if model is WorkOrder:
        announce(agents=set(going.exclude(assignee=None).values_list("assignee", flat=True)))
    report.deleted += remove(model, span)
    recount_arrears(customers=sorted(billed))
    announce(customers=billed)
    recount_attempts(visited)


def recount_attempts(orders: set[int]) -> None:
    count_attempts(orders=sorted(orders))
    for some in batched(sorted(orders), 2000):
        announce(customers=WorkOrder.objects.filter(pk__in=some).order_by().values_list("customer", flat=True))


def restore(model: type[Model], entries: list[JournalEntry], report: UndoReport) -> None:
    """Rows that are as the batch left them get their values of before; the others are listed, or decided anew.

    `entries` come newest first, so that a row that changed twice goes back step by step.
    """
    keys = {entry.first_key for entry in entries}
    present = snapshot(model.objects.filter(pk__in=keys).select_for_update())  # locked: see delete_created
    wanted = dict(present)
    reasons = reasons_to_keep(model, [entry.first_key for entry in entries if entry.before is None])
    for entry in entries:
        note_customer(model, entry, report)
        if entry.before is None and entry.first_key in reasons:
            report.keep(model, entry.first_key, reasons[entry.first_key])
        elif wanted.get(entry.first_key) == entry.after:
            wanted[entry.first_key] = entry.before
        elif wanted.get(entry.first_key) == entry.before:
            continue  # an undo that kept something and was called again: this row is back already
        elif model in DECIDED_ANEW:
            report.undecided.add(int((entry.before or entry.after)["customer_id"]))
        else:
            report.keep(model, entry.first_key, "changed since")
    changed = {key: row for key, row in wanted.items() if row != present.get(key)}
    if model is WorkOrder:  # an order that its agent loses here, and that may be deleted next, is on his phone yet
        announce(agents={present[key]["assignee_id"] for key in changed if key in present} - {None})
    write_back(model, present, changed, report)


def reasons_to_keep(model: type[Model], keys: list[str]) -> dict[str, str]:
    """Key → why, of those of these rows that have to stay."""
    return {str(key): why for key, why in kept(model, within(keys)).items()} if keys else {}


def write_back(model: type[Model], present: dict, wanted: dict, report: UndoReport) -> None:
    gone = [key for key, row in wanted.items() if row is None]
    report.deleted += remove(model, within(gone)) if gone else 0
    rows = with_what_is_there(model, present, {key: row for key, row in wanted.items() if row is not None}, report)
    fresh = [model_of(model, row) for key, row in rows.items() if key not in present]
    back = [model_of(model, row) for key, row in rows.items() if key in present]
    model.objects.bulk_create(fresh)
    update_objects(back, [name for name in columns_of(model) if name != model._meta.pk.attname])
    report.restored += len(fresh) + len(back)


def with_what_is_there(model: type[Model], present: dict, rows: dict, report: UndoReport) -> dict:
    """The rows that can be written, without references to what was taken back meanwhile with another batch."""
    rows = {key: dict(row) for key, row in rows.items()}
    for column in model._meta.concrete_fields:
        if column.remote_field is None or column.remote_field.model not in CHILDREN_FIRST:
            continue
        gone = gone_among(column.remote_field.model, {row[column.attname] for row in rows.values()} - {None})
        for key in [key for key, row in rows.items() if row[column.attname] in gone]:
            if column.null and name_of(column) not in NEEDED:
                rows[key][column.attname] = None
                continue
            del rows[key]
            if key in present:  # one that is not went with what it belonged to
                report.keep(model, key, f"its {column.verbose_name} of before is gone")
    return without_doubles(rows, present, report) if model is LocationCandidate else rows


def gone_among(model: type[Model], keys: set) -> set:
    """Those of these keys, as the journal writes them, that no row has."""
    there = {str(key) for key in model.objects.filter(pk__in=keys).values_list("pk", flat=True)}
    return {key for key in keys if str(key) not in there}


def without_doubles(rows: dict, present: dict, report: UndoReport) -> dict:
    """Without points that a later import brought again: they are there, under another key."""
    fresh = {key: row for key, row in rows.items() if key not in present}
    there = LocationCandidate.objects.filter(customer__in=[row["customer_id"] for row in fresh.values()])
    known = set(there.order_by().values_list("customer", "source", "evidence"))
    doubles = {key for key, row in fresh.items() if (row["customer_id"], row["source"], row["evidence"]) in known}
    report.undecided.update(fresh[key]["customer_id"] for key in doubles)
    return {key: row for key, row in rows.items() if key not in doubles}


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
    recount_attempts(report.orders)
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
