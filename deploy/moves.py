"""`deploy/release` and `deploy/rollback`: from one build to another, schema included; `maintenance` and `status`.

A move is written down (shared/move.json) before it changes anything and struck out when the next build answers. The
same command, given again after a failure or a kill, goes on from where the move stands. The page comes down only when
build and schema belong together.
"""

import argparse
import re
import sys

from builds import (
    UNTOUCHED,
    answers,
    current,
    entry,
    forget_old_builds,
    history,
    is_complete,
    make,
    must,
    name_of,
    remember,
    restart,
    step,
    switch,
)
from place import BUILDS, CLOSED, CURRENT, HERE, ROOT, Stop, run, say, told
from record import (
    DECLINED,
    DONE,
    MEANING,
    MIDWAY,
    MOVE,
    NOTHING,
    NOTHING_EXECUTED,
    REFUSED,
    UNVERIFIED,
    USAGE,
    Move,
    close,
    is_half_released,
    last_release,
    maintenance,
    manage,
    not_finished,
    one_at_a_time,
    open_up,
    pretend,
    status,
    unfinished,
)

# --- Forward ----------------------------------------------------------------------------------------------------------


def release(source: str, name: str | None, force: bool, accept: bool) -> None:
    with one_at_a_time():
        name = name or name_of(source)
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise Stop(USAGE, f"{name} cannot be a build's name: letters, digits, and . - _ between them.")
        move = unfinished()
        if move and (move.verb, move.target) != ("release", name):
            raise not_finished(move)
        if name != current() and name in [item["build"] for item in history()]:
            raise Stop(REFUSED, f"{name} came before {current()}.", f"NEXT  {HERE / 'rollback'} --to {name}")
        make(name, source)
        must(BUILDS / name, "manage.py", "check", "--deploy", "--database", "default")
        move, resuming = move or plan_release(name, force), move is not None
        move.force |= force
        if move.schema and move.stage != "moved":
            schema_forward(move, resuming, accept)
        move.at("moved")
        finish(move)
        remember([item for item in history() if item["build"] != name] + [entry(name, last_release(name))])
        MOVE.unlink()
        step(f"Done: {move}")
        forget_old_builds()


def plan_release(name: str, force: bool) -> Move:
    step("What the schema needs")
    code = pretend(name, "release", "--pretend", *(["--force"] if force else []))
    if code not in (DONE, NOTHING):
        raise refused_beforehand(code, f"{HERE / 'release'} {name}", force)
    move = Move("release", current(), name, last_release(name), CLOSED.exists(), code == DONE, force)
    move.write()
    return move


def schema_forward(move: Move, resuming: bool, accept: bool) -> None:
    close(str(move))
    if move.stage == "begun":
        drain(move)
        back_up(move)
        move.at("schema")
    step("Taking the schema forward")
    code = NOTHING
    if resuming:
        code = manage(move.target, "release", "--resume", "--noinput")
    if code == NOTHING:
        code = manage(move.target, "release", "--noinput", *move.flags)  # its tag is the build's name
    settle(move, code, resuming, accept)


# --- Back -------------------------------------------------------------------------------------------------------------


def rollback(to: str | None, only_say: bool, force: bool, noinput: bool, accept: bool) -> None:
    with one_at_a_time():
        begun = unfinished()
        if begun and to not in (None, begun.source if begun.verb == "release" else begun.target):
            raise not_finished(begun)
        move = turned_back(begun) if begun else plan_rollback(to, force)
        move.force |= force
        say(f"{move}{f', going on at stage {move.stage}' if begun else ''}")
        if only_say:
            return
        if not begun or begun.verb == "release":
            ask_for_consent(noinput)
            move.write()
        if move.schema and move.stage != "moved":
            schema_back(move, begun, accept)
        move.at("moved")
        finish(move)
        names = [item["build"] for item in history()]
        remember(history()[: names.index(move.target) + 1])
        MOVE.unlink()
        step(f"Done: {move}")


