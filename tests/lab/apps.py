"""The lab as an app of its own, under the label `lab`."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "tests.lab"
    label = "lab"
    default_auto_field = "django.db.models.BigAutoField"
