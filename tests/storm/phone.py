"""A phone: the reference client of the protocol in plain Python, for those who write a native app. See docs/api.md.

It keeps three things, in a database on a real phone: the *outbox* (what the agent did; the phone is the master of it until
the server has answered), the *store* (what the server says; thrown away and fetched anew at any time) and its *clock*.
Nothing here knows of tests: the network is whatever object has `send(method, path, headers, body)`.
"""

import base64
import hashlib
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# Of one push; the server takes no more of either (rules.offline of /me/), and some room is left for the envelope.
BATCH, BATCH_BYTES = 100, 1024 * 1024 - 4096
SMALLEST_CHUNK, BIGGEST_CHUNK = 64 * 1024, 1024 * 1024
RENEWALS = 3
MOST_PAUSE_S = 300.0
# What may be sent again as it is. Everything else is an answer.
AGAIN = frozenset({408, 425, 429, 502, 503, 504})


class Lost(Exception):
    """No answer came. What was asked may have been done."""


class SignedOut(Exception):
    """The tokens are of no use any more: the agent signs in again; the outbox stays."""


class Retired(Exception):
    """Another phone took this one's place: it may only hand in what it holds."""


class Wipe(Exception):
    """The phone was reported lost, or another took its place and everything is handed in: delete the key, then all."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Clock:
    """Three clocks: what the agent sees, which may be years off; the time since the boot; and the boot's own name."""

    ahead: timedelta = timedelta(0)
    boot: uuid.UUID = field(default_factory=uuid.uuid4)
    booted: float = field(default_factory=lambda: time.monotonic() - 1000)
    zone: str = "Asia/Jakarta"

    def stamp(self) -> dict:
        wall = datetime.now(UTC) + self.ahead
        return {
            "wall": wall.isoformat(),
            "boot": str(self.boot),
            "mono_ms": round((time.monotonic() - self.booted) * 1000),
            "tz": self.zone,
        }


@dataclass
class Entry:
    """One operation in the outbox. `result` is None until the server has said what became of it; then it is kept sealed
    for 7 days, and only then deleted.
    """

    op: dict
    result: dict | None = None

    @property
    def is_waiting(self) -> bool:
        return self.result is None


