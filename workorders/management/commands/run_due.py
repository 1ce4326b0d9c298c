from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders.api.sync_shapes import Reader
from workorders.due import run_due


class Command(BaseCommand):
    help = "What the clock brings about: lessons left over, operations held too long, holds and promises that ended."

    def handle(self, **options):
        for what, count in run_due(now=timezone.now(), read=Reader().read).items():
            if count or options["verbosity"] > 1:
                self.stdout.write(f"{what}: {count}")
