"""What goes wrong on phones: two tabs, no room, one thing that nobody can read."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.field_app.hand import Hand

pytestmark = pytest.mark.browser

NO_ROOM = """() => {
    window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError'); };
}"""
ROOM = "() => { IDBObjectStore.prototype.put = window.put; }"


def test_two_tabs_send_one_visit(country, phones):
    phone = phones()
    first = phone.hand.sign_in("dewi")
    second = Hand(phone.context.new_page(), country.url).open(f"#/order/{country.orders[0]}/result")
    second.page.get_by_role("button", name="Tak bertemu").wait_for()
    first.visit(country.orders[0], "Tak bertemu", "Di luar jam")
    second.pick("Bertemu", "Menolak bayar")
    second.page.locator("[name=reason]").fill("dua tab")
    second.page.get_by_role("button", name="Kirim hasil").click()
    second.page.wait_for_url("**/app/#/orders")  # another visit, begun after the first was done: that may be
    third = Hand(phone.context.new_page(), country.url).open(f"#/order/{country.orders[1]}/result")
    third.pick("Tak bertemu", "Di luar jam")
    third.page.get_by_text("✓", exact=False).last.wait_for()
    second.go(f"/order/{country.orders[1]}/result")  # goes on with what the other tab began
    expect(second.page.locator(".picked")).to_contain_text("Di luar jam")
    third.send()
    second.page.get_by_label("Catatan").fill("sekali lagi")
    second.sees("sudah dikirim atau dibuang di tab lain")
    second.page.get_by_role("button", name="Kirim hasil").click()
    second.sees("sudah dikirim atau dibuang di tab lain")
    first.has_sent_everything()
    assert [visit["order"] for visit in country.report()["visits"]].count(country.orders[1]) == 1


def test_another_tab_shows_what_this_one_fetched(country, phones):
    phone = phones()
    first = phone.hand.sign_in("dewi")
    second = Hand(phone.context.new_page(), country.url).open()
    expect(second.page.locator(".orders .order")).to_have_count(9)
    country.run("pay", country.orders[0])
    first.go("/day")
    first.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    expect(second.page.locator(".orders .order")).to_have_count(8)
    first.go("/me")
    first.page.get_by_role("button", name="Kunci sekarang").click()
    second.page.get_by_label("PIN", exact=True).wait_for()


def test_a_full_phone_says_so_and_loses_nothing(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[0]}/result")
    hand.pick("Bertemu", "Minta cabut")
    hand.page.evaluate(NO_ROOM)
    hand.page.get_by_label("Catatan").fill("penuh")
    hand.sees("Ponsel tidak bisa menyimpan")
    expect(hand.page.locator(".actions")).not_to_contain_text("✓")
    hand.page.evaluate(ROOM)
    hand.page.get_by_label("Catatan").fill("ada tempat lagi")
    hand.send()
    hand.has_sent_everything()
    assert [visit["note"] for visit in country.report()["visits"]] == ["ada tempat lagi"]


def test_one_operation_that_spoils_a_push_keeps_back_no_other(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    for number, note in enumerate(("satu", "racun", "tiga")):
        hand.visit(country.orders[number], "Tak bertemu", "Di luar jam", note=note)
    pushes = []

    def refuse(route) -> None:
        pushes.append(route.request.post_data)
        if "racun" in route.request.post_data:
            return route.fulfill(
                status=400,
                body=json.dumps({"code": "invalid", "message": "no", "details": {}}),
                content_type="application/json",
            )
        route.continue_()

    phone.context.route("**/sync/push/", refuse)
    phone.offline(False)
    hand.has_sent_everything()
    assert [visit["note"] for visit in country.report()["visits"]] == ["satu", "tiga"]
    assert len(pushes) < 12
    hand.go("/day")
    expect(hand.page.locator("[data-state=refused]")).to_have_count(1)
    hand.go("/me")
    hand.page.get_by_role("button", name="Keluar").click()
    hand.sees("Masih ada 1 hal yang belum terkirim")  # it lies here alone


def test_a_look_at_a_number_that_the_server_cannot_take_keeps_back_nothing(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.context.route(
        "**/phone-views/", lambda route: route.fulfill(status=500, body="{}", content_type="application/json")
    )
    hand.go(f"/order/{country.orders[0]}")
    hand.page.get_by_role("button", name="Hubungi").click()
    hand.page.get_by_role("button", name="Tampilkan nomor").click()
    hand.page.keyboard.press("Escape")
    country.run("pay", country.orders[1])
    hand.go("/day")
    hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    hand.sees("1 order ditarik")


def test_a_replaced_phone_waits_for_the_form_in_hand(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[0]}/result")
    hand.pick("Tak bertemu", "Di luar jam")
    other = phones()
    other.hand.sign_in("dewi")  # an agent has one phone in use: the first is retired
    hand.go("/day")
    hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    hand.sees("Ponsel ini diganti: selesaikan dan kirim")
    hand.page.get_by_role("link", name="Lanjutkan").click()
    hand.send()
    hand.sees("Ponsel ini sudah diganti. Semua yang ada di sini sudah terkirim")
    assert [visit["order"] for visit in country.report()["visits"]] == [country.orders[0]]
