"""Learns whom to believe and which addresses are hard to find. For a nightly timer; safe to run twice."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders.services.learning import learn


class Command(BaseCommand):
    help = "Learn the reliability of technicians and agents, and the risk of ATK, from what visits found."

    def handle(self, **options):
        observers, model = learn(now=timezone.now())
        self.stdout.write(f"{observers:,} observers learned.")
        if model.brier is None:
            self.stdout.write(f"Risk of ATK: shares of areas from {model.visits:,} visits; too few to learn more.")
            return
        verdict = "taken" if any(model.coefficients) else "nothing told more, the shares alone are taken"
        self.stdout.write(
            f"Risk of ATK from {model.visits:,} visits, judged on the latest: Brier {model.brier:.4f} against"
            f" {model.share_brier:.4f} of the area's share alone, AUC {model.auc or float('nan'):.3f}: {verdict}."
        )
