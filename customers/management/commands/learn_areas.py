from django.core.management.base import BaseCommand

from customers.services.learned_areas import learn_areas


class Command(BaseCommand):
    help = (
        "Learn from verified customers what no file told: villages where none were loaded, and the cells where each "
        "witel has houses. Safe to run every night."
    )

    def handle(self, **options):
        saved = learn_areas(progress=self.show if self.stderr.isatty() else self.hide)
        self.stdout.write(
            f"{saved.created} areas learned, {saved.updated} changed, {saved.unchanged} as before. "
            "Points are checked against them when provisioning is imported again."
        )

    def show(self, stage: str, done: int, total: int) -> None:
        self.stderr.write(f"\r{stage} {100 * done // max(total, 1)} %   ", ending="\n" if done >= total else "")

    def hide(self, stage: str, done: int, total: int) -> None:
        """Nobody watches."""
