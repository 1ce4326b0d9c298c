"""Takes a batch back: `undo_import 17`."""

from django.core.management.base import BaseCommand, CommandError

from common.problems import Problem
from imports.models import Batch
from imports.undo import undo_batch


class Command(BaseCommand):
    help = "Undo an import: delete what it created, restore what it changed, list what somebody changed since."

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int, help="the number that import_feed printed")

    def handle(self, *, batch, **options):
        found = Batch.objects.filter(pk=batch).first()
        if found is None:
            raise CommandError(f"There is no batch {batch}.")
        try:
            report = undo_batch(batch=found)
        except Problem as problem:
            raise CommandError(f"{problem} It is {found.get_state_display().lower()}.") from problem
        self.stdout.write(f"{report.deleted} rows deleted, {report.restored} restored, {len(report.kept)} kept.")
        for line in report.kept:
            self.stdout.write(f"  kept {line}")
