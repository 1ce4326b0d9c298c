"""Files that belong to rows (the map's FILES): photos. They go before their row, and none goes without one."""

import os
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from privacy.map import FILES
from privacy.subjects import Subject, model_of


def paths(label: str, rows: QuerySet) -> list[Path]:
    """The files of these rows that are there."""
    kept = FILES[label]
    folder = Path(settings.MEDIA_ROOT) / kept.folder
    names = [str(name) for name in rows.values_list(kept.column, flat=True) if name]
    found = [Path(os.path.normpath(folder / name)) for name in names]
    return [path for path in found if path.is_relative_to(folder) and path.is_file()]


def paths_of(subject: Subject) -> list[Path]:
    found = []
    for label in FILES:
        found += paths(label, model_of(label)._default_manager.filter(pk__in=subject.keys.get(label, [])))
    return found


def remove(label: str, rows: QuerySet) -> int:
    found = paths(label, rows)
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
