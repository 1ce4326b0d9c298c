"""What an erasure emptied waits for nobody: not for a supervisor, not for another operation, not on the agent's phone."""

import io
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.make import make_order
from tests.privacy.people import NAME, NUMBER, everything_as_text, make_person
from tests.workorders.phone import Mirror, op, push, results, statuses, visit_op
from workorders.models import Conflict, Operation, Quarantine, Visit, WorkOrder
from workorders.services.feed import announce
from workorders.sync.push import HELD_FOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast, places, phone_of):
    return phone_of(cast.agent)


def erase(number: str) -> None:
    call_command("subject", "erase", number, "--despite-debt", "--reason=x", "--yes", stdout=io.StringIO())


def reapply() -> str:
    out = io.StringIO()
    call_command("subject", "reapply", stdout=out)
    return out.getvalue()


def of(client, path: str) -> list:
    return client.get(f"/api/v1/{path}").json()["results"]


def test_cards_of_the_erased_are_closed_and_stay_closed(cast, client, as_phone, as_user):
    """Also a flagged visit, which keeps its flags."""
    person, supervisor = make_person(cast), as_phone(cast.supervisor)
    person.visit.review.delete()
    Visit.objects.filter(pk=person.visit.pk).update(flags=["clock"])
    WorkOrder.objects.filter(pk=person.past.pk).update(is_flagged=True)
    lists = ("quarantine/", "conflicts/", "visits/flagged/")
    assert [len(of(supervisor, name)) for name in lists] == [1, 1, 1]
    erase(NUMBER)

    assert [of(supervisor, name) for name in lists] == [[], [], []]
    closed = of(supervisor, "quarantine/?state=DISMISSED") + of(supervisor, "conflicts/?state=KEPT")
    reason = "Data pelanggan ini dihapus"
    assert [(row["decided_by"], row["decided_at"], row["reason"]) for row in closed] == [(None, None, reason)] * 2
    assert Visit.objects.get(pk=person.visit.pk).flags == ["clock"]
    assert not WorkOrder.objects.get(pk=person.past.pk).is_flagged
    again = supervisor.delete(f"/api/v1/quarantine/{person.quarantined.pk}/decisions/current/")
    assert again.status_code == 409
    browser = as_user(cast.supervisor)
    page = browser.get("/decisions/quarantine/?state=DISMISSED").content.decode()
    assert reason in page and "Tarik penolakan" not in page and "oleh None" not in page
    assert "0 late rows" in reapply()


def test_what_was_decided_before_stays_decided(cast, client, as_phone):
    person = make_person(cast)
    Quarantine.objects.update(state="APPLIED", decided_by=cast.supervisor, decided_at=timezone.now())
    Conflict.objects.update(state="TAKEN", decided_by=cast.supervisor, decided_at=timezone.now())
    erase(NUMBER)

    for row in (Quarantine.objects.get(), Conflict.objects.get()):
        assert (row.state, row.decided_by) in [("APPLIED", cast.supervisor), ("TAKEN", cast.supervisor)]
        assert NAME not in row.reason
    assert person.quarantined.pk == Quarantine.objects.get().pk


def test_what_waited_on_a_phone_ends_and_the_agent_goes_on(cast, client):
    """An emptied operation that is held cannot be read: it stopped every push of its agent, and run_due."""
    order, other = make_order(assignee=cast.agent), make_order(assignee=cast.agent)
    announce(agents=[cast.agent.pk])
    waits = visit_op(order, after=[str(uuid.uuid4())])
    assert statuses(push(client, [waits])) == ["held"]
    mirror = Mirror(client)
    mirror.pull()
    erase(order.customer.service_number)

    told = {change["id"]: change["body"] for change in mirror.pull() if change["type"] == "operation"}
    assert told[waits["op"]]["status"] == "quarantined"
    assert mirror.state == mirror.scope
    assert statuses(push(client, [visit_op(other)])) == ["applied"]
    again = results(push(client, [waits]))[0]
    assert (again["status"], again["result"]["was"]) == ("duplicate", "quarantined")
    call_command("run_due", stdout=io.StringIO())


def test_what_an_older_erasure_emptied_and_left_open_is_closed_at_night(cast, client, as_phone):
    order = make_order(assignee=cast.agent)
    push(client, [visit_op(order, after=[str(uuid.uuid4())]), op("customer.note", order.customer_id, {"phone": "x"})])
    erase(order.customer.service_number)
    Operation.objects.filter(type="visit.create").update(status="held", received_at=timezone.now() - HELD_FOR * 2)
    Quarantine.objects.update(state="OPEN", reason="")
    reapply()

    assert not Operation.objects.filter(status="held").exists()
    assert of(as_phone(cast.supervisor), "quarantine/") == []
    assert statuses(push(client, [visit_op(make_order(assignee=cast.agent))])) == ["applied"]


def test_words_that_no_order_leads_to_are_emptied_too(cast, client):
    """A note that could not be read, and the way of a visit that waits: neither names an order."""
    order, visit, forerunner = make_order(assignee=cast.agent), uuid.uuid4(), str(uuid.uuid4())
    point = {"lat": -6.92123, "lon": 107.61123, "accuracy_m": 5}
    sent = [
        op("customer.note", order.customer_id, {"landmark": "rumah biru Bu Canari", "phone": "x"}),
        visit_op(order, visit=visit, after=[forerunner]),
        op("trail.create", uuid.uuid4(), {"visit": str(visit), "points": [point], "seconds": 9}, after=[forerunner]),
        op("trail.create", uuid.uuid4(), {"visit": str(visit), "points": [point], "seconds": 9, "what": 1}),
    ]
    assert statuses(push(client, sent)) == ["quarantined", "held", "held", "quarantined"]
    erase(order.customer.service_number)

    said = everything_as_text()
    assert "Canari" not in said and "107.61123" not in said
