from django.db import models


class RiskModel(models.Model):
    """What past visits taught of the risk of ATK; the latest row is in force. See customers.locating.risk."""

    coefficients = models.JSONField(help_text="in the order of risk.FEATURES")
    average = models.FloatField(help_text="log-odds of an average house")
    shares = models.JSONField(help_text="witel id → share of ATK, drawn to the national one")
    visits = models.PositiveIntegerField(help_text="that it was learned from")
    brier = models.FloatField(null=True, help_text="on visits later than those; null: too few")
    share_brier = models.FloatField(null=True, help_text="of the area's share alone on the same visits")
    auc = models.FloatField(null=True)
    learned_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.learned_at:%Y-%m-%d} {self.visits}"
