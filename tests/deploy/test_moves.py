"""Release and rollback between builds, with builds whose manage.py only knows a schema of releases and how to fail."""

import json
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.deploy.conftest import DEPLOY

# A build's Python: `manage.py release` and the others, as the app `releases` behaves. The next exit code comes from the
# file `next`; 5 leaves the run half done. schema.json lists the releases, calls.txt what was asked.
MANAGE = """#!{python} -IS
import json, os, sys
from pathlib import Path
here = Path(os.environ["ROOT"])
build, words = os.environ.get("BUILD"), sys.argv[1:]
schema = json.loads((here / "schema.json").read_text())
live = [item for item in schema if item["state"] != "ROLLED_BACK"]
half = next((item for item in schema if item.get("half")), None)
with (here / "calls.txt").open("a") as calls:
    page = "closed" if (here / "shared/maintenance.on").exists() else "open"
    calls.write(" ".join([build, *words[1:], page]) + "\\n")

def end(code):
    (here / "schema.json").write_text(json.dumps(schema))
    sys.exit(code)

def told():
    path = here / "next"
    code = int(path.read_text()) if path.exists() else 0
    path.unlink(missing_ok=True)
    return code

def run(items, verb, state):
    if half and (half["half"] != verb or "--resume" not in words):
        end(3 if "--resume" in words else 5)
    if "--resume" in words:
        items = [half] if half else []
    if not items: end(8)
    if "--pretend" in words: print("Apply 1 migrations\\n   1  app.name  Create model\\n        CREATE TABLE x;")
    if verb == "release" and "--pretend" in words: end(0)
    code = told()
    if "--pretend" not in words and code in (0, 5, 7):
        for item in items:
            item["half"] = verb if code == 5 else ""
            item["state"] = item["state"] if code == 5 else state
            if item not in schema: schema.append(item)
    end(code)

command = words[1]
if command == "releases":
    print(json.dumps(schema[::-1]))
elif command == "release":
    needed = (Path.cwd() / "needs").exists() and all(item["build"] != build for item in live)
    tag = build + "." * sum(item["build"] == build for item in schema)
    run([{{"tag": tag, "build": build, "state": "UNFINISHED"}}] if needed else [], "release", "APPLIED")
elif command == "rollback":
    between = not (here / "inside").exists()
    if half and half["half"] == "release" and "--to" in words and between:
        half["state"], half["half"], half = "APPLIED", "", None
        live = [item for item in schema if item["state"] != "ROLLED_BACK"]
    to = words[words.index("--to") + 1] if "--to" in words else ""
    tags = [item["tag"] for item in live]
    if to and to not in tags: end(3)
    run(live[tags.index(to) + 1 :] if to else [], "rollback", "ROLLED_BACK")
elif command == "verify_schema":
    end(6 if half else told())
"""


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


class Machine:
    """Builds A, B, C of which those in `needs` carry migrations, and a service that answers /health/ready/."""

    def __init__(self, place):
        self.place, self.root = place, place.root
        (self.root / "schema.json").write_text("[]")
        self.service = socketserver.ThreadingUnixStreamServer(str(place.socket), Answer)
        self.service.status = 200
        threading.Thread(target=self.service.serve_forever, args=(0.02,), daemon=True).start()

    def build(self, name: str, needs: bool = False) -> str:
        python = self.root / "builds" / name / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(MANAGE.format(python=sys.executable))
        python.chmod(0o755)
        backup = self.root / "builds" / name / "deploy/backup"
        backup.parent.mkdir()
        backup.write_text('#!/bin/sh\necho "backup" >>"$ROOT/calls.txt"; [ ! -e "$ROOT/no-backup" ]\n')
        backup.chmod(0o755)
        (self.root / "builds" / name / "BUILD").write_text(name)
        if needs:
            (self.root / "builds" / name / "needs").touch()
        return name

    def next(self, code: int) -> None:
        (self.root / "next").write_text(str(code))

    def do(self, *words, **env):
        return self.place.run("moves.py", *words, **env)

    def back(self, *words, **env):
        return self.do("rollback", "--noinput", *words, **env)

    @property
    def calls(self) -> list[str]:
        return (self.root / "calls.txt").read_text().splitlines()

    @property
    def state(self) -> tuple:
        """Build, releases in the schema, page, unfinished move."""
        schema = json.loads((self.root / "schema.json").read_text())
        tags = "".join(item["tag"] for item in schema if item["state"] == "APPLIED" and not item.get("half"))
        current = (self.root / "current").resolve().name
        return current, tags, self.place.is_closed, (self.root / "shared/move.json").exists()


@pytest.fixture
def machine(place):
    machine = Machine(place)
    yield machine
    machine.service.shutdown()
    machine.service.server_close()


@pytest.fixture
def at_b(machine):
    """A was released, then B, each with migrations."""
    for name in ("A", "B"):
        assert machine.do("release", machine.build(name, needs=True)).returncode == 0
    assert machine.state == ("B", "AB", False, False)
    (machine.root / "calls.txt").unlink()
    return machine


