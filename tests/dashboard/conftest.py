import itertools

import pytest
from django.db import connection
from django.utils import timezone

from imports.models import Batch, HeldRow, RowIssue
from releases import journal
from releases.models import JOURNAL


@pytest.fixture
def make_batch(db):
    """A finished batch with `issues` refused rows."""
    numbers = itertools.count(1)

    def make(*, actor=None, issues=1, **fields) -> Batch:
        batch = Batch.objects.create(
            **{
                "kind": "billing",
                "filename": f"tagihan-{next(numbers)}.csv",
                "sha256": "0" * 64,
                "actor": actor,
                "state": "DONE",
                "rows": 10 + issues,
                "created": 10,
                "refused": issues,
                "by_reason": {"bad_nd": issues},
                "started_at": timezone.now(),
            }
            | fields
        )
        RowIssue.objects.bulk_create(
            RowIssue(
                batch=batch, row=row, line=row + 1, severity="refused", field="service_number",
                value="=12", reason="bad_nd", message="A service number has 11 to 13 digits.",
            )
            for row in range(1, issues + 1)
        )  # fmt: skip
        return batch

    return make


@pytest.fixture
def hold_row():
    def hold(batch):
        return HeldRow.objects.create(batch=batch, row=1, line=2, waits_for="131000000001", payload={})

    return hold


@pytest.fixture(scope="module")
def journal_tables(django_db_setup, django_db_blocker):
    """No migration makes these tables, and they cannot be made inside a test's transaction."""
    with django_db_blocker.unblock():
        were_there = journal.has_journal(connection)
        journal.ensure_schema(connection)
    yield
    if not were_there:
        with django_db_blocker.unblock(), connection.schema_editor(atomic=False) as editor:
            for model in JOURNAL:
                editor.delete_model(model)
