"""What the storm rages over, and who judges it: run by `python -m tests.storm.country`, in a process with Django.

fill PHONES ORDERS   agents with a phone each and so many orders; prints their tokens and orders as JSON
judge                reads what the phones believe from standard input; prints what is not so, counted
"""

import json
import sys
import uuid
from collections import Counter

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import tokens  # noqa: E402
from common.geo import mq  # noqa: E402
from customers.models import Address, Customer, LocationCandidate, ResolvedLocation  # noqa: E402
from regions.models import Witel  # noqa: E402
from tests.storm.phone import state_hash  # noqa: E402
from workorders.models import (  # noqa: E402
    Assignment,
    FeedEntry,
    FeedScope,
    Lesson,
    Operation,
    Quarantine,
    Upload,
    Visit,
    VisitPhoto,
    WorkOrder,
)
from workorders.photo_files import picture_path  # noqa: E402
from workorders.services.feed import announce  # noqa: E402

SOUTH, WEST, APART_DEG = -6.99, 107.55, 0.0011  # a grid of houses 120 m apart
AT_ONCE = 1000


def fill(phones: int, orders: int) -> dict:
    witel, now = Witel.objects.get(code="BANDUNG"), timezone.now()
    with transaction.atomic():
        User.objects.bulk_create(
            [
                User(username=f"agent{n}", password="!", role="AGENT", witel=witel, name=f"Agen {n}")
                for n in range(phones)
            ]
        )
        agents = list(User.objects.filter(role="AGENT").order_by("pk"))
        count = phones * orders
        Customer.objects.bulk_create(
            [Customer(service_number=f"13{n:010d}", name=f"Pelanggan {n}", witel=witel) for n in range(count)], AT_ONCE
        )
        customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        places = [(SOUTH + APART_DEG * (n // 150), WEST + APART_DEG * (n % 150)) for n in range(count)]
        Address.objects.bulk_create([Address(customer_id=key, raw="jl. melati no 5") for key in customers], AT_ONCE)
        rows = list(zip(customers, places, strict=True))
        LocationCandidate.objects.bulk_create(
            [LocationCandidate(customer_id=k, source="INSTALL", lat=a, lon=o, accuracy_m=12) for k, (a, o) in rows],
            AT_ONCE,
        )
        point = {"radius_m": 12, "grade": "A", "source": "INSTALL", "algorithm": 1, "computed_at": now, "witel": witel}
        ResolvedLocation.objects.bulk_create(
            [ResolvedLocation(customer_id=k, lat=a, lon=o, mq=int(mq(a, o)), **point) for k, (a, o) in rows], AT_ONCE
        )
        WorkOrder.objects.bulk_create(
            [
                WorkOrder(
                    number=f"WO{n:08d}",
                    customer_id=key,
                    witel=witel,
                    period=202610,
                    balance=387_500,
                    state="ASSIGNED",
                    assignee=agents[n // orders],
                    lat=lat,
                    lon=lon,
                    mq=int(mq(lat, lon)),
                    grade="A",
                )
                for n, (key, (lat, lon)) in enumerate(rows)
            ],
            AT_ONCE,
        )
        carried = list(WorkOrder.objects.order_by("pk").values_list("pk", "assignee", "lat", "lon"))
        Assignment.objects.bulk_create(
            [Assignment(order_id=key, agent_id=agent, kind="FEED", from_at=now) for key, agent, *_ in carried], AT_ONCE
        )
        announce(agents=[agent.pk for agent in agents])
    told = {agent.pk: {"username": agent.username, "agent": agent.pk, "orders": []} for agent in agents}
    for key, agent, lat, lon in carried:
        told[agent]["orders"].append([key, lat, lon])
    for agent in agents:
        device = uuid.uuid4()
        pair = tokens.sign_in(user=agent, phone=tokens.Phone(device, "storm", "1"), now=now)
        told[agent.pk] |= {"device": str(device), "access": pair.access, "refresh": pair.refresh}
    return {"phones": list(told.values())}


def judge(believed: dict) -> dict:
    """`believed`: for each phone its agent, its visits (id → order, disposition, note), photos (id → sha256), and what
    it holds ([type, id, seq], …).
    """
    found = Counter(lost=0, duplicated=0, wrong=0, corrupt_photos=0, other_state=0, unlearned=Lesson.objects.count())
    visits = {str(row.pk): row for row in Visit.objects.select_related("disposition")}
    told = 0
    for phone in believed["phones"]:
        for key, (order, disposition, note) in phone["visits"].items():
            told += 1
            row = visits.get(key)
            if row is None:
                found["lost"] += 1
            elif (row.order_id, row.disposition.code, row.note, row.agent_id) != (
                order,
                disposition,
                note,
                phone["agent"],
            ):
                found["wrong"] += 1
        found["corrupt_photos"] += sum(not is_whole(key, sha256) for key, sha256 in phone["photos"].items())
        scope = FeedScope.objects.get(pk=phone["agent"])
        live = FeedEntry.objects.filter(scope=scope, kind="upsert").values_list("type", "object_id", "seq")
        hashes = {state_hash(live), scope.state_hash, state_hash(map(tuple, phone["held"]))}
        found["other_state"] += len(hashes) > 1 or scope.count != len(phone["held"])
    found["duplicated"] = len(visits) - told + found["lost"]
    found["visits"], found["quarantined"] = len(visits), Quarantine.objects.count()
    found["operations"] = Operation.objects.count()
    attempts = sum(WorkOrder.objects.values_list("attempts", flat=True))
    found["attempts_miscounted"] = abs(attempts - len(visits))
    return dict(found)


def is_whole(key: str, sha256: str) -> bool:
    """The photo arrived with the bytes that the phone had, and its picture can be seen."""
    photo = VisitPhoto.objects.filter(pk=key, sha256=sha256, state=VisitPhoto.State.ARRIVED).first()
    if photo is None or photo.visit_id is None or Upload.objects.get(pk=key).completed_at is None:
        return False
    with Image.open(picture_path(photo.file)) as picture:
        picture.load()
        return picture.size == (photo.width, photo.height)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        json.dump(fill(int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
    else:
        json.dump(judge(json.load(sys.stdin)), sys.stdout)
