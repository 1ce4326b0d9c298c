"""Wide tables on a phone: nothing beyond the edge, no word broken, and the buttons in reach of a thumb."""

import pytest
from django.utils import timezone

from accounts.models import Device
from history.services import record_access
from tests.cast import PASSWORD, make_cast
from tests.dashboard.rows import make_device, make_visit
from tests.make import make_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WIDE = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth).length"


@pytest.fixture
def cast(live_server):
    cast = make_cast()
    lost = {"revocation": "RETIRED", "revoked_at": timezone.now(), "revoked_by": cast.supervisor}
    make_device(cast.agent)
    Device.objects.update(last_seen_at=timezone.now(), revocation_reason="signed in on Samsung Galaxy A15", **lost)
    make_visit(agent=cast.agent, at=timezone.now(), flags=["far_from_target"], distance_m=1300)
    make_order(assignee=cast.agent)
    columns = "csv columns=service_number,name,phones,address,sto,package where=witel:BANDUNG"
    record_access(actor=cast.supervisor, purpose="export", target_type="customer", rows=390, detail=columns)
    return cast


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tables_fit_on_a_phone(chromium, live_server, cast, scheme):
    for who, paths in (
        ("supervisor", ["/phones/", "/visits/", "/orders/?state=", "/customers/"]),
        ("auditor", ["/access/", "/access/?log=changes"]),
    ):
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="id-ID", color_scheme=scheme, has_touch=True
        )
        page = context.new_page()
        page.goto(f"{live_server.url}/sign-in/")
        page.fill("input[name=username]", getattr(cast, who).username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
        for path in paths:
            page.goto(live_server.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
            assert page.evaluate(WIDE) == 0, path
            buttons = page.locator("td .button:visible").all()
            assert bool(buttons) == (path == "/phones/")
            assert all(button.bounding_box()["height"] >= 44 for button in buttons)
            if path == "/access/":
                moment = page.locator("td.is-moment").first.bounding_box()
                assert moment["height"] < 50, "its header and one line"
        context.close()
