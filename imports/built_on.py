"""What others built on the rows that an undo takes away: every reference to them, and what becomes of both sides.

What people did is never lost: a row that somebody visited, noted, pinned or decided on stays, and the undo says why.
A new reference fails tests/imports/test_built_on.py until it stands here; until then it keeps what it refers to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import Field, Model, Q, QuerySet

from accounts.models import User
from customers.models import (
    Address,
    Bill,
    Customer,
    DistributionPoint,
    Installation,
    LocationCandidate,
    ResolvedLocation,
)
from customers.services.locations import FROM_FEED
from workorders.models import Assignment, Operation, PromiseToPay, Quarantine, Upload, Visit, WorkOrder
from workorders.states import State

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


@dataclass(frozen=True)
class Keeps:
    """The row that is referred to stays, and the undo says why. A referring row of `unless` goes with it instead."""

    why: str
    unless: Q | None = None


@dataclass(frozen=True)
class Goes:
    """The referring row belongs to the other one, and goes with it."""


@dataclass(frozen=True)
class Forgets:
    """The referring row stays without its reference, which becomes null."""

    why: str


Decision = Keeps | Goes | Forgets
OTHERS = Keeps("other rows refer to it now")

REFERENCES: dict[str, Decision] = {
    # --- to customers
    "customers.Address.customer": Goes(),
    "customers.Installation.customer": Goes(),
    "customers.LocationCandidate.customer": Keeps("somebody showed where the house is", unless=Q(source__in=FROM_FEED)),
    "customers.ResolvedLocation.customer": Keeps("somebody locked its point", unless=Q(locked_by=None)),
    "customers.LocationCorrection.customer": Keeps("somebody moved its point"),
    "customers.PinLink.customer": Keeps("the customer was sent a link to show the house"),
    "customers.SearchedPlace.customer": Keeps("somebody searched for the house"),
    "customers.FieldNote.customer": Keeps("somebody noted something about it"),
    "customers.Bill.customer": Keeps("it has bills"),
    "workorders.WorkOrder.customer": Keeps("it has work orders"),
    "workorders.Operation.customer": Keeps("a phone sent something about it"),
    "workorders.Quarantine.customer": Keeps("a phone sent something about it that was set aside"),
    "workorders.Conflict.customer": Keeps("two people noted different things about it"),
    # --- to ODP
    "customers.Installation.odp": Keeps("houses hang on it"),
    # --- to observed points
    "customers.LocationCorrection.candidate": Forgets("where the point moved from and to stands in the row itself"),
    "workorders.Visit.candidate": Forgets("where the agent stood, and how far off, stands in the row itself"),
    # --- to work orders
    "workorders.Visit.order": Keeps("it was visited"),
    "workorders.RescueStep.order": Keeps("somebody searched for its address"),
    "workorders.PromiseToPay.order": Keeps("a payment was promised"),
    "workorders.Assignment.order": Keeps("somebody gave it to an agent", unless=Q(kind=Assignment.Kind.FEED)),
    "workorders.AddressHold.order": Goes(),
    # --- to visits: those of a feed, since no undo takes an agent's
    "workorders.Lesson.visit": Keeps("it is yet to be learned from"),
    "workorders.AddressHold.visit": Keeps("its order waits for a better address"),
    "workorders.SearchTrail.visit": Keeps("it has a way that somebody walked"),
    "workorders.VisitPhoto.visit": Keeps("it has photos"),
    "workorders.PromiseToPay.visit": Keeps("a payment was promised"),
    "workorders.VisitReview.visit": Keeps("somebody reviewed it"),
    # --- to accounts: all others keep them, as OTHERS
    "workorders.FeedScope.agent": Goes(),
    "workorders.FeedEntry.scope": Goes(),
}


@dataclass(frozen=True)
class Aside:
    """Rows that keep others which no foreign key of theirs names: `path` leads to these, `only` says which do."""

    model: type[Model]
    path: str
    why: str
    only: Q = Q()


# States that only people bring about, and rows of which they left nothing but the state.
WORKED = (State.EN_ROUTE, State.ON_SITE, State.FOLLOW_UP, State.CLOSED, State.ON_HOLD)
ASIDE: dict[type[Model], tuple[Aside, ...]] = {
    WorkOrder: (
        Aside(WorkOrder, "pk", "somebody works on it, or holds it back", Q(state__in=WORKED)),
        Aside(Operation, "customer__workorders", "a phone sent something that waits", Q(status=Operation.Status.HELD)),
        Aside(
            Quarantine,
            "customer__workorders",
            "a phone sent something that waits for a decision",
            Q(state=Quarantine.State.OPEN),
        ),
    ),
    Visit: (Aside(Upload, "for_visit", "a photo of it is on its way"),),
    Assignment: (
        Aside(Assignment, "pk", "its agent works on the order", Q(order__state__in=WORKED)),
        Aside(
            Assignment, "pk", "its order was visited", Q(order__visits__isnull=False, order__visits__feed_batch=None)
        ),
    ),
}

# Columns that may name rows without a foreign key, and why nothing has to be done about them.
LOOSE: dict[str, str] = {
    "customers.LocationCandidate.evidence": "visits of agents and pins; visits of feeds teach nothing",
    "customers.LocationCorrection.evidence": "visits of agents and pins; visits of feeds teach nothing",
    "customers.LocationCorrection.before": "rows of points, as they were",
    "customers.LocationCorrection.after": "rows of points, as they were",
    "customers.LocationCorrection.marks": "points, as they were marked: those that are gone are passed over",
    "customers.SearchedPlace.evidence": "visits of agents, and of feeds with a trail, which keeps them",
    "customers.SearchedPlace.after": "a key to compare with, never to look up",
    "customers.LocationCandidate.device": "phones, which no undo takes",
    "customers.LocatingRun.last_key": "how far a command came",
    "workorders.FeedEntry.object_id": "orders: phones are told of those that go (imports.undo)",
    "workorders.Lesson.target": "a point, which may be gone when it is learned",
    "workorders.Upload.for_visit": "visits: kept by ASIDE",
    "workorders.Operation.entity": "what the phone made, and visits of agents",
    "workorders.Operation.content": "orders and customers: kept by ASIDE while it waits",
    "workorders.Operation.result": "what was answered then",
    "workorders.Quarantine.entity": "what the phone made, and visits of agents",
    "workorders.Quarantine.operation": "the ledger, which no undo takes",
    "workorders.Quarantine.content": "orders and customers: kept by ASIDE until it is decided",
    "workorders.Quarantine.details": "what was answered then",
    "history.Change.target_id": "history tells of what was",
    "history.Change.before": "history tells of what was",
    "history.Change.after": "history tells of what was",
    "history.Access.target_id": "history tells of what was",
    "imports.JournalEntry.first_key": "what batches did: an undo passes over rows that are gone (imports.undo)",
    "imports.JournalEntry.last_key": "what batches did: an undo passes over rows that are gone (imports.undo)",
    "imports.JournalEntry.before": "what batches did: an undo passes over rows that are gone (imports.undo)",
    "imports.JournalEntry.after": "what batches did: an undo passes over rows that are gone (imports.undo)",
    "privacy.Erasure.customer": "the ledger of erasures tells of what was",
}

# The condition that a column names one of the rows in question.
Span = Callable[[str], Q]


def between(first, last) -> Span:
    return lambda column: Q(**{f"{column}__gte": first, f"{column}__lte": last})


def within(keys: list) -> Span:
    return lambda column: Q(**{f"{column}__in": keys})


def without(span: Span, keys: list) -> Span:
    return (lambda column: span(column) & ~Q(**{f"{column}__in": keys})) if keys else span


@dataclass(frozen=True)
class Reference:
    """A foreign key of `model`, and what was decided about it."""

    model: type[Model]
    field: Field
    decision: Decision

    @property
    def takes_along(self) -> bool:
        """Whether referring rows may go with what they refer to."""
        return isinstance(self.decision, Goes) or (
            isinstance(self.decision, Keeps) and self.decision.unless is not None
        )

    def rows(self, condition: Q) -> QuerySet:
        return self.model._base_manager.filter(condition).order_by()


@cache
def references_to(model: type[Model]) -> tuple[Reference, ...]:
    """Every foreign key of any model that refers to `model`."""
    relations = model._meta.get_fields(include_hidden=True)
    fields = [relation.field for relation in relations if relation.auto_created and not relation.concrete]
    return tuple(
        Reference(field.model, field, REFERENCES.get(name_of(field), OTHERS))
        for field in fields
        if not field.many_to_many
    )


def name_of(field: Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def kept(model: type[Model], span: Span) -> dict:
    """Key → why, of the rows of a span that have to stay."""
    found = dict(kept_through(model, span, ""))
    for aside in ASIDE.get(model, ()):
        rows = aside.model._base_manager.filter(span(aside.path), aside.only).order_by()
        found |= dict.fromkeys(rows.values_list(aside.path, flat=True).distinct(), aside.why)
    return found


def kept_through(model: type[Model], span: Span, along: str) -> Iterator[tuple]:
    """(key, why) for each row that something refers to, or refers to what would go with it; `along` leads there."""
    for reference in references_to(model):
        column = f"{reference.field.name}{along}"
        if isinstance(reference.decision, Keeps):
            rows = reference.rows(span(column))
            if reference.decision.unless is not None:
                rows = rows.exclude(reference.decision.unless)
            for key in rows.values_list(column, flat=True).distinct():
                yield key, reference.decision.why
        if reference.takes_along:
            yield from kept_through(reference.model, span, f"__{column}")


def remove(model: type[Model], span: Span) -> int:
    """Delete the rows of a span and what goes with them; how many of `model`. None of them may have to stay."""
    detach(model, span, "")
    return raw_delete(model._base_manager.filter(span("pk")))


def detach(model: type[Model], span: Span, along: str) -> None:
    """Delete or set to null what refers to these rows, from the farthest on."""
    for reference in references_to(model):
        column = f"{reference.field.name}{along}"
        if isinstance(reference.decision, Forgets):
            reference.rows(span(column)).update(**{reference.field.name: None})
        if reference.takes_along:
            detach(reference.model, span, f"__{column}")
            raw_delete(reference.rows(span(column)))


def raw_delete(rows: QuerySet) -> int:
    """Straight from the table: Django would read every row to look for what refers to it."""
    return rows.order_by()._raw_delete(rows.db) or 0