def test_release_with_migrations_runs_behind_the_page_and_after_a_backup(machine):
    machine.do("release", machine.build("A", needs=True))
    (machine.root / "calls.txt").unlink()
    assert machine.do("release", machine.build("B", needs=True)).returncode == 0
    changing = [call for call in machine.calls if call == "backup" or "release --noinput" in call]
    assert changing == ["backup", "B release --noinput closed"]
    assert machine.state == ("B", "AB", False, False)


def test_plan_is_told_in_short_and_kept_whole(at_b):
    said = at_b.do("release", at_b.build("C", needs=True)).stdout
    assert "Apply 1 migrations\n  every statement: " in said and "CREATE TABLE" not in said
    assert "CREATE TABLE x;" in (at_b.root / "shared/plan.txt").read_text()


def test_release_without_migrations_shows_no_page_and_needs_no_backup(at_b):
    assert at_b.do("release", at_b.build("C")).returncode == 0
    assert at_b.state == ("C", "AB", False, False)
    assert all(call.endswith("open") for call in at_b.calls)


@pytest.mark.parametrize("code", [2, 3, 4, 9])
def test_release_that_executed_nothing_leaves_all_as_before(at_b, code):
    at_b.build("C", needs=True)
    at_b.next(code)
    assert at_b.do("release", "C").returncode == code
    assert at_b.state == ("B", "AB", False, False)


def test_release_without_a_backup_does_not_begin(at_b):
    at_b.build("C", needs=True)
    (at_b.root / "no-backup").touch()
    assert at_b.do("release", "C").returncode == 1
    assert at_b.state == ("B", "AB", False, False)


@pytest.mark.parametrize("code", [1, 5, 6, 7])
def test_release_in_an_unclear_state_keeps_the_page_and_names_the_next_command(at_b, code):
    at_b.build("C", needs=True)
    at_b.next(code)
    done = at_b.do("release", "C")
    assert done.returncode == code
    assert at_b.state[0] == "B" and at_b.place.is_closed
    assert "release C    (goes on from here)" in done.stdout and "rollback    (back to B)" in done.stdout
    assert at_b.do("maintenance", "off").returncode == 3 and at_b.place.is_closed
    assert at_b.do("release", "A").returncode == 3
    assert at_b.do("release", "C").returncode == 0
    assert at_b.state == ("C", "ABC", False, False)


def test_schema_that_stays_unverified_needs_a_word(at_b):
    at_b.build("C", needs=True)
    at_b.next(7)
    assert at_b.do("release", "C").returncode == 7
    at_b.next(6)
    assert at_b.do("release", "C").returncode == 7 and at_b.place.is_closed
    assert at_b.do("release", "C", "--accept-schema").returncode == 0
    assert at_b.state == ("C", "ABC", False, False)


def test_build_that_does_not_answer_is_not_shown_and_goes_back(at_b):
    at_b.build("C", needs=True)
    at_b.service.status = 503
    done = at_b.do("release", "C", READY_S=0.3)
    assert done.returncode == 1 and "does not become ready" in done.stdout
    assert at_b.state == ("C", "ABC", True, True)
    at_b.service.status = 200
    assert at_b.back().returncode == 0
    assert at_b.state == ("B", "AB", False, False)


def test_code_that_does_not_answer_goes_back_without_touching_the_schema(at_b):
    at_b.build("C")
    at_b.service.status = 503
    assert at_b.do("release", "C", READY_S=0.3).returncode == 1
    assert at_b.state == ("C", "AB", True, True)
    at_b.service.status = 200
    assert at_b.back().returncode == 0
    assert at_b.state == ("B", "AB", False, False)
    assert not [call for call in at_b.calls if "rollback" in call]


def test_rollback_takes_the_schema_back_with_the_new_builds_code_behind_the_page(at_b):
    assert at_b.back().returncode == 0
    assert "B rollback --to A --noinput closed" in at_b.calls
    assert at_b.state == ("A", "A", False, False)


def test_rollback_over_several_builds_takes_as_many_releases_as_they_made(at_b):
    for name, needs in {"C": False, "D": True, "E": False}.items():
        assert at_b.do("release", at_b.build(name, needs)).returncode == 0
    assert at_b.back("--to", "A").returncode == 0
    assert "E rollback --to A --noinput closed" in at_b.calls
    assert at_b.state == ("A", "A", False, False)
    assert at_b.do("rollback", "--noinput").returncode == 8


def test_rollback_of_code_alone_needs_no_page(at_b):
    at_b.do("release", at_b.build("C"))
    (at_b.root / "calls.txt").unlink()
    assert at_b.back().returncode == 0
    assert at_b.calls == ["C rollback --to B --pretend open"]
    assert at_b.state == ("B", "AB", False, False)


def test_rollback_asks_and_takes_silence_for_no(at_b):
    assert at_b.do("rollback").returncode == 9
    assert at_b.do("rollback", "--pretend").returncode == 0
    assert at_b.state == ("B", "AB", False, False)


def test_rollback_that_the_pre_flight_refuses_changes_nothing(at_b):
    at_b.next(3)
    done = at_b.back()
    assert done.returncode == 3 and "as before" in done.stdout
    assert at_b.state == ("B", "AB", False, False)


