from django.core.management.base import BaseCommand, CommandError

from accounts.services.second_factor import reset
from common.problems import Problem


class Command(BaseCommand):
    help = "Takes the second factor off an account whose phone and recovery codes are lost: reset_totp siti"

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        try:
            user = reset(username=username)
        except Problem as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(f"{user.username} signs in with the password alone, and sets up a new second factor then.")
