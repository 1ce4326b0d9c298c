"""A supervisor clears what phones left to decide: at a desk by keyboard, on a phone by thumb, in light and dark."""

import pytest

from tests.cast import PASSWORD, make_cast
from tests.dashboard.rows import make_conflict, make_phone, make_quarantined, make_visit
from tests.make import make_order
from tests.workorders.phone import op, push, results, visit_op
from workorders.models import Conflict, Quarantine, Visit, VisitReview

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

TABS = ["quarantine", "conflicts", "flagged-visits"]
SIZES = {"desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture
def cast(live_server):
    """Two of each kind, the visit pushed by a real phone."""
    cast = make_cast()
    note = op("customer.note", make_order(assignee=cast.agent).customer_id, {"phone": "+6281299998888"})
    make_quarantined(cast.agent, note, type="customer.note", code="schema")
    sent = visit_op(
        make_order(assignee=cast.colleague, number="WO2026110000077"), "NC-NOTHOME", body={"best_time": "sore"}
    )
    assert results(push(make_phone(cast.agent), [sent]))[0]["status"] == "quarantined"
    make_conflict(cast.agent)
    make_conflict(cast.agent, field="phone", stands="+6281200001111", proposed="+6281299998888")
    make_visit(agent=cast.agent, flags=["far_from_target", "clock_set"], distance_m=1300, clock_trust="wall")
    make_visit(agent=cast.agent, flags=["outside_hours"], clock_trust="monotonic")
    return cast


@pytest.fixture
def open_as(chromium, live_server, cast):
    """`open_as("phone", "dark")` is a page on which the supervisor is signed in; `complaints` as in `page`."""
    contexts = []

    def sign_in(size, scheme="light"):
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = chromium.new_context(
            viewport=viewport, locale="id-ID", color_scheme=scheme, has_touch=size == "phone"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{live_server.url}/sign-in/?next=/decisions/")
        page.fill("input[name=username]", cast.supervisor.username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/decisions/quarantine/")
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_tab_fits(open_as, live_server, size, scheme):
    page = open_as(size, scheme)
    for tab in TABS:
        page.goto(f"{live_server.url}/decisions/{tab}/")
        assert page.locator("article[data-row]").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        for closed in page.locator("article summary").all():
            closed.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        buttons = page.locator("article .button:visible").all()
        assert buttons and all(button.bounding_box()["height"] >= (44 if size == "phone" else 32) for button in buttons)
    assert page.complaints == []


def test_the_keyboard_alone_decides_each_kind(open_as, live_server, cast):
    page = open_as("desk")
    page.keyboard.press("j")  # the newest card: the visit that the phone pushed
    assert page.evaluate("document.activeElement.closest('article').id").startswith("quarantine-")
    tab_to(page, "Terapkan")
    page.keyboard.press("Enter")
    page.get_by_text("Kiriman diterapkan").wait_for()
    assert Visit.objects.count() == 3

    page.keyboard.press("j")
    tab_to(page, "Tolak…")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("aplikasi lama")
    page.keyboard.press("Enter")
    page.get_by_text("Kiriman ditolak").wait_for()
    assert set(Quarantine.objects.values_list("state", "reason")) == {("APPLIED", ""), ("DISMISSED", "aplikasi lama")}

    page.goto(f"{live_server.url}/decisions/flagged-visits/")
    page.keyboard.press("j")
    page.keyboard.press("Tab")  # from the order's link to the reason
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("jauh")
    page.keyboard.press("Enter")  # decides nothing
    tab_to(page, "Meragukan")
    page.keyboard.press("Enter")
    page.get_by_text("Kunjungan dinilai meragukan").wait_for()
    assert VisitReview.objects.get().reason == "jauh"

    page.goto(f"{live_server.url}/decisions/conflicts/")
    page.keyboard.press("j")
    tab_to(page, "Biarkan")
    page.keyboard.press("Enter")
    page.get_by_text("Catatan dibiarkan").wait_for()
    assert sorted(Conflict.objects.values_list("state", flat=True)) == ["KEPT", "OPEN"]
    assert page.complaints == []


def tab_to(page, name: str) -> None:
    """Tab until the button or summary of this name has the focus."""
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    pytest.fail(f"{name} is not reached by Tab")


def test_a_thumb_decides_each_kind(open_as, live_server, cast):
    page = open_as("phone")
    dismissed = page.locator("article", has_text="Catatan pelanggan")
    dismissed.get_by_text("Tolak…").tap()
    dismissed.get_by_label("Alasan menolak").fill("aplikasi lama")
    dismissed.get_by_role("button", name="Tolak kiriman").tap()
    page.get_by_text("Kiriman ditolak").wait_for()
    page.get_by_role("link", name="Ditolak").tap()
    page.get_by_role("button", name="Tarik penolakan").tap()
    page.get_by_text("Penolakan ditarik kembali").wait_for()
    assert set(Quarantine.objects.values_list("state", flat=True)) == {"OPEN"}

    page.get_by_role("link", name="Beda isi").tap()
    card = page.locator("article", has_text="Telepon lain")
    assert "+62•••88" in card.inner_text() and "99998888" not in card.inner_text()
    card.get_by_role("button", name="Tampilkan nomor").tap()
    card.get_by_text("+6281299998888").wait_for()
    card.get_by_role("button", name="Pakai usulan").tap()
    page.get_by_text("Usulan dipakai, dan").wait_for()
    assert Conflict.objects.get(field="phone").state == "TAKEN"

    page.get_by_role("link", name="Ditandai").tap()
    page.get_by_role("button", name="Wajar").first.tap()
    page.get_by_text("Kunjungan dinilai wajar").wait_for()
    assert VisitReview.objects.get().verdict == "FINE"
    assert page.complaints == []
