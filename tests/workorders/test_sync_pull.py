"""A phone that follows its feed holds what the server would show it, after whatever happened."""

import gzip
import io
import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from common.tx import in_transaction
from customers.models import FieldNote
from customers.services import Fix
from history.models import Access
from imports.services import import_file
from imports.undo import undo_batch
from privacy.services import ledger
from tests.make import make_bill, make_customer, make_order
from tests.untouched import nothing_written
from tests.workorders.phone import Mirror, op, push, visit_op
from workorders.api.sync import bodies_of_orders
from workorders.models import FeedEntry, FeedScope, WorkOrder
from workorders.services.desk import correct
from workorders.services.feed import announce, begin_epoch, forget_farewells
from workorders.services.pins import place_pin
from workorders.services.recall import recall_orders
from workorders.services.states import (
    assign_order,
    hold_order,
    release_order,
    reopen_order,
    unassign_order,
)
from workorders.states import State


@pytest.fixture
def client(cast, phone_of):
    return phone_of(cast.agent)


@pytest.fixture
def mirror(client):
    return Mirror(client)


def carried(cast, **fields) -> WorkOrder:
    order = make_order(assignee=cast.agent, **fields)
    announce(agents=[cast.agent.pk])
    return order


def agrees(mirror, agent) -> None:
    """What the phone holds is what the server counts, and every body is as it would be read now."""
    assert mirror.state == mirror.scope
    due = list(WorkOrder.objects.on_phones(timezone.localdate()).filter(assignee=agent).values_list("pk", flat=True))
    assert sorted(mirror.orders) == sorted(due)
    now = bodies_of_orders(agent, due)
    for key, body in mirror.orders.items():
        assert body == plain(now[str(key)]), key


def plain(body: dict) -> dict:
    import orjson

    return orjson.loads(orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS))


def test_the_first_pull_gives_everything_and_the_second_nothing(cast, mirror):
    orders = [carried(cast) for _ in range(3)]
    carried_by_other = make_order(assignee=cast.colleague)
    came = mirror.pull()
    assert sorted(int(change["id"]) for change in came) == sorted(order.pk for order in orders)
    assert carried_by_other.pk not in mirror.orders
    agrees(mirror, cast.agent)
    assert mirror.pull() == []
    agrees(mirror, cast.agent)


VERBS = {
    "assign": lambda cast, order: assign_order(user=cast.supervisor, order_id=order.pk, agent=cast.colleague),
    "unassign": lambda cast, order: unassign_order(user=cast.supervisor, order_id=order.pk, reason="x"),
    "hold": lambda cast, order: hold_order(user=cast.supervisor, order_id=order.pk, reason="x"),
    "pin": lambda cast, order: place_pin(
        user=cast.agent,
        customer_id=order.customer_id,
        pin_id=uuid.uuid4(),
        fix=Fix(-6.92009, 107.61009, 5),
        observed_on=timezone.localdate(),
        is_at_house=True,
    ),
    "correction": lambda cast, order: correct(
        user=cast.supervisor,
        customer_id=order.customer_id,
        pin_id=uuid.uuid4(),
        fix=Fix(-6.9209, 107.6109, 5),
        reason="x",
    ),
    "recall": lambda cast, order: in_transaction(lambda: recall_orders(customer=order.customer_id)),
    "erase": lambda cast, order: erase(order),
    "reapply": lambda cast, order: come_back(order),
}


def erase(order) -> None:
    number = order.customer.service_number
    call_command("subject", "erase", number, "--despite-debt", "--reason=x", "--yes", stdout=io.StringIO())


def come_back(order) -> None:
    """A restore brought back who was erased; an agent is on the way there by now."""
    ledger.open_erasure(
        service_number=order.customer.service_number, orders=[], origin="REQUEST", actor="test", reason=""
    )
    WorkOrder.objects.filter(pk=order.pk).update(state=State.EN_ROUTE)
    call_command("subject", "reapply", stdout=io.StringIO())


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_is_done_the_phone_agrees(cast, mirror, phone_of, places, verb):
    order, other = carried(cast), carried(cast)
    mirror.pull()
    VERBS[verb](cast, order)
    came = mirror.pull()
    assert {change["id"] for change in came} == {str(order.pk)}
    assert other.pk in mirror.orders
    agrees(mirror, cast.agent)
    colleague = Mirror(phone_of(cast.colleague))
    colleague.pull()
    agrees(colleague, cast.colleague)


