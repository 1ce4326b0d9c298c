"""Who may open which page. Every page of the dashboard is in the table below, or the first test fails."""

import uuid

import pytest

from accounts.models import Device
from dashboard import urls
from history.models import Access, Change
from tests.dashboard.rows import make_conflict, make_quarantined, make_rehearsal, make_release, make_run, make_visit
from tests.make import make_order

pytestmark = pytest.mark.django_db

STAFF = {"supervisor", "manager", "analyst", "admin"}
DECIDERS = {"supervisor", "manager", "admin"}
OF_THE_DASHBOARD = STAFF | {"auditor"}
INCIDENT = "who=dewi&since=2026-11-01T00:00&until=2026-11-30T00:00"
# name → (path, method, who may)
PAGES = {
    "overview": ("/", "get", STAFF),
    "orders": ("/orders/", "get", STAFF),
    "orders-download": ("/orders/download.csv", "get", STAFF),
    "orders-assign": ("/orders/assign/", "post", DECIDERS),
    "order": ("/orders/{order}/", "get", STAFF),
    "order-phones": ("/orders/{order}/phones/", "post", DECIDERS),
    "order-assign": ("/orders/{order}/assign/", "post", DECIDERS),
    "order-unassign": ("/orders/{order}/unassign/", "post", DECIDERS),
    "order-hold": ("/orders/{order}/hold/", "post", DECIDERS),
    "order-release": ("/orders/{order}/release/", "post", DECIDERS),
    "order-reopen": ("/orders/{order}/reopen/", "post", DECIDERS),
    "customers": ("/customers/", "get", STAFF),
    "customers-download": ("/customers/download.csv", "get", STAFF),
    "customer": ("/customers/{customer}/", "get", STAFF),
    "customer-phones": ("/customers/{customer}/phones/", "post", DECIDERS),
    "confirmed-points-download": ("/confirmed-points/download.csv", "get", STAFF),
    "visits": ("/visits/", "get", STAFF),
    "visits-download": ("/visits/download.csv", "get", STAFF),
    "phones": ("/phones/", "get", DECIDERS),
    "phone-revoke": ("/phones/{phone}/revoke/", "get", DECIDERS),
    "phone-restore": ("/phones/{phone}/restore/", "post", DECIDERS),
    "decisions": ("/decisions/", "get", DECIDERS),
    "quarantine": ("/decisions/quarantine/", "get", DECIDERS),
    "quarantine-apply": ("/decisions/quarantine/{quarantine}/apply/", "post", DECIDERS),
    "quarantine-dismiss": ("/decisions/quarantine/{quarantine}/dismiss/", "post", DECIDERS),
    "quarantine-reopen": ("/decisions/quarantine/{quarantine}/reopen/", "post", DECIDERS),
    "conflicts": ("/decisions/conflicts/", "get", DECIDERS),
    "conflict-phones": ("/decisions/conflicts/{conflict}/phones/", "post", DECIDERS),
    "conflict-take": ("/decisions/conflicts/{conflict}/take/", "post", DECIDERS),
    "conflict-keep": ("/decisions/conflicts/{conflict}/keep/", "post", DECIDERS),
    "flagged-visits": ("/decisions/flagged-visits/", "get", DECIDERS),
    "visit-review": ("/decisions/flagged-visits/{visit}/review/", "post", DECIDERS),
    "imports": ("/imports/", "get", {"manager", "admin"}),
    "import-new": ("/imports/new/", "get", {"manager", "admin"}),
    "import": ("/imports/{batch}/", "get", {"manager", "admin"}),
    "import-issues": ("/imports/{batch}/issues.csv", "get", {"manager", "admin"}),
    "import-undo": ("/imports/{batch}/undo/", "get", {"manager", "admin"}),
    "security": ("/security/", "get", OF_THE_DASHBOARD),
    "security-begin": ("/security/begin/", "post", OF_THE_DASHBOARD),
    "security-confirm": ("/security/confirm/", "post", OF_THE_DASHBOARD),
    "security-disable": ("/security/disable/", "post", OF_THE_DASHBOARD),
    "access": ("/access/", "get", {"admin", "auditor"}),
    "access-download": ("/access/download.csv", "get", {"admin", "auditor"}),
    "incident": ("/access/incident/", "get", {"admin", "auditor"}),
    "incident-download": (f"/access/incident/download.csv?{INCIDENT}", "get", {"admin", "auditor"}),
    "releases": ("/releases/", "get", {"admin"}),
    "release": ("/releases/{release}/", "get", {"admin"}),
    "rehearsals": ("/rehearsals/", "get", {"admin"}),
    "rehearsal": ("/rehearsals/{rehearsal}/", "get", {"admin"}),
    "evidence": ("/rehearsals/{rehearsal}/evidence.md", "get", {"admin"}),
}
OPEN_TO_ALL = {"sign-in", "sign-in-code", "sign-out", "password"}
EVERYBODY = ["agent", "technician", "supervisor", "manager", "analyst", "admin", "auditor"]


