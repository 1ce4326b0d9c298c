"""One person as the system holds them: the keys of their rows in every table, and the words to recognise them by."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Model

from customers.models import Address, Customer, Installation
from imports.models import HeldRow, JournalEntry, RowIssue
from privacy.canaries import Canaries
from privacy.map import HOLDS
from privacy.ways import Held, LoosePhoto, OfVisit, Way
from workorders.models import WorkOrder

BY_CUSTOMER = (Way, OfVisit, LoosePhoto)


@dataclass
class Subject:
    """`customers` are keys: one of a person, several where retention erases many by their keys alone.

    `keys`: model label → primary keys of the rows that a Way leads to. `file_rows`: (batch, row) of rows of files.
    `tokens`: (table, key) → column → the random value that took a number's place.
    """

    service_number: str = ""
    customers: list[int] = field(default_factory=list)
    keys: dict[str, list] = field(default_factory=dict)
    order_numbers: list[str] = field(default_factory=list)
    file_rows: set[tuple[int, int]] = field(default_factory=set)
    canaries: Canaries | None = None
    tokens: dict[tuple[str, str], dict] = field(default_factory=dict)

    @property
    def customer(self) -> int | None:
        return self.customers[0] if self.customers else None

    def held(self, table: str) -> Held | None:
        """The map's word on a table named as the journal does: `customers.customer`."""
        return next((held for label, held in HOLDS.items() if label.lower() == table), None)


def model_of(label: str) -> type[Model]:
    return apps.get_model(label)


def keys_of(customers: list[int]) -> dict[str, list]:
    """Model label → keys of all rows that belong to these customers."""
    found = {}
    for label, held in HOLDS.items():
        for way in held.by:
            if isinstance(way, BY_CUSTOMER):
                rows = model_of(label)._default_manager.filter(way.among(customers)).order_by()
                found[label] = list({*found.get(label, ()), *rows.values_list("pk", flat=True)})
    return found


def find_many(customers: list[int]) -> Subject:
    """Several customers by their keys: what retention erases."""
    return Subject(customers=list(customers), keys=keys_of(customers))


def find_subject(service_number: str) -> Subject:
    """Whoever has this number; also somebody of whom there is nothing but a row of a file."""
    customers = list(Customer.objects.filter(service_number=service_number).values_list("pk", flat=True))
    subject = Subject(service_number, customers, keys_of(customers))
    subject.order_numbers = list(
        WorkOrder.objects.filter(customer__in=customers).order_by("id").values_list("number", flat=True)
    )
    for model in (HeldRow, RowIssue):
        for way in HOLDS[model._meta.label].by:
            subject.file_rows |= set(way.rows(model, subject).values_list("batch", "row"))
    subject.canaries = canaries_of(subject)
    return subject


def canaries_of(subject: Subject) -> Canaries:
    """Today's words of the person, and those that imports wrote over."""
    found = Canaries(subject.service_number)
    for customer in Customer.objects.filter(pk__in=subject.customers):
        found.learn(name=customer.name, phones=customer.phones)
    for raw in Address.objects.filter(pk__in=subject.customers).values_list("raw", flat=True):
        found.learn(address=raw)
    for raw in Installation.objects.filter(pk__in=subject.customers).values_list("raw_point", flat=True):
        found.learn(address=raw)
    for way in HOLDS["imports.JournalEntry"].by:
        for entry in way.rows(JournalEntry, subject):
            for values in (entry.before, entry.after):
                learn_row(found, values or {})
    for way in HOLDS["imports.HeldRow"].by:
        for row in way.rows(HeldRow, subject):
            learn_row(found, row.payload)
    return found


def learn_row(canaries: Canaries, values: dict) -> None:
    """From a row as a file, an import's journal or an archive has it."""

    def text(name):
        value = values.get(name)
        return value if isinstance(value, str) else ""

    canaries.learn(name=text("name"), phones=text("phones"), address=text("raw") or text("address"))
    canaries.learn_emails(" ".join(value for value in values.values() if isinstance(value, str)))
