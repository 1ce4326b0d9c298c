"""Each screen of the field app on a small phone, light and dark: accessible, nothing over the edge, large enough to tap.

PICTURES=docs/img/field keeps what was seen, for docs/field-app.md.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.storm.server import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}
THUMB_PX = 44  # WCAG 2.5.5; ours are 48 and more, but for links within text
SEEN: dict[str, dict[str, bytes]] = {}


class Look:
    def __init__(self, hand, theme: str):
        self.hand, self.page, self.theme = hand, hand.page, theme
        self.found: list[str] = []

    def at(self, name: str) -> None:
        """Judge the screen as it is now, and keep its picture."""
        self.page.wait_for_timeout(350)  # a toast or a transition of the browser's own
        self.page.evaluate("document.querySelector('.toast')?.remove()")
        self.page.evaluate(AXE.read_text())
        violations = self.page.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then((said) => said.violations)"
        )
        for violation in violations:
            if violation["impact"] in SERIOUS:
                where = ", ".join(" ".join(node["target"]) for node in violation["nodes"][:3])
                self.found.append(f"{name}: {violation['id']} {where}")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > 360:
            self.found.append(f"{name}: {wide} px wide")
        small = self.page.evaluate(
            """(least) => [...document.querySelectorAll('button, a.button, .choice, nav a, input:not([type=file]), summary')]
                .filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < least)
                .map((it) => it.textContent || it.name)""",
            THUMB_PX,
        )
        self.found += [f"{name}: too small: {text}" for text in small]
        SEEN.setdefault(name, {})[self.theme] = self.page.screenshot()

    def go(self, place: str, name: str, wait_for: str = "main *") -> None:
        self.hand.go(place)
        self.page.wait_for_function("place => location.hash === '#' + place", arg=place)
        self.page.locator(wait_for).first.wait_for()
        self.at(name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_agents_screens(country, phones, picture, theme):
    phone = phones(color_scheme=theme)
    hand = phone.hand.open()
    look = Look(hand, theme)
    hand.page.get_by_label("Nama pengguna").wait_for()
    look.at("01-masuk")
    hand.enter("dewi")
    hand.page.get_by_label("PIN sekali lagi").wait_for()
    look.at("02-pin")
    hand.choose_pin()
    hand.has_sent_everything()
    hand.page.locator(".orders .order").first.wait_for()
    look.at("03-kunjungan")
    first, second, _, fourth, *_ = country.orders
    look.go(f"/map/{second}", "04-peta", ".maplibregl-canvas")
    look.go(f"/order/{second}", "05-order", ".sketch")
    hand.page.locator("main").evaluate("it => it.scrollTo(0, it.scrollHeight)")
    look.at("06-order-bawah")
    hand.page.get_by_role("button", name="Hubungi").click()
    hand.page.get_by_role("button", name="Tampilkan nomor").click()
    look.at("07-hubungi")
    hand.page.keyboard.press("Escape")
    look.go(f"/order/{second}/arrive", "08-tiba", ".gauge")
    hand.arrive(first)
    hand.pick("Bertemu", "Janji bayar")
    hand.photo(picture)
    hand.page.locator("main").evaluate("it => it.scrollTo(0, 0)")
    look.at("09-hasil")
    hand.page.get_by_role("button", name="Seluruh tunggakan").click()
    hand.page.locator(".field .choice").nth(2).click()
    hand.send()
    look.go(f"/order/{fourth}/rescue", "10-cari-rumah", ".steps")
    hand.page.get_by_role("button", name="Rumahnya di sini").click()
    look.at("11-tandai-rumah")
    phone.offline()
    hand.visit(country.orders[4], "Tak bertemu", "Di luar jam")
    look.go("/day", "12-hari", ".card")
    look.go("/me", "13-saya", ".card")
    phone.offline(False)
    hand.go("/me")
    hand.page.get_by_role("button", name="Kunci sekarang").click()
    hand.page.get_by_label("PIN", exact=True).wait_for()
    look.at("14-terkunci")
    assert not look.found, "\n".join(look.found)
    assert hand.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_technicians_screens(country, phones, theme):
    hand = phones(color_scheme=theme).hand.open()
    look = Look(hand, theme)
    hand.enter("asep")
    hand.choose_pin()
    hand.page.get_by_role("searchbox").fill("Bpk")
    hand.page.locator(".orders .order").first.wait_for()
    look.at("15-teknisi-cari")
    hand.page.locator(".orders .order").first.click()
    hand.page.locator(".sketch").wait_for()
    look.at("16-teknisi-rumah")
    assert not look.found, "\n".join(look.found)


def test_large_text_hides_nothing(country, phones):
    """The phone's text at twice its size: everything can be reached, nothing is cut at the side."""
    hand = phones().hand.sign_in("dewi")
    hand.page.evaluate("document.documentElement.style.fontSize = '32px'")
    for place in ("/orders", f"/order/{country.orders[0]}", f"/order/{country.orders[0]}/result", "/day", "/me"):
        hand.go(place)
        hand.page.wait_for_timeout(300)
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= 360, place
        assert hand.page.locator("main").evaluate("it => it.clientHeight") > 120, place


def test_the_day_goes_by_keyboard_alone(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[0]}/result")
    press = hand.page.keyboard.press
    reach(hand, "Tak bertemu")
    press("Enter")
    reach(hand, "Di luar jam")
    press("Space")
    reach(hand, "Kirim hasil")
    press("Enter")
    hand.page.wait_for_url("**/app/#/orders")
    hand.has_sent_everything()
    assert [visit["code"] for visit in country.report()["visits"]] == ["NC-HOURS"]


def reach(hand, text: str) -> None:
    """Tab until the button with this text has the focus."""
    for _ in range(60):
        if hand.page.evaluate("document.activeElement.textContent.trim()") == text:
            return
        hand.page.keyboard.press("Tab")
    pytest.fail(f"{text} cannot be reached by keyboard")


@pytest.fixture(scope="module", autouse=True)
def pictures():
    yield
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, seen in SEEN.items():
        shots = [
            Image.open(io.BytesIO(seen[theme])).convert("RGB").resize((360, 800))
            for theme in ("light", "dark")
            if theme in seen
        ]
        sheet = Image.new("RGB", (370 * len(shots) - 10, 800), "#8a949e")
        for index, shot in enumerate(shots):
            sheet.paste(shot, (index * 370, 0))
        sheet.quantize(256, dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)
