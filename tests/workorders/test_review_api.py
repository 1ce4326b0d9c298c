"""What phones sent and could not be applied is decided by people: applied on their word, dismissed, taken back."""

import uuid

import pytest

from customers.models import FieldNote
from history.models import Access, Change
from tests.make import make_order
from tests.untouched import nothing_written
from tests.workorders.phone import Mirror, op, push, results, visit_op
from workorders.models import Conflict, Operation, Quarantine, Visit, VisitReview
from workorders.services.feed import announce


@pytest.fixture
def client(cast, phone_of):
    return phone_of(cast.agent)


@pytest.fixture
def unknown(cast, client):
    """A quarantined visit to an order of the agent's witel that he never had."""
    sent = visit_op(make_order(assignee=cast.colleague))
    assert results(push(client, [sent]))[0]["code"] == "not_found"
    return Quarantine.objects.get()


@pytest.fixture
def conflict(cast, client):
    order = make_order(assignee=cast.agent)
    announce(agents=[cast.agent.pk])
    push(client, [op("customer.note", order.customer_id, {"landmark": "warung"}, base=0)])
    FieldNote.objects.update(actor=cast.colleague)
    push(client, [op("customer.note", order.customer_id, {"landmark": "masjid"}, base=0)])
    return Conflict.objects.get()


def decide(client, noun, key, **body):
    return client.post(f"/api/v1/{noun}/{key}/decisions/", body, format="json")


def test_supervisors_see_what_their_agents_phones_could_not_do(cast, as_phone, unknown):
    page = as_phone(cast.supervisor).get("/api/v1/quarantine/").json()
    assert [row["id"] for row in page["results"]] == [unknown.pk]
    row = page["results"][0]
    assert (row["agent"], row["code"], row["type"], row["state"]) == ("dewi", "not_found", "visit.create", "OPEN")
    assert row["content"] == unknown.content
    assert Access.objects.filter(target_type="quarantine", rows=1).exists()
    assert as_phone(cast.other_supervisor).get("/api/v1/quarantine/").json()["results"] == []


def test_an_agent_sees_his_own_and_decides_nothing(cast, client, as_phone, unknown):
    assert len(client.get("/api/v1/quarantine/").json()["results"]) == 1
    assert as_phone(cast.colleague).get("/api/v1/quarantine/").json()["results"] == []
    with nothing_written():
        assert decide(client, "quarantine", unknown.pk, decision="apply").status_code == 403


@pytest.mark.parametrize("who", ["technician", "analyst", "auditor"])
@pytest.mark.parametrize("noun", ["quarantine", "conflicts", "visits/flagged"])
def test_others_see_none_of_it(cast, as_phone, unknown, who, noun):
    client = as_phone(getattr(cast, who))
    with nothing_written():
        assert client.get(f"/api/v1/{noun}/").status_code == 403


def test_a_visit_is_applied_on_the_supervisors_word_and_flagged(cast, as_phone, client, unknown):
    answer = decide(as_phone(cast.supervisor), "quarantine", unknown.pk, decision="apply", reason="dipinjam")
    assert answer.status_code == 200 and answer.json()["state"] == "APPLIED"
    visit = Visit.objects.get()
    assert "never_assigned" in visit.flags and visit.agent == cast.agent
    assert Operation.objects.get().status == "applied"
    came = {change["type"]: change for change in Mirror(client).pull()}
    assert came["operation"]["body"]["status"] == "applied"
    supervisor = as_phone(cast.supervisor)
    with nothing_written():
        again = decide(supervisor, "quarantine", unknown.pk, decision="apply")
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


def test_what_another_content_took_the_place_of_is_only_dismissed(cast, as_phone, client):
    sent = visit_op(make_order(assignee=cast.agent))
    push(client, [sent])
    push(client, [sent | {"body": sent["body"] | {"note": "lain"}}])
    supervisor, row = as_phone(cast.supervisor), Quarantine.objects.get()
    with nothing_written():
        answer = decide(supervisor, "quarantine", row.pk, decision="apply")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_apply")
    assert decide(supervisor, "quarantine", row.pk, decision="dismiss", reason="sama").json()["state"] == "DISMISSED"
    assert Visit.objects.get().note == ""


def test_a_dismissal_is_taken_back(cast, as_phone, unknown):
    supervisor = as_phone(cast.supervisor)
    decide(supervisor, "quarantine", unknown.pk, decision="dismiss", reason="salah")
    assert supervisor.get("/api/v1/quarantine/").json()["results"] == []
    assert len(supervisor.get("/api/v1/quarantine/?state=DISMISSED").json()["results"]) == 1
    assert supervisor.delete(f"/api/v1/quarantine/{unknown.pk}/decisions/current/").status_code == 200
    assert len(supervisor.get("/api/v1/quarantine/").json()["results"]) == 1
    with nothing_written():
        assert supervisor.delete(f"/api/v1/quarantine/{unknown.pk}/decisions/current/").status_code == 409


def test_foreign_and_missing_are_the_same(cast, as_phone, unknown, conflict):
    stranger = as_phone(cast.other_supervisor)
    with nothing_written():
        for noun, key, body in (
            ("quarantine", unknown.pk, {"decision": "apply"}),
            ("quarantine", unknown.pk, {"decision": "dismiss"}),
            ("conflicts", conflict.pk, {"take": True}),
        ):
            foreign, missing = decide(stranger, noun, key, **body), decide(stranger, noun, 999_999, **body)
            assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content


