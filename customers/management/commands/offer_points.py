"""python manage.py offer_points --dry-run"""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.services.offers import OfferReport, WebhookOff, offer_again, offer_points, preview_offers


class Command(BaseCommand):
    help = (
        "Offer confirmed points back to provisioning. Exit codes: 0 all was taken, or the webhook is off;"
        " 1 some deliveries wait for their next try."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count; write and send nothing")
        parser.add_argument("--again", action="store_true", help="also what was offered before, as after a restore")
        parser.add_argument("--limit", type=int, help="offer at most so many points anew; retries come beside them")

    def handle(self, *, dry_run, again, limit, **options):
        if limit is not None and limit < 1:
            raise CommandError("--limit is a whole number above 0.")
        if dry_run and again:
            raise CommandError("--again writes, so it cannot be tried dry.")
        if dry_run:
            report = preview_offers(limit=limit)
            self.stdout.write(f"{points(report)} would be offered; {report.waiting} deliveries wait")
            return
        try:
            if again:
                offer_again()
            report = offer_points(clock=timezone.now, limit=limit)
        except WebhookOff as off:
            self.stdout.write(off.message)
            return
        self.stdout.write(
            f"{points(report)} offered; {report.taken} points taken;"
            f" {report.failed} deliveries failed, {report.waiting} wait"
        )
        if report.waiting:
            sys.exit(1)


def points(report: OfferReport) -> str:
    return f"{report.confirmed} confirmed and {report.withdrawn} withdrawn points"