@pytest.mark.parametrize("stage", ["begun", "schema", "half", "schema done", "moved", "switched"])
def test_rollback_killed_anywhere_goes_on(at_b, stage):
    """What each kill leaves behind, and the same command again."""
    move = {"verb": "rollback", "source": "B", "target": "A", "release": "A", "page_was_on": False, "schema": True}
    reached = {"begun": "begun", "moved": "moved", "switched": "moved"}.get(stage, "schema")
    (at_b.root / "shared/move.json").write_text(json.dumps(move | {"stage": reached}))
    schema = json.loads((at_b.root / "schema.json").read_text())
    if stage == "half":
        schema[1]["half"] = "rollback"
    elif stage in ("schema done", "moved", "switched"):
        schema[1]["state"] = "ROLLED_BACK"
    (at_b.root / "schema.json").write_text(json.dumps(schema))
    if stage == "switched":
        (at_b.root / "current").unlink()
        (at_b.root / "current").symlink_to("builds/A")
    done = at_b.do("rollback")
    assert done.returncode == 0, done.stdout
    assert at_b.state == ("A", "A", False, False)
    assert [item["build"] for item in json.loads((at_b.root / "shared/builds.json").read_text())] == ["A"]


def test_page_that_was_put_up_by_hand_stays(at_b):
    at_b.do("maintenance", "on")
    assert at_b.back().returncode == 0
    assert at_b.state == ("A", "A", True, False)


def test_build_that_came_before_is_no_release(at_b):
    done = at_b.do("release", "A")
    assert done.returncode == 3 and "rollback --to A" in done.stdout
    assert at_b.state == ("B", "AB", False, False)


def test_old_builds_go_and_those_a_rollback_reaches_stay(at_b):
    assert at_b.do("release", at_b.build("C"), KEEP_BUILDS=2).returncode == 0
    assert sorted(path.name for path in Path(at_b.root / "builds").iterdir()) == ["B", "C"]
    assert at_b.back("--to", "A").returncode == 3


def test_release_that_stopped_midway_turns_round(at_b):
    at_b.build("C", needs=True)
    at_b.next(5)
    assert at_b.do("release", "C").returncode == 5
    assert at_b.back().returncode == 0
    assert at_b.calls[-1].startswith("C rollback --to B ")  # never a number of steps: that could be one too many
    assert at_b.state == ("B", "AB", False, False)


def test_release_inside_a_migration_does_not_turn_round_but_goes_on(at_b):
    at_b.build("C", needs=True)
    at_b.next(5)
    assert at_b.do("release", "C").returncode == 5
    (at_b.root / "inside").touch()
    for _ in range(2):
        done = at_b.back()
        assert done.returncode == 5 and "release C    (goes on from there)" in done.stdout
        assert at_b.place.is_closed
    assert at_b.do("release", "C").returncode == 0
    assert at_b.state == ("C", "ABC", False, False)


def test_release_inside_a_migration_ends_with_the_backup(at_b):
    at_b.build("C", needs=True)
    before = (at_b.root / "schema.json").read_text()
    at_b.next(5)
    assert at_b.do("release", "C").returncode == 5
    (at_b.root / "schema.json").write_text(before)  # deploy/restore
    assert at_b.back().returncode == 0
    assert at_b.state == ("B", "AB", False, False)


def test_release_that_turns_round_is_forced_since_nobody_can_have_rehearsed_it(at_b):
    at_b.build("C", needs=True)
    at_b.next(5)
    assert at_b.do("release", "C").returncode == 5
    at_b.next(5)
    assert at_b.back().returncode == 5
    assert at_b.back().returncode == 0
    turned = [call for call in at_b.calls if "rollback --to B" in call]
    assert len(turned) == 1 and all("--force" in call for call in turned)


def test_force_is_handed_on_and_only_where_it_was_given(at_b):
    assert at_b.back("--force").returncode == 0
    assert at_b.do("release", "B").returncode == 0
    said = {call.rsplit(" ", 1)[0] for call in at_b.calls if "rollback" in call or "release " in call}
    assert said == {
        "B rollback --to A --pretend --force",
        "B rollback --to A --noinput --force",
        "B release --pretend",
        "B release --noinput",
    }


def test_build_that_was_taken_back_comes_again(at_b):
    for _ in range(2):
        assert at_b.back().returncode == 0
        assert at_b.do("release", "B").returncode == 0
    assert json.loads((at_b.root / "shared/builds.json").read_text())[-1]["release"] == "B.."
    assert at_b.back().returncode == 0
    assert at_b.state == ("A", "A", False, False)


def test_state_of_what_was_taken_back_is_that_of_the_product():
    """The scripts import nothing of the product, so that they run before a build does."""
    from releases.models import Release

    assert f'TAKEN_BACK = "{Release.State.ROLLED_BACK}"' in (DEPLOY / "record.py").read_text()


def test_two_moves_do_not_run_at_once(at_b):
    import fcntl

    with (at_b.root / "shared/move.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert at_b.back().returncode == 4
    assert at_b.state == ("B", "AB", False, False)
