"""Runs a command on the lab and kills it, or its database server, at one statement after the other, until it is done.

    DJANGO_SETTINGS_MODULE=tests.lab.settings DATABASE_URL=… python tests/releases/chain.py release --seconds 60

Each attempt is a process of its own: the command the first time, then `--resume`. It is killed with SIGKILL right
after its n-th statement that changes anything; n grows by one where an attempt made no step, so that each statement has
its turn, those inside a transaction too. With `--server PIDFILE STARTER` it is the server that is killed, and started
again. After `--seconds` an attempt is left to finish. Prints how many were killed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created

QUIET = ("SELECT", "SHOW", "SET", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "LOCK", "UNLOCK")
FIRST = 3  # a resumed run notes that it runs and that its step has begun: one statement further is the least progress
UNFORESEEN, STOPPED = 1, 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["release", "rollback"])
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--stride", type=int, default=1, help="statements between two kills, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", nargs=2, metavar=("PIDFILE", "STARTER"))
    options = parser.parse_args()
    django.setup()
    chain = Chain(options)
    chain.go()
    sys.stdout.write(f"{chain.killed} killed in {time.monotonic() - chain.began:.0f} s\n")


class Chain:
    def __init__(self, options):
        self.options = options
        self.luck = random.Random(options.seed)
        self.began = time.monotonic()
        self.killed = 0

    def go(self) -> None:
        at, before = FIRST, None
        earlier = finished()
        while finished() == earlier:  # a second plain `rollback` would take back the release before
            spared = self.killed and time.monotonic() - self.began > self.options.seconds
            code = self.attempt(0 if spared else at + self.luck.randrange(2 * self.options.stride - 1))
            if code == 0:
                self.start_server(only_if_dead=True)  # its last breath may have been with the command's
                return
            # Without its server a command ends with 5, or with 1 before its run is written down and after its last step.
            if code not in ((UNFORESEEN, STOPPED) if self.options.server else (-signal.SIGKILL,)):
                sys.exit(f"ended with {code} after {self.killed} kills")
            if not self.killed:
                self.began = time.monotonic()  # planning took its time, and is no part of what is killed
            self.killed += 1
            self.start_server()
            now = standing()
            at, before = (FIRST if now != before else at + 1), now

    def attempt(self, at: int) -> int:
        """The exit code, negative where it was killed."""
        resume = standing() is not None
        connection.close()
        pid = os.fork()
        if pid == 0:
            self.run(at, resume)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def run(self, at: int, resume: bool) -> None:
        """In the child. `resume` counts from its first statement, else from the ones that write its steps down: what is
        before is one transaction with them, and planning again each time."""
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        kill = self.kill_server if self.options.server else lambda: os.kill(os.getpid(), signal.SIGKILL)
        counted = Counted(at, kill, resume)
        # The shadow has a connection of its own, without this.
        connection_created.connect(lambda connection, **_: counted.watch(connection), weak=False)
        code = 1
        try:
            call_command(self.options.command, noinput=True, verbosity=0, resume=resume, force=True)
            code = 0
        except SystemExit as error:
            code = error.code
        except CommandError as error:
            sys.stderr.write(f"{error}\n")
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def kill_server(self) -> None:
        """Now, or in the middle of what comes next."""
        number = int(Path(self.options.server[0]).read_text())
        threading.Timer(self.luck.choice([0, 0.001, 0.005]), lambda: os.kill(number, signal.SIGKILL)).start()

    def start_server(self, only_if_dead: bool = False) -> None:
        if self.options.server and not (only_if_dead and self.is_alive()):
            subprocess.run(self.options.server[1], shell=True, check=True)

    def is_alive(self) -> bool:
        number = int(Path(self.options.server[0]).read_text())
        stat = Path(f"/proc/{number}/stat")
        return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


class Counted:
    """Counts what the default connection changes, and kills after the `at`-th; never where that is 0."""

    def __init__(self, at: int, kill, counting: bool):
        self.left, self.kill, self.counting = at, kill, counting

    def watch(self, made) -> None:
        if made is connections["default"] and self.note not in made.execute_wrappers:
            made.execute_wrappers.append(self.note)

    def note(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        self.counting = self.counting or "INTO `releases_step`" in sql or 'INTO "releases_step"' in sql
        if self.counting and not sql.lstrip().upper().startswith(QUIET):
            self.left -= 1
            if self.left == 0:
                self.kill()
        return result


def standing() -> tuple | None:
    """How far the run that is half done has come; None where none is."""
    from releases import journal
    from releases.models import Step

    def ask():
        run = journal.unfinished_run()
        return run and tuple(Step.objects.filter(run=run).exclude(state="PENDING").values_list("number", "state"))

    return asked(ask)


def finished() -> int:
    """How many runs of steps came to their end; what was migrated outside is noted as a run without any."""
    from releases import journal
    from releases.models import Run

    return asked(
        lambda: (
            Run.objects.filter(state=Run.State.DONE, steps__isnull=False).distinct().count()
            if journal.has_journal(connection)
            else 0
        )
    )


def asked(question):
    """The answer, as soon as the database gives one."""
    for _ in range(20):
        try:
            return question()
        except OperationalError:
            connection.close()
            time.sleep(0.5)
    sys.exit("the database does not answer")


if __name__ == "__main__":
    main()
