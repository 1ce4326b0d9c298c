"""A real server with four workers is stormed with passwords from fifty addresses: no more are looked at than allowed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from findgo.env import BASE_DIR
from tests.cast import PASSWORD
from tests.releases.lab import Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKERS, LOGINS, ADDRESSES, BUDGET_S = 4, 1000, 50, 60
PER_ACCOUNT = 30
MAKE = f"""
from accounts.models import User
for name, is_active in (("dewi", True), ("ujang", False)):
    User.objects.create_user(name, {PASSWORD!r}, role="ADMIN", is_active=is_active)
"""


@pytest.fixture
def port(tmp_path):
    """The server's; it counts with the database alone, and believes X-Real-IP, as behind nginx."""
    site = Site(tmp_path, name="storm", settings_module="tests.accounts.quick_settings")
    site.environment |= {"DEBUG": "off", "INSECURE_HTTP": "on", "BEHIND_PROXY": "on", "SECRET_KEY": "x" * 50}
    site.environment |= {"LOGIN_ATTEMPTS_PER_ACCOUNT": str(PER_ACCOUNT), "TOTP_REQUIRED_ROLES": ""}
    code, said = site.run("migrate", "--verbosity", "0")
    assert code == 0, said
    site.python(MAKE)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(200)
        where = f"fd://{listener.fileno()}"
        command = [sys.executable, "-m", "gunicorn", "findgo.wsgi", "-w", str(WORKERS), "-b", where]
        command += ["--no-control-socket"]
        server = subprocess.Popen(
            command, cwd=BASE_DIR, env=site.environment, pass_fds=[listener.fileno()], process_group=0
        )
        yield listener.getsockname()[1]
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    site.drop()


def sign_in(port: int, username: str, password: str, number: int) -> tuple[int, str]:
    """Status and body; the address is one of fifty, and X-Forwarded-For another lie each time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=BUDGET_S)
    headers = {"Content-Type": "application/json", "X-Real-IP": f"203.0.113.{number % ADDRESSES}"}
    headers["X-Forwarded-For"] = f"10.{number % 250}.{number // 250}.1"
    connection.request("POST", "/api/v1/auth/login/", json.dumps({"username": username, "password": password}), headers)
    answer = connection.getresponse()
    said = answer.status, answer.read().decode()
    connection.close()
    return said


def storm(port: int, username: str, logins: int, password="salah-sekali-26") -> Counter:
    with ThreadPoolExecutor(50) as pool:
        answers = pool.map(lambda number: sign_in(port, username, password, number), range(logins))
        return Counter((status, json.loads(body)["code"]) for status, body in answers)


def test_a_thousand_logins_at_once_get_no_more_than_the_allowed_looks(port):
    began = time.monotonic()
    known = storm(port, "dewi", LOGINS)
    assert time.monotonic() - began < BUDGET_S
    assert set(known) == {(401, "wrong_credentials"), (429, "too_many_attempts")}
    assert known.total() == LOGINS and 1 <= known[401, "wrong_credentials"] <= PER_ACCOUNT + WORKERS
    assert sign_in(port, "dewi", PASSWORD, 49)[0] == 429  # the right password opens nothing now

    unknown, inactive = storm(port, "nobody", 100), storm(port, "ujang", 100, PASSWORD)
    assert set(unknown) == set(inactive) == set(known)
    assert unknown == inactive
    looks = {sign_in(port, name, "salah", 47)[1].replace(" ", "") for name in ("dewi", "nobody", "ujang")}
    assert len({json.loads(body)["code"] for body in looks}) == 1
