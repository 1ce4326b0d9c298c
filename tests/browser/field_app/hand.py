"""The hand that holds the phone: what an agent does in the field app, said in the words of the screen."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD

PIN = "284915"
SCREEN = {"width": 360, "height": 800}


expect.set_options(timeout=15_000)  # phones are slow, and two of them share a machine


class Hand:
    def __init__(self, page: Page, url: str):
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if is_complaint(said) else None)

    def open(self, place: str = "") -> "Hand":
        self.page.goto(f"{self.url}/app/{place}")
        return self

    def go(self, place: str) -> None:
        self.page.evaluate("place => { location.hash = place }", place)

    # Coming in

    def enter(self, username: str, password: str = PASSWORD) -> None:
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi").fill(password)
        self.page.get_by_role("button", name="Masuk", exact=True).click()

    def choose_pin(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN", exact=True).fill(pin)
        self.page.get_by_label("PIN sekali lagi").fill(pin)
        self.page.get_by_role("button", name="Simpan PIN").click()

    def sign_in(self, username: str) -> "Hand":
        self.open()
        self.enter(username)
        self.choose_pin()
        self.page.locator("nav.places").wait_for()
        self.has_sent_everything()
        return self

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN", exact=True).fill(pin)
        self.page.get_by_role("button", name="Buka").click()

    # Looking

    def names(self) -> list[str]:
        return self.page.locator("main .orders .order h2").all_inner_texts()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def state(self) -> str:
        return self.page.locator(".top .pill").inner_text()

    def has_sent_everything(self, timeout_ms: float = 30_000) -> None:
        """The pill says when the server last had everything."""
        expect(self.page.locator(".top .pill")).to_have_text(re.compile(r"✓ \d\d[.:]\d\d"), timeout=timeout_ms)

    # Working

    def arrive(self, order: int, reason: str = "") -> None:
        self.go(f"/order/{order}/arrive")
        if reason:
            self.page.get_by_label("Alasan", exact=True).last.fill(reason)
        self.page.locator(".actions .primary").click()
        self.page.get_by_text("Tiba tercatat").wait_for()

    def pick(self, group: str, code: str) -> None:
        self.page.get_by_role("button", name=group, exact=True).click()
        self.page.get_by_role("button", name=code, exact=True).click()

    def photo(self, path: Path) -> None:
        count = self.page.locator(".photos li").count()
        self.page.locator("#photo").set_input_files(path)
        expect(self.page.locator(".photos li")).to_have_count(count + 1)

    def send(self) -> None:
        self.page.get_by_role("button", name="Kirim hasil").click()
        self.page.wait_for_url("**/app/#/orders")

    def visit(self, order: int, group: str, code: str, *, note: str = "", **fields: str) -> None:
        self.go(f"/order/{order}/result")
        self.pick(group, code)
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)
        if note:
            self.page.get_by_label("Catatan").fill(note)
        self.send()

    def take_steps(self, order: int, outcome: str = "Tidak") -> None:
        self.go(f"/order/{order}/rescue")
        self.page.locator(".steps > li").first.wait_for()
        for step in self.page.locator(".steps > li").all():
            step.get_by_role("button", name=outcome, exact=True).click()


def is_complaint(said) -> bool:
    """A network that fails is weather; everything else that the console says is a fault of ours."""
    return said.type == "error" and "Failed to load resource" not in said.text and "net::ERR" not in said.text
