"""Decides where houses are, with all evidence and what was learned of it: `resolve_locations --all --witel BANDUNG`."""

import time

from django.core.management.base import BaseCommand, CommandError

from common.locks import Busy, only_one
from regions.models import Witel
from workorders.services.locating import locate_everybody


class Command(BaseCommand):
    help = "Decide where houses are. Only those that an older algorithm decided, or with --all everybody. Resumable."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", dest="everybody", help="also those that are up to date")
        parser.add_argument("--witel", metavar="CODE", help="only this witel's customers")

    def handle(self, *, everybody, witel, verbosity, **options):
        place = None
        if witel:
            place = Witel.objects.filter(code=witel.upper()).first()
            if place is None:
                raise CommandError(f"No witel has the code {witel}.")
        started = time.monotonic()

        def progress(done: int, total: int, changed: int) -> None:
            if verbosity:
                seconds = time.monotonic() - started
                self.stderr.write(f"[{seconds:5.0f} s] {done:,} of {total:,} houses, {changed:,} changed")

        try:
            with only_one("locating"):  # two that went on with one run would count its houses twice
                run = locate_everybody(everybody=everybody, witel=place, progress=progress)
        except Busy as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{run.done:,} houses decided, {run.changed:,} changed, {time.monotonic() - started:.1f} s.")
