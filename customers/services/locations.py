"""Decides where houses are: reads all evidence, fuses it, writes what changed."""

from collections.abc import Iterable

import polars as pl
from django.utils import timezone

from common.batches import batched
from common.bulk import update_objects, update_rows
from common.geo import mq
from customers.locating import fusion
from customers.locating.candidates import read_installations
from customers.models import Customer, Installation, LocationCandidate, ResolvedLocation
from customers.services.areas import service_areas

EVIDENCE = ("customer", "source", "lat", "lon", "accuracy_m", "observed_on", "faults", "status")
EVIDENCE_SCHEMA = {
    "customer": pl.Int64,
    "source": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "accuracy_m": pl.Float64,
    "observed_on": pl.Date,
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
FROM_FEED = (*FROM_INSTALLATION, "VILLAGE")  # what the provisioning record makes; the village follows from its address
DECIDED = ("lat", "lon", "mq", "radius_m", "grade", "source", "reasons", "algorithm")
# A fix that may move a point: this accurate or better, in metres, and taken at the house.
DOOR_FIX_M = 50.0


def resolve_locations(*, customers: Iterable[int]) -> int:
    """Recompute the resolved location of these customers (primary keys); the number that changed.

    A location locked by a person stays; a customer left without usable evidence loses the row.
    """
    return sum(resolve_some(keys) for keys in batched(customers, 5000))


def resolve_some(keys: list[int]) -> int:
    rows = LocationCandidate.objects.filter(customer__in=keys).order_by().values_list(*EVIDENCE)
    evidence = pl.DataFrame(list(rows), schema=EVIDENCE_SCHEMA, orient="row")
    answers = {row["customer"]: row for row in decided(evidence).iter_rows(named=True)}
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


def recheck_installations(*, customers: Iterable[int]) -> None:
    """Check the installation points of these customers anew, after their ODP moved, and resolve what follows."""
    for keys in batched(customers, 2000):
        read = read_installations(installation_records(keys), service_areas())
        checked = read.checked.select("faults", "is_repaired", customer_id="customer")
        update_rows(Installation._meta.db_table, "customer_id", checked)
        replace_candidates(customers=keys, candidates=read.candidates)
        resolve_locations(customers=keys)


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
        if all(getattr(known, name) == row[name] for name in OBSERVED):
            continue
        if (known.lat, known.lon) != (row["lat"], row["lon"]):
            known.status = LocationCandidate.Status.ACTIVE
        for name in OBSERVED:
            setattr(known, name, row[name])
        moved.append(known)
    update_objects(moved, [*OBSERVED, "status"])
    LocationCandidate.objects.bulk_create(fresh, batch_size=500)
    LocationCandidate.objects.filter(pk__in=[row.pk for row in old.values()]).delete()


def decided(evidence: pl.DataFrame) -> pl.DataFrame:
    """`fusion.fuse` with the columns of ResolvedLocation that follow from its answer."""
    fused = fusion.fuse(evidence)
    codes = mq(fused["lat"].to_numpy(), fused["lon"].to_numpy())
    return fused.with_columns(mq=pl.Series(codes, dtype=pl.Int64), algorithm=pl.lit(fusion.ALGORITHM))


def record_evidence(
    *,
    customer: Customer,
    verdict: str,
    evidence: str,
    actor: str,
    observed_on,
    fix=None,
    is_at_house=False,
    candidate=None,
) -> bool:
    """What a visit taught about the house; True when the resolved location changed.

    `verdict` is `+` (this is the house), `-` (it is not here) or `?`. `fix` is (lat, lon, accuracy_m) where the result
    was taken; it moves the point only when it is a door fix and the person said to stand at the house.
    `candidate` is the one that was visited: `-` refutes it.
    """
    if verdict == "+" and is_at_house and fix and fix[2] <= DOOR_FIX_M:
        lat, lon, accuracy_m = fix
        LocationCandidate.objects.get_or_create(
            customer=customer,
            source=LocationCandidate.Source.VISIT,
            evidence=evidence,
            defaults={
                "lat": lat,
                "lon": lon,
                "accuracy_m": max(accuracy_m, 1.0),
                "observed_on": observed_on,
                "actor": actor,
            },
        )
    elif verdict == "-" and candidate is not None:
        candidate.status = LocationCandidate.Status.REFUTED
        candidate.save(update_fields=["status"])
    else:
        return False
    return resolve_locations(customers=[customer.pk]) > 0
