"""Takes releases back with every row kept: `rollback`, `rollback --step 2`, `rollback --to v1.3`."""

import time

from django.conf import settings
from django.core.management.base import CommandError

from releases.models import Direction
from releases.services import Session
from releases.telling import Progress, ReleaseCommand, confirm, tell_end, tell_plan


class Command(ReleaseCommand):
    help = "Take the last release back. Its tables and columns are kept and return when it is released again."

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--step", type=int, default=1, metavar="N", help="the last N releases")
        which.add_argument("--to", default="", metavar="TAG", help="every release after this one")
        parser.add_argument("--pretend", action="store_true", help="print every statement, change nothing")
        parser.add_argument("--resume", action="store_true", help="go on with a rollback that was cut short")
        parser.add_argument("--force", action="store_true", help="overrule what the pre-flight found")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="do not ask")

    def work(self, *, step, to, pretend, resume, force, noinput, **options):
        if step < 1:
            raise CommandError("--step is a whole number from 1.", returncode=2)
        progress = Progress(self)
        session = Session(say=self.stdout.write if options["verbosity"] else lambda line: None, progress=progress)
        started = time.monotonic()
        with session.locked():
            if resume:
                run = session.resume(Direction.ROLLBACK)
            else:
                releases = session.last_releases(step=step, to=to)
                plan = session.plan_rollback(releases)
                if options["verbosity"]:
                    self.stdout.write("Releases: " + ", ".join(release.tag for release in releases))
                    tell_plan(self, plan, sql=pretend)
                production = not settings.DEBUG
                if pretend:
                    for line in session.objections(plan, production=production):
                        self.stdout.write(f"  speaks against it: {line}")
                    return
                confirm(noinput)
                run = session.start(plan, releases=releases, force=force, production=production)
        progress.end()
        tell_end(self, run, time.monotonic() - started)
