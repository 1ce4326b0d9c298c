"""Is the process alive, and is it ready to work? For balancers and people; no sign-in, no figures."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.errors import json_problem


@never_cache
@require_safe
def live(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request):
    """The database answers and has every migration that this code needs."""
    try:
        missing = migrations_of_code() - MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return json_problem(503, "The database does not answer.")
    if missing:
        return json_problem(503, "Migrations are missing.", {"missing": sorted(".".join(name) for name in missing)})
    return JsonResponse({"status": "ready"})


@cache
def migrations_of_code() -> frozenset:
    return frozenset(MigrationLoader(None).disk_migrations)
