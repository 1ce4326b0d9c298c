"""The nightly end of what is kept long enough: `retention`, `retention --dry-run`."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.problems import Problem
from privacy.services.retention import rules, run_retention


class Command(BaseCommand):
    help = "Delete or pseudonymise what is older than the settings KEEP_…_DAYS say."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")
        parser.add_argument("--seconds", type=float, default=3000, help="stop after so long; the next run goes on")

    def handle(self, *, dry_run, seconds, **options):
        if seconds <= 0:
            raise CommandError("--seconds is a number above 0.", returncode=2)
        try:
            done = run_retention(now=timezone.now(), seconds=seconds, dry_run=dry_run)
        except Problem as problem:
            raise CommandError(problem.message, returncode=3) from problem
        days = {rule.name: rule.days for rule in rules()} | {"files": settings.KEEP_DAYS["imports"]}
        self.stdout.write(f"{'RULE':<24} {'DAYS':>5} {'DUE':>9} {'ENDED':>9}")
        for name, (due, ended) in done.rules.items():
            self.stdout.write(f"{name:<24} {days[name]:>5} {due:>9} {'-' if dry_run else ended:>9}")
        for table, number in done.late.items():
            self.stdout.write(f"{table}: {number} rows that came after an erasure, emptied")
        if done.unfinished:
            self.stdout.write(f"To be gone on with: {', '.join(done.unfinished)}.")
