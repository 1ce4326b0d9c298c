"""Settings of the lab: the project's database, and no app but the lab and what works on it."""

from findgo.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.contenttypes", "releases", "tests.lab"]
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = None
AUTH_USER_MODEL = "auth.User"

# The lab has no site and no phones.
RELEASES_READY = RELEASES_AFTER = ""