def turned_back(move: Move) -> Move:
    """A release that did not come through, turned round where it stands; a rollback as it is.

    Forced: nobody can have rehearsed what failed just now, and nobody has written rows since, behind the page.
    """
    if move.verb == "rollback":
        return move
    if not move.can_turn:
        raise Stop(REFUSED, f"There is no build before {move.target} to go back to.", f"NEXT  {move.again}")
    stage = "begun" if move.stage == "begun" else "schema"
    return Move("rollback", move.target, move.source, move.release, move.page_was_on, move.schema, True, stage)


def plan_rollback(to: str | None, force: bool) -> Move:
    target = build_before(to)
    move = Move("rollback", current(), target["build"], target["release"], CLOSED.exists(), force=force)
    if move.release is None:
        raise Stop(REFUSED, f"No release of the schema is known of {move.target}.", UNTOUCHED)
    code = pretend(move.source, "rollback", "--to", move.release, "--pretend", *move.flags)
    if code not in (DONE, NOTHING):
        raise refused_beforehand(code, f"{HERE / 'rollback'}{f' --to {to}' if to else ''}", force)
    move.schema = code == DONE
    return move


def build_before(to: str | None) -> dict:
    names = [item["build"] for item in history()]
    if current() not in names:
        raise Stop(REFUSED, f"{CURRENT} points to {current()}, which deploy/release did not put there.")
    earlier = history()[: names.index(current())]
    if not earlier or to == current():
        raise Stop(NOTHING, f"There is nothing to go back to from {current()}.")
    target = next((item for item in reversed(earlier) if to in (None, item["build"])), None)
    if target is None or not is_complete(target["build"]):
        here = ", ".join(item["build"] for item in earlier if is_complete(item["build"]))
        raise Stop(REFUSED, f"{to or earlier[-1]['build']} is not among the builds to go back to: {here}.", UNTOUCHED)
    return target


def ask_for_consent(noinput: bool) -> None:
    question = "Application in production. Do you really wish to run this command? (yes/no) [no] "
    if not noinput and not (sys.stdin.isatty() and input(question).strip().lower() == "yes"):
        raise Stop(DECLINED, "Declined.", UNTOUCHED)


def schema_back(move: Move, begun: Move | None, accept: bool) -> None:
    """With the code of the build that is left: it has the migrations that know the way back."""
    close(str(move))
    if move.stage == "begun":
        drain(move)
        move.at("schema")
    step("Taking the schema back")
    code = NOTHING
    if begun and begun.verb == "rollback":
        code = manage(move.source, "rollback", "--resume", "--noinput")
    # REFUSED: what is half done is the release that this move turned round before it was killed.
    if code in (NOTHING, REFUSED):
        code = manage(move.source, "rollback", "--to", move.release, "--noinput", *move.flags)
    if code == MIDWAY and is_half_released(move.source):
        raise inside_a_migration(move)
    settle(move, code, begun is not None, accept)


def inside_a_migration(move: Move) -> Stop:
    """MariaDB cannot undo half a migration, so there is no way back from there: the move is a release again."""
    ahead = Move("release", move.target, move.source, move.release, move.page_was_on, stage="schema")
    ahead.write()
    return Stop(
        MIDWAY,
        f"STOPPED  The release stands inside a migration. There is no way back to {move.target} from there.",
        f"STATE    {CURRENT} is {current()}; the schema is between the builds; the maintenance page is ON.",
        f"NEXT     put right what stopped it (see above), then {ahead.again}    (goes on from there)",
        f"OR       restore the backup made before it (deploy/README.md), then {HERE / 'rollback'}",
    )


# --- Both -------------------------------------------------------------------------------------------------------------


def refused_beforehand(code: int, command: str, force: bool) -> Stop:
    lines = [f"The schema cannot move: {MEANING.get(code, code)}.", UNTOUCHED]
    if code == REFUSED and not force:
        lines.append(f"OR       {command} --force    (where what speaks against it can be overruled)")
    return Stop(code, *lines)


