"""Stands in for systemd where there is none: containers, and rehearsals of a deployment.

- supervise run: holds the socket (SOCKET) and runs gunicorn on it; ends with gunicorn on SIGTERM
- supervise restart: the same socket, another gunicorn; returns when the old one has ended its requests. Where nothing
  runs yet, it starts `supervise run` in the background, with its output in shared/gunicorn.log
- supervise stop

Like findgo.socket and findgo.service, it keeps listening while gunicorn restarts: requests wait, none is refused.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from place import CURRENT, SETTINGS, SHARED, as_owner, read_settings, say

PID = SHARED / "supervise.pid"
# The child's pid, written once it runs: what `restart` waits to see change.
CHILD = SHARED / "gunicorn.pid"
asked = {"restart": False, "stop": False}


def run() -> int:
    listener = socket.socket(socket.AF_UNIX)
    os.dup2(listener.fileno(), 3)  # where gunicorn looks for it; before another file gets that number
    pid = PID.open("a+")
    try:
        fcntl.flock(pid, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("It runs already.")
        return 4
    path = Path(SETTINGS["SOCKET"])
    path.unlink(missing_ok=True)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen(2048)
    pid.truncate(0)
    pid.write(str(os.getpid()))
    pid.flush()
    signal.signal(signal.SIGHUP, lambda *_: asked.update(restart=True))
    signal.signal(signal.SIGTERM, lambda *_: asked.update(stop=True))
    child = start()
    while not asked["stop"]:
        if asked["restart"] or child.poll() is not None:
            if not asked["restart"]:
                time.sleep(2)  # as RestartSec: it ended by itself
            asked["restart"] = False
            end(child)
            child = start()
        time.sleep(0.1)
    end(child)
    path.unlink()
    PID.unlink()
    CHILD.unlink()
    return 0


def start() -> subprocess.Popen:
    command = [CURRENT / ".venv/bin/python", "-m", "gunicorn", "--config", SHARED / "gunicorn.conf.py"]
    # LISTEN_PID has to be gunicorn's own, so a shell writes it down before it becomes gunicorn.
    shell = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *command]
    child = subprocess.Popen(shell, cwd=CURRENT, pass_fds=[3], **as_owner(read_settings(SHARED / "env")))
    CHILD.write_text(str(child.pid))
    return child


def end(child: subprocess.Popen) -> None:
    child.terminate()
    try:
        child.wait(40)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def running() -> int | None:
    """The process id of `supervise run`, if it is alive: it holds a lock. The number alone may be another's by now."""
    if not PID.exists():
        return None
    with PID.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
    return None


def restart() -> int:
    before = CHILD.read_text() if CHILD.exists() else ""
    if number := running():
        os.kill(number, signal.SIGHUP)
    else:
        with (SHARED / "gunicorn.log").open("a") as log:
            command = [sys.executable, __file__, "run"]
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    return until(lambda: running() and CHILD.exists() and CHILD.read_text() not in ("", before))


def stop() -> int:
    if number := running():
        os.kill(number, signal.SIGTERM)
    return until(lambda: not running())


def until(is_so) -> int:
    for _ in range(450):
        if is_so():
            return 0
        time.sleep(0.1)
    say("It takes too long.")
    return 1


def main() -> int:
    command = {"run": run, "restart": restart, "stop": stop}.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if command is None:
        say(__doc__)
        return 2
    return command()


if __name__ == "__main__":
    sys.exit(main())
