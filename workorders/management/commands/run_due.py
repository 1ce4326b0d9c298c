"""What is due by the clock. For a timer, every quarter of an hour or so; safe to run twice, also at once."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders.services.developing import develop_left
from workorders.services.expiry import expire_uploads


class Command(BaseCommand):
    help = "Finish photos that were left half made, and delete uploads that expired."

    def handle(self, **options):
        now = timezone.now()
        self.stdout.write(f"photos finished: {develop_left(now)}")
        self.stdout.write(f"uploads and files expired: {expire_uploads(now)}")
