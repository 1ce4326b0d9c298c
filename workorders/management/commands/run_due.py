from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders.api.sync_shapes import Reader
from workorders.due import run_due


class Command(BaseCommand):
    help = "What is due by the clock. For a timer, every quarter of an hour or so; safe to run twice, also at once."

    def handle(self, **options):
        for what, count in run_due(now=timezone.now(), read=Reader().read).items():
            if count or options["verbosity"] > 1:
                self.stdout.write(f"{what}: {count}")
