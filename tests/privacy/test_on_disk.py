"""SQLite keeps what was deleted in its file until something else is written there; an erasure wipes it."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from findgo.env import BASE_DIR
from tests.privacy.people import CANARIES, NUMBER

SEED = "from tests.cast import make_cast; from tests.privacy.people import make_person; make_person(make_cast())"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is not a file of ours")
def test_the_database_file_itself_holds_no_word_of_the_person(tmp_path):
    file = tmp_path / "site.sqlite3"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.privacy.on_disk", "PLACE": str(tmp_path), "DEBUG": "on",
        "DATABASE_URL": f"sqlite:///{file}",
    }  # fmt: skip

    def run(*words) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("migrate", "--verbosity", "0")
    run("shell", "--verbosity", "0", "-c", SEED)
    assert NUMBER.encode() in file.read_bytes()
    assert "0 left" in run("subject", "erase", NUMBER, "--yes")

    for path in tmp_path.rglob("*"):
        if path.is_file():
            said = path.read_bytes().lower()
            assert [word for word in CANARIES if word.lower().encode() in said] == [], path
