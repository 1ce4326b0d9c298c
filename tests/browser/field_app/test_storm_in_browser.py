"""The storm, through the real client: a network that drops three answers in ten, and workers that are killed."""

import random
import sys
from collections import Counter

import pytest
from playwright.sync_api import Error

from tests.browser.field_app.hand import Hand
from tests.storm.server import manage

pytestmark = pytest.mark.browser

PHONES, VISITS = 3, 6
LOSS, TWICE = 0.3, 0.1
PATIENCE_MS = 150_000
RESULTS = [
    ("Bertemu", "Menolak bayar", {"reason": "nanti saja"}),
    ("Titip pesan", "Titip pesan (keluarga/tetangga)", {"relation": "istri"}),
    ("Tak bertemu", "Di luar jam", {}),
]


class Weather:
    """Half of what is lost is lost after the server has done it; some is sent twice behind the app's back."""

    def __init__(self, seed: int):
        self.rng, self.seen = random.Random(seed), Counter()

    def blow(self, route) -> None:
        fate, again = self.rng.random(), self.rng.random() < TWICE
        try:
            if fate < LOSS / 2:
                self.seen["question lost"] += 1
                return route.abort()
            answer = route.fetch()
            if again:
                self.seen["sent twice"] += 1
                answer = route.fetch()
            if fate < LOSS:
                self.seen["answer lost"] += 1
                return route.abort()
            self.seen["answered"] += 1
            route.fulfill(response=answer)
        except Error:  # the worker was killed in the middle of it, or the page is gone
            self.seen["cut off"] += 1
            try:
                route.abort()
            except Error:
                self.seen["nobody waits any more"] += 1


def test_nothing_is_lost_or_doubled_on_a_bad_network(country, phones, picture):
    agents = country.run("crowd", PHONES, VISITS)["agents"]
    weather = Weather(seed=7)
    held = []
    for agent in agents:
        phone = phones(service_workers="block")
        phone.hand.sign_in(agent["username"])
        phone.context.route("**/api/v1/**", weather.blow)
        held.append(phone)

    told = {}
    with country.server.killing((1.5, 3.0)):
        for turn in range(VISITS):
            for number, (agent, phone) in enumerate(zip(agents, held, strict=True)):
                group, code, fields = RESULTS[(turn + number) % len(RESULTS)]
                note = f"{agent['username']} {turn}"
                work(phone.hand, agent["orders"][turn], group, code, note, fields, picture if turn % 2 == 0 else None)
                told[note] = agent["orders"][turn]
        for phone in held:
            phone.hand.go("/day")
            phone.hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
        for phone in held:
            phone.hand.has_sent_everything(PATIENCE_MS)

    manage("manage.py", "run_due", env=country.env)  # what a killed worker had begun, as the timer does in life
    sys.stdout.write(f"{dict(weather.seen)}, workers killed: {country.server.killed}\n")
    for phone in held:
        phone.hand.go("/day")
        assert "Foto tidak diterima" not in phone.hand.page.inner_text("main"), phone.hand.page.inner_text("main")
    arrived = country.report()["visits"]
    assert Counter(visit["note"] for visit in arrived) == dict.fromkeys(told, 1)  # each once, none else
    assert {visit["note"]: visit["order"] for visit in arrived} == told
    photos = [state for visit in arrived for _sha256, state in visit["photos"]]
    assert photos == ["ARRIVED"] * PHONES * ((VISITS + 1) // 2)
    assert weather.seen["answer lost"] > 5 and weather.seen["question lost"] > 5 and country.server.killed > 0
    for phone in held:  # the phone says what the server says
        phone.hand.go("/day")
        assert phone.hand.page.locator("[data-state=applied]").count() == VISITS
        assert phone.hand.page.locator("[data-state]:not([data-state=applied])").count() == 0
        assert phone.hand.complaints == []


def work(hand: Hand, order: int, group: str, code: str, note: str, fields: dict, picture) -> None:
    hand.go(f"/order/{order}/result")
    hand.pick(group, code)
    for name, value in fields.items():
        hand.page.locator(f"[name={name}]").fill(value)
    hand.page.get_by_label("Catatan").fill(note)
    if picture:
        hand.photo(picture)
    hand.send()
