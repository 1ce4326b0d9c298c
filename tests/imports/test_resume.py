"""A run that was killed goes on where it stood; a dry run changes nothing; the door for wrong roles stays shut."""

import pytest

from common.problems import NotAllowed
from customers.models import Customer
from imports.models import Batch
from imports.undo import NotRevertible, undo_batch
from tests.imports.digest import differences, tables
from tests.imports.feeds import PROVISIONING

pytestmark = pytest.mark.django_db
LINES = [f"13100000{i:04d}" for i in range(10)]


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def small_chunks(settings):
    settings.IMPORT_CHUNK_ROWS = 3


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_killed_run_resumes_and_its_totals_are_those_of_an_unkilled_one(feed, small_chunks, after):
    def die(stage, done, total):
        if stage == "importing" and done == after * 3:
            raise Killed

    number = feed.count + 1
    with pytest.raises(Killed):
        feed.lines(*LINES, progress=die)
    assert Customer.objects.count() == after * 3
    feed.count = number - 1
    batch = feed.lines(*LINES)
    assert Batch.objects.count() == 1
    assert (batch.state, batch.created, batch.rows) == ("DONE", 10, 10)
    assert Customer.objects.count() == 10
    undo_batch(batch=batch)
    assert Customer.objects.count() == 0


def test_a_half_finished_batch_can_be_undone(feed, small_chunks):
    def die(stage, done, total):
        if stage == "importing" and done == 6:
            raise Killed

    before = tables()
    with pytest.raises(Killed):
        feed.lines(*LINES, progress=die)
    undo_batch(batch=Batch.objects.get())
    assert differences(before, tables()) == {}


def test_a_dry_run_says_everything_and_changes_nothing(feed):
    before = tables()
    batch = feed(
        "provisioning",
        PROVISIONING,
        f"{LINES[0]};A;jl. x;BANDUNG;;0;0;;;;;",
        f"{LINES[1]};B;jl. y;ATLANTIS;;0;0;;;;;",
        dry_run=True,
    )
    assert (batch.pk, batch.rows, batch.created, batch.refused) == (None, 2, 1, 1)
    assert {issue["reason"] for issue in batch.found} >= {"zero", "unknown_witel"}
    assert differences(before, tables()) == {}
    assert not Batch.objects.exists()


@pytest.mark.parametrize("role", ["agent", "supervisor", "technician", "analyst", "auditor"])
def test_only_managers_and_admins_import_and_undo(feed, cast, role):
    before = tables()
    with pytest.raises(NotAllowed):
        feed.lines(*LINES, actor=getattr(cast, role))
    assert differences(before, tables()) == {}
    batch = feed.lines(*LINES, actor=cast.admin)
    held = tables()
    with pytest.raises(NotAllowed):
        undo_batch(batch=batch, actor=getattr(cast, role))
    assert differences(held, tables()) == {}


def test_undone_twice_is_refused(feed):
    batch = feed.lines(*LINES)
    undo_batch(batch=batch)
    with pytest.raises(NotRevertible):
        undo_batch(batch=batch)
