"""Applies the migrations of this build as one release that can be taken back: `release --tag v1.4`."""

import time

from releases.models import Direction
from releases.telling import ReleaseCommand, confirm, tell_end, tell_plan


class Command(ReleaseCommand):
    help = "Apply all pending migrations as one recorded release. What they drop is kept."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--tag", default="", help="name of the release; else the build's, else the time")

    def work(self, *, tag, pretend, resume, force, noinput, verbosity, **options):
        session, started = self.session(verbosity), time.monotonic()
        with session.locked():
            if resume:
                run = session.resume(Direction.RELEASE)
            else:
                plan = session.plan_release()
                if pretend:
                    self.show(session, plan, production=False, force=force)
                    return
                if verbosity:
                    tell_plan(self, session, plan, sql=False)
                confirm(noinput)
                run = session.start(plan, tag=tag, force=force)
        if verbosity:
            tell_end(self, run, time.monotonic() - started)
