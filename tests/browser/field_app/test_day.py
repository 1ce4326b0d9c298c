"""An agent's whole day in the field app, on a phone that dies and a network that is not there."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD

pytestmark = pytest.mark.browser


def ask(country, method: str, path: str, body: dict, username: str = "siti") -> dict:
    """A supervisor at work, by the API."""

    def send(method, path, body, token=""):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(
            f"{country.url}/api/v1{path}", json.dumps(body).encode(), headers, method=method
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    token = send("POST", "/auth/login/", {"username": username, "password": PASSWORD})["access"]
    return send(method, path, body, token)


def test_the_whole_day(country, phones, picture):
    first, second, third, fourth, fifth, sixth, seventh, *_ = country.orders
    phone = phones(is_slow=True)
    hand = phone.hand.sign_in("dewi")

    # 08:00 nearest first
    expect(hand.page.locator(".orders .order")).to_have_count(9)
    assert hand.names()[0] == "Ibu Siti Rahayu"
    assert hand.names()[-1].startswith("Pelanggan")  # nobody has located it
    hand.has_sent_everything()
    hand.page.wait_for_function("navigator.serviceWorker.controller || navigator.serviceWorker.ready")

    # No signal from here on
    phone.offline()
    hand.page.reload()
    expect(hand.page.locator(".orders .order")).to_have_count(9)  # opens without a network, and without the PIN
    hand.sees("Luring")

    hand.arrive(first)
    hand.pick("Bertemu", "Janji bayar")
    hand.page.get_by_role("button", name="Seluruh tunggakan").click()
    hand.page.locator("[name=promised_on]").fill(tomorrow(hand))
    hand.photo(picture)
    hand.photo(picture)
    hand.send()
    hand.sees("Disimpan di ponsel, dikirim saat ada sinyal.")

    hand.take_steps(second)
    hand.page.get_by_role("button", name="Lanjut ke hasil ATK").click()
    hand.page.get_by_role("button", name="ATK: titik koordinat salah").click()
    hand.send()

    hand.visit(third, "Bertemu", "Menolak bayar", reason="tagihan dobel")
    hand.visit(fourth, "Titip pesan", "Titip pesan (keluarga/tetangga)", relation="istri")
    expect(hand.page.locator(".top .pill")).to_have_text("Luring · 6 antre")  # four visits and two photos

    # Killed in the middle of a form
    hand.arrive(fifth, reason="GPS tidak teliti di sini")
    hand.pick("Bertemu", "Sanggah tagihan")
    hand.page.get_by_label("Catatan").fill("Tagihan Oktober sudah dibayar di Plasa")
    hand.page.get_by_text("✓", exact=False).first.wait_for()
    hand = phone.kill()
    phone.offline()
    hand.open()
    hand.sees("Hasil kunjungan Bpk. Dedi Supriatna belum selesai")
    hand.page.get_by_role("link", name="Lanjutkan").click()
    expect(hand.page.get_by_label("Catatan")).to_have_value("Tagihan Oktober sudah dibayar di Plasa")
    hand.send()
    assert country.report()["visits"] == []

    # Meanwhile: one customer pays, one order goes to a colleague while its visit waits on this phone
    country.run("pay", sixth)
    ask(country, "POST", f"/workorders/{third}/assignments/", {"agent": "ujang", "reason": "dekat rumahnya"})

    # Signal again
    phone.offline(False)
    hand.has_sent_everything()
    told = country.report()
    assert [visit["order"] for visit in told["visits"]] == [first, second, third, fourth, fifth]
    assert [visit["code"] for visit in told["visits"]] == [
        "MET-PTP",
        "ATK-COORD",
        "MET-REFUSE",
        "TP-MSG",
        "MET-DISPUTE",
    ]
    assert told["operations"] == 5
    promised, not_found, given_away, _, disputed = told["visits"]
    assert promised["promise"] == 387_500
    assert [state for _sha256, state in promised["photos"]] == ["ARRIVED", "ARRIVED"]
    assert not_found["steps"] == 6
    assert "REASSIGNED" in " ".join(given_away["flags"]).upper()
    assert disputed["note"] == "Tagihan Oktober sudah dibayar di Plasa"
    assert disputed["details"]["override_reason"] == "GPS tidak teliti di sini"

    # The day says so, with the server's times; what was paid or given away is gone
    hand.go("/day")
    expect(hand.page.locator("[data-state=applied]")).to_have_count(5)
    assert all("diterima" in row for row in hand.page.locator("[data-state=applied]").all_inner_texts())
    hand.go("/orders")
    expect(hand.page.locator(".orders .order")).not_to_have_count(9)
    assert not {"Ibu Nur Aini", "Bpk. Yohanes Manurung"} & set(hand.names())

    # The phone is lost
    device = hand.page.evaluate("""async () => {
        const open = indexedDB.open('findgo');
        await new Promise((done) => { open.onsuccess = done });
        const asked = open.result.transaction('plain').objectStore('plain').get('device');
        await new Promise((done) => { asked.onsuccess = done });
        open.result.close();
        return asked.result.value;
    }""")
    ask(country, "POST", f"/devices/{device}/revocations/", {"kind": "LOST", "reason": "jatuh di angkot"})
    hand.page.get_by_role("link", name="Status kirim").click()
    hand.page.get_by_role("button", name="Kirim dan ambil sekarang").click()
    hand.sees("Ponsel ini ditandai hilang oleh supervisor")
    left = hand.page.evaluate("""async () => {
        const open = indexedDB.open('findgo');
        await new Promise((done) => { open.onsuccess = done });
        const names = [...open.result.objectStoreNames];
        const counts = await Promise.all(names.map((name) => new Promise((done) => {
            const asked = open.result.transaction(name).objectStore(name).count();
            asked.onsuccess = () => done(asked.result);
        })));
        return counts.reduce((sum, count) => sum + count, 0);
    }""")
    assert left == 0
    assert hand.complaints == []


def tomorrow(hand) -> str:
    return hand.page.evaluate("new Date(Date.now() + 864e5 + 7 * 36e5).toISOString().slice(0, 10)")
