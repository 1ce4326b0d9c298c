"""A MariaDB server of our own, on its own folder and port, that may be killed.

Its temporary files are in its own folder: a server that starts removes those of others from a shared one, which kills
them. It writes its log at each commit without waiting for the disk, which outlives it: a kill of the process loses nothing.
"""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def program() -> str | None:
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Server:
    """`start()` may be said again after a kill: what was written stays."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="findgo-server-"))
        self.folder.chmod(0o755)
        self.pidfile = self.folder / "pid"
        self.starter = self.folder / "start"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.make()

    def make(self) -> None:
        owner = "mysql" if getpass.getuser() == "root" else getpass.getuser()
        data = self.folder / "data"
        install = ["mariadb-install-db", "--no-defaults", f"--user={owner}", f"--datadir={data}"]
        shutil.chown(self.folder, owner)
        subprocess.run(
            [*install, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
        )
        self.starter.write_text(
            f"#!/bin/sh\n{program()} --no-defaults --user={owner} --datadir={data} --bind-address=127.0.0.1"
            f" --port={self.port} --tmpdir={data} --socket={self.folder}/socket --pid-file={self.pidfile}"
            f" --innodb-flush-log-at-trx-commit=2 --log-error={self.folder}/log >/dev/null 2>&1 </dev/null &\n"
            f"for i in $(seq 300); do mariadb-admin --no-defaults --host=127.0.0.1 --port={self.port} --user=root"
            " --connect-timeout=1 status >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1\n"
        )
        self.starter.chmod(0o755)
        self.start()

    def start(self) -> None:
        subprocess.run([str(self.starter)], check=True)

    def stop(self) -> None:
        number = int(self.pidfile.read_text())
        os.kill(number, 15)
        for _ in range(100):
            if not Path(f"/proc/{number}").exists():
                break
            time.sleep(0.1)
        shutil.rmtree(self.folder, ignore_errors=True)
