"""No models of today: the lab lives in its migrations. Only the manager that one of them names."""

from django.db import models


class ShortLabels(models.Manager):
    """Rows with a short label only: whoever reads a table through it reads too little."""

    use_in_migrations = True

    def get_queryset(self):
        return super().get_queryset().filter(label__lt="5")
