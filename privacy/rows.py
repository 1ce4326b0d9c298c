"""Erases the rows that the map names: deleted, or left with what the map leaves of them."""

from django.db.models import Model, Q, QuerySet

from common.batches import batched
from privacy import attached
from privacy.left import GONE
from privacy.map import FILES
from privacy.subjects import BY_CUSTOMER, Subject, model_of
from privacy.ways import Held, Journal, Target
from workorders.models import Conflict, Operation
from workorders.services.feed import announce

# What is found by keys alone; retention needs no more: what imports' files told of their rows is gone long before.
BY_KEY = (*BY_CUSTOMER, Target, Journal)


def found_keys(holds: dict[str, Held], subject: Subject, ways: tuple) -> dict[str, list]:
    """Model label → keys of the person's rows, before any of them changes."""
    found = {}
    for label, held in holds.items():
        model, keys = model_of(label), set()
        for way in held.by:
            if isinstance(way, ways):
                keys |= set(way.rows(model, subject).values_list("pk", flat=True))
        found[label] = sorted(keys)
    return found


def erase_rows(holds: dict[str, Held], subject: Subject, ways: tuple = (object,)) -> dict[str, tuple[int, int]]:
    """Table → (rows found, rows changed). Run in a transaction, at whose end phones hear of it."""
    report, found = {}, found_keys(holds, subject, ways)
    announce(customers=subject.customers, operations=waiting_operations(found))
    for label, keys in found.items():
        if not keys:
            continue
        model, held, changed = model_of(label), holds[label], 0
        for some in batched(keys, 500):
            rows = model._default_manager.filter(pk__in=some).order_by()
            if label in FILES:  # first, so that none stays behind without a row; also what came since the erasure began
                attached.remove(label, rows)
            changed += delete(rows) if held.gone else leave(rows, held, subject)
        report[model._meta.db_table] = (len(keys), changed)
    return report


def waiting_operations(found: dict[str, list]) -> list[tuple]:
    """(agent, operation) of what phones show as waiting: they hear that it does no more."""
    waits = Q(status=Operation.Status.HELD) | Q(conflicts__state=Conflict.State.OPEN)
    rows = Operation.objects.filter(waits, pk__in=found.get("workorders.Operation", []))
    return list(rows.order_by().values_list("agent", "pk"))


def delete(rows: QuerySet) -> int:
    """The rows themselves; what Django deletes with them is named in the map, too."""
    _, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


def leave(rows: QuerySet, held: Held, subject: Subject) -> int:
    """Write what the map leaves into rows that say anything else; how many did."""
    model = rows.model
    fixed = {name: value for name, value in held.left.items() if not callable(value)}
    changed, gone = [], []
    for row in rows:
        made = {name: value(row, subject, name) for name, value in held.left.items() if callable(value)}
        if GONE in made.values():
            gone.append(row.pk)
            continue
        subject.tokens[model._meta.label_lower, str(row.pk)] = dict(made)
        made |= {name: over for name, (waits, over) in held.ends.items() if getattr(row, name) == waits}
        if any(getattr(row, attribute(model, name)) != value for name, value in (fixed | made).items()):
            changed.append(row.pk)
            if made:
                model._default_manager.filter(pk=row.pk).update(**made)
    if fixed and changed:
        model._default_manager.filter(pk__in=changed).update(**fixed)
    return len(changed) + (delete(rows.filter(pk__in=gone)) if gone else 0)


def attribute(model: type[Model], name: str) -> str:
    return model._meta.get_field(name).attname
