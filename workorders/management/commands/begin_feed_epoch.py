from django.core.management.base import BaseCommand

from workorders.services.feed import begin_epoch


class Command(BaseCommand):
    help = "Makes all phones fetch anew. For hands that change the database behind the application, such as a restore."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--reason", required=True)

    def handle(self, *, reason, **options):
        self.stdout.write(begin_epoch(reason=reason))
