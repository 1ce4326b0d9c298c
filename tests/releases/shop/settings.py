"""Settings of the shop: the project's database, and migrations from the folder SHOP."""

import os
import sys
from pathlib import Path

from findgo.settings import *  # noqa: F403

sys.path.insert(0, os.environ["SHOP"])

INSTALLED_APPS = ["django.contrib.contenttypes", "releases", "tests.releases.shop.apps.ShopConfig"]
MIGRATION_MODULES = {"shop": "shop_migrations"}
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = None
AUTH_USER_MODEL = "auth.User"
RELEASES_READY = RELEASES_AFTER = ""
EVIDENCE_DIR = Path(os.environ["SHOP"]) / "evidence"
SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests"