def test_who_is_erased_is_gone_from_the_phone(cast, mirror, places):
    order, other = carried(cast), carried(cast)
    mirror.pull()
    erase(order)
    assert [(change["kind"], change["id"], change["body"]) for change in mirror.pull()] == [
        ("gone", str(order.pk), None)
    ]
    assert list(mirror.orders) == [other.pk]
    agrees(mirror, cast.agent)


def test_a_mention_of_the_erased_leaves_the_phones_of_others(cast, mirror, places):
    """The neighbour's order stays on the phone; its note named the person."""
    order, neighbour = make_order(), carried(cast)
    number = order.customer.service_number
    note = {"value": f"sebelah {number}", "version": 1, "actor": cast.agent, "changed_at": timezone.now()}
    FieldNote.objects.create(customer=neighbour.customer, field="landmark", **note)
    mirror.pull()
    assert number in str(mirror.orders)
    erase(order)
    assert {change["id"] for change in mirror.pull()} == {str(neighbour.pk)}
    assert number not in str(mirror.orders)
    agrees(mirror, cast.agent)


def test_what_is_emptied_at_night_is_emptied_on_the_phone(cast, mirror, places):
    """An order of somebody who was erased, given to an agent all the same."""
    order = carried(cast)
    mirror.pull()
    erase(order)
    WorkOrder.objects.filter(pk=order.pk).update(
        state=State.ASSIGNED, hold_reason="kata Pelanggan", lat=-6.9, lon=107.6
    )
    in_transaction(lambda: announce(customers=[order.customer_id]))
    mirror.pull()
    assert "kata Pelanggan" in str(mirror.orders)
    call_command("subject", "reapply", stdout=io.StringIO())
    assert {change["id"] for change in mirror.pull()} == {str(order.pk)}
    assert "kata Pelanggan" not in str(mirror.orders)
    agrees(mirror, cast.agent)


def test_what_leaves_is_gone_and_what_returns_comes_again(cast, mirror):
    order = carried(cast)
    mirror.pull()
    hold_order(user=cast.supervisor, order_id=order.pk, reason="sengketa")
    assert [change["kind"] for change in mirror.pull()] == ["gone"]
    assert mirror.orders == {}
    release_order(user=cast.supervisor, order_id=order.pk)
    assert [change["kind"] for change in mirror.pull()] == ["upsert"]
    agrees(mirror, cast.agent)
    assert FeedEntry.objects.count() == 1


def test_a_visit_by_push_and_by_put_comes_back_with_the_next_pull(cast, client, mirror):
    order, other = carried(cast), carried(cast)
    mirror.pull()
    push(client, [visit_op(order, "MET-REFUSE", body={"reason": "nanti"})])
    assert [change["kind"] for change in mirror.pull()] == ["gone"]
    body = {"order": other.pk, "disposition": "NC-GATE", "visited_at": timezone.now().isoformat()}
    assert client.put(f"/api/v1/visits/{uuid.uuid4()}/", body, format="json").status_code == 201
    mirror.pull()
    agrees(mirror, cast.agent)
    reopen_order(user=cast.supervisor, order_id=order.pk, reason="x")
    mirror.pull()
    agrees(mirror, cast.agent)


def test_a_note_and_a_step_come_back(cast, client, mirror):
    order = carried(cast)
    mirror.pull()
    push(client, [op("customer.note", order.customer_id, {"landmark": "warung hijau", "phone": "+628112233445"})])
    push(client, [op("rescue.step", uuid.uuid4(), {"order": order.pk, "kind": "CALL", "outcome": "FOUND"})])
    mirror.pull()
    agrees(mirror, cast.agent)
    assert mirror.orders[order.pk]["notes"] == {
        "version": 1, "landmark": "warung hijau", "phone": "+628112233445", "best_time": "",
    }  # fmt: skip
    assert [step["kind"] for step in mirror.orders[order.pk]["rescue"]] == ["CALL"]


