from django.core.management.base import BaseCommand, CommandError

from common.locks import Busy, only_one
from customers.services.learned_areas import learn_areas
from imports.management.commands.import_feed import Progress, silent
from workorders.services.points import refresh_points


class Command(BaseCommand):
    help = (
        "Learn from verified customers what no file told: villages where none were loaded, and the cells where each "
        "witel has houses. Safe to run every night."
    )

    def handle(self, **options):
        progress = Progress(self.stderr) if self.stderr.isatty() else silent
        try:
            with only_one("import"):
                saved, matched = learn_areas(progress=progress)
                refresh_points(customers=matched)
        except Busy as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{saved.created} areas learned, {saved.updated} changed, {saved.unchanged} as before; "
            f"{len(matched)} customers matched anew. "
            "Points are checked against them when provisioning is imported again."
        )
