"""A build on this machine: making one, listing them, switching one in, asking whether it is ready."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from place import BUILDS, CURRENT, HERE, ROOT, SETTINGS, SHARED, Stop, owner, read_settings, run, say, write_atomically

HISTORY = SHARED / "builds.json"
STARTED = time.monotonic()


def step(text: str) -> None:
    say(f"[{time.monotonic() - STARTED:6.1f} s] {text}")


# --- Which builds there are -------------------------------------------------------------------------------------------


def history() -> list[dict]:
    """The builds that were switched in and not taken back, oldest first, each with the tag of its schema's release."""
    return json.loads(HISTORY.read_text()) if HISTORY.exists() else []


def remember(entries: list[dict]) -> None:
    write_atomically(HISTORY, json.dumps(entries, indent=2) + "\n")


def entry(name: str, release: str | None) -> dict:
    return {"build": name, "release": release, "at": datetime.now(UTC).isoformat(timespec="seconds")}


def current() -> str | None:
    return CURRENT.resolve().name if CURRENT.is_symlink() else None


def is_complete(name: str) -> bool:
    return (BUILDS / name / "BUILD").exists()


def forget_old_builds() -> None:
    """Keeps KEEP_BUILDS: those that a rollback reaches, then the newest of the others. What is not complete stays."""
    most = int(SETTINGS["KEEP_BUILDS"])
    reached = {item["build"] for item in history()[-most:]} | {current()}
    others = [folder for folder in BUILDS.iterdir() if is_complete(folder.name) and folder.name not in reached]
    others.sort(key=lambda folder: (folder / "BUILD").stat().st_mtime, reverse=True)
    for folder in others[max(0, most - len(reached)) :]:
        step(f"Removing the old build {folder.name}")
        (folder / "BUILD").unlink()  # from here on it is no build, also if we are killed
        shutil.rmtree(folder)


# --- Making one -------------------------------------------------------------------------------------------------------


def name_of(source: str) -> str:
    """The build's name: a tarball's own; a git ref's day and commit; or that of a build that is here already."""
    if "/" not in source and is_complete(source):
        return source
    if Path(source).is_file():
        return re.sub(r"(\.(tar|tgz|gz|bz2|xz|zst))+$", "", Path(source).name)
    found = git("log", "-1", "--format=%cd-%h", "--date=format:%Y%m%d", f"{source}^{{commit}}", "--")
    if found.returncode:
        raise Stop(2, f"{source} is no build, no tarball, and no commit of {repository()}.")
    return found.stdout.decode().strip()


def repository() -> Path:
    return Path(SETTINGS["REPOSITORY"] or HERE.parent)