@pytest.mark.parametrize("kind", ["billing", "provisioning"])
def test_imports_reach_the_phone(cast, mirror, tmp_path, kind):
    order = carried(cast)
    make_bill(order.customer)
    mirror.pull()
    number = order.customer.service_number
    text = {
        "billing": f"nd,periode,tagihan,status\n{number},{order.period},387500,PAID\n",
        "provisioning": f"nd,nama,alamat,lat,lon,sto,witel\n{number},Nama Baru,jl. kenanga no 9,-6.9212,107.6113,CJA,BANDUNG\n",
    }[kind]
    path = tmp_path / "feed.csv"
    path.write_text(text)
    import_file(kind=kind, path=path, filename=path.name)
    assert [change["id"] for change in mirror.pull()] == [str(order.pk)]
    agrees(mirror, cast.agent)
    assert (order.pk in mirror.orders) == (kind == "provisioning")


def test_an_undone_import_takes_its_orders_off_the_phones(cast, phone_of, tmp_path):
    customer = make_customer()
    path = tmp_path / "wo.csv"
    path.write_text(f"nomor_wo,nd,periode,agen\nWO-UNDO-1,{customer.service_number},202610,dewi\n")
    batch = import_file(kind="workorders", path=path, filename=path.name)
    mirror = Mirror(phone_of(cast.agent))
    mirror.pull()
    assert [body["number"] for body in mirror.orders.values()] == ["WO-UNDO-1"]
    undo_batch(batch=batch)
    mirror.pull()
    assert mirror.orders == {} and mirror.state == mirror.scope


def test_what_a_held_operation_became_comes_by_the_feed(cast, client, mirror):
    order = carried(cast)
    step = op("rescue.step", uuid.uuid4(), {"order": order.pk, "kind": "CALL", "outcome": "FOUND"})
    waiting = visit_op(order, after=[step["op"]])
    push(client, [waiting])
    mirror.pull()
    push(client, [step])
    came = {change["id"]: change for change in mirror.pull()}
    assert came[waiting["op"]]["type"] == "operation" and came[waiting["op"]]["body"]["status"] == "applied"
    agrees(mirror, cast.agent)


def test_pages_of_any_size_give_the_same(cast, client):
    for _ in range(7):
        carried(cast)
    whole, small = Mirror(client), Mirror(client)
    whole.pull(), small.pull(limit=2)
    assert whole.held == small.held
    agrees(small, cast.agent)


def test_the_same_cursor_again_gives_the_same_again(cast, client, mirror):
    carried(cast)
    mirror.pull()
    hold_order(user=cast.supervisor, order_id=carried(cast).pk, reason="x")
    first = client.get("/api/v1/sync/pull/", {"cursor": mirror.cursor}).json()
    again = client.get("/api/v1/sync/pull/", {"cursor": mirror.cursor}).json()
    assert first["changes"] == again["changes"] != []


def snapshot(client, limit=2) -> tuple[dict, str]:
    items, cursor, query = {}, None, {"limit": limit}
    while True:
        page = client.get("/api/v1/sync/snapshot/", query).json()
        items |= {(item["type"], item["id"]): item for item in page["items"]}
        cursor = cursor or page["cursor"]
        if page["next"] is None:
            return items, cursor
        query["cursor"] = page["next"]


def test_a_snapshot_and_the_pull_after_it_agree_with_the_server(cast, client, mirror):
    orders = [carried(cast) for _ in range(5)]
    query = {"limit": 2}
    first = client.get("/api/v1/sync/snapshot/", query).json()
    hold_order(user=cast.supervisor, order_id=orders[0].pk, reason="x")  # while the pages are read
    orders.append(carried(cast))
    mirror.held = {(item["type"], item["id"]): item for item in first["items"]}
    page = first
    while page["next"]:
        page = client.get("/api/v1/sync/snapshot/", query | {"cursor": page["next"]}).json()
        mirror.held |= {(item["type"], item["id"]): item for item in page["items"]}
    mirror.cursor = first["cursor"]
    mirror.pull()
    agrees(mirror, cast.agent)


