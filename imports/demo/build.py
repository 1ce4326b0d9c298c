"""Writes the demo country: all or nothing, in one transaction."""

from collections.abc import Callable
from datetime import datetime
from random import Random

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.verbs import Role
from common.bulk import load_rows
from customers.locating.candidates import read_installations
from customers.models import (
    Address,
    Bill,
    Customer,
    DistributionPoint,
    Installation,
    LocationCandidate,
    SearchedPlace,
)
from customers.services import recount_arrears, resolve_locations
from customers.services.addresses import addresses
from customers.services.areas import service_areas
from customers.services.neighbourhood import place_among_neighbours
from customers.services.stacking import mark_stacks
from history.models import Change
from history.services import record
from imports.demo.fieldwork import Agent, Country, Evidence, Story
from imports.demo.lines import Line, make_line
from imports.demo.people import make_name
from imports.demo.places import TERRITORY, make_houses
from imports.models import Batch
from regions.models import Region, Witel
from workorders.models import AddressHold, Assignment, Disposition, PromiseToPay, Visit, WorkOrder
from workorders.services.points import refresh_points

SEED = 26
PASSWORD = "merdeka-demo-26"
CUSTOMERS_PER_AGENT = 420
AGENTS_AT_LEAST = 3
LOADED = "load_demo"
# One sign-in per role, shown to whoever tries the demo.
SIGN_INS = {
    Role.AGENT: "agent.bandung",
    Role.SUPERVISOR: "supervisor.bandung",
    Role.REGION_MANAGER: "manager.treg3",
    Role.TECHNICIAN: "technician.bandung",
    Role.ANALYST: "analyst.bandung",
    Role.ADMIN: "admin",
    Role.AUDITOR: "auditor",
}
# The columns of the candidate table in the order of the fields of fieldwork.Evidence.
EVIDENCE = ("id", "source", "lat", "lon", "accuracy_m", "faults", "observed_on", "actor", "evidence", "status")
Tell = Callable[[str], None]


def is_loaded() -> bool:
    """Whether the demo country is what the database holds."""
    return Change.objects.filter(verb=LOADED).exists()


def has_data() -> bool:
    """Whether anybody's accounts or data stand in the database."""
    return any(model.objects.exists() for model in (Customer, WorkOrder, DistributionPoint, Batch, User))


@transaction.atomic
def build(*, customers: int, now: datetime, tell: Tell, seed: int = SEED) -> None:
    """Fill an empty database with the demo country as of `now`; `tell` hears what is being done."""
    rng = Random(seed)
    today = timezone.localdate(now)
    witels = {witel.code: witel for witel in Witel.objects.select_related("region")}
    tell("people")
    crews = make_people(rng, customers, witels)
    tell("houses and lines")
    lines = make_lines(rng, customers, witels, today)
    evidence = write_lines(lines)
    tell("orders and visits")
    country = tell_stories(rng, now, today, lines, evidence, crews)
    tell("where the houses are")
    write_evidence(lines, evidence)
    tell("work of 60 days")
    write_country(country, lines)
    admin = User.objects.get(username=SIGN_INS[Role.ADMIN])
    record(actor=None, verb=LOADED, target=admin, after={"customers": customers, "seed": seed})


def make_people(rng: Random, customers: int, witels: dict[str, Witel]) -> dict[str, list[Agent]]:
    """The accounts; the answer is witel code → its agents. All have the one demo password, hashed once."""
    hashed = make_password(PASSWORD)

    def person(username: str, role: str, name: str, **place) -> User:
        user = User(username=username, name=name, role=role, password=hashed, **place)
        user.save()
        return user

    person(SIGN_INS[Role.ADMIN], Role.ADMIN, "Admin Demo")
    person(SIGN_INS[Role.AUDITOR], Role.AUDITOR, "Auditor Demo")
    for region in Region.objects.all():
        person(f"manager.{region.code.lower()}", Role.REGION_MANAGER, make_name(rng, ""), region=region)
    crews = {}
    for code, share in shares().items():
        witel, place = witels[code], code.lower()
        supervisor = person(f"supervisor.{place}", Role.SUPERVISOR, make_name(rng, code), witel=witel)
        person(f"technician.{place}", Role.TECHNICIAN, make_name(rng, code), witel=witel)
        person(f"analyst.{place}", Role.ANALYST, make_name(rng, code), witel=witel)
        crews[code] = [
            Agent(
                person(f"agent.{place}" + (f".{n}" if n > 1 else ""), Role.AGENT, make_name(rng, code), witel=witel),
                witel.zone,
                supervisor,
            )
            for n in range(1, max(AGENTS_AT_LEAST, round(customers * share / CUSTOMERS_PER_AGENT)) + 1)
        ]
    return crews


def shares() -> dict[str, float]:
    """Witel code → its part of the customers."""
    total = sum(share for _, share, _, _ in TERRITORY)
    return {code: share / total for code, share, _, _ in TERRITORY}


