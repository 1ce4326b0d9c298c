"""The customer's page on a small phone, with a position that the test decides."""

import pytest
from django.utils import timezone

from customers.models import LocationCandidate
from tests.cast import make_cast
from tests.make import make_customer
from workorders.services.pins import create_pin_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

HOUSE = {"latitude": -6.92018, "longitude": 107.61, "accuracy": 6}
SEND = "Saya di rumah – kirim lokasi"


@pytest.fixture
def link(live_server):
    customer = make_customer()
    _, token = create_pin_link(user=make_cast().supervisor, customer_id=customer.pk, now=timezone.now())
    return f"{live_server.url}/p/{token}/"


@pytest.fixture(params=["light", "dark"])
def phone(chromium, request):
    """`phone(position)` opens a page of 360 × 740; without a position the owner says no."""
    contexts = []

    def hold(position=None, **options):
        granted = {"geolocation": position, "permissions": ["geolocation"]} if position else {"permissions": []}
        context = chromium.new_context(
            viewport={"width": 360, "height": 740},
            has_touch=True,
            is_mobile=True,
            locale="id-ID",
            color_scheme=request.param,
            **(granted | options),
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield hold
    for context in contexts:
        context.close()


def assert_fits(page):
    """Nothing hangs over the edge, and every button is large enough for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [button.bounding_box() for button in page.locator("button:visible").all()]
    assert boxes and all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    assert all(box["y"] + box["height"] <= 740 for box in boxes)


def test_a_customer_sends_the_house_in_two_taps(phone, link):
    page = phone(HOUSE)
    page.goto(link)
    assert_fits(page)
    page.get_by_role("button", name=SEND).click()
    page.get_by_role("heading", name="Kirim lokasi ini?").wait_for()
    assert page.locator("[data-step=confirm] b").inner_text() == "± 6 m"
    assert_fits(page)
    page.get_by_role("button", name="Kirim lokasi ini").click()
    page.get_by_role("heading", name="Terima kasih").wait_for()
    assert page.url.endswith("/p/thanks/")
    pin = LocationCandidate.objects.get(source="CUSTOMER_PIN")
    assert (pin.lat, pin.lon, pin.accuracy_m) == (-6.92018, 107.61, 6)
    page.goto(link)
    page.get_by_role("heading", name="Tautan ini tidak berlaku lagi").wait_for()
    assert [text for text in page.complaints if "404" not in text] == []


def test_a_coarse_position_is_measured_again_outside(phone, link):
    page = phone(HOUSE | {"accuracy": 120})
    page.clock.install()
    page.goto(link)
    page.get_by_role("button", name=SEND).click()
    page.locator("[data-step=measuring]").get_by_text("± 120 m").wait_for()
    assert_fits(page)
    page.clock.run_for(21_000)
    page.get_by_role("heading", name="Belum cukup teliti").wait_for()
    assert "Keluar sebentar" in page.locator("[data-step=coarse]").inner_text()
    assert_fits(page)
    page.context.set_geolocation(HOUSE | {"accuracy": 8})
    page.get_by_role("button", name="Ukur lagi").locator("visible=true").click()
    page.get_by_role("heading", name="Kirim lokasi ini?").wait_for()
    assert not LocationCandidate.objects.filter(source="CUSTOMER_PIN").exists()
    assert page.complaints == []


def test_who_says_no_is_told_how_to_allow_it_and_nothing_is_sent(phone, link):
    page = phone()
    page.goto(link)
    page.get_by_role("button", name=SEND).click()
    page.get_by_role("heading", name="Izin lokasi belum diberikan").wait_for()
    assert_fits(page)
    assert not LocationCandidate.objects.filter(source="CUSTOMER_PIN").exists()


def test_a_lost_connection_keeps_what_was_measured(phone, link):
    page = phone(HOUSE)
    page.goto(link)
    page.get_by_role("button", name=SEND).click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Kirim lokasi ini").click()
    page.get_by_role("heading", name="Belum terkirim").wait_for()
    assert_fits(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="Kirim lagi").click()
    page.get_by_role("heading", name="Terima kasih").wait_for()
    assert LocationCandidate.objects.filter(source="CUSTOMER_PIN").count() == 1


def test_without_scripts_the_page_says_what_to_do(phone, link):
    page = phone(HOUSE, java_script_enabled=False)
    page.goto(link)
    assert "bagikan lokasi lewat WhatsApp" in page.locator("noscript p").inner_text()
    assert not page.get_by_role("button", name=SEND).is_visible()


def test_the_keyboard_alone_sends_it(phone, link):
    page = phone(HOUSE)
    page.goto(link)
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Kirim lokasi ini?").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Terima kasih").wait_for()
