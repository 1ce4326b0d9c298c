"""Which files of the field app are static."""

from django.apps import AppConfig, apps


class FieldConfig(AppConfig):
    name = "field"

    def ready(self):
        # Shell and worker are answered below /app/, with their headers; as static files they had none. Not by a config
        # of our own in INSTALLED_APPS: what asks there for Django's (a live server of tests) would serve no files.
        files = apps.get_app_config("staticfiles")
        files.ignore_patterns = [*files.ignore_patterns, "app/index.html", "app/sw.js"]
