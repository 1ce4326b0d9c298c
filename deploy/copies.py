"""`deploy/backup`, `deploy/restore`, `deploy/drill`: copies of the database, and the proof that they can be read back.

A backup is two files in ROOT/backups: the data, and a manifest with the rows and checksum of every table as they were
in the database at the moment of the copy. The manifest is written last: without it there is no backup.
"""

import argparse
import fcntl
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from place import BACKUPS, CURRENT, HERE, SETTINGS, Stop, become_owner, say, sync_folder, told, write_atomically
from record import TAKEN_BACK

PROJECT = HERE.parent
FAILED, REFUSED, LOCKED = 1, 3, 4


def database():
    """The database of this build's settings."""
    sys.path.insert(0, str(PROJECT))
    from engines import engine_of

    from findgo import env

    return engine_of(env.database())


@contextmanager
def one_at_a_time():
    BACKUPS.mkdir(parents=True, exist_ok=True)
    with (BACKUPS / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(LOCKED, "Another backup, restore or drill is running. Nothing was done.")
        yield


# --- Backup -----------------------------------------------------------------------------------------------------------


def backup() -> None:
    with one_at_a_time():
        started = time.monotonic()
        engine = database()
        made_at = datetime.now(UTC)
        build = (CURRENT.resolve() if CURRENT.exists() else PROJECT).name
        data = BACKUPS / f"findgo-{made_at:%Y%m%d-%H%M%S}-{build}{engine.suffix}"
        for left in BACKUPS.glob(".part-*"):
            left.unlink()
        part = data.with_name(f".part-{data.name}")
        tables = engine.dump(part)
        manifest = {
            "file": data.name,
            "bytes": part.stat().st_size,
            "sha256": digest(part),
            "made_at": made_at.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - started, 1),
            "build": build,
            "release": release_of_schema(),
            "tables": tables,
        }
        part.replace(data)
        sync_folder(BACKUPS)
        write_atomically(manifest_of(data), json.dumps(manifest, indent=1) + "\n")
        rows = sum(table["rows"] for table in tables.values())
        say(f"{data}: {len(tables)} tables, {rows} rows, {manifest['bytes']} bytes in {manifest['seconds']} s")
        keep_the_newest()


def manifest_of(data: Path) -> Path:
    return data.with_name(re.sub(r"(\.sql\.gz|\.sqlite3\.gz|\.json)$", "", data.name) + ".json")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def release_of_schema() -> dict | None:
    """The newest release that is in the schema, where it can be told: a backup does not fail for want of a label."""
    command = [sys.executable, "manage.py", "releases", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        say("`manage.py releases` does not answer: the manifest names no release.")
        return None
    live = [item for item in json.loads(done.stdout) if item["state"] != TAKEN_BACK]
    last = max(live, key=lambda item: item["id"], default=None)
    return last and {key: last[key] for key in ("id", "tag", "build", "state")}


def backups() -> list[Path]:
    """The manifests, oldest first: their names begin with the time."""
    return sorted(BACKUPS.glob("findgo-*.json"))


def keep_the_newest() -> None:
    for manifest in backups()[: -int(SETTINGS["KEEP_BACKUPS"])]:
        data = BACKUPS / json.loads(manifest.read_text())["file"]
        manifest.unlink()  # first: data without a manifest is no backup
        data.unlink(missing_ok=True)
        say(f"{data.name} removed: the newest {SETTINGS['KEEP_BACKUPS']} are kept")


# --- Restore and drill ------------------------------------------------------------------------------------------------


def restore(file: str) -> None:
    with one_at_a_time():
        data, manifest = found(file)
        engine = database()
        if not engine.is_empty():
            raise Stop(REFUSED, "The database is not empty. Nothing was done: a restore overwrites nothing.")
        check_bytes(data, manifest)
        engine.load(data)
        compare(engine, manifest)
        tell_phones(data.name)
        erase_again()
        say(
            f"It was made at {manifest['made_at']} under build {manifest['build']}.",
            f"NEXT  {HERE / 'release'} BUILD    (the one to serve; brings the schema up to it)",
        )


def tell_phones(name: str) -> None:
    """What they fetched since the backup is not here any more."""
    command = [sys.executable, "manage.py", "begin_feed_epoch", "--reason", f"restore of {name}"]
    if subprocess.run(command, cwd=PROJECT).returncode:
        say(f"The data is here, but the phones do not know. When the cause is put right: {shlex.join(command[1:])}")


def erase_again() -> None:
    """Whoever was erased since the backup is back with it; the ledger's file, which no restore touches, knows them."""
    command = [sys.executable, "manage.py", "subject", "reapply"]
    if subprocess.run(command, cwd=PROJECT).returncode:
        say(f"Who was erased since the backup may be back. When the cause is put right: {shlex.join(command[1:])}")


def drill(file: str | None) -> None:
    with one_at_a_time():
        started = time.monotonic()
        data, manifest = found(file)
        say(f"Drill with {data.name}")
        check_bytes(data, manifest)
        with database().scratch() as scratch:
            scratch.load(data)
            loaded = time.monotonic()
            compare(scratch, manifest)
        now = time.monotonic()
        say(f"PASS  restored in {loaded - started:.1f} s, compared in {now - loaded:.1f} s")


def found(file: str | None) -> tuple[Path, dict]:
    """A backup by its data, its manifest, or its bare name; without one the newest."""
    if file is None and not backups():
        raise Stop(FAILED, f"FAIL  there is no backup in {BACKUPS}")
    path = Path(file) if file else backups()[-1]
    path = path if path.exists() else BACKUPS / path.name
    manifest = manifest_of(path)
    if not manifest.exists():
        raise Stop(FAILED, f"FAIL  {path} has no manifest {manifest.name}: it is not a complete backup")
    content = json.loads(manifest.read_text())
    return manifest.with_name(content["file"]), content


def check_bytes(data: Path, manifest: dict) -> None:
    if not data.exists():
        raise Stop(FAILED, f"FAIL  {data} is missing")
    if digest(data) != manifest["sha256"]:
        raise Stop(FAILED, f"FAIL  {data} is not the file that was written: its SHA-256 differs")


def compare(engine, manifest: dict) -> None:
    """Table by table what was restored against what the database held when the backup was made."""
    expected, actual = manifest["tables"], engine.sums()
    wrong = 0
    say(f"{'TABLE':<44} {'ROWS':>10} {'RESTORED':>10}  CHECKSUM")
    for table in sorted(expected.keys() | actual.keys()):
        then, now = expected.get(table), actual.get(table)
        wrong += then != now
        word = (
            "same" if then == now else "missing" if now is None else "not in the backup" if then is None else "DIFFERS"
        )
        say(f"{table:<44} {then['rows'] if then else '-':>10} {now['rows'] if now else '-':>10}  {word}")
    if wrong:
        raise Stop(FAILED, f"FAIL  {wrong} of {len(expected)} tables differ")
    say(f"All {len(expected)} tables are the same.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("backup", help=f"a copy into {BACKUPS}; the newest {SETTINGS['KEEP_BACKUPS']} are kept")
    commands.add_parser("restore", help="into an empty database").add_argument("file")
    commands.add_parser("drill", help="restore into a scratch database, compare, drop it").add_argument(
        "file", nargs="?"
    )
    given = parser.parse_args()
    become_owner()
    os.umask(0o077)
    return told(
        {
            "backup": backup,
            "restore": lambda: restore(given.file),
            "drill": lambda: drill(given.file),
        }[given.command]
    )


if __name__ == "__main__":
    sys.exit(main())