@dataclass
class Photo:
    """A picture that the server does not have yet; deleted when the server has said its hash."""

    id: uuid.UUID
    visit: uuid.UUID
    content: bytes
    is_there: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Phone:
    """One agent's phone. `network.send(method, path, headers, body)` gives an Answer or raises Lost."""

    def __init__(self, network, username: str, password: str, *, clock: Clock | None = None, rng=None):
        self.network, self.username, self.password = network, username, password
        self.clock = clock or Clock()
        self.rng = rng or random.Random()
        self.device = uuid.uuid4()
        self.access = self.refresh = ""
        self.seq = 0
        self.outbox: list[Entry] = []
        self.photos: list[Photo] = []
        self.held: dict[tuple[str, str], dict] = {}
        self.cursor: str | None = None
        self.resyncs = self.failures = 0

    # What the agent does. It works without a network, and is kept before anything is sent.

    def note(
        self, kind: str, entity, body: dict, *, fix: dict | None = None, base=None, after: Iterable[str] = ()
    ) -> str:
        """Put one operation into the outbox; its id."""
        self.seq += 1
        op = {
            "op": str(uuid7()),
            "seq": self.seq,
            "type": kind,
            "entity": str(entity),
            "base": base,
            "after": list(after),
            "at": self.clock.stamp(),
            "fix": fix,
            "body": body,
        }
        self.outbox.append(Entry(op))
        return op["op"]

    def visit(self, order: int, disposition: str, *, fix: dict, picture: bytes | None = None, **body) -> uuid.UUID:
        """An attempt at an order; the visit's id. Its picture follows on its own, and never delays it."""
        key = uuid7()
        if picture is not None:
            photo = Photo(uuid7(), key, picture)
            self.photos.append(photo)
            body["photos"] = [
                {
                    "id": str(photo.id),
                    "sha256": photo.sha256,
                    "size": len(picture),
                    "kind": "HOUSE",
                    "taken_at": self.clock.stamp()["wall"],
                }
            ]
        self.note("visit.create", key, {"order": order, "disposition": disposition, **body}, fix=fix)
        return key

    # What the phone does whenever there is a network.

    def sync(self) -> None:
        """Send what was done, fetch what changed, then send pictures. Raises Lost (try again later), SignedOut, Wipe."""
        self.push()
        is_retired = False
        try:
            self.pull()
        except Retired:
            is_retired = True
        for photo in self.photos:
            self.upload(photo)
        if is_retired and self.is_sent():  # another phone took its place: everything is handed in
            raise Wipe()

    def push(self) -> None:
        for some in batches([entry for entry in self.outbox if entry.is_waiting]):
            body = {
                "schema": 1,
                "device": str(self.device),
                "batch": str(uuid7()),
                "sent": self.clock.stamp(),
                "ops": [entry.op for entry in some],
            }
            for entry, result in zip(some, self.ask("POST", "/api/v1/sync/push/", body)["results"], strict=True):
                if result["status"] != "retry":  # of every other the server has it, one way or another
                    entry.result = result

    def pull(self) -> None:
        """Follow the feed to its end; start anew where the server says so, or where we hold something else than it
        thinks.
        """
        if self.cursor is None:
            self.fetch_all()
        while True:
            answer = self.call("GET", f"/api/v1/sync/pull/?cursor={self.cursor}")
            if answer.status == 410:  # another past: a restored backup may lack what it had answered for
                self.unseal()
                self.cursor = None
                self.fetch_all()
                continue
            page = expect(answer, 200).json
            # One transaction on a phone: the changes and the cursor, or neither.
            for change in page["changes"]:
                self.take(change)
            self.cursor = page["cursor"]
            if page["more"]:
                continue
            if self.state() != page["scope"]:
                self.resyncs += 1
                self.cursor = None
            return

    def unseal(self) -> None:
        """Send again what was answered for in the last days; of what the server still has it says `duplicate`."""
        for entry in self.outbox:
            entry.result = None

    def fetch_all(self) -> None:
        """Everything anew, page by page; what changes meanwhile comes with the pull that follows."""
        items, cursor, page = [], None, {"next": ""}
        while page["next"] is not None:
            page = self.ask("GET", f"/api/v1/sync/snapshot/?cursor={page['next']}")
            items += page["items"]
            cursor = cursor or page["cursor"]
        self.held = {}
        for item in items:
            self.take(item)
        self.cursor = cursor

    def take(self, change: dict) -> None:
        key = change["type"], change["id"]
        if change["kind"] == "gone":  # row, notes, pictures of it, everything
            self.held.pop(key, None)
        else:
            self.held[key] = change

    def state(self) -> dict:
        """What the phone holds, as the server counts it."""
        things = [(kind, key, change["seq"]) for (kind, key), change in self.held.items()]
        return {"count": len(things), "hash": state_hash(things)}

    def upload(self, photo: Photo) -> None:
        """Send a picture from where the server has it (tus 1.0), in chunks that grow while they arrive."""
        if photo.is_there:
            return
        path = f"/api/v1/uploads/{photo.id}/"
        answer = self.call("HEAD", path, headers=TUS)
        if answer.status in (404, 410):  # never begun, or too long ago
            words = {"id": photo.id, "visit": photo.visit, "sha256": photo.sha256, "kind": "HOUSE"}
            named = ",".join(f"{name} {base64.b64encode(str(word).encode()).decode()}" for name, word in words.items())
            headers = TUS | {"Upload-Length": str(len(photo.content)), "Upload-Metadata": named}
            answer = self.call("POST", "/api/v1/uploads/", headers=headers)
            if answer.status not in (200, 201):
                expect(answer, 201)
        offset, size = int(answer.headers["upload-offset"]), SMALLEST_CHUNK
        while offset < len(photo.content):
            chunk = photo.content[offset : offset + size]
            digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
            headers = TUS | {"Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {digest}"}
            answer = self.call("PATCH", path, headers=headers | {"Content-Type": CHUNK}, body=chunk)
            if (
                answer.status == 460 and answer.json["code"] == "wrong_hash"
            ):  # not these bytes: once more from the start
                raise Lost(f"{path}: wrong_hash")
            if answer.status in (409, 460):  # somebody else's chunk, or damaged on the way: ask where the server is
                answer, size = self.call("HEAD", path, headers=TUS), SMALLEST_CHUNK
            else:
                expect(answer, 204)
                size = min(2 * size, BIGGEST_CHUNK)
            offset = int(answer.headers["upload-offset"])
        if answer.headers.get("upload-sha256") == photo.sha256:
            photo.is_there, photo.content = True, b""

    # How it talks.

    def sign_in(self) -> None:
        body = {
            "username": self.username,
            "password": self.password,
            "device": {"id": str(self.device), "name": "reference client", "app_version": "1"},
        }
        self.keep(expect(self.send("POST", "/api/v1/auth/login/", body=body), 200).json)

    def keep(self, pair: dict) -> None:
        self.access, self.refresh = pair["access"], pair["refresh"]

    def renew(self) -> None:
        """The next tokens. The same question again gets the same answer for ten minutes: a lost one is asked again."""
        answer = self.send("POST", "/api/v1/auth/refresh/", body={"refresh": self.refresh, "device": str(self.device)})
        if answer.status == 401:
            raise SignedOut()
        self.keep(expect(answer, 200).json)

    def ask(self, method: str, path: str, body=None) -> dict:
        return expect(self.call(method, path, body=body), 200).json

    def call(self, method: str, path: str, *, body=None, headers: dict | None = None) -> Answer:
        """One question with our token, which is renewed where it has ended; again where the new one was old already,
        since its answer had been lost before.
        """
        if not self.access:
            self.sign_in()
        for _ in range(RENEWALS):
            answer = self.send(method, path, body=body, headers=headers, access=self.access)
            if answer.status != 401:
                return answer
            obey(answer)
            self.renew()
        raise Lost(f"{method} {path}: 401")

    def send(self, method: str, path: str, *, body=None, headers: dict | None = None, access: str = "") -> Answer:
        headers = dict(headers or {})
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if body is not None and not isinstance(body, bytes):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        answer = self.network.send(method, path, headers, body)
        if answer.status in AGAIN:
            raise Lost(f"{method} {path}: {answer.status}")
        self.failures = 0
        return answer

    def sync_until_done(
        self, *, patience_s: float, first_pause_s: float = 1.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Sync again and again, waiting longer after each failure in a row, and never in step with other phones (full
        jitter).
        """
        until = time.monotonic() + patience_s
        while not self.is_done():
            try:
                self.sync()
            except Lost:
                self.failures += 1
                sleep(self.rng.uniform(0, min(MOST_PAUSE_S, first_pause_s * 2 ** min(self.failures - 1, 20))))
            if time.monotonic() > until:
                raise TimeoutError(f"{self.username} is not done after {patience_s} s")

    def is_sent(self) -> bool:
        return not any(entry.is_waiting for entry in self.outbox) and all(photo.is_there for photo in self.photos)

    def is_done(self) -> bool:
        return self.is_sent() and self.cursor is not None


def batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    """As many together as one push takes, by number and by size."""
    some, size = [], 0
    for entry in entries:
        more = len(json.dumps(entry.op)) + 2
        if some and (len(some) == BATCH or size + more > BATCH_BYTES):
            yield some
            some, size = [], 0
        some.append(entry)
        size += more
    if some:
        yield some


TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = "application/offset+octet-stream"


def expect(answer: Answer, status: int) -> Answer:
    if answer.status == status:
        return answer
    obey(answer)
    raise RuntimeError(f"{answer.status} instead of {status}: {answer.body[:500]!r}")


def obey(answer: Answer) -> None:
    """Raise Wipe or Retired where the server says so."""
    try:
        code = answer.json["code"]
    except (ValueError, KeyError, TypeError):
        return
    if code == "device_lost":
        raise Wipe()
    if code == "device_retired":
        raise Retired()


def state_hash(things: Iterable[tuple[str, str, int]]) -> str:
    """XOR of the first 64 bits of SHA-256("type:id:seq") of all that is held, as 16 hex digits."""
    state = 0
    for kind, key, seq in things:
        state ^= int.from_bytes(hashlib.sha256(f"{kind}:{key}:{seq}".encode()).digest()[:8], "big")
    return f"{state:016x}"


def uuid7() -> uuid.UUID:
    """RFC 9562, 5.7: 48 bits of milliseconds, then chance. Sorted by time, so that databases append."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 2 << 62)
