"""An id that is no UUID of RFC 9562 cannot be kept by MariaDB: it is refused at every door, never asked for again."""

import uuid

import pytest
from rest_framework.test import APIClient

from tests.make import make_order
from tests.untouched import nothing_written
from tests.workorders.phone import op, push, results, visit_op
from workorders.models import Operation, Quarantine, Visit, VisitPhoto

ODD = "1b2ed40e-d3ad-dccb-2c33-be0ac79d6793"  # version 13 of the variant of 1987: what chance makes of 128 bits
STAMP = "2026-11-26T08:00:00Z"


@pytest.fixture
def client(cast, phone_of):
    return phone_of(cast.agent)


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent)


@pytest.mark.parametrize("field", ["op", "entity"])
def test_an_operation_with_an_odd_id_is_kept_and_not_asked_for_again(client, order, field):
    sent = visit_op(order) | {field: ODD}
    answer = results(push(client, [sent, visit_op(order)]))
    assert [one["status"] for one in answer] == ["quarantined", "applied"]
    assert answer[0]["code"] == "schema" and field in answer[0]["result"]["details"]
    assert Quarantine.objects.get().content == sent
    assert results(push(client, [sent]))[0]["status"] == "duplicate"
    assert (Visit.objects.count(), Operation.objects.count()) == (1, 2)


def bodies(order):
    step = {"id": ODD, "kind": "CALL", "outcome": "NOT_FOUND", "done_at": STAMP}
    photo = {"id": ODD, "sha256": "0" * 64, "size": 9, "kind": "HOUSE"}
    return [
        visit_op(order, body={"rescue": [step]}),
        visit_op(order, body={"photos": [photo]}),
        visit_op(order) | {"after": [ODD]},
        op("trail.create", uuid.uuid4(), {"visit": ODD, "points": [], "seconds": 1}),
        op("rescue.step", ODD, {"order": order.pk, "kind": "CALL", "outcome": "NOT_FOUND"}),
    ]


def test_an_odd_id_within_an_operation_quarantines_it(client, order):
    assert {result["code"] for result in results(push(client, bodies(order)))} == {"schema"}
    assert (Visit.objects.count(), VisitPhoto.objects.count(), Quarantine.objects.count()) == (0, 0, 5)


def test_odd_ids_are_refused_in_bodies_and_lead_nowhere_in_addresses(client, order):
    visit = {"order": order.pk, "disposition": "NC-HOURS", "visited_at": STAMP}
    pin = {"id": ODD, "lat": -6.92, "lon": 107.61, "accuracy_m": 9, "is_at_house": True}
    step = {"id": ODD, "kind": "CALL", "outcome": "NOT_FOUND", "done_at": STAMP}
    named = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_LENGTH": "9"}
    with nothing_written():
        answers = [
            client.put(f"/api/v1/visits/{ODD}/", visit, format="json"),
            client.head(f"/api/v1/uploads/{ODD}/", **named),
            client.get(f"/api/v1/photos/{ODD}/"),
            client.put(f"/api/v1/customers/{order.customer_id}/pin/", pin, format="json"),
            client.post(f"/api/v1/workorders/{order.pk}/rescue-steps/", step, format="json"),
            client.post(f"/api/v1/customers/{order.customer_id}/phone-views/", {"id": ODD}, format="json"),
        ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 400, 400, 400]


def test_a_phone_with_an_odd_id_does_not_sign_in(cast):
    body = {"username": "dewi", "password": "x", "device": {"id": ODD}}
    answer = APIClient().post("/api/v1/auth/login/", body, format="json")
    assert answer.status_code == 400 and "device" in answer.json()["details"]
