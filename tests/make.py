"""Rows for tests: each function makes one thing that is right, and takes what the test is about by keyword."""

import itertools
from datetime import date

from django.utils import timezone

from common.geo import mq
from customers.models import Address, Bill, Customer, Installation, LocationCandidate, ResolvedLocation
from regions.models import Region, Witel
from workorders.models import Assignment, WorkOrder
from workorders.states import State

numbers = itertools.count(1001)  # tests of feeds write service numbers ending in 777 and 778 by hand
PERIOD = 202610


def make_bandung() -> Witel:
    """The seeded witel, or one like it where a transactional test before emptied the tables."""
    region, _ = Region.objects.get_or_create(code="TREG3", defaults={"name": "Regional 3 Jawa Barat"})
    place = {"name": "Bandung", "region": region, "lat": -6.91924, "lon": 107.6366, "reach_m": 150_000}
    place |= {"seat": "Kota Bandung", "timezone": "Asia/Jakarta"}
    return Witel.objects.get_or_create(code="BANDUNG", defaults=place)[0]


def make_customer(*, witel="BANDUNG", lat=-6.92, lon=107.61, grade="A", **fields) -> Customer:
    """A customer with address, installation and a point; `lat=None` makes one that nobody has found."""
    number = next(numbers)
    fields = {"service_number": f"1310{number:08d}", "name": f"Pelanggan {number}", "phones": "+6281234567890"} | fields
    customer = Customer.objects.create(witel=Witel.objects.get(code=witel), **fields)
    Address.objects.create(customer=customer, raw="jl. melati no 5 rt 03 rw 04, cibiru")
    Installation.objects.create(customer=customer, technician="T0001", given_lat=lat, given_lon=lon)
    if lat is not None:
        LocationCandidate.objects.create(
            customer=customer, source="INSTALL", lat=lat, lon=lon, accuracy_m=12, observed_on=date(2020, 1, 1)
        )
        ResolvedLocation.objects.create(
            customer=customer,
            witel=customer.witel,
            lat=lat,
            lon=lon,
            mq=int(mq(lat, lon)),
            radius_m=12,
            grade=grade,
            source="INSTALL",
            algorithm=1,
            computed_at=timezone.now(),
        )
    return customer


def make_bill(customer, *, period=PERIOD, amount=387_500, status="UNPAID", **fields) -> Bill:
    return Bill.objects.create(customer=customer, period=period, amount=amount, status=status, **fields)


def make_order(*, assignee=None, customer=None, state=None, **fields) -> WorkOrder:
    """An open order: READY, or ASSIGNED to `assignee`; keywords of a customer (lat, lon, witel) are passed on."""
    place = {name: fields.pop(name) for name in ("lat", "lon", "witel", "grade") if name in fields}
    customer = customer or make_customer(**place)
    point = getattr(customer, "location", None)
    order = WorkOrder.objects.create(
        number=fields.pop("number", f"WO{next(numbers):010d}"),
        customer=customer,
        witel=customer.witel,
        period=fields.pop("period", PERIOD),
        balance=fields.pop("balance", 387_500),
        state=state or (State.ASSIGNED if assignee else State.READY),
        assignee=assignee,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        mq=point.mq if point else None,
        grade=point.grade if point else "",
        **fields,
    )
    if assignee:
        Assignment.objects.create(order=order, agent=assignee, kind="MANUAL", from_at=timezone.now())
    return order
