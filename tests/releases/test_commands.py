"""What an operator is promised, each command in a process of its own, on a shop whose migrations the tests write."""

import getpass
import json
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.releases.lab import AS_PYTHON, ROOT, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DONE, REFUSED, LOCKED, STOPPED, DRIFTED, UNVERIFIED, NOTHING, DECLINED = 0, 3, 4, 5, 6, 7, 8, 9
PRODUCTION = {"DEBUG": "off"}
ADD_NOTE = 'migrations.AddField("thing", "note", models.CharField(max_length=30, null=True))'
NEW_TABLE = """migrations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True)),
    ("thing", models.ForeignKey("shop.Thing", models.CASCADE))])"""


@pytest.fixture
def shop(tmp_path):
    """One release, `first`, with three things in its table."""
    shop = Shop(tmp_path)
    code, said = shop.run("release", "--tag", "first", "-v0")
    assert code == DONE, said
    shop.sql("INSERT INTO shop_thing (name, price) VALUES ('kopi', 12), ('té 🍵', -3), ('100% \"gula\"', 7)")
    yield shop
    shop.drop()


def released(shop, name: str, operations: str, before: str = "") -> None:
    shop.migration(name, operations, before)
    code, said = shop.run("release", "--tag", name, "-v0")
    assert code == DONE, said


@contextmanager
def nothing_changed(shop):
    before = shop.everything()
    yield
    assert shop.everything() == before


# --- there and back


def test_what_a_rollback_takes_comes_back_with_the_next_release(shop):
    shop.migration("0002_more", f"{ADD_NOTE}, {NEW_TABLE}, migrations.RemoveField('thing', 'price')")
    assert shop.run("release", "--tag", "second", "-v0")[0] == DONE
    shop.sql(
        "UPDATE shop_thing SET note = 'catatan'",
        "INSERT INTO shop_extra (thing_id) SELECT id FROM shop_thing",
    )
    released_rows = shop.everything()
    code, said = shop.run("rollback")
    assert code == DONE, said
    assert "keeps table shop_extra" in said and "keeps column shop_thing.note" in said
    assert sorted(shop.sql("SELECT price FROM shop_thing")) == [[-3], [7], [12]]
    assert "shop_extra" not in shop.everything()
    assert shop.run("release", "-v0")[0] == DONE
    assert shop.everything() == released_rows
    assert shop.run("verify_schema")[0] == DONE


def test_a_rollback_takes_one_release_or_several_or_those_after_a_tag(shop):
    before = shop.everything()
    released(shop, "0002_note", ADD_NOTE)
    released(shop, "0003_extra", NEW_TABLE)
    assert shop.run("rollback", "--step", "2", "-v0")[0] == DONE
    assert shop.everything() == before
    assert shop.run("release", "--tag", "both", "-v0")[0] == DONE
    code, said = shop.run("rollback", "--to", "nonsense")
    assert code == REFUSED and "No applied release has the tag nonsense" in said and "first" in said
    assert shop.run("rollback", "--to", "first", "-v0")[0] == DONE
    assert shop.everything() == before
    code, said = shop.run("rollback", "--step", "0")
    assert code == 2 and "--step" in said
    with nothing_changed(shop):
        code, said = shop.run("rollback", "--step", "9")
        assert code == REFUSED and "There are 1 releases to take back, not 9" in said


def test_a_tag_that_was_used_gets_a_number(shop):
    released(shop, "0002_note", ADD_NOTE)
    assert shop.run("rollback", "-v0")[0] == DONE
    code, said = shop.run("release", "--tag", "0002_note")
    assert code == DONE and "this one is 0002_note+2" in said
    assert "0002_note+2: applied" in shop.run("releases")[1]


def test_nothing_to_do_is_said_and_is_no_success(shop):
    with nothing_changed(shop):
        code, said = shop.run("release")
        assert code == NOTHING and "Nothing was changed" in said
    assert shop.run("rollback", "-v0")[0] == DONE
    code, said = shop.run("rollback")
    assert code == NOTHING and "no release to take back" in said
    assert shop.run("archives", "--prune", "--older-than", "9999", "--noinput")[0] == NOTHING


def test_pretend_prints_every_statement_and_changes_nothing(shop):
    shop.migration("0002_note", ADD_NOTE)
    with nothing_changed(shop):
        code, said = shop.run("release", "--pretend")
        assert code == DONE and "ADD COLUMN" in said and "shop.0002_note" in said
        code, said = shop.run("rollback", "--pretend")
        assert code == DONE and "keeps table shop_thing" in said
    assert "first: applied" in shop.run("releases")[1]


