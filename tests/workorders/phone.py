"""Operations as a phone sends them, for tests over Django's client. The whole reference client is tests/storm/phone.py."""

import itertools
import uuid
from datetime import timedelta

from django.utils import timezone

BOOT = uuid.uuid4()
numbers = itertools.count(1)


def stamp(*, ago_s: float = 0, ahead=timedelta(0), boot=BOOT, now=None) -> dict:
    """What the clocks of a phone say of a moment `ago_s` seconds ago, whose wall clock is `ahead` of ours."""
    now = now or timezone.now()
    wall = now - timedelta(seconds=ago_s) + ahead
    return {"wall": wall.isoformat(), "boot": str(boot), "mono_ms": 10_000_000 - round(ago_s * 1000)}


def op(kind: str, entity, body: dict, **fields) -> dict:
    fields = {"op": str(uuid.uuid4()), "seq": next(numbers), "at": stamp(ago_s=60)} | fields
    return {"type": kind, "entity": str(entity), "body": body} | fields


def visit_op(order, disposition="NC-HOURS", visit=None, *, body=None, **fields) -> dict:
    fix = {"lat": -6.92, "lon": 107.61, "accuracy_m": 8}
    content = {"order": order.pk, "disposition": disposition, "is_at_house": True} | (body or {})
    return op("visit.create", visit or uuid.uuid4(), content, **{"fix": fix} | fields)


def push(client, ops, *, device=None, sent=None, **envelope):
    body = {"schema": 1, "device": str(device or client.device), "sent": sent or stamp(), "ops": ops} | envelope
    return client.post("/api/v1/sync/push/", body, format="json")


def results(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def statuses(answer) -> list[str]:
    return [result["status"] for result in results(answer)]


class Mirror:
    """What a phone holds that follows its feed."""

    def __init__(self, client):
        self.client, self.cursor, self.held = client, None, {}

    def pull(self, limit=100) -> list[dict]:
        """Read the feed to its end; the changes that came."""
        came = []
        while True:
            query = {"limit": limit} | ({"cursor": self.cursor} if self.cursor else {})
            answer = self.client.get("/api/v1/sync/pull/", query)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            for change in page["changes"]:
                self.take(change)
            came += page["changes"]
            self.cursor = page["cursor"]
            if not page["more"]:
                self.scope = page["scope"]
                return came

    def take(self, change: dict) -> None:
        key = (change["type"], change["id"])
        if change["kind"] == "gone":
            self.held.pop(key, None)
        else:
            self.held[key] = change

    @property
    def state(self) -> dict:
        from tests.storm.phone import state_hash

        return {"count": len(self.held), "hash": state_hash((t, i, c["seq"]) for (t, i), c in self.held.items())}

    @property
    def orders(self) -> dict[int, dict]:
        return {int(key): change["body"] for (kind, key), change in self.held.items() if kind == "order"}
