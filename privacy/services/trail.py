"""Who looked at one person, and whom one account looked at: the access log read from both ends."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from customers.models import Customer
from history.models import Access
from privacy.models import Erasure
from privacy.services import ledger
from privacy.subjects import keys_of
from workorders.models import Assignment, Visit, WorkOrder


def customer_of_number(service_number: str) -> int | None:
    """The key of the customer with this number, also of one who was erased."""
    found = Customer.objects.filter(service_number=service_number).values_list("pk", flat=True).first()
    if found is None:
        key = ledger.key_of("line", service_number)
        found = Erasure.objects.filter(key=key).values_list("customer", flat=True).first()
    return found


def about(customer: int) -> Q:
    """Rows of the access log or the history whose target is this person, or an order, visit, … of theirs."""
    found = Q(target_type="customer", target_id=str(customer))
    for label, keys in keys_of([customer]).items():
        name = label.split(".")[1].lower()
        if keys and name != "customer":
            found |= Q(target_type=name, target_id__in=[str(key) for key in keys])
    return found


# --- an incident (UU PDP, article 46): whose data did this account have in its hands in this time?


@dataclass
class Touched:
    """One person: how (`viewed`, `phone`, `export`, `carried`), how often, first and last."""

    customer: int
    ways: set[str] = field(default_factory=set)
    looks: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, way: str, at: datetime) -> None:
        self.ways.add(way)
        self.looks += 1
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)


def looks_of(user, since: datetime, until: datetime) -> QuerySet:
    return Access.objects.filter(actor=user, at__gte=since, at__lt=until).order_by("id")


def touched_by(*, user, since: datetime, until: datetime) -> list[Touched]:
    """Everybody whom the log names, and whose orders an agent carried then (his phone held them); by key.

    Lists and downloads name nobody: `lists_of` has them, with their filters.
    """
    looks = list(looks_of(user, since, until).exclude(target_id="").values("at", "purpose", "target_type", "target_id"))
    owners = {
        "customer": {row["target_id"]: int(row["target_id"]) for row in looks if row["target_type"] == "customer"},
        "workorder": owners_of(WorkOrder, "customer_id", looks, "workorder"),
        "visit": owners_of(Visit, "order__customer_id", looks, "visit"),
    }
    found: dict[int, Touched] = {}
    for row in looks:
        customer = owners.get(row["target_type"], {}).get(row["target_id"])
        if customer is not None:
            found.setdefault(customer, Touched(customer)).add(row["purpose"], row["at"])
    carried = Assignment.objects.filter(agent=user, from_at__lt=until).filter(
        Q(until_at__isnull=True) | Q(until_at__gt=since)
    )
    for customer, at in carried.order_by().values_list("order__customer_id", "from_at"):
        found.setdefault(customer, Touched(customer)).add("carried", max(at, since))
    return [found[key] for key in sorted(found)]


def owners_of(model, path: str, looks: list[dict], name: str) -> dict[str, int]:
    keys = {row["target_id"] for row in looks if row["target_type"] == name}
    return {str(key): customer for key, customer in model.objects.filter(pk__in=keys).values_list("pk", path)}


def lists_of(*, user, since: datetime, until: datetime) -> QuerySet:
    """Lists, maps and downloads: how many rows were seen, by which filter."""
    return looks_of(user, since, until).filter(target_id="")