def test_releases_are_listed_for_people_and_programs(shop):
    released(shop, "0002_note", ADD_NOTE)
    shop.sql("UPDATE shop_thing SET note = 'catatan'")
    shop.run("rollback", "-v0")
    code, said = shop.run("releases", "--json")
    second, first = json.loads(said)
    assert (first["tag"], first["state"], first["no_way_back"]) == ("first", "APPLIED", [])
    assert (second["tag"], second["state"]) == ("0002_note", "ROLLED_BACK")
    assert second["taken_back"]["by"] and second["seconds"] >= 0
    assert [kept["what"] for kept in second["archived"]] == ["shop_thing.note"]
    said = shop.run("releases")[1]
    assert "0002_note: taken back" in said and "3 rows of shop_thing.note" in said


# --- asked, refused


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "perhaps\n"])
def test_production_asks_and_takes_everything_but_yes_for_no(shop, answer):
    with nothing_changed(shop):
        code, said = shop.run("rollback", "--force", answer=answer, **PRODUCTION)
    assert code == DECLINED
    assert "Application in production. Do you really wish to run this command? (yes/no) [no]" in said


def test_production_goes_on_after_yes_and_asks_nobody_with_noinput(shop):
    assert shop.run("rollback", "--force", answer="yes\n", **PRODUCTION)[0] == DONE
    code, said = shop.run("release", "--noinput", **PRODUCTION)
    assert code == DONE and "Do you really wish" not in said


def test_without_production_flags_nobody_is_asked(shop):
    code, said = shop.run("rollback")
    assert code == DONE and "Do you really wish" not in said


def test_what_cannot_be_taken_back_is_refused_before_the_first_statement(shop):
    released(shop, "0002_python", "migrations.RunPython(forget)", before="def forget(apps, editor): pass")
    released(shop, "0003_note", ADD_NOTE)
    with nothing_changed(shop):
        code, said = shop.run("rollback", "--step", "2")
    assert code == REFUSED
    assert "shop.0002_python" in said and "RunPython" in said and "it has no reverse_code" in said
    assert "0002_python: it has no reverse_code" not in shop.run("releases")[1].split("first")[1]


def test_operations_of_others_are_refused_with_their_name(shop):
    shop.migration("0002_own", "Own()", before="class Own(migrations.operations.base.Operation): pass\n")
    with nothing_changed(shop):
        code, said = shop.run("release")
    assert code == REFUSED and "Own is no operation of Django's" in said


def test_values_that_would_not_fit_are_refused_with_their_number(shop):
    released(shop, "0002_longer", 'migrations.AlterField("thing", "name", models.CharField(max_length=60))')
    shop.sql("UPDATE shop_thing SET name = 'a name that is longer than twenty letters' WHERE price = 7")
    with nothing_changed(shop):
        code, said = shop.run("rollback")
    assert code == REFUSED and "shop_thing.name: 1 rows do not fit varchar(20)" in said
    shop.sql("UPDATE shop_thing SET name = 'short' WHERE price = 7")
    assert shop.run("rollback", "-v0")[0] == DONE


def test_values_that_would_be_invented_are_refused_unless_forced(shop):
    released(shop, "0002_less", "migrations.RemoveField('thing', 'price')")
    shop.sql("INSERT INTO shop_thing (name) VALUES ('baru')")
    with nothing_changed(shop):
        code, said = shop.run("rollback")
    assert code == REFUSED and "shop_thing.price: 1 rows have no value to come back with" in said
    assert shop.run("rollback", "--force", "-v0")[0] == DONE
    assert sorted(shop.sql("SELECT price FROM shop_thing")) == [[-3], [0], [7], [12]]


def test_a_release_that_would_break_a_new_rule_is_refused(shop):
    shop.migration("0002_rule", 'migrations.AlterField("thing", "price", models.PositiveIntegerField(unique=True))')
    shop.sql("UPDATE shop_thing SET price = 7")
    with nothing_changed(shop):
        code, said = shop.run("release")
    assert code == REFUSED and "3 rows" in said or "more than once" in said


def test_a_data_migration_may_not_change_structure(shop):
    make = "def make(apps, editor): connection.cursor().execute('CREATE TABLE shop_side (id INTEGER)')"
    shop.migration("0002_side", "migrations.RunPython(make, migrations.RunPython.noop)", before=make)
    with nothing_changed(shop):
        code, said = shop.run("release")
    assert code == REFUSED and "A data migration may not change structure" in said


# --- one at a time


