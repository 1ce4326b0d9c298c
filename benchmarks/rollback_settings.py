"""The project's settings, with one release more."""

from findgo.settings import *  # noqa: F403

MIGRATION_MODULES = {"customers": "benchmarks.rollback_migrations"}
