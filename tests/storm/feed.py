"""Feeds under load: writers that change orders all at once, or an import, and readers who must miss nothing.

    DATABASE_URL=… python -m tests.storm.feed --changes 10000 --writers 6
    DATABASE_URL=… python -m tests.storm.feed --import-rows 100000

Prints how many changes were read and how often a reader held, at the end of his feed, something else than the feed's own
count and hash say; and what he missed in the end. Zero, both, or rows are lost. On SQLite writers take turns, so that only
MySQL and MariaDB can show it.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.storm.server import environment, fresh_database, manage

LAST_PAUSE_S = (
    0.01  # what a writer still does inside its transaction, so that the order of commits is not that of begins
)


def run(folder: Path, *, changes: int = 0, writers: int = 6, import_rows: int = 0, agents: int = 3) -> dict:
    """What was seen and found, counted: on a database of its own."""
    per_agent = 100 if changes else 250
    agents = agents if changes else max(1, import_rows // per_agent)
    with fresh_database(folder, "findgo_feed") as url:
        env = environment(folder, url)
        manage("manage.py", "migrate", "--verbosity", "0", env=env)
        manage("-m", "tests.storm.country", "fill", str(agents), str(per_agent), env=env)
        words = ["--watch", "--changes", str(changes), "--writers", str(writers), "--import-rows", str(import_rows)]
        return json.loads(manage("-m", "tests.storm.feed", *words, env=env))


def watch(changes: int, writers: int, import_rows: int) -> dict:
    """Inside a process with Django: let the writers go, and read until they have ended."""
    import django

    django.setup()
    from django.db import connection

    connection.close()  # no child inherits it
    began = time.monotonic()
    if import_rows:
        children = [spawn(lambda: import_bills(import_rows))]
    else:
        children = [spawn(lambda seed=seed: write(changes // writers, seed)) for seed in range(writers)]
    reader = Reader()
    while children:
        children = [pid for pid in children if os.waitpid(pid, os.WNOHANG)[0] == 0]
        reader.read_all()
    reader.read_all()
    return reader.judge() | {"seconds": round(time.monotonic() - began, 1)}


def spawn(work) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    return pid


def write(count: int, seed: int) -> None:
    """Change orders of anybody, some of them from one agent to another; each change commits when it likes."""
    from common.tx import in_transaction
    from workorders.models import WorkOrder
    from workorders.services.feed import announce

    rng = random.Random(seed)
    keys = list(WorkOrder.objects.values_list("pk", "customer_id"))
    agents = sorted(set(WorkOrder.objects.values_list("assignee", flat=True)))

    def change(order, customer):
        fields = {"priority": rng.randrange(100)}
        if rng.random() < 0.2:
            fields["assignee_id"] = rng.choice(agents)
        WorkOrder.objects.filter(pk=order).update(**fields)
        announce(customers=[customer])
        time.sleep(rng.uniform(0, LAST_PAUSE_S))

    for _ in range(count):
        order, customer = rng.choice(keys)
        in_transaction(lambda order=order, customer=customer: change(order, customer))


def import_bills(rows: int) -> None:
    """A billing feed in which every other line has paid: half of all orders leave the phones."""
    from customers.models import Customer
    from imports.services import import_file

    numbers = list(Customer.objects.order_by("pk").values_list("service_number", flat=True)[:rows])
    lines = ["nd,periode,tagihan,status"]
    lines += [f"{nd},202610,387500,{'PAID' if n % 2 else 'UNPAID'}" for n, nd in enumerate(numbers)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "billing.csv"
        path.write_text("\n".join(lines) + "\n")
        import_file(kind="billing", path=path, filename=path.name)


class Reader:
    """All agents' phones in one: follows each feed by its cursor, and checks at each end what is held."""

    def __init__(self):
        from accounts.models import User

        self.agents = list(User.objects.filter(role="AGENT"))
        self.cursors, self.held = {}, {agent.pk: {} for agent in self.agents}
        self.seen = Counter(read=0, again=0, other_state=0, backwards=0)

    def read_all(self) -> None:
        for agent in self.agents:
            self.read(agent)

    def read(self, agent) -> None:
        from django.utils import timezone

        from tests.storm.phone import state_hash
        from workorders.sync.pull import pull

        held = self.held[agent.pk]
        while True:
            cursor = self.cursors.get(agent.pk)
            page = pull(agent=agent, cursor=cursor, limit=100, now=timezone.now())
            for said in page.said:
                self.seen["read"] += 1
                self.seen["backwards"] += held.get((said.type, said.id), 0) > said.seq
                if said.kind == "gone":
                    held.pop((said.type, said.id), None)
                else:
                    held[said.type, said.id] = said.seq
            self.cursors[agent.pk] = page.cursor_after(cursor)
            if not page.is_more:
                break
        state = state_hash((kind, key, seq) for (kind, key), seq in held.items())
        self.seen["other_state"] += (len(held), state) != (page.count, page.state_hash)

    def judge(self) -> dict:
        """Beside what was seen: rows that are in a feed and not held as they are, and orders on the wrong phone."""
        from django.utils import timezone

        from workorders.models import FeedEntry, FeedScope, WorkOrder

        missed = misplaced = 0
        for agent in self.agents:
            live = FeedEntry.objects.filter(scope=agent.pk, kind="upsert").values_list("type", "object_id", "seq")
            live = {(kind, key): seq for kind, key, seq in live}
            missed += len(live.items() ^ self.held[agent.pk].items())
            due = WorkOrder.objects.on_phones(timezone.localdate()).filter(assignee=agent)
            wanted = sorted(due.order_by("-priority", "pk").values_list("pk", flat=True)[:300])
            misplaced += wanted != sorted(int(key) for kind, key in live if kind == "order")
        numbered = sum(FeedScope.objects.values_list("seq", flat=True))
        return dict(self.seen) | {"numbered": numbered, "missed": missed, "misplaced": misplaced}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--changes", type=int, default=0)
    parser.add_argument("--writers", type=int, default=6)
    parser.add_argument("--import-rows", type=int, default=0)
    parser.add_argument("--watch", action="store_true", help="inside a prepared database: for itself")
    asked = parser.parse_args()
    if asked.watch:
        json.dump(watch(asked.changes, asked.writers, asked.import_rows), sys.stdout)
        return
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        found = run(Path(folder), changes=asked.changes, writers=asked.writers, import_rows=asked.import_rows)
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))


if __name__ == "__main__":
    main()