@contextmanager
def another_at_work(shop, code: str):
    """A process that says `ready` and waits until it is told to end."""
    words = [sys.executable, "-c", f"{AS_PYTHON}{code}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    other = subprocess.Popen(words, cwd=ROOT, env=shop.environment, **pipes)
    assert other.stdout.readline() == "ready\n"
    yield other
    other.communicate("end\n", timeout=60)


HOLD = """
from releases.services import Session
with Session().locked():
    print('ready', flush=True); input()
"""
READ = """
from django.db import transaction
with transaction.atomic():
    connection.cursor().execute('SELECT * FROM shop_thing')
    print('ready', flush=True); input()
"""


def test_of_two_operators_one_runs_and_the_other_is_told_who_holds_the_lock(shop):
    with another_at_work(shop, HOLD) as other, nothing_changed(shop):
        for command in ("rollback", "release", "rehearse_rollback"):
            code, said = shop.run(command, "--noinput" if command != "rehearse_rollback" else "-v1")
            assert code == LOCKED, said
            assert f"{getpass.getuser()}@{socket.gethostname()}, process {other.pid}, since" in said
    assert shop.run("rollback", "-v0")[0] == DONE


@pytest.mark.skipif(connection.vendor == "sqlite", reason="readers do not stand in a writer's way on SQLite")
def test_an_idle_reader_is_named_and_nothing_has_changed_after_the_timeout(shop):
    released(shop, "0002_note", ADD_NOTE)
    with another_at_work(shop, READ), nothing_changed(shop):
        code, said = shop.run("rollback")
        assert code == REFUSED, said
        assert "Nothing was changed" in said and "transaction open for" in said and "idle" in said
    assert "0002_note: applied" in shop.run("releases")[1]
    assert shop.run("rollback", "-v0")[0] == DONE


# --- half done


TRAP = """
def trap(apps, editor):
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM shop_thing WHERE name = 'trap'")
        if cursor.fetchone()[0]:
            raise ValueError("a trap")
"""


@pytest.fixture
def stopped(shop):
    """A release of two migrations that stopped in the second, because of a row that somebody can put right."""
    shop.sql("INSERT INTO shop_thing (name, price) VALUES ('trap', 1)")
    shop.migration("0002_note", ADD_NOTE)
    shop.migration("0003_extra", f"{NEW_TABLE}, migrations.RunPython(trap, migrations.RunPython.noop)", before=TRAP)
    code, said = shop.run("release", "--tag", "second", "-v0")
    assert code == STOPPED, said
    assert "a trap" in said and "release --resume" in said
    return shop


def test_a_run_that_stopped_says_where_it_stands_and_goes_on_when_the_cause_is_gone(stopped):
    code, said = stopped.run("releases")
    assert "second: HALF DONE" in said and "Half done: release of" in said and "release --resume" in said
    code, said = stopped.run("release")
    assert code in (STOPPED, NOTHING) and "--resume" in said
    assert stopped.run("release", "--resume", "-v0")[0] == STOPPED  # the cause is still there
    code, said = stopped.run("rollback", "--resume")
    assert code == REFUSED and "release --resume" in said
    stopped.sql("DELETE FROM shop_thing WHERE name = 'trap'")
    code, said = stopped.run("release", "--resume", "-v0")
    assert code == DONE, said
    assert stopped.run("verify_schema")[0] == DONE
    assert "second: applied" in stopped.run("releases")[1]


def test_drift_between_stop_and_resume_is_found_and_nothing_is_executed(stopped):
    stopped.sql("ALTER TABLE shop_thing ADD COLUMN strange INTEGER NULL")
    stopped.sql("DELETE FROM shop_thing WHERE name = 'trap'")
    with nothing_changed(stopped):
        code, said = stopped.run("release", "--resume", "-v0")
        assert code == DRIFTED and "Nothing was executed" in said
    stopped.sql("ALTER TABLE shop_thing DROP COLUMN strange")
    assert stopped.run("release", "--resume", "-v0")[0] == DONE


def test_resume_where_nothing_is_half_done(shop):
    assert shop.run("release", "--resume")[0] == NOTHING
    assert shop.run("rollback", "--resume")[0] == NOTHING


@pytest.mark.skipif(connection.vendor == "mysql", reason="a statement that changed structure stays on MariaDB")
def test_a_release_that_stopped_between_migrations_can_be_taken_back(stopped):
    code, said = stopped.run("rollback", "-v0")
    assert code == DONE, said
    assert "note" not in stopped.everything()["shop_thing"][0]["columns"]


# --- beside bare migrate


def test_what_bare_migrate_did_is_recorded_when_next_seen_and_can_be_taken_back(shop):
    before = shop.everything()
    shop.migration("0002_note", ADD_NOTE)
    assert shop.run("migrate", "-v0")[0] == DONE
    shop.sql("UPDATE shop_thing SET note = 'catatan'")
    code, said = shop.run("verify_schema")
    assert code == DONE and "Recorded now" in said and "shop.0002_note" in said
    assert shop.run("rollback", "-v0")[0] == DONE
    assert shop.everything() == before
    assert shop.run("release", "-v0")[0] == DONE
    assert shop.sql("SELECT DISTINCT note FROM shop_thing") == [["catatan"]]


def test_verify_schema_names_each_difference(shop):
    shop.sql("ALTER TABLE shop_thing ADD COLUMN strange INTEGER NULL")
    code, said = shop.run("verify_schema")
    assert code == DRIFTED and "column shop_thing.strange should not be there" in said


def test_verify_schema_has_nothing_to_compare_with_before_the_first_release(tmp_path):
    shop = Shop(tmp_path)
    assert shop.run("verify_schema")[0] == NOTHING
    assert "Nothing was released yet" in shop.run("releases")[1]
    shop.drop()


# --- archives


def test_pruning_asks_and_takes_the_way_back_of_the_values(shop):
    released(shop, "0002_note", f"{ADD_NOTE}, {NEW_TABLE}")
    shop.sql("UPDATE shop_thing SET note = 'catatan'")
    shop.run("rollback", "-v0")
    code, said = shop.run("archives")
    assert code == DONE and "shop_thing.note, 3 rows" in said and "shop_extra, 0 rows, 0.0 MB" in said
    with nothing_changed(shop):
        assert shop.run("archives", "--prune", "--older-than", "0", answer="\n")[0] == DECLINED
        assert shop.run("archives", "--prune")[0] == 2  # how old?
    assert "shop_thing.note" in shop.run("archives")[1]
    with nothing_changed(shop):
        assert shop.run("archives", "--prune", "--older-than", "0", answer="yes\n")[0] == DONE
    assert shop.run("archives")[0] == NOTHING
    assert shop.run("release", "-v0")[0] == DONE
    assert shop.sql("SELECT DISTINCT note FROM shop_thing") == [[None]]


# --- rehearsed


def test_production_wants_a_rehearsal_first(shop):
    released(shop, "0002_note", f"{ADD_NOTE}, {NEW_TABLE}")
    with nothing_changed(shop):
        code, said = shop.run("rollback", "--noinput", **PRODUCTION)
    assert code == REFUSED and "rehearse_rollback" in said
    with nothing_changed(shop):
        code, said = shop.run("rehearse_rollback", **PRODUCTION)
    assert code == DONE and "PASS: rollback of 0002_note" in said
    assert shop.run("rollback", "--noinput", "-v0", **PRODUCTION)[0] == DONE


def test_a_rehearsal_of_what_is_pending_writes_evidence_and_leaves_nothing_else(shop):
    shop.migration("0002_more", f"{ADD_NOTE}, {NEW_TABLE}, migrations.RemoveField('thing', 'price')")
    with nothing_changed(shop):
        code, said = shop.run("rehearse_rollback")
    assert code == DONE, said
    (path,) = (shop.folder / "evidence").glob("*.json")
    document = json.loads(path.read_text())
    assert document["verdict"]["result"] == "PASS" and document["verdict"]["limit_s"] == 120
    assert document["impact"]["rows_kept"] > 0 and document["initial"]["invented"]
    assert document["target"]["fingerprint_recorded"] == document["target"]["fingerprint_reached"] != ""
    text = path.with_suffix(".md").read_text()
    for heading in ("Konfigurasi awal", "Konfigurasi tujuan", "Prosedur", "Durasi", "Analisis kegagalan", "Dampak"):
        assert f"## {heading}" in text
    assert "**Hasil: PASS**" in text
    if connection.vendor == "sqlite":
        assert sorted(p.name for p in shop.folder.glob("*sqlite3*")) == ["shop.sqlite3", "shop.sqlite3.release.lock"]


def test_a_rehearsal_fails_where_rows_do_not_come_back(shop):
    """A migration that quietly deletes on its way back."""
    shop.migration(
        "0002_leaky",
        f"{ADD_NOTE}, migrations.RunPython(migrations.RunPython.noop, leak)",
        before="def leak(apps, editor): apps.get_model('shop', 'Thing').objects.filter(price__lt=0).delete()",
    )
    assert shop.run("release", "-v0")[0] == DONE
    code, said = shop.run("rehearse_rollback")
    assert code == UNVERIFIED and "FAIL" in said
    document = json.loads(next((shop.folder / "evidence").glob("*.json")).read_text())
    assert document["verdict"]["result"] == "FAIL"
    assert any("shop_thing: 3 rows before the rollback, 2 after" in line for line in document["failures"])
