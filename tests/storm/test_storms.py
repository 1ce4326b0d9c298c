"""The storms at the size of CI, or of a release (STORM=release), on the database of DATABASE_URL. Each has its budget.

On SQLite writers take turns: the feeds, which are about writers that meet, are smaller there.
"""

import os

import pytest

from tests.storm import clocks, feed, field

pytestmark = pytest.mark.storm

IS_RELEASE = os.environ.get("STORM") == "release"
IS_MYSQL = os.environ.get("DATABASE_URL", "").startswith("mysql")
BUDGET_S = 3600 if IS_RELEASE else 120
PATIENCE_S = 2 * BUDGET_S  # a machine at half the speed is slow, not wrong


def tell(capsys, name: str, found: dict) -> None:
    with capsys.disabled():
        print(f"\n{name}: " + ", ".join(f"{word} {count}" for word, count in found.items()))  # noqa: T201


def zeros(found: dict, *names: str) -> None:
    assert {name: found[name] for name in names} == dict.fromkeys(names, 0)


@pytest.mark.alone  # it wants the whole machine
def test_field_storm_loses_nothing(tmp_path, capsys):
    phones, visits = (200, 500) if IS_RELEASE else (100 if IS_MYSQL else 200, 100)
    found = field.run(field.Storm(phones=phones, visits=visits, patience_s=PATIENCE_S), tmp_path)
    tell(capsys, f"field storm, {phones} phones, {visits} visits each", found)
    zeros(
        found,
        "lost",
        "duplicated",
        "wrong",
        "corrupt_photos",
        "other_state",
        "unlearned",
        "attempts_miscounted",
        "refused",
    )
    assert found["visits"] == phones * visits
    assert found["killed"] and found["answered_duplicate"]  # the paths that it is about were gone


def test_feed_is_complete_while_six_write(tmp_path, capsys):
    changes = 100_000 if IS_RELEASE else 10_000 if IS_MYSQL else 2_000
    found = feed.run(tmp_path, changes=changes)
    tell(capsys, "feed, 6 writers", found)
    zeros(found, "missed", "other_state", "backwards", "misplaced")
    assert found["seconds"] < PATIENCE_S


def test_feed_is_complete_while_a_billing_import_runs(tmp_path, capsys):
    rows = 100_000 if IS_RELEASE else 20_000
    found = feed.run(tmp_path, import_rows=rows)
    tell(capsys, f"feed under an import of {rows} rows", found)
    zeros(found, "missed", "other_state", "backwards", "misplaced")
    assert found["seconds"] < PATIENCE_S


def test_clock_storm_refuses_nothing_and_gets_the_day_right(tmp_path, capsys):
    found = clocks.run(tmp_path, visits=20_000 if IS_RELEASE else 2000)
    tell(capsys, "clock storm", found)
    zeros(found, "refused", "wrong_day", "wrong_order")
