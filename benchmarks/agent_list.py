"""An agent's list: 50 open orders nearest first, with bills, points and links. Ours beside ModelSerializer's.

    python benchmarks/agent_list.py [--rounds 60] [--sizes 500 5000 50000]

Fills a test copy of DATABASE_URL (SQLite without it) and drops it. Both sides answer the same fields from the same
rows to the same agent, without sign-in and access log, which cost both the same. Sizes are other people's orders in the
same table: the list must not feel them.
"""

import argparse
import os
import random
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "findgo.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Prefetch  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402

from accounts.models import User  # noqa: E402
from common.api import OrjsonRenderer  # noqa: E402
from common.geo import bearing_deg, distance_m, mq  # noqa: E402
from common.links import links_to  # noqa: E402
from customers.masking import phones_for  # noqa: E402
from customers.models import Address, Bill, Customer, ResolvedLocation  # noqa: E402
from customers.services.bills import UNPAID  # noqa: E402
from regions.models import Witel  # noqa: E402
from workorders.api.orders import find_page  # noqa: E402
from workorders.models import WorkOrder  # noqa: E402

HERE = (-6.92, 107.61)
ROWS = 50


class BillByModel(serializers.ModelSerializer):
    due_on = serializers.DateField()

    class Meta:
        model = Bill
        fields = ["period", "amount", "paid_amount", "status", "due_on"]


class AddressByModel(serializers.ModelSerializer):
    class Meta:
        model = Address
        fields = ["raw", "missing", "completeness"]


class CustomerByModel(serializers.ModelSerializer):
    phones = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["id", "service_number", "name", "phones"]

    def get_phones(self, customer):
        return phones_for(self.context["user"], customer.phones, is_own=True)


class OrderByModel(serializers.ModelSerializer):
    radius_m = serializers.FloatField(source="customer.location.radius_m")
    witel = serializers.CharField(source="witel.code")
    assignee = serializers.CharField(source="assignee.username")
    days_to_ct0 = serializers.SerializerMethodField()
    distance_m = serializers.FloatField()
    bearing_deg = serializers.FloatField()
    customer = CustomerByModel()
    address = AddressByModel(source="customer.address")
    bills = BillByModel(source="customer.unpaid", many=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = WorkOrder
        fields = [
            "id",
            "number",
            "state",
            "period",
            "balance",
            "priority",
            "grade",
            "lat",
            "lon",
            "attempts",
            "radius_m",
            "days_to_ct0",
            "issued_on",
            "next_on",
            "is_flagged",
            "witel",
            "assignee",
            "distance_m",
            "bearing_deg",
            "customer",
            "address",
            "bills",
            "links",
        ]

    def get_days_to_ct0(self, order):
        return order.days_to_ct0(timezone.localdate())

    def get_links(self, order):
        return links_to(order.lat, order.lon, order.number)


def by_model_serializer(user) -> bytes:
    unpaid = Prefetch("customer__bills", Bill.objects.filter(UNPAID).order_by("period"), to_attr="unpaid")
    related = ("customer__address", "customer__location", "witel", "assignee")
    orders = list(WorkOrder.objects.visible_to(user).open().select_related(*related).prefetch_related(unpaid))
    for order in orders:
        order.distance_m = round(float(distance_m(*HERE, order.lat, order.lon)), 1)
        order.bearing_deg = round(float(bearing_deg(*HERE, order.lat, order.lon)), 1)
    orders.sort(key=lambda order: (order.distance_m, order.pk))
    return JSONRenderer().render(OrderByModel(orders[:ROWS], many=True, context={"user": user}).data)


def ours(user) -> bytes:
    return OrjsonRenderer().render(find_page(user, {"near": HERE, "limit": ROWS}, timezone.now())["results"])


def fill(agents: list[User], orders_each: int, start: int) -> None:
    dice, witel = random.Random(start), Witel.objects.get(code="BANDUNG")
    count = len(agents) * orders_each
    people = [
        Customer(service_number=f"1310{start + n:08d}", name=f"Pelanggan {n}", phones="+6281234567890", witel=witel)
        for n in range(count)
    ]
    Customer.objects.bulk_create(people, batch_size=2000)
    people = list(Customer.objects.filter(service_number__gte=f"1310{start:08d}").order_by("service_number")[:count])
    points = [(HERE[0] + dice.gauss(0, 0.05), HERE[1] + dice.gauss(0, 0.05)) for _ in people]
    codes = mq(*np.array(points).T).tolist()
    addresses = [Address(customer=person, raw=f"jl. melati no {n} rt 03 rw 04") for n, person in enumerate(people)]
    bills = [
        Bill(customer=person, period=period, amount=387_500, status="PAID" if period < 202610 else "UNPAID")
        for person in people
        for period in (202608, 202609, 202610)
    ]
    locations, orders = [], []
    for n, (person, (lat, lon), code) in enumerate(zip(people, points, codes, strict=True)):
        same = {"customer": person, "witel": witel, "lat": lat, "lon": lon, "mq": code, "grade": "A"}
        locations.append(
            ResolvedLocation(**same, radius_m=12, source="INSTALL", algorithm=1, computed_at=timezone.now())
        )
        orders.append(
            WorkOrder(
                **same,
                number=f"WO{start + n:010d}",
                period=202610,
                balance=387_500,
                issued_on=date(2026, 11, 1),
                state="ASSIGNED",
                assignee=agents[n // orders_each],
            )
        )
    for rows in (addresses, bills, locations, orders):
        type(rows[0]).objects.bulk_create(rows, batch_size=2000)
        with connection.cursor() as cursor:  # as the databases do by themselves after a while
            cursor.execute(f"ANALYZE {'TABLE' * (connection.vendor == 'mysql')} {type(rows[0])._meta.db_table}")


def measure(user, rounds: int) -> tuple[float, float]:
    """Median milliseconds of both, taken in turns so that a busy machine slows both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, times in zip((ours, by_model_serializer), taken, strict=True):
            begin = time.perf_counter()
            work(user)
            times.append((time.perf_counter() - begin) * 1000)
    return median(taken[0]), median(taken[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5_000, 50_000])
    given = parser.parse_args()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        witel = Witel.objects.get(code="BANDUNG")
        team = [User.objects.create_user(f"agent{n}", None, role="AGENT", witel=witel) for n in range(11)]
        fill(team[:1], ROWS, 0)
        print(f"{connection.vendor}: {ROWS} orders of one agent, {given.rounds} rounds, median ms")
        print(f"{'others’ orders':>15} {'ours':>8} {'ModelSerializer':>16} {'ratio':>7}")
        times, filled = [], 0
        for size in given.sizes:
            fill(team[1:], (size - filled) // 10, ROWS + filled)
            filled = size
            fast, slow = measure(team[0], given.rounds)
            times.append(fast)
            print(f"{size:>15,} {fast:>8.2f} {slow:>16.2f} {slow / fast:>6.1f}x")
        if len(times) > 1:
            growth = np.polyfit(np.log(given.sizes), np.log(times), 1)[0]
            print(f"growth exponent of ours: {growth:.2f} (0 = does not feel the table)")
        print("target: ratio at least 4x")
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
