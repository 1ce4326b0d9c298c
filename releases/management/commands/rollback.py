"""Takes releases back with every row kept: `rollback`, `rollback --step 2`, `rollback --to v1.3`."""

import time

from django.conf import settings
from django.core.management.base import CommandError

from releases.models import Direction
from releases.telling import ReleaseCommand, confirm, tell_end, tell_plan


class Command(ReleaseCommand):
    help = "Take the last release back. Its tables and columns are kept and return when it is released again."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--step", type=int, default=1, metavar="N", help="the last N releases")
        which.add_argument("--to", default="", metavar="TAG", help="every release after this one")

    def work(self, *, step, to, pretend, resume, force, noinput, verbosity, **options):
        if step < 1:
            raise CommandError("--step is a whole number from 1.", returncode=2)
        session, started = self.session(verbosity), time.monotonic()
        production = not settings.DEBUG
        with session.locked():
            if resume:
                run = session.resume(Direction.ROLLBACK)
            else:
                releases = session.last_releases(step=step, to=to)
                plan = session.plan_rollback(releases)
                if pretend:
                    self.show(session, plan, production=production, force=force)
                    return
                if verbosity:
                    self.stdout.write("Releases: " + ", ".join(release.tag for release in releases))
                    tell_plan(self, session, plan, sql=False)
                confirm(noinput)
                run = session.start(plan, releases=releases, force=force, production=production)
        if verbosity:
            tell_end(self, run, time.monotonic() - started)
