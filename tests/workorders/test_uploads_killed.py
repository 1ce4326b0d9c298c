"""A server that dies while it keeps a chunk: whatever it had done, the phone goes on and the photo is whole."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from accounts.services import tokens
from accounts.verbs import Role
from tests.cast import make_user
from tests.make import make_bandung
from tests.workorders.pictures import photo, sha256
from workorders import photo_files

PHOTO = photo()
HALF = len(PHOTO) // 2
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(tmp_path, settings):
    """`phone(key, die_at)` is the exit code and what it printed; each call is a process of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    agent = make_user("dewi", Role.AGENT, witel=make_bandung())
    token = tokens.sign_in(user=agent, now=timezone.now()).access
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "findgo.settings", "DATABASE_URL": database_url(tmp_path)}

    def run(key, die_at):
        command = [sys.executable, "-m", "tests.workorders.mortal_phone", str(settings.MEDIA_ROOT), token, str(key)]
        done = subprocess.run(
            [*command, str(die_at)], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode, json.loads(done.stdout or "null")

    return run


def database_url(folder) -> str:
    """This test's database for other processes: SQLite's is in memory, so they get a copy in a file."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "copy.sqlite3")) as copy:
            connection.connection.backup(copy)
        return f"sqlite:///{folder / 'copy.sqlite3'}"
    server = connection.settings_dict
    user = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT'] or 3306}"
    return f"mysql://{user}/{server['NAME']}"


def assert_goes_on(phone, key) -> dict:
    code, said = phone(key, "-")
    assert code == 0 and said["found"] in (HALF, len(PHOTO))
    assert (said["hash"], said["state"]) == (sha256(PHOTO), "ARRIVED")
    return said


def test_killed_between_the_bytes_and_their_row_it_resumes_from_the_row(phone):
    key = uuid.uuid4()
    assert phone(key, "fsync")[0] == -signal.SIGKILL
    assert photo_files.sent_path(key).stat().st_size == len(PHOTO)  # the bytes were there, the row did not say so
    assert assert_goes_on(phone, key)["found"] == HALF


def test_killed_before_the_picture_is_made_the_phone_has_its_proof_and_run_due_makes_it(phone):
    key = uuid.uuid4()
    assert phone(key, "child")[0] == -signal.SIGKILL
    assert assert_goes_on(phone, key)["found"] == len(PHOTO)


@pytest.mark.slow
def test_killed_at_any_step_it_resumes(phone):
    steps = assert_goes_on(phone, uuid.uuid4())["steps"]
    assert steps > 10
    for step in range(1, steps + 1):
        key = uuid.uuid4()
        assert phone(key, step)[0] == -signal.SIGKILL, step
        assert_goes_on(phone, key)
