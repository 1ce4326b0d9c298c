"""The exports of the source systems, as they leave them. Skipped, loudly, where they are not beside the repository."""

import itertools
import json

import pytest

from common.geo import distance_m
from customers.models import Customer, Installation, LocationCandidate
from imports.models import RowIssue
from imports.undo import undo_batch
from tests.imports.digest import differences, state, tables
from tests.imports.feeds import INPUTS, bring, needs_inputs

pytestmark = [needs_inputs, pytest.mark.django_db]
KINDS = ("provisioning", "billing", "workorders")
# Faults that show in the numbers themselves, by the truth's words.
SHOWS = {
    "zero": "zero",
    "swapped": "swapped",
    "lost_decimal": "decimal_lost",
    "out_of_country": "outside_country",
    "missing": "missing",
}
REPAIRABLE = ("swapped", "lost_decimal")


def truth():
    return json.loads((INPUTS / "a" / "truth.json").read_text())


def test_refusals_of_a_are_the_true_ones_with_row_and_reason():
    batch = bring("provisioning", "a")
    told = {(issue.row, issue.reason) for issue in batch.issues.filter(severity="refused")}
    assert told == {(row["row"], row["reason"]) for row in truth()["refused"]}
    assert (batch.rows, batch.refused) == (truth()["provisioning_rows"], truth()["refused_rows"])


def test_every_planted_defect_of_a_is_flagged_and_none_is_repaired_wrongly():
    batch = bring("provisioning", "a")
    flags = {}
    for issue in RowIssue.objects.filter(batch=batch, field="point"):
        flags.setdefault(issue.row, set()).add(issue.reason)
    records = {row.customer.service_number: row for row in Installation.objects.select_related("customer")}
    points = dict(LocationCandidate.objects.filter(source="INSTALL").values_list("customer__service_number", "pk"))
    candidates = LocationCandidate.objects.in_bulk(points.values())
    for number, true in truth()["customers"].items():
        record = records.get(number)
        if record is None:
            continue
        if true["defect"] in SHOWS:
            assert SHOWS[true["defect"]] in record.fault_words, (number, true, record.fault_words)
        if true["defect"] in REPAIRABLE:
            assert record.is_repaired, (number, true)
        if record.is_repaired:
            point = candidates[points[number]]
            assert distance_m(point.lat, point.lon, true["lat"], true["lon"]) < 60, (number, true)


@pytest.mark.parametrize("part", ["a", "b", "c"])
def test_rows_add_up_and_the_second_time_changes_nothing(part):
    for kind in KINDS:
        batch = bring(kind, part, create_agents=True)
        assert batch.rows == batch.created + batch.updated + batch.unchanged + batch.held + batch.refused
        assert batch.updated == 0
    before = tables()
    for kind in KINDS:
        batch = bring(kind, part, create_agents=True)
        assert (batch.created, batch.updated) == (0, 0)
        assert batch.rows == batch.unchanged + batch.held + batch.refused
    assert differences(before, tables()) == {}
    assert Customer.objects.count() > 3900


@pytest.mark.parametrize("order", list(itertools.permutations(KINDS))[1:])
def test_feeds_in_another_order_end_the_same(order, once_in_order):
    for kind in order:
        bring(kind, "a", create_agents=True)
    assert differences(once_in_order, state()) == {}


@pytest.fixture(scope="module")
def once_in_order(django_db_setup, django_db_blocker):
    """The state after provisioning, billing, work orders; taken once, and taken back."""
    from imports.services import undone_at_the_end

    with django_db_blocker.unblock(), undone_at_the_end():
        for kind in KINDS:
            bring(kind, "a", create_agents=True)
        return state()


def test_undo_returns_every_table_to_its_checksum():
    checksums, batches = [tables()], []
    for kind in KINDS:
        batches.append(bring(kind, "a", create_agents=True))
        checksums.append(tables())
    for batch in reversed(batches):
        checksums.pop()
        report = undo_batch(batch=batch)
        assert report.kept == []
        assert differences(checksums[-1], tables()) == {}


def test_undo_of_the_lines_lets_bills_and_orders_wait_again():
    bring("billing", "a")
    bring("workorders", "a", create_agents=True)
    before = tables()
    lines = bring("provisioning", "a")
    undo_batch(batch=lines)
    assert differences(before, tables()) == {}
    bring("provisioning", "a")
    assert Customer.objects.filter(bills__isnull=True).count() == 0
