"""Houses for tests about confirmed points."""

from datetime import date

from customers.models import Customer, Installation, LocationCandidate, ResolvedLocation
from tests.make import make_customer

LAT, LON = -6.92, 107.61
METRE = 1 / 110_590  # degrees of latitude


def make_house(*, record_m=0.0, grade="A", radius_m=12.0, agreeing=2, **fields) -> Customer:
    """A located customer whose installation record lies `record_m` north of the point; None: it has no point."""
    customer = make_customer(lat=LAT, lon=LON, **fields)
    given = (None, None) if record_m is None else (LAT + record_m * METRE, LON)
    Installation.objects.filter(customer=customer).update(given_lat=given[0], given_lon=given[1])
    ResolvedLocation.objects.filter(customer=customer).update(
        grade=grade, radius_m=radius_m, agreeing=agreeing, reasons="fixes_agree:2,best:visit", algorithm=2
    )
    return customer


def observe(customer, *, away_m=0.0, source="VISIT", accuracy_m=8.0, **fields) -> LocationCandidate:
    """Somebody who says that the house is `away_m` north of the resolved point."""
    fields = {"observed_on": date(2026, 11, 20), "actor": "dewi", "evidence": "v1"} | fields
    return LocationCandidate.objects.create(
        customer=customer, source=source, lat=LAT + away_m * METRE, lon=LON, accuracy_m=accuracy_m, **fields
    )


def make_confirmed(**fields) -> Customer:
    customer = make_house(**fields)
    observe(customer)
    return customer