@pytest.fixture
def keys(journal_tables, cast, make_batch, settings, tmp_path):
    order = make_order(assignee=cast.agent)
    visit = make_visit(order=order, agent=cast.agent)
    release, rehearsal = make_release(), make_rehearsal(evidence="rollback")
    make_run(release)
    settings.EVIDENCE_DIR = tmp_path
    (tmp_path / "rollback.md").write_text("# Bukti")
    return {
        "order": order.pk,
        "phone": Device.objects.create(id=uuid.uuid4(), user=cast.agent, name="Redmi").pk,
        "customer": order.customer_id,
        "quarantine": make_quarantined(cast.agent).pk,
        "conflict": make_conflict(cast.agent, order.customer).pk,
        "visit": visit.pk,
        "batch": make_batch(actor=cast.manager).pk,
        "release": release.pk,
        "rehearsal": rehearsal.pk,
    }


def test_every_page_is_in_the_table():
    assert {pattern.name for pattern in urls.urlpatterns} == set(PAGES) | OPEN_TO_ALL


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_its_roles_only_and_a_refusal_writes_nothing(cast, as_user, keys, name, who):
    path, method, allowed = PAGES[name]
    response = getattr(as_user(getattr(cast, who)), method)(path.format(**keys))

    if who in allowed:
        assert response.status_code in (200, 302), response.status_code
    elif name == "overview" and who == "auditor":
        assert response.status_code == 302 and response["Location"] == "/access/"
    else:
        assert response.status_code == 403
        assert not Access.objects.exists() and not Change.objects.exists()


@pytest.mark.parametrize("name", PAGES)
def test_nobody_gets_in_without_signing_in(cast, as_user, keys, name):
    path, method, _ = PAGES[name]
    response = getattr(as_user(None), method)(path.format(**keys))

    assert response.status_code == 302 and response["Location"].startswith("/sign-in/?next=")
    assert not Access.objects.exists() and not Change.objects.exists()


@pytest.mark.parametrize("name", [name for name in PAGES if "{" in PAGES[name][0] and "supervisor" in PAGES[name][2]])
def test_a_row_out_of_reach_is_like_one_that_does_not_exist(cast, as_user, keys, name):
    path, method, _ = PAGES[name]
    client = as_user(cast.other_supervisor)
    foreign = getattr(client, method)(path.format(**keys), {"reason": "x"})
    nowhere = dict.fromkeys(keys, 987654321) | {"phone": uuid.uuid4(), "visit": uuid.uuid4()}
    missing = getattr(client, method)(path.format(**nowhere), {"reason": "x"})
    beyond = dict.fromkeys(keys, 10**30) | {"phone": uuid.uuid4(), "visit": uuid.UUID(int=2**128 - 1)}
    huge = getattr(client, method)(path.format(**beyond), {"reason": "x"})

    assert foreign.status_code == missing.status_code == huge.status_code == 404
    assert foreign.content == missing.content
    assert not Access.objects.exists() and not Change.objects.exists()


def test_an_agent_is_told_that_the_work_is_in_the_app(cast, as_user):
    order = make_order(assignee=cast.agent)
    response = as_user(cast.agent).get("/")

    assert "aplikasi lapangan" in response.content.decode()
    assert order.number not in response.content.decode()


def test_somebody_whose_time_is_over_is_signed_out(cast, as_user):
    client = as_user(cast.supervisor)
    type(cast.supervisor).objects.filter(pk=cast.supervisor.pk).update(active_until="2020-01-31")

    assert client.get("/orders/")["Location"].startswith("/sign-in/")


def test_an_expired_session_reloads_the_page_instead_of_putting_a_form_into_it(as_user):
    response = as_user(None).get("/orders/", headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"


def test_pages_with_peoples_data_are_for_no_cache(cast, as_user):
    response = as_user(cast.supervisor).get("/orders/")

    assert "no-store" in response["Cache-Control"] and "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in PAGES
        if PAGES[name][1] == "get" and "download" not in name and "issues" not in name and name != "evidence"
    ],
)
def test_no_page_has_script_or_style_inside(cast, as_user, keys, name):
    """The content security policy would block them."""
    html = as_user(cast.admin).get(PAGES[name][0].format(**keys)).content.decode()

    assert "<style" not in html and " style=" not in html and " onclick=" not in html
    assert all("src=" in part.split(">", 1)[0] for part in html.split("<script")[1:])
