"""Every migration of ours as a release of its own: forward, then back one by one, forward again, and all of it twice.

Runs in a process on a scratch database: `python -c "import django; django.setup(); from tests.releases.walk import walk; print(walk())"`.
"""

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models

from releases.databases import database_of
from releases.models import Direction, is_ours
from releases.operations import key_of
from releases.problems import Ended
from releases.services import Session
from releases.structure import differences
from tests.lab.rows import rows_of
from tests.migrations.lint import folders
from tests.releases import edges

# Django adds to these by itself after a release, and notes its migrations.
DJANGOS = ("django_migrations", "django_content_type", "auth_permission")
CUSTOMERS, EDGES, ROUNDS = 300, 16, 2


def walk() -> str:
    settings.RELEASES_AFTER = ""  # else each run adds an epoch to the phones' feed
    migrations = start()
    stages = [structure()]
    for migration in migrations:
        forward(migration)
        stages.append(structure())
    fill()
    full = now = rows()
    for turn in range(1, ROUNDS + 1):
        for number in reversed(range(len(migrations))):
            now = check(back, migrations[number], stages[number], now)
        for number, migration in enumerate(migrations, start=1):
            now = check(forward, migration, stages[number], now)
        assert_same(full, now, f"after round {turn}")
    return f"{len(migrations)} migrations, {sum(map(len, full.values()))} rows in {len(full)} tables"


def start() -> list:
    """Releases what stands before ours; ours and what is built on them, in order."""
    session = Session()
    with session.locked():
        graph, ours = session.history.loader.graph, {folder.parent.name for folder in folders()}
        later = [m for m in session.history.pending() if any(app in ours for app, _ in graph.forwards_plan(key_of(m)))]
        before = [m for m in session.history.pending() if m not in later]
        session.start(session.plan(before, Direction.RELEASE), tag="before ours")
    return later


def forward(migration):
    session = Session()
    with session.locked():
        (same,) = [m for m in session.history.pending() if key_of(m) == key_of(migration)]
        return session.start(session.plan([same], Direction.RELEASE))


def back(migration):
    session = Session()
    with session.locked():
        releases = session.last_releases()
        assert releases[0].migrations == [list(key_of(migration))], releases[0].migrations
        return session.start(session.plan_rollback(releases), releases=releases)


def check(step, migration, wanted: dict, before: dict) -> dict:
    """The rows after one step; the structure is as it was here, and the rows that no data migration wrote as before."""
    what = f"{step.__name__} {'.'.join(key_of(migration))}"
    try:
        run = step(migration)
    except Ended as error:
        raise AssertionError(f"{what}: {error} {error.reasons}") from error
    assert differences(wanted, structure()) == [], what
    after = rows()
    written = {table for table, facts in run.verification["rows"].items() if facts["written_by"]}
    staying = before.keys() & after.keys() - written
    assert_same({table: before[table] for table in staying}, {table: after[table] for table in staying}, what)
    return after


def structure() -> dict:
    return database_of(connection).structure()


def rows() -> dict[str, list]:
    """Table → its rows, in the columns that the product sees."""
    return {
        table: rows_of(connection, table, *facts["columns"])
        for table, facts in structure().items()
        if not is_ours(table) and table not in DJANGOS
    }


def assert_same(wanted: dict, found: dict, when: str) -> None:
    """Rows of the columns that are on both sides."""
    assert wanted.keys() == found.keys(), (when, wanted.keys() ^ found.keys())
    for table in wanted:
        both = [{name for row in side[table][:1] for name, _ in row} for side in (wanted, found)]
        old, new = (
            [tuple(part for part in row if part[0] in both[0] & both[1]) for row in side[table]]
            for side in (wanted, found)
        )
        lost, strange = [row for row in old if row not in new], [row for row in new if row not in old]
        assert sorted(old, key=repr) == sorted(new, key=repr), (
            f"{when}: {table} had {len(old)} rows and has {len(new)}; gone: {lost[:3]}; new: {strange[:3]}"
        )


def fill() -> None:
    """The demo country, reference rows that somebody changed, and rows of edge values in every table of ours."""
    found = edges.our_models(folders())
    seeded = [model for model in found if model._base_manager.exists()]
    call_command("demo", customers=CUSTOMERS, verbosity=0)
    for model in seeded:
        *_, text = [f for f in model._meta.local_concrete_fields if type(f) is models.CharField]
        row = model._base_manager.order_by("pk").first()
        model._base_manager.filter(pk=row.pk).update(**{text.name: "it's 50% 😀"[: text.max_length]})
    edges.fill(found, rows=EDGES)
    empty = [model._meta.label for model in found if model._base_manager.count() < 3]
    assert empty == []
