"""The network between phones and server: loses questions and answers, sends some twice, and never says which."""

import http.client
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from tests.storm.phone import Answer, Lost

PATIENCE_S = 60


@dataclass
class Weather:
    """`loss` of the exchanges get no answer, half of them after the server has done what was asked; `twice` are sent
    again behind the phone's back, as proxies do.
    """

    host: str
    port: int
    loss: float = 0.0
    twice: float = 0.0
    seed: int = 1
    seen: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        self.rng = random.Random(self.seed)

    def send(self, method: str, path: str, headers: dict, body: bytes | None) -> Answer:
        with self.lock:
            fate, again = self.rng.random(), self.rng.random() < self.twice
        if fate < self.loss / 2:
            raise self.lost("question lost")
        answer = self.exchange(method, path, headers, body)
        if again:
            self.note("sent twice")
            answer = self.exchange(method, path, headers, body)
        if fate < self.loss:
            raise self.lost("answer lost")
        self.note(f"{answer.status}")
        return answer

    def exchange(self, method: str, path: str, headers: dict, body: bytes | None) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, said, answer.read())
        except (OSError, http.client.HTTPException) as error:  # the worker was killed in the middle
            raise self.lost("cut off") from error
        finally:
            connection.close()

    def lost(self, what: str) -> Lost:
        self.note(what)
        return Lost(what)

    def note(self, what: str) -> None:
        with self.lock:
            self.seen[what] += 1
