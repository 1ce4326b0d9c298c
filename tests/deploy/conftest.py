"""A place to deploy to, under tmp_path: the scripts run as they do on a machine, with nothing of it but folders."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"


@dataclass
class Place:
    root: Path
    socket: Path
    env: dict

    def run(self, script: str, *words, **env) -> subprocess.CompletedProcess:
        """`script` is one of deploy/*.py with its command, or a shell script of deploy/."""
        name, *command = script.split()
        program = [sys.executable, DEPLOY / name] if name.endswith(".py") else [DEPLOY / name]
        return subprocess.run(
            [*program, *command, *words],
            env=self.env | {key: str(value) for key, value in env.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def is_closed(self) -> bool:
        return (self.root / "shared/maintenance.on").exists()


@pytest.fixture
def place(tmp_path):
    root = tmp_path / "srv"
    for folder in ("builds", "shared/var", "shared/www", "backups"):
        (root / folder).mkdir(parents=True)
    short = Path(tempfile.mkdtemp(prefix="fg-", dir="/tmp"))  # the path of a socket has at most 107 bytes
    settings = {
        "ROOT": root,
        "RUN_AS": "",
        "DOMAIN": "findgo.test",
        "SOCKET": short / "sock",
        "READY_S": 1,
        "RESTART": "true",
    }
    yield Place(root, short / "sock", os.environ | {key: str(value) for key, value in settings.items()})
    shutil.rmtree(short)
