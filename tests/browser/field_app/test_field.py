"""Single things of the field app, each as an agent or a technician meets it."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SQUARE_EAST = {"latitude": -6.9217, "longitude": 107.6071 + 515 / 111_320}  # beside the fifth house


def test_the_list_follows_the_agent(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    expect(hand.page.locator(".orders .order")).to_have_count(9)
    expect(hand.page.locator(".order h2").first).to_have_text("Ibu Siti Rahayu")
    phone.stand(**SQUARE_EAST)
    hand.page.get_by_role("button", name="Anda sudah berpindah").click()
    expect(hand.page.locator(".order h2").first).to_have_text("Bpk. Dedi Supriatna")
    hand.page.get_by_role("searchbox").fill("jerang tidak ada")
    hand.sees("Tidak ada yang cocok")
    hand.page.get_by_role("searchbox").fill("kartika lebak")
    assert hand.names() == ["Ibu Kartika Lubis"]
    hand.page.get_by_role("searchbox").fill("")
    hand.page.get_by_role("button", name="Janji").click()
    hand.sees("Tidak ada janji bayar yang berjalan")


def test_a_telephone_number_is_masked_until_it_is_tapped(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[0]}")
    hand.page.get_by_role("button", name="Hubungi").click()
    assert "81234567890" not in hand.page.inner_text("body")
    hand.page.get_by_role("button", name="Tampilkan nomor").click()
    hand.sees("+6281234567890")
    wa = hand.page.get_by_role("link", name="WhatsApp").get_attribute("href")
    assert not re.search("tagih|tunggak|bayar|Rp", wa, re.IGNORECASE)  # neighbours read over the shoulder
    hand.page.keyboard.press("Escape")
    hand.go("/day")
    hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    hand.has_sent_everything()
    assert country.report()["phone_views"] >= 1


def test_the_house_is_here_moves_on_as_a_pin_and_a_visit(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    order = country.orders[3]
    hand.go(f"/order/{order}/rescue")
    step = hand.page.locator(".steps > li").first
    step.get_by_role("button", name="Ketemu", exact=True).click()
    hand.page.locator("section .button.good").click()
    hand.page.wait_for_url("**/result")
    hand.pick("Bertemu", "Minta cabut")
    hand.send()
    phone.offline(False)
    hand.has_sent_everything()
    told = country.report()
    assert told["pins"] == 1
    assert [(visit["order"], visit["rescued"], visit["steps"]) for visit in told["visits"]] == [(order, True, 1)]


def test_a_coarse_position_marks_no_house(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.stand(**SQUARE_EAST, accuracy=180)
    hand.go(f"/order/{country.orders[3]}/rescue")
    hand.page.get_by_role("button", name="Rumahnya di sini").click()
    expect(hand.page.locator("section .button.good")).to_be_disabled()
    hand.sees("Perlu ± 50 m atau lebih baik")


def test_atk_needs_its_steps_and_says_which_fields_are_missing(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[1]}/result")
    hand.pick("ATK", "ATK: nama tidak dikenal")
    hand.page.get_by_role("button", name="Kirim hasil").click()
    hand.sees("Sebelum ATK, selesaikan langkah pencarian")
    hand.sees("Kepada siapa Anda bertanya?")
    assert country.report()["visits"] == []


def test_notes_are_told_once_and_shown_at_once(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    hand.go(f"/order/{country.orders[0]}")
    hand.page.get_by_role("button", name="Ubah catatan").click()
    hand.page.get_by_label("Patokan").fill("pagar hijau, depan musala")
    hand.page.get_by_role("button", name="Simpan").click()
    hand.sees("pagar hijau, depan musala")
    phone.offline(False)
    hand.has_sent_everything()
    assert country.report()["notes"] == [["landmark", "pagar hijau, depan musala"]]


def test_a_draft_outlives_its_order(country, phones):
    hand = phones().hand.sign_in("dewi")
    order = country.orders[5]
    hand.go(f"/order/{order}/result")
    hand.pick("Bertemu", "Menolak bayar")
    hand.page.locator("[name=reason]").fill("sudah pindah ke pesaing")
    hand.go("/day")
    country.run("pay", order)
    hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    hand.sees("1 order ditarik")
    hand.page.get_by_role("link", name="Lanjutkan").click()
    expect(hand.page.locator("[name=reason]")).to_have_value("sudah pindah ke pesaing")
    hand.send()
    hand.has_sent_everything()
    assert [visit["order"] for visit in country.report()["visits"]] == [order]


def test_a_photo_is_made_smaller_and_says_nothing_of_where(country, phones, picture):
    hand = phones().hand.sign_in("dewi")
    hand.go(f"/order/{country.orders[0]}/result")
    hand.photo(picture)
    size = hand.page.evaluate("""async () => {
        const picture = document.querySelector('.photos img');
        await picture.decode();
        return [picture.naturalWidth, picture.naturalHeight];
    }""")
    assert size == [1600, 1200]


def test_a_technician_finds_a_house_and_marks_it_without_bills(country, phones):
    phone = phones()
    asked = []
    phone.context.on("response", lambda answer: asked.append(answer) if "/api/v1/" in answer.url else None)
    hand = phone.hand.open()
    hand.enter("asep")
    hand.choose_pin()
    hand.page.get_by_role("searchbox").fill("Kartika")
    hand.page.locator(".orders .order").first.click()
    hand.page.get_by_role("heading", name="Ibu Kartika Lubis").wait_for()
    phone.offline()
    hand.page.get_by_role("button", name="Tandai rumah di sini").click()
    hand.page.get_by_role("button", name="Rumahnya di sini").click()
    hand.page.wait_for_url("**/day")
    hand.sees("tersimpan di ponsel")
    phone.offline(False)
    hand.has_sent_everything()
    assert country.report()["pins"] == 1
    texts = [json.dumps(answer.json()) for answer in asked if answer.status == 200]
    assert texts and not any('"bills"' in text or '"balance"' in text for text in texts)
    assert "Rp" not in hand.page.inner_text("body")


def test_english_and_dark_by_a_switch(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go("/me")
    hand.page.get_by_role("button", name="English").click()
    expect(hand.page.get_by_role("heading", name="Me", exact=True)).to_be_visible()
    hand.page.get_by_role("button", name="Dark").click()
    assert hand.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert hand.page.evaluate("document.documentElement.lang") == "en"
    hand.page.reload()
    expect(hand.page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_a_new_version_waits_for_the_agent(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    hand.page.reload()  # from here on the worker has the page
    hand.page.locator(".orders .order").first.wait_for()
    hand.go(f"/order/{country.orders[0]}/result")
    # The same script under another address is another version to the browser.
    hand.page.evaluate("""async () => {
        const held = await navigator.serviceWorker.register('/app/sw.js?newer', { scope: '/app/' });
        while (!held.waiting) await new Promise((done) => setTimeout(done, 50));
    }""")
    assert hand.page.locator(".update").count() == 0  # not over a form
    hand.go("/orders")
    with hand.page.expect_event("load"):  # with the new version
        hand.page.get_by_role("button", name="Pakai sekarang").click()
    expect(hand.page.locator(".orders .order")).to_have_count(9)
