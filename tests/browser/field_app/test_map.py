"""The map: with nothing but our own data, and with the operator's tiles, kept for where there is no signal."""

import io
import math
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOUSE = (-6.9217 - 40 / 111_320, 107.6071 + 70 / 111_320)  # the first of country.py
DRAWN = "() => !!document.querySelector('.maplibregl-canvas') && !document.querySelector('.map-frame .waiting')"


def test_the_map_needs_no_network_and_counts_what_it_cannot_show(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    hand.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    hand.page.reload()
    hand.page.locator(".orders .order").first.wait_for()
    phone.offline()
    hand.go(f"/map/{country.orders[0]}")
    hand.page.wait_for_function(DRAWN)
    hand.sees("1 order tanpa titik")
    hand.sees("GPS ± 8 m")
    expect(hand.page.locator(".map-card h2")).to_have_text("Ibu Siti Rahayu")
    assert colours_of(hand) > 3  # land, the circle, its edge, a mark: something is drawn
    hand.page.get_by_text("Keterangan").click()
    hand.page.locator(".legend .order").click()  # the one without a point
    hand.sees("Belum ada titik untuk rumah ini")
    assert hand.complaints == []


@pytest.mark.parametrize(
    "country", [{"BASEMAP_URL": "/tiles/{z}/{x}/{y}.png", "BASEMAP_ATTRIBUTION": "Peta uji"}], indirect=True
)
def test_the_operators_map_is_kept_for_the_day(country, phones):
    phone = phones(service_workers="block")
    asked: list[str] = []

    def tile(route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=green_tile(), content_type="image/png")

    phone.context.route("**/tiles/**", tile)
    hand = phone.hand.sign_in("dewi")
    hand.go("/map")  # the map itself comes with the worker, which this test has to do without
    hand.page.wait_for_function(DRAWN)
    hand.go("/me")
    hand.page.get_by_role("button", name="Simpan peta area hari ini").click()
    keeping = hand.page.get_by_text("Menyimpan peta")
    keeping.wait_for()
    keeping.wait_for(state="detached")
    hand.page.get_by_text(re.compile(r"Tersimpan [1-9]")).wait_for()
    assert len(set(asked)) > 30 and sum(holds(address, HOUSE) for address in set(asked)) >= 8  # z10 to z17
    kept = len(asked)
    hand.go("/orders")
    phone.offline()
    hand.go(f"/map/{country.orders[0]}")
    hand.page.wait_for_function(DRAWN)
    hand.page.wait_for_function("() => !!document.querySelector('.maplibregl-ctrl-attrib')")
    expect(hand.page.locator(".maplibregl-ctrl-attrib")).to_contain_text("Peta uji")
    assert not {address for address in asked[kept:] if holds(address, HOUSE)}  # what is around it is on the phone
    phone.offline(False)
    hand.go("/me")
    hand.page.get_by_role("button", name="Hapus peta luring").click()
    hand.page.get_by_text("Tersimpan 0,0 MB").wait_for()


def holds(address: str, point: tuple[float, float]) -> bool:
    """Is the point on the tile of this address (Web Mercator)?"""
    z, x, y = map(int, re.search(r"/(\d+)/(\d+)/(\d+)\.png", address).groups())
    lat, lon = point
    side = 2**z
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side
    return (int((lon + 180) / 360 * side), int(row)) == (x, y)


def green_tile() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((256, 256), 60).convert("RGB").save(out, "PNG")  # of a real tile's size
    return out.getvalue()


def colours_of(hand) -> int:
    with Image.open(io.BytesIO(hand.page.locator(".map").screenshot())) as picture:
        return len(picture.convert("RGB").quantize(32).getcolors())
