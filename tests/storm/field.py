"""The field storm: phones that send what their agents did over a bad network to a server whose workers are killed.

    python -m tests.storm.field --phones 200 --visits 100

Prints what was seen, and what the judge found: all zeros, or something is lost.
"""

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.storm.phone import Clock, Phone
from tests.storm.server import ROOT, environment, fresh_database, manage, serving
from tests.storm.weather import Weather

STEPS = ("OTHER_POINTS", "ODP", "NEIGHBOURS", "CALL", "RT_HEAD")
# One in five is ATK, as in life; what each needs beside.
RESULTS = {
    "MET-PTP": {"amount": 387_500, "promised_on": "2030-01-31"},
    "MET-REFUSE": {"reason": "nanti saja"},
    "NC-HOURS": {},
    "TP-MSG": {"relation": "istri"},
    "ATK-COORD": {},
}


@dataclass
class Storm:
    phones: int = 200
    visits: int = 100
    loss: float = 0.3
    twice: float = 0.1
    kill_every_s: tuple[float, float] = (1.0, 2.0)
    patience_s: float = 600
    seed: int = 1


class StormPhone(Phone):
    """Sends some of what waits, in no order: batches overtake each other."""

    def push(self) -> None:
        waiting = [entry for entry in self.outbox if entry.is_waiting]
        kept, self.outbox = self.outbox, self.rng.sample(waiting, min(len(waiting), self.rng.randint(30, 100)))
        try:
            super().push()
        finally:
            self.outbox = kept


def run(storm: Storm, folder: Path) -> dict:
    """Rage, then judge: what was seen and found, counted."""
    with fresh_database(folder, "findgo_storm") as url:
        env = environment(folder, url, ACCESS_TOKEN_SECONDS="90")
        manage("manage.py", "migrate", "--verbosity", "0", env=env)
        told = json.loads(manage("-m", "tests.storm.country", "fill", str(storm.phones), str(storm.visits), env=env))
        with serving(env, folder / "server.log") as server:
            began = time.monotonic()
            weather = Weather("127.0.0.1", server.port, storm.loss, storm.twice, storm.seed)
            phones = [make_phone(weather, one, storm.seed + n) for n, one in enumerate(told["phones"])]
            with server.killing(storm.kill_every_s, storm.seed):
                rage(phones, storm.patience_s)
            seconds, killed = time.monotonic() - began, server.killed
            calm(phones, server.port)
        manage("manage.py", "run_due", env=env)
        found = judge(phones, env)
    duplicates = sum(entry.result["status"] == "duplicate" for phone in phones for entry in phone.outbox)
    return found | {
        "told": sum(len(phone.outbox) for phone in phones),
        "answered_duplicate": duplicates,
        "refused": sum(entry.result["status"] == "quarantined" for phone in phones for entry in phone.outbox),
        "resyncs": sum(phone.resyncs for phone in phones),
        "seconds": round(seconds, 1),
        "killed": killed,
        "network": dict(weather.seen),
    }


def make_phone(weather: Weather, told: dict, seed: int) -> StormPhone:
    phone = StormPhone(weather, told["username"], "", clock=Clock(), rng=random.Random(seed))
    phone.agent, phone.said = told["agent"], {}
    phone.device = uuid.UUID(told["device"])
    phone.keep(told)
    for order, lat, lon in told["orders"]:
        disposition = phone.rng.choice(list(RESULTS))
        body = dict(RESULTS[disposition])
        if disposition == "ATK-COORD":
            at = phone.clock.stamp()["wall"]
            body["rescue"] = [
                {"id": str(uuid.uuid4()), "kind": kind, "outcome": "NOT_FOUND", "done_at": at} for kind in STEPS
            ]
        note = f"catatan {phone.rng.random()}"
        fix = {"lat": lat + phone.rng.gauss(0, 5e-5), "lon": lon + phone.rng.gauss(0, 5e-5), "accuracy_m": 9.0}
        picture = make_picture(phone.rng) if not phone.photos else None  # one for each phone
        key = phone.visit(order, disposition, fix=fix, note=note, is_at_house=True, picture=picture, **body)
        phone.said[str(key)] = (order, disposition, note)
    phone.shown = {str(photo.id): photo.sha256 for photo in phone.photos}
    return phone


def make_picture(rng: random.Random) -> bytes:
    """A JPEG of noise, some 150 kB: several chunks."""
    out = io.BytesIO()
    Image.frombytes("RGB", (320, 240), rng.randbytes(320 * 240 * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def rage(phones: list[StormPhone], patience_s: float) -> None:
    """All phones at once; the first failure of any is raised."""
    failures = []

    def go(phone):
        try:
            phone.sync_until_done(patience_s=patience_s, first_pause_s=0.1)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=go, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def calm(phones: list[StormPhone], port: int) -> None:
    """The last pull, over a good network: what others changed meanwhile."""
    good = Weather("127.0.0.1", port)
    for phone in phones:
        phone.network = good
        phone.pull()


def judge(phones: list[StormPhone], env: dict) -> dict:
    believed = {
        "phones": [
            {
                "agent": phone.agent,
                "visits": phone.said,
                "photos": phone.shown,
                "held": [[*key, change["seq"]] for key, change in phone.held.items()],
            }
            for phone in phones
        ]
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.storm.country", "judge"],
        cwd=ROOT,
        env=env,
        input=json.dumps(believed),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        found = run(Storm(phones=asked.phones, visits=asked.visits, seed=asked.seed), Path(folder))
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))


if __name__ == "__main__":
    main()