def git(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", "-C", repository(), *words], capture_output=True)


def make(name: str, source: str) -> None:
    """ROOT/builds/NAME, complete. Nothing that is served changes. The file BUILD comes last: without it, begin anew."""
    if is_complete(name):
        return step(f"{name} is built already")
    build = BUILDS / name
    step(f"Unpacking {source} into {build}")
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    unpack(source, build)
    for link, target in {".env": SHARED / "env", "var": SHARED / "var"}.items():
        shutil.rmtree(build / link, ignore_errors=True)
        (build / link).unlink(missing_ok=True)
        (build / link).symlink_to(target)
    give_to(owner(), build)
    step("Installing its packages")
    install_packages(build)
    build_frontend(build)
    step("Collecting static files")
    must(build, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    must(build, "-m", "compileall", "-q", "-x", r"\.venv", ".")
    give_to("root" if owner() else None, build)  # the process that serves it cannot change it
    write_atomically(build / "BUILD", f"{name}\n")


def unpack(source: str, build: Path) -> None:
    """A tarball, with or without a folder around everything, or a git ref."""
    if Path(source).is_file():
        command = ["tar", "--extract", "--no-same-owner", "--file", source, "--directory", build]
        done = subprocess.run(command, capture_output=True)
    else:
        archive = git("archive", "--format=tar", source)
        command = ["tar", "--extract", "--no-same-owner", "--directory", build]
        done = subprocess.run(command, input=archive.stdout, capture_output=True) if not archive.returncode else archive
    if done.returncode:
        raise Stop(1, f"{source} could not be unpacked: {done.stderr.decode().strip()}", UNTOUCHED)
    inside = list(build.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        around = inside[0].rename(build / ".around")
        for path in around.iterdir():
            path.rename(build / path.name)
        around.rmdir()
    if not (build / "manage.py").exists():
        raise Stop(2, f"{source} has no manage.py: this is not Find&Go.", UNTOUCHED)


def install_packages(build: Path) -> None:
    done = run(SETTINGS["PYTHON"], "-m", "venv", ".venv", cwd=build)
    if done.returncode:
        raise Stop(1, f"{SETTINGS['PYTHON']} could make no virtual environment.", UNTOUCHED)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    must(build, *pip, "--only-binary", ":all:", "-r", "requirements.txt")
    if not database_url().startswith("mysql"):
        return
    # The C driver has to be compiled; where it cannot be, PyMySQL from requirements.txt does its work.
    if python(build, *pip, "-r", "requirements/mysql.txt", capture_output=True).returncode:
        step("mysqlclient could not be compiled: going on with PyMySQL")


def build_frontend(build: Path) -> None:
    """The agents' app, for collectstatic, with the Node among the build's packages. Builds from before it have none."""
    folder = build / "frontend"
    if not (folder / "package-lock.json").exists():
        return
    step("Building the agents' app")
    cache, modules = folder / ".npm", folder / "node_modules"
    env = {"PATH": f"{build / '.venv/bin'}:{os.environ['PATH']}", "npm_config_cache": str(cache)}
    for words in (("ci", "--ignore-scripts"), ("run", "build")):
        done = run(build / ".venv/bin/npm", "--no-update-notifier", *words, cwd=folder, env=env, **SILENT)
        if done.returncode:
            say(done.stdout)
            raise Stop(1, f"`npm {' '.join(words)}` in {folder} ended with {done.returncode}.", UNTOUCHED)
    for path in (cache, modules):  # nothing of it is served
        shutil.rmtree(path, ignore_errors=True)


def database_url() -> str:
    return os.environ.get("DATABASE_URL") or read_settings(SHARED / "env").get("DATABASE_URL", "")


def give_to(name: str | None, folder: Path) -> None:
    if name:
        subprocess.run(["chown", "-R", "--no-dereference", f"{name}:", folder], check=True)


SILENT = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
UNTOUCHED = "Nothing has changed: the current build is served as before."


def must(build: Path, *words: str) -> None:
    if code := python(build, *words).returncode:
        raise Stop(1, f"`python {' '.join(words)}` in {build} ended with {code}.", UNTOUCHED)


def python(build: Path, *words: str, **options) -> subprocess.CompletedProcess:
    """The build's own Python in its own folder, under its own name."""
    return run(build / ".venv/bin/python", *words, cwd=build, env={"BUILD": build.name}, **options)


# --- Switching one in -------------------------------------------------------------------------------------------------


def switch(name: str) -> None:
    """`current` points to one build or the other at any moment: the new link is renamed over the old one."""
    fresh = ROOT / ".current.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("builds") / name)
    fresh.replace(CURRENT)


def restart() -> bool:
    """The service anew. It returns when requests under way have ended, so it also serves to drain."""
    return subprocess.run(SETTINGS["RESTART"], shell=True).returncode == 0


def answers(path: str, *, well: bool) -> bool:
    """Within READY_S; `well`: with 200. Asked behind nginx's back, since nginx may be showing the maintenance page."""
    deadline = time.monotonic() + float(SETTINGS["READY_S"])
    answer = "no answer"
    while time.monotonic() < deadline:
        status, answer = ask(path)
        if status == 200 or (status and not well):
            return True
        time.sleep(0.2)
    say(f"{path} after {SETTINGS['READY_S']} s: {answer}")
    return False


def ask(path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(SETTINGS["DOMAIN"], timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    try:
        connection.sock.connect(SETTINGS["SOCKET"])
        connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        return response.status, f"{response.status} {response.read(500).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()