def make_lines(rng: Random, customers: int, witels: dict[str, Witel], today) -> list[Line]:
    key = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    numbers = iter(rng.sample(range(10**9, 10**10), customers))
    lines = []
    for houses in make_houses(rng, customers, witels):
        rng.shuffle(houses)
        for house in houses:
            key += 1
            lines.append(make_line(rng, key, witels[house.odp.town.witel], house, next(numbers), today))
    return lines


def write_lines(lines: list[Line]) -> dict[int, list[Evidence]]:
    """Customers, ODPs, installations, bills; the candidates that the records make, by customer."""
    known = dict.fromkeys(line.house.odp for line in lines)
    odps = {odp: key for key, odp in enumerate(known, next_key(DistributionPoint))}
    witel_of = {line.house.odp: line.witel_id for line in lines}
    load(DistributionPoint, [(key, witel_of[odp], odp.code, odp.lat, odp.lon) for odp, key in odps.items()],
         "id", "witel_id", "code", "lat", "lon")  # fmt: skip
    load(Customer, [(x.key, x.number, x.name, x.phones, x.witel_id, x.house.odp.town.sto, x.package) for x in lines],
         "id", "service_number", "name", "phones", "witel_id", "sto", "package")  # fmt: skip
    load_rows(Address._meta.db_table, addresses(frame([(x.key, x.address) for x in lines], "customer_id", "address")))
    areas = {witel.pk: (witel.lat, witel.lon, float(witel.reach_m), float(witel.pk)) for witel in Witel.objects.all()}
    records = frame(
        [
            (x.key, odps[x.house.odp], x.technician, x.installed_on, x.raw_point, *x.given, x.accuracy_m)
            + (x.house.odp.lat, x.house.odp.lon, *areas[x.witel_id])
            for x in lines
        ],
        "customer", "odp_id", "technician", "installed_on", "raw_point", "given_lat", "given_lon", "accuracy_m",
        "odp_lat", "odp_lon", "area_lat", "area_lon", "area_reach_m", "area",
    )  # fmt: skip
    read = read_installations(records, service_areas())
    installation = ("odp_id", "technician", "installed_on", "raw_point", "given_lat", "given_lon", "accuracy_m")
    load_rows(
        Installation._meta.db_table,
        read.checked.select(*installation, "faults", "is_repaired", customer_id="customer"),
    )
    bills = [bill for line in lines for bill in line.bills.values()]
    load(Bill, [(bill.customer_id, bill.period, bill.amount, str(bill.status), bill.paid_on) for bill in bills],
         "customer_id", "period", "amount", "status", "paid_on")  # fmt: skip
    evidence: dict[int, list[Evidence]] = {line.key: [] for line in lines}
    rows = read.candidates.select("customer", "source", "lat", "lon", "accuracy_m", "faults", "observed_on", "actor")
    for key, (customer, *row) in enumerate(rows.iter_rows(), next_key(LocationCandidate)):
        evidence[customer].append(Evidence(key, *row))
    return evidence


def tell_stories(rng: Random, now, today, lines: list[Line], evidence, crews: dict[str, list[Agent]]) -> Country:
    """Every order's story, the oldest first, so that what one visit taught is known to the next."""
    last = max((row.key for rows in evidence.values() for row in rows), default=0)
    dispositions = {disposition.code: disposition for disposition in Disposition.objects.all()}
    country = Country(rng, now, today, dispositions, next_candidate=last)
    issued = sorted((day, line.key, period, line) for line in lines for period, day in line.orders.items())
    for key, (_, _, period, line) in enumerate(issued, next_key(WorkOrder)):
        town = line.house.odp.town
        crew = crews[town.witel]
        agent = crew[town.number % len(crew)] if rng.random() < 0.85 else rng.choice(crew)
        Story(country, line, period, key, agent, evidence[line.key]).tell()
    return country


def write_evidence(lines: list[Line], evidence: dict[int, list[Evidence]]) -> None:
    rows = [(customer, *vars(row).values()) for customer, some in evidence.items() for row in some]
    load(LocationCandidate, rows, "customer_id", *EVIDENCE)
    keys = [line.key for line in lines]
    mark_stacks(witels=sorted({line.witel_id for line in lines}))
    resolve_locations(customers=keys)
    resolve_locations(customers=place_among_neighbours(customers=keys))
    recount_arrears(customers=keys)


def write_country(country: Country, lines: list[Line]) -> None:
    for model, rows in (
        (WorkOrder, country.orders),
        (Assignment, country.assignments),
        (Visit, country.visits),
        (PromiseToPay, country.promises),
        (AddressHold, country.holds),
        (SearchedPlace, country.searched),
        (Change, sorted(country.changes, key=lambda change: change.at)),
    ):
        model.objects.bulk_create(rows, batch_size=500)
    resolve_locations(customers=sorted({row.customer_id for row in country.searched}))
    refresh_points(customers=[line.key for line in lines if line.orders])


def next_key(model) -> int:
    return (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


def frame(rows: list[tuple], *columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=list(columns), orient="row", infer_schema_length=None)


def load(model, rows: list[tuple], *columns: str) -> None:
    load_rows(model._meta.db_table, frame(rows, *columns))
