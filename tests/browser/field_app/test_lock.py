"""The copy on the phone: who may open it, what locks it, and that nothing of the agent's work is lost by it."""

import pytest
from playwright.sync_api import expect

from tests.browser.field_app.hand import PIN

NEW_PASSWORD = "sandi-baru-sekali-26"  # of country.py, which is of another process

pytestmark = pytest.mark.browser

STORE = """async () => {
    const open = indexedDB.open('findgo');
    await new Promise((done) => { open.onsuccess = done });
    const texts = [];
    for (const name of open.result.objectStoreNames) {
        const asked = open.result.transaction(name).objectStore(name).getAll();
        await new Promise((done) => { asked.onsuccess = done });
        const bytes = (value) => value instanceof ArrayBuffer ? new Uint8Array(value) : value;
        texts.push(JSON.stringify(asked.result, (_name, value) => {
            const raw = bytes(value);
            return raw instanceof Uint8Array ? new TextDecoder('latin1').decode(raw) : raw;
        }));
    }
    open.result.close();
    return texts.join('\\n') + JSON.stringify({ ...localStorage });
}"""


def test_the_store_says_nothing_of_anybody(country, phones):
    hand = phones().hand.sign_in("dewi")
    order = country.orders[0]
    hand.visit(order, "Tak bertemu", "Rumah kosong sementara", best_time="alasan rahasia")
    hand.has_sent_everything()
    text = hand.page.evaluate(STORE)
    assert f"order:{order}" in text  # the store was read
    seeded = ("Rahayu", "Mawar", "6281234567890", "alasan", "1310", "387500", "rahasia-sekali", PIN)
    assert [word for word in seeded if word in text] == []


