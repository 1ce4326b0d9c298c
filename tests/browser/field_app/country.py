"""What the field app meets in its tests: `python -m tests.browser.field_app.country COMMAND …`, in the process of its server's database.

fill                 people, and orders around the square of Bandung for the agent dewi; prints them as JSON
crowd AGENTS ORDERS  agents with so many orders each
pay ORDER            the customer's bills are paid, so that the order is withdrawn
new_password         dewi's password is changed by somebody else: NEW_PASSWORD
report               what has arrived: visits, photos, pins, notes, looks at telephone numbers
"""

import itertools
import json
import sys
from datetime import date

import django

django.setup()

from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.verbs import Role  # noqa: E402
from common.tx import in_transaction  # noqa: E402
from customers.models import FieldNote, LocationCandidate  # noqa: E402
from history.models import Access  # noqa: E402
from regions.models import Witel  # noqa: E402
from tests import make  # noqa: E402
from tests.cast import make_cast, make_user  # noqa: E402
from tests.make import make_bill, make_customer, make_order  # noqa: E402
from workorders.models import Operation, Visit, VisitPhoto, WorkOrder  # noqa: E402
from workorders.services.feed import announce  # noqa: E402
from workorders.services.settlement import settle  # noqa: E402

SQUARE = (-6.9217, 107.6071)
PERIOD = 202611
NEW_PASSWORD = "sandi-baru-sekali-26"
# name, metres north and east of the square, address, grade, owed
HOUSES = [
    ("Ibu Siti Rahayu", -40, 70, "Gg. Mawar II No. 14 RT 03 RW 07, Balonggede", "A", 387_500),
    ("Bpk. Asep Wijaya", 150, 190, "Jl. Sukamaju, Balonggede", "B", 275_000),
    ("Bpk. Yohanes Manurung", -60, -310, "Komp. Griya Asri Blok O1 No. 4", "C", 735_000),
    ("Ibu Kartika Lubis", -420, -400, "Kp. Lebak Jero", "D", 315_000),
    ("Bpk. Dedi Supriatna", 90, 520, "Jl. Melati Utara No. 42 RT 02 RW 11", "A", 749_250),
    ("Ibu Nur Aini", 610, -80, "Gang Cendana nomor 39 RT 07 RW 13", "B", 488_400),
    ("Ibu Wulan Anggraini", 230, -640, "Jl. Nangka Selatan RT 07 RW 07", "B", 316_350),
    ("Bpk. Ujang Komara", -700, 260, "Jl. Waduk No. 46, Mekarmulya", "A", 402_000),
]
METRE_DEG = 1 / 111_320


def fill() -> dict:
    cast = make_cast()
    orders = [put_house(cast.agent, *house) for house in HOUSES]
    lost = make_order(assignee=cast.agent, lat=None, period=PERIOD, balance=198_000)
    LocationCandidate.objects.create(
        customer=orders[3].customer, source="VILLAGE", lat=SQUARE[0] - 0.0035, lon=SQUARE[1] - 0.0031, accuracy_m=400
    )
    in_transaction(lambda: announce(agents=[cast.agent.pk]))
    told = [{"id": order.pk, "name": order.customer.name, "customer": order.customer_id} for order in [*orders, lost]]
    return {"orders": told, "square": SQUARE}


def put_house(agent, name: str, north: float, east: float, raw: str, grade: str, owed: int) -> WorkOrder:
    lat, lon = SQUARE[0] + north * METRE_DEG, SQUARE[1] + east * METRE_DEG
    customer = make_customer(lat=lat, lon=lon, grade=grade, name=name)
    customer.address.raw = raw
    customer.address.save()
    make_bill(customer, period=PERIOD, amount=owed)
    return make_order(assignee=agent, customer=customer, period=PERIOD, balance=owed)


def crowd(agents: int, orders: int) -> dict:
    told = []
    for number in range(agents):
        agent = make_user(f"agen{number}", Role.AGENT, witel=Witel.objects.get(code="BANDUNG"))
        carried = [
            put_house(agent, f"Rumah {number}-{n}", 40 * n, 60 * number, "Jl. Badai No. 1", "B", 100_000)
            for n in range(orders)
        ]
        in_transaction(lambda agent=agent: announce(agents=[agent.pk]))
        told.append({"username": agent.username, "orders": [order.pk for order in carried]})
    return {"agents": told}


def pay(order: int) -> dict:
    customer = WorkOrder.objects.get(pk=order).customer
    customer.bills.update(status="PAID", paid_on=date.today())
    count = in_transaction(
        lambda: settle(customers=[customer.pk], today=timezone.localdate(), remember=lambda *_: None)
    )
    return {"withdrawn": count}


def new_password() -> dict:
    agent = User.objects.get(username="dewi")
    agent.set_password(NEW_PASSWORD)
    agent.save()
    return {}


def report() -> dict:
    visits = [
        {
            "id": str(visit.pk),
            "order": visit.order_id,
            "code": visit.disposition_id and visit.disposition.code,
            "note": visit.note,
            "details": visit.details,
            "rescued": visit.is_found_after_rescue,
            "steps": visit.order.rescue_steps.count(),
            "trail": hasattr(visit, "trail"),
            "promise": visit.promise.amount if hasattr(visit, "promise") else None,
            "photos": [[photo.sha256, str(photo.state)] for photo in visit.photos.all()],
            "flags": visit.flags,
        }
        for visit in Visit.objects.select_related("disposition", "order").order_by("received_at")
    ]
    return {
        "visits": visits,
        "photos": VisitPhoto.objects.count(),
        "operations": Operation.objects.exclude(type="position.report").count(),
        "pins": LocationCandidate.objects.filter(source="AGENT_PIN").count(),
        "notes": list(FieldNote.objects.values_list("field", "value")),
        "phone_views": Access.objects.filter(purpose="phone").count(),
    }


COMMANDS = {"fill": fill, "crowd": crowd, "new_password": new_password, "pay": pay, "report": report}

if __name__ == "__main__":
    make.numbers = itertools.count(WorkOrder.objects.count() + 1)  # each command is a process of its own
    json.dump(COMMANDS[sys.argv[1]](*map(int, sys.argv[2:])), sys.stdout, default=str)
