"""Clues from neighbours for houses at which nobody ever stood with a GPS."""

from collections.abc import Callable, Iterable

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from common.batches import batched
from common.bulk import update_objects
from customers.locating.faults import Fault
from customers.locating.neighbours import CLUES, KNOWN_WITHIN_M, clues
from customers.locating.weights import CONFIRMING
from customers.models import Customer, LocationCandidate

NEIGHBOUR = LocationCandidate.Source.NEIGHBOUR
WANTED = {"customer": pl.Int64, "odp": pl.Int64, "street": pl.String, "house_number": pl.String}
# A technician's point that was mended is as good as one that was sound.
MENDED = (Fault.SWAPPED, Fault.SIGN_LOST, Fault.DECIMAL_LOST)
SOUND = [0, *(int(fault) for fault in MENDED), *(int(a | b) for a in MENDED for b in MENDED if a < b)]
KNOWN = WANTED | {"lat": pl.Float64, "lon": pl.Float64, "radius_m": pl.Float64}


def place_among_neighbours(*, customers: Iterable[int], watch: Callable[[QuerySet], None] | None = None) -> list[int]:
    """Make, move or drop the NEIGHBOUR candidates of these customers (primary keys); those whose candidate changed.

    Only who has no fix of his own needs one: a fix says more.
    """
    changed = []
    for keys in batched(customers, 2000):
        fixed = LocationCandidate.objects.filter(
            Q(source__in=CONFIRMING) | Q(source="INSTALL", faults__in=SOUND),
            customer=OuterRef("pk"),
            status__in=["ACTIVE", "APPROVED"],
        )
        wanted = read(Customer.objects.filter(~Exists(fixed), pk__in=keys), WANTED)
        found = clues(wanted, known_at(wanted["odp"].drop_nulls().unique().to_list()))
        changed += write_clues(keys, found, watch)
    return changed


def known_at(odps: list[int]) -> pl.DataFrame:
    """The houses of these ODPs that somebody stood at and that are known well."""
    rows = [pl.DataFrame(schema=KNOWN)]
    for some in batched(odps, 2000):
        people = Customer.objects.filter(
            installation__odp__in=some, location__radius_m__lte=KNOWN_WITHIN_M, location__agreeing__gte=1
        )
        rows.append(read(people, KNOWN))
    return pl.concat(rows)


def read(customers: QuerySet, schema: dict) -> pl.DataFrame:
    columns = {
        "customer": "pk",
        "odp": "installation__odp",
        "street": "address__street",
        "house_number": "address__house_number",
        "lat": "location__lat",
        "lon": "location__lon",
        "radius_m": "location__radius_m",
    }
    rows = customers.order_by("pk").values_list(*(columns[name] for name in schema))
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def write_clues(keys: list[int], found: pl.DataFrame, watch) -> list[int]:
    present = LocationCandidate.objects.filter(customer__in=keys, source=NEIGHBOUR)
    if watch:
        watch(present)
    old = {row.customer_id: row for row in present}
    fresh, moved = [], []
    for row in found.select(*CLUES).iter_rows(named=True):
        key = row.pop("customer")
        known = old.pop(key, None)
        if known is None:
            fresh.append(LocationCandidate(customer_id=key, source=NEIGHBOUR, **row))
        elif any(getattr(known, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(known, name, value)
            moved.append(known)
    LocationCandidate.objects.bulk_create(fresh, batch_size=500)
    update_objects(moved, ["lat", "lon", "accuracy_m"])
    LocationCandidate.objects.filter(pk__in=[row.pk for row in old.values()]).delete()
    return [row.customer_id for row in (*fresh, *moved, *old.values())]
