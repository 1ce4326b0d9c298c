"""The product's settings for a server that is stormed with passwords: a hash that costs nothing."""

from findgo.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING["root"]["level"] = "CRITICAL"  # noqa: F405
