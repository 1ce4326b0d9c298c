"""Files that belong to rows (the map's FILES): photos. They go before their row, and none goes without one."""

from pathlib import Path

from django.db.models import QuerySet

from privacy.map import FILES
from privacy.subjects import Subject, model_of


def paths(label: str, rows: QuerySet) -> list[Path]:
    """The files of these rows that are there."""
    return [path for row in rows for path in FILES[label].of(row) if path.is_file()]


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
