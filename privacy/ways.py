"""How a row is found that holds a person, and what stays of it. The map (map.py) is written in these words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from common.ids import id_or_none
from workorders.models import Operation, Quarantine, Upload, Visit


@dataclass(frozen=True)
class Way:
    """By a key: `path` leads from the row to its customer."""

    path: str

    def rows(self, model, subject):
        return model._default_manager.filter(self.among(subject.customers)).order_by()

    def among(self, customers) -> Q:
        return Q(**{f"{self.path}__in": customers})


@dataclass(frozen=True)
class OfVisit:
    """By a visit's id in a column that is no reference: the visit may not have come yet, or waits for a decision."""

    column: str

    def rows(self, model, subject):
        return model._default_manager.filter(self.among(subject.customers)).order_by()

    def among(self, customers) -> Q:
        visits = Visit.objects.filter(order__customer__in=customers).order_by().values_list("pk", flat=True)
        return Q(**{f"{self.column}__in": [*visits, *set_aside(Q(customer__in=customers))]})


@dataclass(frozen=True)
class LoosePhoto:
    """Photos without a visit: by their upload, which names one, and by what was set aside and declares them."""

    def rows(self, model, subject):
        return model._default_manager.filter(self.among(subject.customers)).order_by()

    def among(self, customers) -> Q:
        uploads = Upload.objects.filter(OfVisit("for_visit").among(customers)).order_by()
        found = Q(pk__in=list(uploads.values_list("pk", flat=True)))
        for model in SET_ASIDE:
            rows = model.objects.filter(customer__in=customers, type=VISIT).order_by()
            for agent, content in rows.values_list("agent", "content"):
                found |= Q(agent=agent, pk__in=photos_in(content))
        return Q(visit=None) & found


VISIT = "visit.create"
SET_ASIDE = (Operation, Quarantine)


def set_aside(rows: Q) -> dict[UUID, int]:
    """Visits that phones told and that are none: they wait, or are in quarantine. Their id → their customer."""
    found = {}
    for model in SET_ASIDE:
        told = model.objects.filter(rows, type=VISIT).order_by()
        if model is Operation:
            told = told.exclude(status=Operation.Status.APPLIED)
        found |= {id_or_none(entity): customer for entity, customer in told.values_list("entity", "customer")}
    stored = Visit.objects.filter(pk__in=set(found) - {None}).order_by().values_list("pk", flat=True)
    return {key: found[key] for key in set(found) - {None, *stored}}


def photos_in(content) -> list[UUID]:
    """Ids of the photos that a visit declares; its content is what a phone sent: any JSON at all."""
    sent = inside(content, "op")  # of one that waits; in quarantine it is the content itself, and `op` its id
    photos = inside(inside(sent if isinstance(sent, dict) else content, "body"), "photos")
    named = [id_or_none(inside(photo, "id")) for photo in (photos if isinstance(photos, list) else ())]
    return [key for key in named if key]


def inside(value, name: str):
    return value.get(name) if isinstance(value, dict) else None


@dataclass(frozen=True)
class Line:
    """By the service number or an order's number in a column; the line need not be known yet."""

    column: str

    def rows(self, model, subject):
        numbers = [subject.service_number, *subject.order_numbers]
        return model._default_manager.filter(**{f"{self.column}__in": numbers}).order_by()


@dataclass(frozen=True)
class Mention:
    """By the service number inside a text or JSON column."""

    column: str

    def rows(self, model, subject):
        rows = model._default_manager.annotate(written=Cast(self.column, TextField()))
        return rows.filter(written__contains=subject.service_number).order_by()


@dataclass(frozen=True)
class SameRow:
    """By `batch` and `row`: whatever else was told of a row of a file that is the person's."""

    def rows(self, model, subject):
        found = Q(pk__in=[])
        for batch, row in subject.file_rows:
            found |= Q(batch=batch, row=row)
        return model._default_manager.filter(found).order_by()


@dataclass(frozen=True)
class Target:
    """By `target_type` and `target_id` (history): the rows of the other tables that are the person's."""

    def rows(self, model, subject):
        found = Q(pk__in=[])
        for label, keys in subject.keys.items():
            name = label.split(".")[1].lower()
            found |= Q(target_type=name, target_id__in=[str(key) for key in keys])
        return model._default_manager.filter(found).order_by()


@dataclass(frozen=True)
class Journal:
    """By `table` and key (the journal of imports), where the entry is of one row and not of a range."""

    def rows(self, model, subject):
        found = Q(pk__in=[])
        for label, keys in subject.keys.items():
            found |= Q(table=label.lower(), first_key__in=[str(key) for key in keys])
        return model._default_manager.filter(found).exclude(before=None, after=None).order_by()


@dataclass(frozen=True)
class Held:
    """One table that holds a person.

    `by`: how its rows are found; several ways add up. `gone`: the row is deleted. `left`: column → what it says
    afterwards, a value or a function of (row, subject, column); every other column stays. `ends`: column → what it
    says where the row waits for somebody, and what instead: what was emptied waits for nobody. `texts`: columns of free
    text, where the row of somebody else may mention the person: blacked out there. In all other columns another
    person's row may say the same for a reason of its own (a namesake, a shared phone, one house), and is left alone.
    """

    by: tuple
    why: str
    gone: bool = False
    left: dict[str, object | Callable] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nobody:
    """One table that is about nobody whom we bill; `texts` are free text in which somebody may be mentioned."""

    why: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Files:
    """The files of a table: `of` gives those of one row, whether they are there or not; `since` when they are kept."""

    of: Callable[[Model], list[Path]]
    since: str
