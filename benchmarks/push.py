"""A phone's push of 100 visits: stored together, beside the same stored one by one, beside one PUT for each.

    python -m benchmarks.push [--rounds 5]

Fills an empty database of the kind of DATABASE_URL (a file of SQLite without it) with phones and orders, and drops it.
One in five of the visits is ATK with its steps, and one has a photo. All three learn from every visit.
Milliseconds are of this process's processor, medians.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.storm.field import make_phone
from tests.storm.phone import Answer, Phone
from tests.storm.server import environment, fresh_database, manage

VISITS = 100


class Here:
    """The network of a phone that sits in this process."""

    def send(self, method: str, path: str, headers: dict, body: bytes | None) -> Answer:
        from rest_framework.test import APIClient

        kind = headers.pop("Content-Type", "application/json")
        client = APIClient(headers=headers)
        answer = client.generic(method, path, body or b"", content_type=kind)
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content)


def together(phone: Phone) -> None:
    Phone.push(phone)


def one_by_one(phone: Phone) -> None:
    from workorders.sync.push import Run

    joins, Run.joins = Run.joins, lambda *_: False
    try:
        Phone.push(phone)
    finally:
        Run.joins = joins


def by_put(phone: Phone) -> None:
    for entry in phone.outbox:
        op = entry.op
        fix = {name: op["fix"][name] for name in ("lat", "lon", "accuracy_m")}
        body = op["body"] | {"visited_at": op["at"]["wall"], "fix": fix}
        answer = phone.call("PUT", f"/api/v1/visits/{op['entity']}/", body=body)
        entry.result = {"status": "applied" if answer.status == 201 else answer.status}


WAYS = {"together": together, "one by one": one_by_one, "one PUT each": by_put}


def measure(told: dict) -> dict[str, list[float]]:
    """Processor seconds of each way, a phone of its own each time; the first round warms up."""
    import django

    django.setup()
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    phones = iter(told["phones"])
    for number, one in enumerate(phones):
        name = list(WAYS)[number % len(WAYS)]
        phone = make_phone(Here(), one, number)
        began = time.process_time()
        WAYS[name](phone)
        seconds[name].append(time.process_time() - began)
        wrong = [entry.result for entry in phone.outbox if entry.result["status"] != "applied"]
        if wrong:
            raise RuntimeError(f"{name}: {wrong[0]}")
    return {name: taken[1:] for name, taken in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="push-") as folder, fresh_database(Path(folder), "findgo_push") as url:
        env = environment(Path(folder), url, ALLOWED_HOSTS="testserver")
        manage("manage.py", "migrate", "--verbosity", "0", env=env)
        count = len(WAYS) * (asked.rounds + 1)
        told = json.loads(manage("-m", "tests.storm.country", "fill", str(count), str(VISITS), env=env))
        os.environ.update(env)
        found = {name: median(taken) for name, taken in measure(told).items()}
    for name, taken in found.items():
        print(f"{name:14} {1000 * taken / VISITS:6.2f} ms a visit, {taken / found['together']:.2f} of together")


if __name__ == "__main__":
    main()
