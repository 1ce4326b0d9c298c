"""`The house is here`, by agents and technicians, and the links that ask the customer. Works, twice, role, scope."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from customers.models import LocationCandidate, LocationCorrection, PinLink, ResolvedLocation
from findgo.env import positive
from history.models import Change
from tests.make import make_bill, make_customer, make_order
from tests.untouched import nothing_written
from workorders.services.pins import LINKS_A_DAY
from workorders.services.triage import triage

PIN = {"id": "0192f0a0-0000-7000-8000-0000000000aa", "lat": -6.92018, "lon": 107.61, "accuracy_m": 6}
AT_HOUSE = PIN | {"is_at_house": True}  # 20 m south of the record
FAR = AT_HOUSE | {"lat": -6.93, "lon": 107.62}


def pin(client, customer, body):
    return client.put(f"/api/v1/customers/{getattr(customer, 'pk', customer)}/pin/", body, format="json")


def ask(client, customer, body=None):
    return client.post(f"/api/v1/customers/{getattr(customer, 'pk', customer)}/pin-links/", body, format="json")


@pytest.fixture
def order(cast):
    customer = make_customer(name="Siti Rahayu", service_number="131059998887", phones="+6281298765432")
    make_bill(customer)
    return make_order(assignee=cast.agent, customer=customer)


@pytest.mark.parametrize("name", ["agent", "technician"])
def test_a_near_pin_moves_the_point_at_once_and_the_order_follows(cast, as_phone, order, name):
    person = getattr(cast, name)
    answer = pin(as_phone(person), order.customer, AT_HOUSE | {"note": "pagar hijau"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["id"], body["customer"]) == (PIN["id"], order.customer_id)
    assert body["correction"]["state"] == "AUTO_ACCEPTED" and 0 < body["correction"]["moved_m"] < 50
    candidate = LocationCandidate.objects.get(source="AGENT_PIN")
    assert (candidate.evidence, candidate.actor, candidate.accuracy_m) == (PIN["id"], person.username, 6)
    location = ResolvedLocation.objects.get()
    order.refresh_from_db()
    assert location.lat < -6.92 and (order.lat, order.grade) == (location.lat, location.grade)
    change = Change.objects.get(verb="pin")
    assert (change.verb, change.actor, change.reason) == ("pin", person, "pagar hijau")


def test_a_far_pin_is_proposed_and_makes_the_point_doubtful(cast, as_phone, order):
    answer = pin(as_phone(cast.agent), order.customer, FAR)
    assert answer.status_code == 201 and answer.json()["correction"]["state"] == "PROPOSED"
    location = ResolvedLocation.objects.get()
    order.refresh_from_db()
    assert (round(location.lat, 4), location.grade, order.grade) == (-6.92, "D", "D")
    assert LocationCandidate.objects.get(source="AGENT_PIN").status == "PENDING"


def test_a_pin_set_by_hand_says_so_and_needs_no_presence(cast, as_phone, order):
    body = PIN | {"by_hand": True, "accuracy_m": 15}
    assert pin(as_phone(cast.agent), order.customer, body).status_code == 201
    assert Change.objects.get(verb="pin").after["by_hand"] is True


def test_a_pin_on_the_point_confirms_it(cast, as_phone, order):
    answer = pin(as_phone(cast.agent), order.customer, AT_HOUSE | {"lat": -6.92})
    assert answer.status_code == 201 and answer.json()["correction"] is None
    assert LocationCandidate.objects.filter(source="AGENT_PIN").exists() and not LocationCorrection.objects.exists()


def test_an_order_that_waited_for_a_point_returns_and_history_names_the_pin(cast, as_phone):
    order = make_order(lat=None)
    triage(customers=[order.customer_id])
    order.refresh_from_db()
    assert order.state == "ADDRESS_HOLD"
    assert pin(as_phone(cast.technician), order.customer, AT_HOUSE).status_code == 201
    order.refresh_from_db()
    assert order.state == "READY"
    returned = Change.objects.get(target_type="workorder", target_id=str(order.pk))
    assert (str(returned.cause), returned.actor) == (PIN["id"], cast.technician)


@pytest.mark.parametrize("body", [AT_HOUSE, FAR, AT_HOUSE | {"lat": -6.92}])
def test_the_same_pin_again_changes_nothing(cast, as_phone, order, body):
    client = as_phone(cast.agent)
    first = pin(client, order.customer, body)
    with nothing_written():
        again = pin(client, order.customer, body | {"id": PIN["id"].upper()})
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()


@pytest.mark.parametrize(
    "change", [{"lat": -6.9203}, {"lon": 107.6101}, {"accuracy_m": 7}, {"by_hand": True}, {"note": "pagar biru"}]
)
def test_another_content_under_the_same_id_is_refused(cast, as_phone, order, change):
    client = as_phone(cast.agent)
    pin(client, order.customer, AT_HOUSE)
    with nothing_written():
        answer = pin(client, order.customer, AT_HOUSE | change)
    assert answer.status_code == 409 and answer.json()["code"] == "pin_changed"


def test_somebody_elses_pin_is_another_content(cast, as_phone, order):
    pin(as_phone(cast.agent), order.customer, AT_HOUSE)
    client = as_phone(cast.technician)
    with nothing_written():
        assert pin(client, order.customer, AT_HOUSE).json()["code"] == "pin_changed"


@pytest.mark.parametrize(
    "change, code, words",
    [
        ({"lat": 0, "lon": 0}, "fix_outside_indonesia", "GPS"),
        ({"lat": 48.1, "lon": 11.5}, "fix_outside_indonesia", "GPS"),
        ({"accuracy_m": 50.5}, "fix_too_coarse", "Go outside"),
        ({"accuracy_m": 900, "by_hand": True}, "fix_too_coarse", "Zoom in"),
        ({"lat": 0, "lon": 0, "by_hand": True}, "fix_outside_indonesia", "GPS"),
        ({"is_at_house": False}, "not_at_house", "is_at_house"),
    ],
)
def test_a_useless_pin_is_refused_with_what_to_do(cast, as_phone, order, change, code, words):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = pin(client, order.customer, AT_HOUSE | change)
    assert answer.status_code == 400 and answer.json()["code"] == code and words in answer.json()["message"]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"id": "7"}, "id"),
        ({"lat": None}, "lat"),
        ({"lat": 91}, "lat"),
        ({"lon": "107.61"}, "lon"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"note": "x" * 201}, "note"),
        ({"is_at_house": "perhaps"}, "is_at_house"),
        ({"grade": "A"}, "grade"),
    ],
)
def test_a_malformed_pin_names_the_field(cast, as_phone, order, change, field):
    client = as_phone(cast.agent)
    with nothing_written():
        answer = pin(client, order.customer, AT_HOUSE | change)
    assert answer.status_code == 400 and field in answer.json()["details"]


@pytest.mark.parametrize("name", ["supervisor", "manager", "analyst", "admin", "auditor"])
def test_who_is_not_in_the_field_sets_no_pin(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answers = pin(client, order.customer, AT_HOUSE), pin(client, 987654321, AT_HOUSE)
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["code"] for answer in answers} == {"not_allowed"}


@pytest.mark.parametrize("name", ["colleague", "stranger"])
def test_customers_of_others_answer_as_missing_ones_to_agents(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign, missing = pin(client, order.customer, AT_HOUSE), pin(client, 987654321, AT_HOUSE)
    assert foreign.status_code == 404 and foreign.content == missing.content


def test_customers_elsewhere_answer_as_missing_ones_to_technicians(cast, as_phone):
    client, customer = as_phone(cast.technician), make_customer(witel="SOLO")
    with nothing_written():
        foreign, missing = pin(client, customer, AT_HOUSE), pin(client, 987654321, AT_HOUSE)
    assert foreign.status_code == 404 and foreign.content == missing.content


@pytest.mark.parametrize("name", ["agent", "supervisor", "manager", "admin"])
def test_a_link_is_made_for_the_customer(cast, as_phone, order, client, name):
    person = getattr(cast, name)
    answer = ask(as_phone(person), order.customer)
    assert answer.status_code == 201
    body, link = answer.json(), PinLink.objects.get()
    assert body["link"].startswith("http://testserver/p/") and body["link"] in body["message"]
    token = body["link"].split("/")[-2]
    assert len(token) >= 22 and link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (link.customer, link.created_by) == (order.customer, person)
    assert link.expires_at - link.created_at == timedelta(hours=72) and "72 jam" in body["message"]
    change = Change.objects.get()
    assert (change.verb, change.actor, change.target_id) == ("create_pin_link", person, str(link.pk))
    assert token not in str(change.after)
    assert client.get(body["link"]).status_code == 200


def test_the_message_names_no_person_and_no_bill(cast, as_phone, order):
    body = ask(as_phone(cast.agent), order.customer).json()
    text = body["message"].replace(body["link"], "").lower()
    words = ["siti", "rahayu", "131059998887", "8129", "melati", "387", "rp", "tagih", "tunggak", "utang", "bayar"]
    assert [word for word in words if word in text] == []


def test_a_second_link_ends_the_first(cast, as_phone, order, client):
    agent = as_phone(cast.agent)
    first, second = (ask(agent, order.customer).json()["link"] for _ in range(2))
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert PinLink.objects.usable(timezone.now()).count() == 1


def test_nobody_is_sent_more_links_than_the_limit(cast, as_phone, order):
    supervisor, agent = as_phone(cast.supervisor), as_phone(cast.agent)
    assert {ask(supervisor, order.customer).status_code for _ in range(LINKS_A_DAY)} == {201}
    with nothing_written():
        answer = ask(agent, order.customer)
    assert answer.status_code == 429 and answer.json()["code"] == "too_many_links"
    assert 0 < int(answer["Retry-After"]) <= 24 * 3600
    assert ask(supervisor, make_customer()).status_code == 201
    PinLink.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert ask(agent, order.customer).status_code == 201


@pytest.mark.parametrize("name", ["technician", "analyst", "auditor"])
def test_who_may_not_ask_customers_makes_no_link(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        answers = ask(client, order.customer), ask(client, 987654321)
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("name", ["colleague", "stranger", "other_supervisor"])
def test_links_for_customers_of_others_answer_as_for_missing_ones(cast, as_phone, order, name):
    client = as_phone(getattr(cast, name))
    with nothing_written():
        foreign, missing = ask(client, order.customer), ask(client, 987654321)
    assert foreign.status_code == 404 and foreign.content == missing.content


def test_a_link_takes_no_fields(cast, as_phone, order):
    client = as_phone(cast.agent)
    with nothing_written():
        assert "hours" in ask(client, order.customer, {"hours": 9999}).json()["details"]


@pytest.mark.parametrize("send", [pin, ask])
def test_nobody_signed_in_nothing_written(cast, order, client, send):
    with nothing_written():
        answer = client.put(f"/api/v1/customers/{order.customer_id}/pin/") if send is pin else ask_plain(client, order)
    assert answer.status_code == 401


def ask_plain(client, order):
    return client.post(f"/api/v1/customers/{order.customer_id}/pin-links/")


def test_two_pins_of_one_person_are_two(cast, as_phone, order):
    client = as_phone(cast.agent)
    for number in (1, 2):
        assert pin(client, order.customer, AT_HOUSE | {"id": str(uuid.UUID(int=number, version=4))}).status_code == 201
    assert LocationCandidate.objects.filter(source="AGENT_PIN").count() == 2


@pytest.mark.parametrize("hours", ["0", "-1", "721", "three"])
def test_nonsense_for_the_hours_of_a_link_is_refused_at_start(monkeypatch, hours):
    monkeypatch.setenv("PIN_LINK_HOURS", hours)
    with pytest.raises((ImproperlyConfigured, ValueError)):
        positive("PIN_LINK_HOURS", 72, most=720)
