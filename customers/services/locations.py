"""Decides where many houses are at once: reads all evidence, fuses it, writes what changed."""

from collections.abc import Iterable

import polars as pl
from django.db.models import F, QuerySet
from django.utils import timezone

from common.batches import batched
from common.bulk import update_objects, update_rows
from common.geo import mq
from customers.locating import fusion
from customers.locating.candidates import read_installations
from customers.locating.faults import Fault
from customers.locating.weights import ACTORS
from customers.models import (
    Customer,
    Installation,
    LocationCandidate,
    Observer,
    ResolvedLocation,
    SearchedPlace,
)
from customers.services.areas import service_areas

EVIDENCE = {
    "key": pl.Int64,
    "customer": pl.Int64,
    "source": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "accuracy_m": pl.Float64,
    "observed_on": pl.Date,
    "actor": pl.String,
    "device": pl.String,
    "faults": pl.Int64,
    "status": pl.String,
}
RECORD = {
    "customer": "pk",
    "installed_on": "installed_on",
    "technician": "technician",
    "accuracy_m": "accuracy_m",
    "given_lat": "given_lat",
    "given_lon": "given_lon",
    "odp_lat": "odp__lat",
    "odp_lon": "odp__lon",
    "area_lat": "customer__witel__lat",
    "area_lon": "customer__witel__lon",
    "area_reach_m": "customer__witel__reach_m",
    "area": "customer__witel_id",
}
OBSERVED = ("lat", "lon", "accuracy_m", "observed_on", "actor", "faults")
FROM_INSTALLATION = ("INSTALL", "ODP")
# What the provisioning record makes; the village follows from its address, neighbours from its street.
FROM_FEED = (*FROM_INSTALLATION, "VILLAGE", "NEIGHBOUR")
FEW_ROWS = 200  # evidence of one house or a few: their observers are asked for by name
SHARED = int(Fault.STACKED | Fault.AT_OFFICE)  # what `stacking` marks, looking at many
DECIDED = ("lat", "lon", "mq", "radius_m", "grade", "source", "agreeing", "reasons", "algorithm")


def resolve_locations(*, customers: Iterable[int]) -> int:
    """Recompute the resolved location of these customers (primary keys); the number that changed.

    A location locked by a person stays; a customer left without usable evidence loses the row.
    """
    return sum(resolve_some(keys) for keys in batched(customers, 5000))


def resolve_some(keys: list[int]) -> int:
    answers = {row["customer"]: row for row in answers_for(keys).iter_rows(named=True)}
    present = ResolvedLocation.objects.in_bulk(keys)
    witels = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "witel_id"))
    fresh, changed, gone = [], [], []
    now = timezone.now()
    for key in keys:
        answer, location = answers.get(key), present.get(key)
        if location and location.locked_by_id:
            continue
        if answer is None:
            gone += [key] if location else []
        elif location is None:
            values = {name: answer[name] for name in DECIDED}
            fresh.append(ResolvedLocation(customer_id=key, witel_id=witels[key], computed_at=now, **values))
        elif location.witel_id != witels[key] or any(getattr(location, name) != answer[name] for name in DECIDED):
            for name in DECIDED:
                setattr(location, name, answer[name])
            location.witel_id = witels[key]
            location.computed_at = now
            changed.append(location)
    ResolvedLocation.objects.bulk_create(fresh, batch_size=500)
    update_objects(changed, [*DECIDED, "witel_id", "computed_at"])
    ResolvedLocation.objects.filter(pk__in=gone).delete()
    return len(fresh) + len(changed) + len(gone)


def recheck_installations(*, customers: Iterable[int]) -> int:
    """Check the installation points of these customers anew, after their ODP moved or with better checks, and resolve
    what follows; the number of points that changed.
    """
    changed = 0
    for keys in batched(customers, 2000):
        read = read_installations(installation_records(keys), service_areas())
        checked = read.checked.select("faults", "is_repaired", customer_id="customer")
        update_rows(Installation._meta.db_table, "customer_id", checked)
        replace_candidates(customers=keys, candidates=read.candidates)
        changed += resolve_locations(customers=keys)
    return changed


def installation_records(keys: list[int]) -> pl.DataFrame:
    """The provisioning records of these customers as `read_installations` wants them."""
    rows = Installation.objects.filter(pk__in=keys).order_by("pk").values_list(*RECORD.values())
    types = {"customer": pl.Int64, "installed_on": pl.Date, "technician": pl.String}
    return pl.DataFrame(list(rows), schema={name: types.get(name, pl.Float64) for name in RECORD}, orient="row")


def replace_candidates(*, customers: list[int], candidates: pl.DataFrame) -> None:
    """INSTALL and ODP candidates of these customers become those given; one that stays keeps its key.

    A refuted candidate stays refuted until its point moves.
    """
    present = LocationCandidate.objects.filter(customer__in=customers, source__in=FROM_INSTALLATION)
    old = {(row.customer_id, row.source): row for row in present}
    fresh, moved = [], []
    for row in candidates.rename({"customer": "customer_id"}).iter_rows(named=True):
        known = old.pop((row["customer_id"], row["source"]), None)
        if known is None:
            fresh.append(LocationCandidate(**row))
            continue
        is_moved = (known.lat, known.lon) != (row["lat"], row["lon"])
        row["faults"] |= 0 if is_moved else known.faults & SHARED
        if all(getattr(known, name) == row[name] for name in OBSERVED):
            continue
        if is_moved:
            known.status = LocationCandidate.Status.ACTIVE
        for name in OBSERVED:
            setattr(known, name, row[name])
        moved.append(known)
    update_objects(moved, [*OBSERVED, "status"])
    LocationCandidate.objects.bulk_create(fresh, batch_size=500)
    LocationCandidate.objects.filter(pk__in=[row.pk for row in old.values()]).delete()


def answers_for(keys: list[int]) -> pl.DataFrame:
    """What the evidence of these customers says now: the columns of DECIDED, and customer."""
    rows = evidence_of(keys)
    searched = SearchedPlace.objects.filter(customer__in=keys, is_withdrawn=False).order_by()
    return decided(
        pl.DataFrame(list(rows), schema=EVIDENCE, orient="row"),
        pl.DataFrame(list(searched.values_list(*fusion.SEARCHES)), schema=fusion.SEARCHES, orient="row"),
    )


def evidence_of(customers: Iterable[int]) -> QuerySet:
    """Rows of EVIDENCE of these customers."""
    columns = [F("pk") if name == "key" else F(name) for name in EVIDENCE]
    return LocationCandidate.objects.filter(customer__in=customers).order_by().values_list(*columns)


def decided(evidence: pl.DataFrame, searches: pl.DataFrame | None = None) -> pl.DataFrame:
    """`fusion.fuse` with the columns of ResolvedLocation that follow from its answer."""
    actors = known_observers(evidence)
    fused = fusion.fuse(evidence, year=timezone.localdate().year, searches=searches, actors=actors)
    codes = mq(fused["lat"].to_numpy(), fused["lon"].to_numpy())
    return fused.with_columns(mq=pl.Series(codes, dtype=pl.Int64), algorithm=pl.lit(fusion.ALGORITHM))


def known_observers(evidence: pl.DataFrame) -> pl.DataFrame:
    """What was learned of sources, and of the technicians, agents and phones of this evidence."""
    rows = Observer.objects.order_by().values_list(*ACTORS)
    if evidence.height <= FEW_ROWS:
        rows = rows.filter(actor__in={"", *evidence["actor"], *evidence["device"]})
    return pl.DataFrame(list(rows), schema=ACTORS, orient="row")
