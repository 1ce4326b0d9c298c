"""A server of the storm's own: a fresh database, gunicorn as in production, and somebody who kills its workers."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 60


def environment(folder: Path, url: str, **extra: str) -> dict[str, str]:
    """What a process of the storm sees: its own database and media, production's settings over plain HTTP."""
    return os.environ | {
        "DATABASE_URL": url,
        "DEBUG": "off",
        "INSECURE_HTTP": "on",
        "SECRET_KEY": "storm" * 8,
        "MEDIA_ROOT": str(folder / "media"),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "findgo.settings",
        **extra,
    }


@contextlib.contextmanager
def fresh_database(folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database, of the kind of DATABASE_URL; it goes again at the end."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("mysql"):
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    url = urlsplit(given)
    try:
        import MySQLdb
    except ImportError:
        import pymysql as MySQLdb
    server = MySQLdb.connect(
        host=url.hostname, port=url.port or 3306, user=url.username or "root", password=url.password or ""
    )
    cursor = server.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    try:
        yield urlunsplit(url._replace(path=f"/{name}"))
    finally:
        cursor.execute(f"DROP DATABASE {name}")
        server.close()


def manage(*words: str, env: dict) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


@contextlib.contextmanager
def serving(env: dict, log: Path) -> Iterator["Server"]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.conf.py"), "--preload"]
    words += ["--bind", f"127.0.0.1:{port}", "--backlog", "2048"]
    with log.open("w") as out:
        master = subprocess.Popen(words, cwd=ROOT, env=env, stdout=out, stderr=out)
    server = Server(master, port)
    try:
        server.wait()
        yield server
    finally:
        master.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            master.wait(10)
        master.kill()


class Server:
    def __init__(self, master: subprocess.Popen, port: int):
        self.master, self.port = master, port
        self.killed = 0

    def wait(self) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until and self.master.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live/", timeout=5).close()
                return
            time.sleep(0.05)
        raise RuntimeError("the server does not start")

    def workers(self) -> list[int]:
        pid = self.master.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @contextlib.contextmanager
    def killing(self, every_s: tuple[float, float], seed: int = 1) -> Iterator[None]:
        """SIGKILL one worker after the other, at random moments."""
        stop, rng = threading.Event(), random.Random(seed)

        def kill():
            while not stop.wait(rng.uniform(*every_s)):
                with contextlib.suppress(ProcessLookupError, FileNotFoundError, IndexError):
                    os.kill(rng.choice(self.workers()), signal.SIGKILL)
                    self.killed += 1

        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
