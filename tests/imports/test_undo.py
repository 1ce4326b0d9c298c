"""Undo where batches overlap: rows that changed twice in one batch, people in use, and a second pass."""

import pytest

from accounts.models import User
from customers.models import Customer
from imports.models import Batch
from imports.undo import undo_batch
from tests.imports.digest import differences, tables
from tests.imports.feeds import BILLING, ORDERS
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
ND = "131000000777"


def order(agent, *, balance=387500, period=202610):
    return f"WO1;{ND};{period};{agent};05/11/2026;{balance}"


def test_an_order_that_one_batch_changed_twice_goes_all_the_way_back(feed):
    feed.lines(ND)
    feed("workorders", ORDERS, order("siapa"))
    before = tables()
    batch = feed("workorders", ORDERS, order("budi", balance=1000), create_agents=True)
    assert WorkOrder.objects.get().assignee.username == "budi"
    assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


def test_an_order_moved_to_a_paid_period_comes_back(feed):
    feed.lines(ND)
    feed("billing", BILLING, f"{ND};202609;1000;LUNAS;01/10/2026")
    feed("workorders", ORDERS, order(""))
    before = tables()
    batch = feed("workorders", ORDERS, order("", period=202609))
    assert WorkOrder.objects.get().state == "CANCELLED"
    assert undo_batch(batch=batch).kept == []
    assert differences(before, tables()) == {}


def test_an_agent_who_has_work_is_kept_and_named_and_goes_once_the_work_is_gone(feed):
    feed.lines(ND)
    people = feed("agents", "USERNAME,NAMA,JABATAN,WITEL", "siti,Siti,CTB,Bandung")
    orders = feed("workorders", ORDERS, order("siti"))
    assert undo_batch(batch=people).kept
    assert (people.state, WorkOrder.objects.get().assignee.username) == ("PARTLY", "siti")
    undo_batch(batch=orders)
    assert undo_batch(batch=people).kept == []
    assert (people.state, User.objects.filter(username="siti").exists()) == ("REVERTED", False)


def test_batches_undone_in_the_wrong_order_end_clean_after_a_second_pass(feed):
    empty = tables()
    batches = [
        feed.lines(ND),
        feed("billing", BILLING, f"{ND};202610;387500;BELUM;"),
        feed("billing", BILLING, f"{ND};202610;400000;BELUM;"),
        feed("workorders", ORDERS, order("siti"), create_agents=True),
    ]
    for batch in batches:
        undo_batch(batch=batch)
    assert Customer.objects.exists()
    for batch in reversed(Batch.objects.filter(state="PARTLY").order_by("pk")):
        undo_batch(batch=batch)
    assert differences(empty, tables()) == {}
