"""Phones and the second factor as a supervisor sees them: nothing is blocked by the content security policy."""

import re
import uuid

import pyotp
import pytest
import time_machine
from django.utils import timezone

from accounts.models import Device
from tests.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def sign_in(page, site):
    page.goto(f"{site.url}/sign-in/")
    page.fill("[name=username]", "siti")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")


def test_a_supervisor_marks_a_phone_and_sets_up_a_second_factor(live_server, page):
    cast = make_cast()
    phone = Device.objects.create(id=uuid.uuid4(), user=cast.agent, name="Redmi 12", last_seen_at=timezone.now())
    sign_in(page, live_server)
    page.click("nav >> text=Ponsel")
    page.click("text=Hilang atau diganti…")
    page.select_option("[name=kind]", "LOST")
    page.fill("[name=reason]", "tertinggal di angkot")
    page.click("text=Tandai ponsel ini")
    assert "perintah hapus belum sampai" in page.inner_text("main")
    phone.refresh_from_db()
    assert phone.is_lost
    page.click("text=Batalkan tanda")
    assert "Dipakai" in page.inner_text("main")

    page.click("text=Keamanan")
    page.click("text=Siapkan kode dua langkah")
    assert page.locator("svg.segno").bounding_box()["width"] > 100
    app = pyotp.parse_uri(re.search(r"otpauth://\S+", page.inner_text("main"))[0])
    page.fill("[name=code]", app.now())
    page.click("text=Aktifkan")
    assert page.locator("main code").count() == 8
    page.click("text=Keluar")

    with time_machine.travel(timezone.now().timestamp() + 30):
        sign_in(page, live_server)
        page.fill("[name=code]", app.now())
        page.click("button.primary")
        page.wait_for_url(f"{live_server.url}/")
    assert page.complaints == []