def drain(move: Move) -> None:
    """Requests from before the page end before the schema moves: those at work, and those that wait on the socket."""
    if move.source and not (restart() and answers("/health/live/", well=False)):
        step("The service does not answer: going on without it")


def back_up(move: Move) -> None:
    if not move.source:
        return
    step("Backup")
    program = next(path for name in (move.source, move.target) if (path := BUILDS / name / "deploy/backup").exists())
    if run(program, cwd=ROOT).returncode:
        as_before(move)
        raise Stop(1, "The backup failed, so the schema was not touched.", UNTOUCHED)


def settle(move: Move, code: int, resuming: bool, accept: bool) -> None:
    """What a schema command's exit code means for the page and for the next command."""
    if code == NOTHING or (code == UNVERIFIED and accept):
        # Done by an earlier run, which was killed or could not verify; so verify now.
        tool = move.target if move.verb == "release" else move.source
        if accept or manage(tool, "verify_schema") == DONE:
            return
        code = UNVERIFIED
    if code == DONE:
        return
    if code in NOTHING_EXECUTED and not resuming:
        as_before(move)
        raise Stop(code, f"The schema did not move: {MEANING[code]}.", UNTOUCHED)
    lines = [
        f"STOPPED  `manage.py {move.verb}` said {code}: {MEANING.get(code, 'it was killed or failed')}.",
        f"STATE    {CURRENT} is {current()}; the schema may be between the builds; the maintenance page is ON.",
        f"NEXT     {move.again}    (goes on from here)",
    ]
    if move.can_turn:
        lines.append(f"OR       {HERE / 'rollback'}    (back to {move.source})")
    if code == UNVERIFIED:
        lines.append(
            f"OR       {move.again} --accept-schema    (once what `manage.py verify_schema` names is all right)"
        )
    raise Stop(code, *lines)


def as_before(move: Move) -> None:
    """The move never was: schema and build are those it began with."""
    MOVE.unlink()
    open_unless_by_hand(move)


def open_unless_by_hand(move: Move) -> None:
    if move.page_was_on:
        step("The maintenance page stays ON, as it was before")
    else:
        open_up()


def finish(move: Move) -> None:
    """The schema is the target's; now the code."""
    step(f"Switching {CURRENT} to {move.target}")
    switch(move.target)
    step("Restarting")
    if restart() and answers("/health/ready/", well=True):
        step(f"{move.target} is ready")
        return open_unless_by_hand(move)
    close(str(move))
    lines = [
        f"STOPPED  {move.target} is switched in and does not become ready.",
        "STATE    The schema belongs to it; the maintenance page is ON. The service's log says why.",
        f"NEXT     {move.again}    (tries again)",
    ]
    if move.can_turn:
        lines.append(f"OR       {HERE / 'rollback'}    (back to {move.source})")
    raise Stop(1, *lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    forward = commands.add_parser("release", help="build, schema and service forward")
    forward.add_argument("source", help="a tarball, a git ref, or the name of a build that is here")
    forward.add_argument("--name", help="the build's name, if not the tarball's or commit's own")
    back = commands.add_parser("rollback", help="service and schema back to the build before, or to --to")
    back.add_argument("--to", metavar="BUILD")
    back.add_argument("--pretend", action="store_true", help="only say what would be done")
    back.add_argument("--noinput", action="store_true", help="do not ask")
    for command in (forward, back):
        command.add_argument("--force", action="store_true", help="overrule what manage.py says against it")
        command.add_argument("--accept-schema", action="store_true", help="go on with a schema that is not verified")
    page = commands.add_parser("maintenance", help="the maintenance page")
    page.add_argument("word", choices=["on", "off", "status"])
    commands.add_parser("status", help="builds, page, unfinished move")
    given = parser.parse_args()
    return told(
        {
            "release": lambda: release(given.source, given.name, given.force, given.accept_schema),
            "rollback": lambda: rollback(given.to, given.pretend, given.force, given.noinput, given.accept_schema),
            "maintenance": lambda: maintenance(given.word),
            "status": status,
        }[given.command]
    )


if __name__ == "__main__":
    sys.exit(main())