def test_another_epoch_means_everything_anew(cast, client, mirror):
    carried(cast)
    mirror.pull()
    page = client.get("/api/v1/sync/snapshot/", {"limit": 1}).json()
    carried(cast)
    page = client.get("/api/v1/sync/snapshot/", {"limit": 1}).json()
    with time_machine.travel(timezone.now() + timedelta(seconds=2), tick=False):
        begin_epoch(reason="rollback")
    for path, cursor in (("pull", mirror.cursor), ("snapshot", page["next"])):
        answer = client.get(f"/api/v1/sync/{path}/", {"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (410, "resync")
    items, cursor = snapshot(client)
    mirror.held, mirror.cursor = items, cursor
    mirror.pull()
    agrees(mirror, cast.agent)


def test_who_missed_a_forgotten_farewell_fetches_anew(cast, client, mirror):
    order = carried(cast)
    mirror.pull()
    old = mirror.cursor
    hold_order(user=cast.supervisor, order_id=order.pk, reason="x")
    mirror.pull()
    forget_farewells(before=timezone.now() + timedelta(days=1))
    assert client.get("/api/v1/sync/pull/", {"cursor": old}).status_code == 410
    mirror.pull()
    agrees(mirror, cast.agent)


def test_a_follow_up_comes_the_day_before_it_is_due(cast, phone_of):
    today = timezone.localdate()
    later = make_order(assignee=cast.agent, state=State.FOLLOW_UP, next_on=today + timedelta(days=3))
    mirror = Mirror(phone_of(cast.agent))
    mirror.pull()
    assert mirror.orders == {}
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        mirror.client = phone_of(cast.agent)
        mirror.pull()
        assert list(mirror.orders) == [later.pk]
        agrees(mirror, cast.agent)


def test_a_phone_holds_the_most_urgent_and_no_more(cast, mirror, settings):
    settings.OFFLINE = settings.OFFLINE | {"orders_most": 3}
    orders = [carried(cast, priority=n) for n in range(5)]
    mirror.pull()
    assert sorted(mirror.orders) == [order.pk for order in orders[2:]]
    unassign_order(user=cast.supervisor, order_id=orders[4].pk, reason="x")
    mirror.pull()
    assert sorted(mirror.orders) == [order.pk for order in orders[1:4]]
    assert mirror.state == mirror.scope


def test_a_cursor_is_its_agents_alone(cast, client, phone_of, mirror):
    carried(cast)
    mirror.pull()
    page = client.get("/api/v1/sync/snapshot/", {"limit": 1}).json()
    other = phone_of(cast.colleague)
    wrong = other.get("/api/v1/sync/pull/", {"cursor": "nonsense"})
    theirs = other.get("/api/v1/sync/pull/", {"cursor": mirror.cursor})
    swapped = other.get("/api/v1/sync/snapshot/", {"cursor": page["cursor"]})
    assert wrong.status_code == theirs.status_code == swapped.status_code == 400
    assert wrong.content == theirs.content == swapped.content


@pytest.mark.parametrize("path", ["pull", "snapshot"])
@pytest.mark.parametrize("who", ["supervisor", "technician", "analyst", "auditor", "admin"])
def test_only_agents_pull(cast, phone_of, who, path):
    client = phone_of(getattr(cast, who))
    with nothing_written():
        assert client.get(f"/api/v1/sync/{path}/").status_code == 403


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 10_000}, {"limit": 2**70}, {"cursor": "x"}, {"who": "me"}])
def test_nonsense_is_a_400(client, query):
    with nothing_written():
        assert client.get("/api/v1/sync/pull/", query).status_code == 400


def test_what_was_pulled_is_in_the_access_log(cast, mirror):
    carried(cast), carried(cast)
    mirror.pull()
    seen = Access.objects.get()
    assert (seen.actor, seen.rows, seen.detail) == (cast.agent, 2, "sync")
    mirror.pull()
    assert Access.objects.count() == 1


def test_statements_of_a_pull_do_not_grow(cast, mirror, django_assert_max_num_queries):
    for _ in range(25):
        order = carried(cast, customer=make_customer())
        make_bill(order.customer)
    FeedScope.objects.update(settled_on=timezone.localdate())
    with django_assert_max_num_queries(16):
        mirror.pull()
    assert len(mirror.orders) == 25


def test_what_a_phone_fetches_comes_compressed_where_it_asks(cast, client):
    for lat in range(20):
        make_order(assignee=cast.agent, lat=-6.9 - lat / 1000)
    in_transaction(lambda: announce(agents=[cast.agent.pk]))
    plain = client.get("/api/v1/sync/snapshot/")
    packed = client.get("/api/v1/sync/snapshot/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) * 5 < len(plain.content)
    assert len(json.loads(gzip.decompress(packed.content))["items"]) == 20
    assert "Accept-Encoding" in packed["Vary"]
