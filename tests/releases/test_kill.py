"""A release and its rollback, killed at one statement after the other and resumed each time, end as if nobody had.

In CI a sample; `make kill` kills at every statement (KILL_STRIDE=1, no limit of time), which takes hours.
"""

import os
import sys

import pytest
from django.db import connection

from tests.releases import server
from tests.releases.lab import ROOT, Lab

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

SECONDS = os.environ.get("KILL_SECONDS", "15")
STRIDE = os.environ.get("KILL_STRIDE", "12")
SEED = os.environ.get("KILL_SEED", "1")


@pytest.fixture
def labs(tmp_path):
    """(one that is left in peace, one that is killed), alike."""
    labs = Lab(tmp_path, name="peace"), Lab(tmp_path, name="killed")
    yield prepared(labs)
    for lab in labs:
        lab.drop()


@pytest.fixture
def server_labs(tmp_path):
    if connection.vendor != "mysql":
        pytest.skip("SQLite has no server")
    if server.program() is None:
        pytest.skip("mariadbd is not installed")
    own = server.Server()
    yield prepared([Lab(tmp_path, name=name, port=own.port) for name in ("peace", "killed")]), own
    own.stop()


def prepared(labs):
    for lab in labs:
        assert lab.run("migrate", "contenttypes", "-v0")[0] == 0
        assert lab.run("migrate", "lab", "0001", "-v0")[0] == 0
        lab.fill("before")
    return labs


def kill(lab, command: str, *options: str) -> None:
    words = [command, "--seconds", SECONDS, "--stride", STRIDE, "--seed", SEED, *options]
    code, said = lab.process([sys.executable, str(ROOT / "tests/releases/chain.py"), *words], {})
    sys.stderr.write(f"{command} on {connection.vendor}: {said}")
    assert code == 0, said
    assert int(said.split()[0]) > 0, said


def assert_alike(peace, killed) -> None:
    assert killed.dump() == peace.dump()
    assert killed.fingerprint() == peace.fingerprint()
    code, said = killed.run("verify_schema")
    assert code == 0, said


def there_and_back_and_there(peace, killed, *options: str) -> None:
    for command, words in (("release", ()), ("rollback", ("--force",)), ("release", ())):
        code, said = peace.run(command, *words, "-v0")
        assert code == 0, said
        kill(killed, command, *options)
        assert_alike(peace, killed)
        if peace.run("releases")[1].count("taken back") == 0:
            peace.fill("after")
            killed.fill("after")


def test_the_command_is_killed_at_its_statements(labs):
    there_and_back_and_there(*labs)


def test_the_server_is_killed_at_statements_and_in_them(server_labs):
    labs, own = server_labs
    there_and_back_and_there(*labs, "--server", str(own.pidfile), str(own.starter))