def test_a_conflict_is_decided_for_the_proposal_or_for_what_stands(cast, as_phone, client, conflict):
    mirror = Mirror(client)
    mirror.pull()
    supervisor = as_phone(cast.supervisor)
    assert supervisor.get("/api/v1/conflicts/").json()["results"][0]["proposed"] == "masjid"
    assert decide(supervisor, "conflicts", conflict.pk, take=True, reason="dicek").json()["state"] == "TAKEN"
    assert FieldNote.objects.get().value == "masjid"
    assert Change.objects.filter(verb="note", actor=cast.supervisor, before={"landmark": "warung"}).exists()
    mirror.pull()
    assert next(iter(mirror.orders.values()))["notes"]["landmark"] == "masjid"
    with nothing_written():
        assert decide(supervisor, "conflicts", conflict.pk, take=False).status_code == 409


@pytest.fixture
def phone_conflict(cast, client):
    order = make_order(assignee=cast.agent)
    announce(agents=[cast.agent.pk])
    push(client, [op("customer.note", order.customer_id, {"phone": "081200001111"}, base=0)])
    FieldNote.objects.update(actor=cast.colleague)
    push(client, [op("customer.note", order.customer_id, {"phone": "081200002222"}, base=0)])
    return Conflict.objects.get()


def test_numbers_of_a_conflict_are_masked_until_a_counted_look(cast, as_phone, phone_conflict, settings):
    settings.PHONE_VIEWS_PER_DAY = 1
    supervisor, looks = as_phone(cast.supervisor), f"/api/v1/conflicts/{phone_conflict.pk}/phone-views/"
    (row,) = supervisor.get("/api/v1/conflicts/").json()["results"]
    assert "•••" in row["stands"] and "•••" in row["proposed"]
    assert not Access.objects.filter(purpose="phone").exists()

    shown = supervisor.post(looks, {"reason": "ditelepon"}, format="json")
    assert shown.status_code == 201
    assert (shown.json()["stands"][-4:], shown.json()["proposed"][-4:]) == ("1111", "2222")
    look = Access.objects.get(purpose="phone")
    told = (look.actor, look.target_type, look.target_id, look.detail)
    assert told == (cast.supervisor, "customer", str(phone_conflict.customer_id), "ditelepon")

    refused = supervisor.post(looks, {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_phone_views")
    decided = decide(supervisor, "conflicts", phone_conflict.pk, take=True).json()
    assert "•••" in decided["stands"] and "•••" in decided["proposed"]
    assert FieldNote.objects.get().value.endswith("2222")


def test_who_proposed_a_number_reads_it_but_not_what_another_noted(cast, client, as_phone, phone_conflict):
    (row,) = client.get("/api/v1/conflicts/").json()["results"]
    assert "•••" in row["stands"] and row["proposed"].endswith("2222") and "•••" not in row["proposed"]
    looks = f"/api/v1/conflicts/{phone_conflict.pk}/phone-views/"
    stranger = as_phone(cast.other_supervisor)
    with nothing_written():
        assert client.post(looks, {}, format="json").status_code == 403
        assert stranger.post(looks, {}, format="json").status_code == 404


def test_numbers_in_quarantine_are_masked_for_all_but_who_sent_them(cast, client, as_phone):
    order = make_order(assignee=cast.colleague)
    push(client, [op("customer.note", order.customer_id, {"phone": "081200001111"}, base=0)])
    row = Quarantine.objects.get()
    for person in (cast.supervisor, cast.admin):
        page = as_phone(person).get("/api/v1/quarantine/")
        assert page.json()["results"][0]["content"]["body"]["phone"] == "081•••11"
        assert b"081200001111" not in page.content
    assert b"081200001111" in client.get("/api/v1/quarantine/").content
    answer = decide(as_phone(cast.supervisor), "quarantine", row.pk, decision="dismiss", reason="salah")
    assert answer.status_code == 200 and b"081200001111" not in answer.content
    back = as_phone(cast.supervisor).delete(f"/api/v1/quarantine/{row.pk}/decisions/current/")
    assert back.status_code == 200 and b"081200001111" not in back.content


def test_what_stands_may_be_kept(cast, as_phone, conflict):
    assert decide(as_phone(cast.supervisor), "conflicts", conflict.pk, take=False).json()["state"] == "KEPT"
    assert FieldNote.objects.get().value == "warung"


def test_flagged_visits_leave_the_list_when_somebody_looked(cast, as_phone, client):
    order = make_order(assignee=cast.agent)
    type(order).objects.filter(pk=order.pk).update(assignee=cast.colleague)
    sent = visit_op(order)
    push(client, [sent])
    supervisor, url = as_phone(cast.supervisor), f"/api/v1/visits/{sent['entity']}/review/"
    assert [row["id"] for row in supervisor.get("/api/v1/visits/flagged/").json()["results"]] == [sent["entity"]]
    answer = supervisor.put(url, {"verdict": "FINE", "reason": "tukar rute"}, format="json")
    assert answer.status_code == 200 and answer.json()["verdict"] == "FINE"
    assert supervisor.get("/api/v1/visits/flagged/").json()["results"] == []
    order.refresh_from_db()
    assert not order.is_flagged
    supervisor.put(url, {"verdict": "DOUBTFUL"}, format="json")
    assert VisitReview.objects.get().verdict == "DOUBTFUL"
    stranger, body = as_phone(cast.other_supervisor), {"verdict": "FINE"}
    with nothing_written():
        foreign = stranger.put(url, body, format="json")
        missing = stranger.put(f"/api/v1/visits/{uuid.uuid4()}/review/", body, format="json")
        assert foreign.status_code == missing.status_code == 404 and foreign.content == missing.content
        assert client.put(url, body, format="json").status_code == 403


def test_pages_follow_one_another(cast, as_phone, client):
    for _ in range(5):
        push(client, [visit_op(make_order(assignee=cast.colleague))])
    supervisor, seen, query = as_phone(cast.supervisor), [], {"limit": 2}
    while True:
        page = supervisor.get("/api/v1/quarantine/", query).json()
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == 5
