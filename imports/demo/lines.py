"""The records of each line: who, which package, what the technician wrote down, and three months of bills."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from customers.bills import due_on, next_period, period_of
from customers.models import Bill
from imports.demo import people
from imports.demo.places import METRES_PER_DEGREE, House, moved

# Shares of the customers. PRANPC is one unpaid month, CT0 two, CLEANSED three; SETTLED paid after the order was out.
CLASSES = [("PRANPC", 0.120), ("CT0", 0.013), ("CLEANSED", 0.003), ("SETTLED", 0.030), ("CURRENT", 0.834)]
# How many were late and paid in the end, one month and two months ago.
LATE_BEFORE = (0.085, 0.075)
# A month's orders go out on these days and end on a day of the next month.
ISSUED_FROM, ISSUED_TO, ENDS_ON = 2, 7, 9
# What happened to the technician's point; the rest are ordinary fixes.
DAMAGE = [
    ("zero", 0.030),
    ("missing", 0.012),
    ("swapped", 0.012),
    ("decimal_lost", 0.010),
    ("sign_lost", 0.004),
    ("at_odp", 0.050),
    ("office", 0.015),
    ("elsewhere", 0.005),
    ("coarse", 0.008),
    ("next_door", 0.060),
]


@dataclass
class Line:
    """A customer with all that the feeds would say; `orders` is period → day of issue."""

    key: int
    witel_id: int
    house: House
    number: str
    name: str
    phones: str
    package: str
    price: int
    address: str
    has_number: bool
    has_rt: bool
    technician: str
    installed_on: date
    accuracy_m: float | None
    given: tuple[float | None, float | None]
    raw_point: str
    bills: dict[int, Bill] = field(default_factory=dict)
    orders: dict[int, date] = field(default_factory=dict)


def current_period(today: date) -> int:
    """The month whose orders are out: this one from the day on which the last one's end."""
    return period_of(today) if today.day > ENDS_ON else next_period(period_of(today), -1)


def window_end(period: int) -> date:
    return due_on(next_period(period)).replace(day=ENDS_ON)


def make_line(rng: Random, key: int, witel, house: House, number: int, today: date) -> Line:
    package, price = people.choose_package(rng)
    address, has_number, has_rt = people.write_address(rng, house)
    given, raw = write_point(rng, house)
    line = Line(
        key=key,
        witel_id=witel.pk,
        house=house,
        number=f"1{witel.region.code[-1]}{number:010d}",
        name=people.make_name(rng, witel.code),
        phones=people.make_phones(rng),
        package=package,
        price=price,
        address=address,
        has_number=has_number,
        has_rt=has_rt,
        technician=f"T{witel.pk:02d}{rng.randint(1, 40):02d}",
        installed_on=today - timedelta(days=rng.randint(120, 3600)),
        accuracy_m=round(rng.uniform(3, 22), 1) if rng.random() < 0.4 else None,
        given=given,
        raw_point=raw,
    )
    bill(rng, line, today)
    return line


def write_point(rng: Random, house: House) -> tuple[tuple[float | None, float | None], str]:
    """The house's point as it reached the provisioning system, read and as text."""
    draw = rng.random()
    damage = "none"
    for name, share in DAMAGE:
        draw -= share
        if draw < 0:
            damage = name
            break
    error_m = {"next_door": rng.uniform(60, 190), "office": rng.uniform(700, 1900)}.get(damage, abs(rng.gauss(0, 7)))
    lat, lon = (round(degrees, 6) for degrees in moved(house.lat, house.lon, error_m, rng.uniform(0, 360)))
    if damage == "missing":
        return (None, None), ""
    if damage == "zero":
        lat, lon = 0.0, 0.0
    elif damage == "swapped":
        lat, lon = lon, lat
    elif damage == "decimal_lost":
        lat, lon = round(lat * 1e6), round(lon * 1e6)
    elif damage == "sign_lost":
        lat = abs(lat)
    elif damage == "at_odp":
        lat, lon = house.odp.lat, house.odp.lon
    elif damage == "elsewhere":  # a leading digit mistyped
        lat = round(lat + (900_000 / METRES_PER_DEGREE if lat < -5 else -900_000 / METRES_PER_DEGREE), 6)
    elif damage == "coarse":
        lat, lon = round(lat, 2), round(lon, 2)
    return (float(lat), float(lon)), f"{lat}, {lon}"


def bill(rng: Random, line: Line, today: date) -> None:
    """Three bills up to the current period, and the days on which orders for them went out."""
    period = current_period(today)
    periods = [next_period(period, -months) for months in (0, 1, 2)]
    kind = rng.choices([name for name, _ in CLASSES], weights=[share for _, share in CLASSES])[0]
    unpaid = {"PRANPC": 1, "CT0": 2, "CLEANSED": 3}.get(kind, 0)
    for age, past in enumerate(periods):
        late = age > 0 and rng.random() < LATE_BEFORE[age - 1]
        # The order of an arrear goes out once, in the first month that was left unpaid.
        if (age < unpaid and age == unpaid - 1) or (age >= unpaid and late) or (age == 0 and kind == "SETTLED"):
            line.orders[past] = due_on(past).replace(day=rng.randint(ISSUED_FROM, ISSUED_TO))
        line.bills[past] = Bill(
            customer_id=line.key,
            period=past,
            amount=line.price,
            status=Bill.Status.UNPAID if age < unpaid else Bill.Status.PAID,
            paid_on=None if age < unpaid else paid_day(rng, line, past, today),
        )


def paid_day(rng: Random, line: Line, period: int, today: date) -> date:
    """By the due day; where an order went out, some days after it."""
    issued = line.orders.get(period)
    if issued:
        return min(today, issued + timedelta(days=rng.randint(3, 33)))
    due = due_on(period)
    return min(today, due.replace(day=rng.randint(1, due.day)))
