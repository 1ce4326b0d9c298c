import pytest

from accounts.models import User
from imports.undo import undo_batch
from tests.cast import make_user
from tests.imports.digest import differences, tables
from tests.imports.feeds import ORDERS
from workorders.models import Assignment, WorkOrder
from workorders.services.states import assign_order
from workorders.states import State

pytestmark = pytest.mark.django_db
ND, OTHER = "131000000777", "131000000778"


def row(number="WO1", nd=ND, agent="dewi"):
    return f"{number};{nd};202610;{agent};05/11/2026;387500"


def test_an_order_goes_to_the_agent_that_the_feed_names(feed, cast):
    feed.lines(ND)
    feed("workorders", ORDERS, row())
    order = WorkOrder.objects.get()
    assert (order.state, order.assignee, order.balance) == (State.ASSIGNED, cast.agent, 387_500)
    assert order.assignments.get().kind == Assignment.Kind.FEED
    assert order.grade == "B" and order.lat == pytest.approx(-6.90012, abs=2e-5)  # the ODP pulls it by a metre


def test_an_unknown_agent_is_a_warning_and_the_order_waits_ready(feed):
    feed.lines(ND)
    batch = feed("workorders", ORDERS, row(agent="ctb.siapa.1"))
    assert (batch.created, batch.warnings, batch.by_reason) == (1, 1, {"unknown_agent": 1})
    assert WorkOrder.objects.get().state == State.READY


def test_the_same_file_gives_the_order_out_once_the_agent_exists(feed, cast):
    feed.lines(ND)
    feed("workorders", ORDERS, row(agent="baru"))
    agent = make_user("baru", "AGENT", witel=cast.bandung)
    batch = feed("workorders", ORDERS, row(agent="baru"))
    assert (batch.created, batch.warnings) == (0, 0)
    assert WorkOrder.objects.get().assignee == agent


def test_an_agent_of_another_witel_does_not_get_the_order(feed, cast):
    feed.lines(ND)
    batch = feed("workorders", ORDERS, row(agent="tri"))
    assert batch.by_reason == {"agent_out_of_scope": 1}
    assert WorkOrder.objects.get().assignee is None


def test_create_agents_makes_accounts_that_cannot_sign_in_yet(feed):
    feed.lines(ND)
    feed("workorders", ORDERS, row(agent="ctb.baru.1"), create_agents=True)
    agent = User.objects.get(username="ctb.baru.1")
    assert (agent.role, agent.witel.code, agent.has_usable_password()) == ("AGENT", "BANDUNG", False)
    assert WorkOrder.objects.get().assignee == agent


def test_the_feed_never_takes_back_what_a_supervisor_assigned(feed, cast):
    feed.lines(ND)
    feed("workorders", ORDERS, row())
    order = WorkOrder.objects.get()
    assign_order(user=cast.supervisor, order_id=order.pk, agent=cast.colleague, reason="lebih dekat")
    batch = feed("workorders", ORDERS, row(), row("WO2", OTHER))
    order.refresh_from_db()
    assert (batch.unchanged, batch.held, order.assignee) == (1, 1, cast.colleague)


def test_undo_keeps_an_order_that_a_supervisor_gave_to_somebody(feed, cast):
    feed.lines(ND, OTHER)
    batch = feed("workorders", ORDERS, row(), row("WO2", OTHER))
    order = WorkOrder.objects.get(number="WO1")
    assign_order(user=cast.supervisor, order_id=order.pk, agent=cast.colleague, reason="lebih dekat")
    report = undo_batch(batch=batch)
    assert list(WorkOrder.objects.values_list("number", flat=True)) == ["WO1"]
    assert report.kept


def test_undo_of_orders_with_new_agents_leaves_nothing(feed):
    feed.lines(ND)
    before = tables()
    batch = feed("workorders", ORDERS, row(agent="ctb.baru.1"), create_agents=True)
    undo_batch(batch=batch)
    assert differences(before, tables()) == {}
    assert not User.objects.filter(username="ctb.baru.1").exists()
