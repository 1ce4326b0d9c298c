import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from imports.demo.build import PASSWORD, SIGN_INS, build, has_data, is_loaded

LEAST, MOST = 200, 1_000_000


class Command(BaseCommand):
    help = "Fills an empty database with an invented country to try Find&Go on. Only where DEBUG is on."

    def add_arguments(self, parser):
        parser.add_argument("--customers", type=int, default=20_000)
        parser.add_argument("--if-empty", action="store_true", help="say why nothing is done, and succeed")

    def handle(self, *, customers, if_empty, **options):
        if not LEAST <= customers <= MOST:
            raise CommandError(f"--customers must be from {LEAST} to {MOST}, not {customers}.")
        refusal = self.why_not()
        if refusal and not if_empty:
            raise CommandError(refusal)
        if refusal:
            self.stdout.write(refusal)
        elif is_loaded():
            self.stdout.write("The demo country is here already: nothing was changed.")
            self.show_sign_ins()
        else:
            started = time.monotonic()
            build(customers=customers, now=timezone.now(), tell=self.tell)
            self.tell("")
            self.stdout.write(f"Made a country of {customers} customers in {time.monotonic() - started:.0f} s.")
            self.show_sign_ins()

    def why_not(self) -> str:
        if not settings.DEBUG:
            return "DEBUG is off: demo data is never loaded where real data may be. Nothing was written."
        if has_data() and not is_loaded():
            return "The database holds accounts or data of its own: no demo data was loaded."
        return ""

    def tell(self, step: str) -> None:
        """The step on a terminal, each over the last one."""
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K  … {step}" if step else "\r\033[K", ending="")
            self.stdout.flush()

    def show_sign_ins(self) -> None:
        self.stdout.write(f"Sign in as one of these; the password of all is {PASSWORD} (demo only):")
        for role, username in SIGN_INS.items():
            self.stdout.write(f"  {role:15} {username}")
