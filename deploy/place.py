"""This machine: where things are, and how commands are run and people told. Standard library only.

- ROOT/builds/NAME/: a build: code, .venv, staticfiles, and the file BUILD once it is complete
- ROOT/current: link to the build that is served
- ROOT/shared/env: settings of Find&Go (every build's .env is a link to it)
- ROOT/shared/var/: what every build shares: media, the secret key, SQLite
- ROOT/shared/deploy.env: settings of these scripts, see below
- ROOT/backups/
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def root() -> Path:
    """ROOT if it is set; the place this build stands in; else /srv/findgo."""
    if given := os.environ.get("ROOT"):
        return Path(given)
    builds = HERE.parent.parent
    return builds.parent if builds.name == "builds" and (builds.parent / "shared").is_dir() else Path("/srv/findgo")


ROOT = root()
BUILDS = ROOT / "builds"
CURRENT = ROOT / "current"
SHARED = ROOT / "shared"
BACKUPS = ROOT / "backups"
CLOSED = SHARED / "maintenance.on"


def read_settings(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


# The environment wins over deploy.env, deploy.env over these.
SETTINGS = {
    "DOMAIN": "findgo.example",
    "RUN_AS": "findgo",  # who owns the data and runs the code; empty: whoever runs these scripts
    "RESTART": "systemctl restart findgo.service",  # returns when requests under way have ended and the new one is up
    "SOCKET": "/run/findgo.sock",
    "PYTHON": "/usr/bin/python3",  # makes the builds' environments; RUN_AS has to be able to run it
    "READY_S": "60",
    "REPOSITORY": "",  # a clone that git refs are taken from; empty: the one these scripts are in
    "KEEP_BUILDS": "5",
    "KEEP_BACKUPS": "14",
}
SETTINGS |= read_settings(SHARED / "deploy.env")
SETTINGS |= {name: os.environ[name] for name in SETTINGS if name in os.environ}


class Stop(Exception):
    """The end of a command before its end: what is the case, what comes next, and the exit code."""

    def __init__(self, code: int, *lines: str):
        super().__init__(*lines)
        self.code = code


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def told(command) -> int:
    """Runs `command()`; its Stop becomes text and exit code."""
    try:
        command()
    except Stop as stop:
        say(*stop.args)
        return stop.code
    except OSError as error:  # disk full, no permission, a program that is not there
        say(f"STOPPED  {error}", "NEXT     Put that right; the same command goes on from here.")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. The same command goes on from here.")
        return 1
    return 0


def owner() -> str | None:
    """Whom to become before running Find&Go's code: only root can, and only root has to."""
    return SETTINGS["RUN_AS"] or None if os.geteuid() == 0 else None


def run(*command: str | Path, cwd: Path, env: dict | None = None, **options) -> subprocess.CompletedProcess:
    """Runs a command as the owner (see RUN_AS) and waits; what it prints is shown unless captured."""
    return subprocess.run(command, cwd=cwd, text=True, **as_owner(env), **options)


def as_owner(env: dict | None = None) -> dict:
    """What subprocess has to know to run something as the owner, with `env` beside the environment."""
    env = os.environ | (env or {})
    if not (name := owner()):
        return {"env": env}
    person = pwd.getpwnam(name)
    return {"env": env | {"HOME": person.pw_dir}, "user": name, "group": person.pw_gid, "extra_groups": []}


def become_owner() -> None:
    """For commands that write data and need no root: what they make must not belong to root."""
    if name := owner():
        person = pwd.getpwnam(name)
        os.initgroups(name, person.pw_gid)
        os.setgid(person.pw_gid)
        os.setuid(person.pw_uid)
        os.environ["HOME"] = person.pw_dir


def write_atomically(path: Path, text: str) -> None:
    """Old or new, never half, also after the power has gone."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
