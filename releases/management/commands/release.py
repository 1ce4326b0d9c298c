"""Applies the migrations of this build as one release that can be taken back: `release --tag v1.4`."""

import time

from releases.models import Direction
from releases.services import Session
from releases.telling import Progress, ReleaseCommand, confirm, tell_end, tell_plan


class Command(ReleaseCommand):
    help = "Apply all pending migrations as one recorded release. What they drop is kept."

    def add_arguments(self, parser):
        parser.add_argument("--tag", default="", help="name of the release; else the build's, else the time")
        parser.add_argument("--pretend", action="store_true", help="print every statement, change nothing")
        parser.add_argument("--resume", action="store_true", help="go on with a release that was cut short")
        parser.add_argument("--force", action="store_true", help="overrule what the pre-flight found")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="do not ask")

    def work(self, *, tag, pretend, resume, force, noinput, **options):
        progress = Progress(self)
        session = Session(say=self.stdout.write if options["verbosity"] else lambda line: None, progress=progress)
        started = time.monotonic()
        with session.locked():
            if resume:
                run = session.resume(Direction.RELEASE)
            else:
                plan = session.plan_release()
                if options["verbosity"]:
                    tell_plan(self, plan, sql=pretend)
                if pretend:
                    for line in session.objections(plan, production=False):
                        self.stdout.write(f"  speaks against it: {line}")
                    return
                confirm(noinput)
                run = session.start(plan, tag=tag, force=force)
        progress.end()
        tell_end(self, run, time.monotonic() - started)