def test_a_wrong_pin_opens_nothing_and_has_to_wait(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    lock(hand)
    for _ in range(4):  # the fourth waits for the pause after the third
        hand.unlock("112233")
        hand.sees("PIN salah")
    expect(hand.page.get_by_label("PIN", exact=True)).to_be_disabled()
    hand = phone.kill().open()  # closing the app saves nobody the pause
    expect(hand.page.get_by_label("PIN", exact=True)).to_be_disabled()
    assert hand.page.locator(".orders").count() == 0
    expect(hand.page.get_by_label("PIN", exact=True)).to_be_enabled(timeout=15_000)
    hand.unlock()
    expect(hand.page.locator(".orders .order")).to_have_count(9)


def test_a_forgotten_pin_costs_no_unsent_work(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    hand.visit(country.orders[0], "Tak bertemu", "Di luar jam", note="jam sembilan malam")
    lock(hand)
    phone.offline(False)
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("dewi")
    hand.choose_pin("730164")
    hand.has_sent_everything()
    assert [visit["note"] for visit in country.report()["visits"]] == ["jam sembilan malam"]
    lock(hand)
    hand.unlock()  # the old one
    hand.sees("PIN salah")


def test_too_many_wrong_pins_leave_the_password_only(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    lock(hand)
    # As a patient thief, whose pauses are not waited for here.
    skip_pause = """async () => {
        const open = indexedDB.open('findgo');
        await new Promise((done) => { open.onsuccess = done });
        const store = open.result.transaction('plain', 'readwrite').objectStore('plain');
        const asked = store.get('vault');
        await new Promise((done) => { asked.onsuccess = done });
        store.put({ name: 'vault', value: { ...asked.result.value, not_before: 0 } });
        await new Promise((done) => { store.transaction.oncomplete = done });
        open.result.close();
    }"""
    for _ in range(10):
        hand.page.evaluate(skip_pause)
        hand.page.reload()
        hand.unlock("112233")
        hand.page.locator(".notice").first.wait_for()
    hand.sees("tidak berlaku lagi")
    hand.page.reload()
    expect(hand.page.get_by_label("PIN", exact=True)).to_be_disabled()  # the right PIN neither
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("dewi")
    hand.choose_pin("730164")
    hand.page.get_by_role("link", name="Kunjungan").click()  # it goes on where it was locked
    expect(hand.page.locator(".orders .order")).to_have_count(9)


def test_nobody_else_signs_in_over_a_copy_or_deletes_work_in_it(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    hand.visit(country.orders[0], "Tak bertemu", "Di luar jam")
    lock(hand)
    phone.offline(False)
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("ujang")
    hand.sees("Di ponsel ini ada salinan milik pengguna lain")
    hand.sees("1 hal yang belum terkirim")
    assert "dewi" not in hand.page.locator(".notice").all_inner_texts()
    assert hand.page.get_by_role("button", name="Hapus salinan ini").count() == 0
    hand.open()
    hand.unlock()
    hand.has_sent_everything()
    lock(hand)
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("ujang")
    hand.page.get_by_role("button", name="Hapus salinan ini").click()
    hand.page.get_by_role("dialog").get_by_role("button", name="Hapus salinan ini").click()
    expect(hand.page.get_by_role("button", name="Hapus salinan ini")).to_have_count(0)
    hand.enter("ujang")
    hand.choose_pin()
    hand.sees("Belum ada kunjungan")


def test_a_password_that_somebody_changed_costs_no_unsent_work(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    hand.visit(country.orders[0], "Tak bertemu", "Di luar jam", note="sebelum sandi baru")
    lock(hand)
    country.run("new_password")
    phone.offline(False)
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("dewi", NEW_PASSWORD)
    hand.sees("Masukkan PIN yang biasa")
    hand.page.get_by_label("PIN sekarang").fill(PIN)
    hand.page.get_by_role("button", name="Buka").click()
    hand.has_sent_everything()
    assert [visit["note"] for visit in country.report()["visits"]] == ["sebelum sandi baru"]
    lock(hand)  # the new password opens the copy now
    hand.page.get_by_role("button", name="Lupa PIN?").click()
    hand.enter("dewi", NEW_PASSWORD)
    hand.choose_pin("730164")
    hand.has_sent_everything()


def test_changing_the_pin_is_no_way_to_guess_it(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.go("/me")
    hand.page.get_by_role("button", name="Ganti PIN").click()
    for wrong in ("112233", "223311", "331122", "113322"):
        for name, value in (("old", wrong), ("next", "730164"), ("again", "730164")):
            hand.page.locator(f"[name={name}]").fill(value)
        hand.page.get_by_role("button", name="Simpan PIN").click()
        hand.page.locator("form .notice").wait_for()
    hand.sees("Terlalu cepat mencoba lagi")


def test_signing_out_refuses_to_lose_unsent_work(country, phones):
    phone = phones()
    hand = phone.hand.sign_in("dewi")
    phone.offline()
    hand.visit(country.orders[0], "Tak bertemu", "Di luar jam")
    hand.go("/me")
    hand.page.get_by_role("button", name="Keluar").click()
    hand.sees("Masih ada 1 hal yang belum terkirim")
    assert hand.page.get_by_role("dialog").get_by_role("button", name="Keluar").count() == 0
    phone.offline(False)
    hand.page.get_by_role("button", name="Kirim dulu").click()
    hand.has_sent_everything()
    assert len(country.report()["visits"]) == 1
    hand.go("/me")
    hand.page.get_by_role("button", name="Keluar").click()
    hand.page.get_by_role("dialog").get_by_role("button", name="Keluar").click()
    hand.page.get_by_label("Nama pengguna").wait_for()
    assert "vault" not in hand.page.evaluate(STORE)


def test_after_too_long_alone_the_copy_asks_for_the_password(country, phones):
    hand = phones().hand.sign_in("dewi")
    hand.page.evaluate("""async () => {
        const open = indexedDB.open('findgo');
        await new Promise((done) => { open.onsuccess = done });
        const store = open.result.transaction('plain', 'readwrite').objectStore('plain');
        store.put({ name: 'contact', value: Date.now() - 73 * 3600e3 });
        await new Promise((done) => { store.transaction.oncomplete = done });
        open.result.close();
    }""")
    hand.page.reload()
    hand.sees("lebih dari 72 jam tidak terhubung")
    assert hand.page.locator(".orders").count() == 0
    hand.page.get_by_label("Kata sandi").fill("salah-sekali-26")
    hand.page.get_by_role("button", name="Masuk", exact=True).click()
    hand.sees("Nama pengguna atau kata sandi salah")


def lock(hand) -> None:
    hand.go("/me")
    hand.page.get_by_role("button", name="Kunci sekarang").click()
    hand.page.get_by_label("PIN", exact=True).wait_for()
