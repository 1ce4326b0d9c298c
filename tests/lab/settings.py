"""Settings of the lab: the project's database, and no app but the lab and what works on it."""

from findgo.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.contenttypes", "releases", "tests.lab"]
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = None
AUTH_USER_MODEL = "auth.User"

RELEASES_READY = ""  # the lab has no site
