"""What a move between builds has come to: the record on disk, the lock, the page, and the schema commands."""

import fcntl
import json
import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from subprocess import PIPE

from builds import current, history, is_complete, python, step
from place import BUILDS, CLOSED, HERE, SHARED, Stop, say, write_atomically

MOVE = SHARED / "move.json"
PLAN = SHARED / "plan.txt"

# Exit codes of `manage.py release` and `manage.py rollback`.
DONE, USAGE, REFUSED, LOCKED, MIDWAY, DRIFT, UNVERIFIED, NOTHING, DECLINED = 0, 2, 3, 4, 5, 6, 7, 8, 9
MEANING = {
    1: "it failed unexpectedly",
    USAGE: "it was called in a way it does not know",
    REFUSED: "its pre-flight refused",
    LOCKED: "somebody else holds the lock",
    MIDWAY: "it stopped midway",
    DRIFT: "the structure is not what was recorded",
    UNVERIFIED: "it is done, but not verified",
    DECLINED: "it was declined",
}
TAKEN_BACK = "ROLLED_BACK"  # Release.State of the app `releases`
NOTHING_EXECUTED = (USAGE, REFUSED, LOCKED, DECLINED)  # not DRIFT: a run that is through says it as well


@dataclass
class Move:
    verb: str  # release or rollback
    source: str | None  # the build that was current
    target: str  # the build that is to be
    release: str | None  # tag of the schema's last release before a `release`, after a `rollback`
    page_was_on: bool = False
    schema: bool = True  # False: only the code moves
    force: bool = False  # given to manage.py
    stage: str = "begun"  # begun → schema (statements may have run) → moved (the schema is the target's)

    def at(self, stage: str) -> None:
        self.stage = stage
        self.write()

    def write(self) -> None:
        write_atomically(MOVE, json.dumps(asdict(self), indent=2) + "\n")

    def __str__(self):
        return f"{self.verb} from {self.source} to {self.target}"

    @property
    def can_turn(self) -> bool:
        """A release with a build behind it can become a rollback at any point."""
        return self.verb == "release" and self.source not in (None, self.target)

    @property
    def flags(self) -> list[str]:
        return ["--force"] if self.force else []

    @property
    def again(self) -> str:
        return f"{HERE / self.verb} {self.target if self.verb == 'release' else ''}".strip()


def unfinished() -> Move | None:
    return Move(**json.loads(MOVE.read_text())) if MOVE.exists() else None


def not_finished(move: Move) -> Stop:
    return Stop(REFUSED, f"The {move} is not finished ({move.stage}). Nothing was done.", f"NEXT  {move.again}")


@contextmanager
def one_at_a_time():
    with (SHARED / "move.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(LOCKED, "Another release or rollback is running on this machine. Nothing was done.")
        yield


# --- The page ---------------------------------------------------------------------------------------------------------


def close(why: str) -> None:
    if not CLOSED.exists():
        step("Maintenance page on")
        write_atomically(CLOSED, f"{why}\n")


def open_up() -> None:
    if CLOSED.exists():
        CLOSED.unlink()
        step("Maintenance page off")


def maintenance(word: str) -> None:
    if word == "off" and (move := unfinished()):
        lines = [f"No: the {move} is not finished, build and schema may not belong together.", f"NEXT  {move.again}"]
        raise Stop(REFUSED, *lines)
    {"on": partial(close, "by hand"), "off": open_up, "status": lambda: None}[word]()
    say(f"The maintenance page is {'ON: ' + CLOSED.read_text().strip() if CLOSED.exists() else 'off'}.")


# --- What the schema says ---------------------------------------------------------------------------------------------


def manage(name: str, *words: str) -> int:
    """A command of that build's manage.py; its exit code, 1 where it was killed."""
    code = python(BUILDS / name, "manage.py", *words).returncode
    return code if code >= 0 else 1


def pretend(name: str, *words: str) -> int:
    """`manage.py … --pretend`: prints what is at stake, and writes every statement to PLAN."""
    done = python(BUILDS / name, "manage.py", *words, stdout=PIPE)
    write_atomically(PLAN, done.stdout)
    lines = [line for line in done.stdout.splitlines() if not re.match(r" *\d+  | {8}", line)]
    if lines:
        say(*lines, f"  every statement: {PLAN}")
    return done.returncode if done.returncode >= 0 else 1


def releases(name: str) -> list[dict]:
    """The releases that the schema carries now, newest first, as that build's code sees them."""
    done = python(BUILDS / name, "manage.py", "releases", "--json", capture_output=True)
    if done.returncode:
        raise Stop(1, f"`manage.py releases` of {name} failed:", done.stderr.strip()[-500:])
    return [item for item in json.loads(done.stdout) if item["state"] != TAKEN_BACK]


def is_half_released(name: str) -> bool:
    return any(item["state"] == "UNFINISHED" for item in releases(name))


def last_release(name: str) -> str | None:
    """Its tag."""
    return next((item["tag"] for item in releases(name)), None)


def status() -> None:
    say(f"{'BUILD':<24} {'RELEASE':<24} SINCE")
    for item in history():
        mark = "  ← current" if item["build"] == current() else "" if is_complete(item["build"]) else "  (removed)"
        say(f"{item['build']:<24} {item['release'] or '-':<24} {item['at']}{mark}")
    if move := unfinished():
        say(f"UNFINISHED  {move}, stage {move.stage}", f"NEXT        {move.again}")
    maintenance("status")
