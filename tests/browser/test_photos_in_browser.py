"""A supervisor's phone shows the photos of a visit, under the page's own content security policy."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.services import tokens
from tests.cast import PASSWORD, make_cast
from tests.make import make_order
from tests.workorders.pictures import declared, photo, send
from tests.workorders.test_visits_api import body_of, put

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_thumbnails_load_fit_a_phone_and_open_the_picture(page, live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    cast = make_cast()
    order, content, phone = make_order(assignee=cast.agent), photo(size=(1600, 1200)), APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.sign_in(user=cast.agent, now=timezone.now()).access}")
    photos = [declared(content), declared(photo(number=1))]
    put(phone, body_of(order, photos=photos))
    send(phone, content, photos[0]["id"])

    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/orders/{order.pk}/")
    page.fill("input[name=username]", cast.supervisor.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.get_by_text("1 dari 2 foto sudah tiba").wait_for()
    image = page.get_by_alt_text("Rumah")
    image.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth === 320", arg=image.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []
    with page.context.expect_page() as opened:
        image.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 1600
