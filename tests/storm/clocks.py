"""The clock storm: phones whose clocks are years off, jump, and start anew, in three zones, around midnight.

    python -m tests.storm.clocks --visits 2000

Every visit has a true time. The phone's wall clock says something else, its monotonic clock counts since a boot; the
visits are sent later, from this boot or the next, so that the server has to find out. Prints how many were refused, and
on how many the business day, the order or the time itself is not what it was.
"""

import argparse
import json
import random
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.storm.server import environment, fresh_database, manage

YEARS = timedelta(days=365)
SKEWS = (-3 * YEARS, -YEARS, -timedelta(hours=7), timedelta(0), timedelta(minutes=2), timedelta(days=1), 3 * YEARS)
EPOCHS = (datetime(1970, 1, 2, tzinfo=UTC), datetime(2038, 1, 20, tzinfo=UTC))
WITELS = ("BANDUNG", "MAKASSAR", "PAPUA")  # WIB, WITA, WIT
NEAR_MIDNIGHT = (-60, -1, 1, 60)  # seconds
OPS = 20


def run(folder: Path, visits: int = 2000, seed: int = 1) -> dict:
    with fresh_database(folder, "findgo_clocks") as url:
        env = environment(folder, url)
        manage("manage.py", "migrate", "--verbosity", "0", env=env)
        return json.loads(
            manage("-m", "tests.storm.clocks", "--rage", "--visits", str(visits), "--seed", str(seed), env=env)
        )


class Watch:
    """A phone's clocks: what they say at a true time. Set anew at will; another boot counts from its own start."""

    def __init__(self, rng: random.Random, start: datetime):
        self.rng = rng
        self.reset(start)
        self.reboot(start)

    def reset(self, now: datetime) -> None:
        """Somebody, or the network, sets the wall clock; a battery that ran empty says 1970."""
        self.ahead = self.rng.choice(SKEWS) if self.rng.random() < 0.8 else self.rng.choice(EPOCHS) - now

    def reboot(self, now: datetime) -> None:
        self.boot, self.booted = uuid.uuid4(), now - timedelta(seconds=self.rng.uniform(1, 3 * 24 * 3600))

    def stamp(self, now: datetime) -> dict:
        mono_ms = round((now - self.booted).total_seconds() * 1000)
        return {"wall": (now + self.ahead).isoformat(), "boot": str(self.boot), "mono_ms": mono_ms}


def rage(visits: int, seed: int) -> dict:
    """Inside a process with Django, over HTTP without a socket; the server's clock is moved along."""
    import django

    django.setup()
    import time_machine
    from django.conf import settings
    from rest_framework.test import APIClient

    from accounts.models import User
    from accounts.services import tokens
    from regions.models import Witel
    from tests.make import make_order
    from workorders.models import Visit

    settings.ALLOWED_HOSTS, settings.ACCESS_TOKEN_SECONDS = ["*"], 10**8
    rng, found = (
        random.Random(seed),
        {"sent": 0, "refused": 0, "wrong_day": 0, "wrong_order": 0, "far_off": 0, "by_word": 0},
    )
    witels = [Witel.objects.get(code=code) for code in WITELS]
    for number in range(-(-visits // OPS)):
        witel = witels[number % len(witels)]
        agent = User.objects.create(username=f"clock{number}", password="!", role="AGENT", witel=witel)
        midnight = datetime(2026, 11, 24, tzinfo=witel.zone)
        begin = midnight - timedelta(hours=2)
        watch, device, truth, ops = Watch(rng, begin), uuid.uuid4(), {}, []
        with time_machine.travel(begin, tick=False):
            pair = tokens.sign_in(user=agent, phone=tokens.Phone(device), now=begin)
            orders = [make_order(assignee=agent, lat=witel.lat, lon=witel.lon, witel=witel.code) for _ in range(OPS)]
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")

        def send(now, ops, client=client, device=device, watch=watch):
            body = {"schema": 1, "device": str(device), "sent": watch.stamp(now), "ops": ops}
            with time_machine.travel(now, tick=False):
                answer = client.post("/api/v1/sync/push/", body, format="json", secure=True)
            assert answer.status_code == 200, answer.content
            return [result["status"] for result in answer.json()["results"]]

        send(begin, [])  # the morning's sync: every phone of the promise has had one
        times = sorted(
            midnight + timedelta(seconds=rng.choice(NEAR_MIDNIGHT) if rng.random() < 0.5 else rng.uniform(-5000, 5000))
            for _ in orders
        )
        for order, when in zip(orders, times, strict=True):
            if rng.random() < 0.1:
                watch.reset(when)
            key = uuid.uuid4()
            truth[str(key)] = when
            ops.append(
                {
                    "op": str(uuid.uuid4()),
                    "seq": len(ops),
                    "type": "visit.create",
                    "entity": str(key),
                    "at": watch.stamp(when),
                    "body": {"order": order.pk, "disposition": "NC-HOURS"},
                }
            )
        later = times[-1] + timedelta(hours=rng.uniform(0.1, 30))
        if rng.random() < 0.3:
            watch.reboot(later)
        if rng.random() < 0.3:
            watch.reset(later)
        statuses = send(later, rng.sample(ops, len(ops)))
        found["sent"] += len(statuses)
        found["refused"] += sum(status != "applied" for status in statuses)
        rows = Visit.objects.filter(agent=agent).order_by("visited_at_corrected", "pk")
        stored = {str(row.pk): row for row in rows}
        found["wrong_day"] += sum(row.business_day != truth[key].date() for key, row in stored.items())
        found["far_off"] += sum(
            abs(row.visited_at_corrected - truth[key]) > timedelta(seconds=2) for key, row in stored.items()
        )
        found["by_word"] += sum(row.clock_trust != "monotonic" for row in stored.values())
        order = [truth[key] for key in stored]
        found["wrong_order"] += order != sorted(order)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--visits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rage", action="store_true", help="inside a prepared database: for itself")
    asked = parser.parse_args()
    if asked.rage:
        json.dump(rage(asked.visits, asked.seed), sys.stdout)
        return
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        found = run(Path(folder), asked.visits, asked.seed)
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))


if __name__ == "__main__":
    main()
