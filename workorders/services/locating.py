"""Decides all houses anew, with what was learned meanwhile; their orders follow. Interrupted, it goes on."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from common.tx import in_transaction
from customers.locating.addresses import READER_VERSION
from customers.locating.fusion import ALGORITHM
from customers.models import Customer, LocatingRun
from customers.services import resolve_locations
from customers.services.addresses import read_again
from customers.services.locations import recheck_installations
from customers.services.neighbourhood import place_among_neighbours
from customers.services.stacking import mark_stacks
from regions.models import Witel
from workorders.services.points import refresh_points

PIECE = 5_000


def locate_everybody(*, everybody: bool, witel: Witel | None, progress: Callable[[int, int, int], None]) -> LocatingRun:
    """Resolve the customers of a witel or the country, a piece at a time, each in a transaction of its own.

    Without `everybody` only those whose address an older reader read, whose point an older algorithm decided, or who
    have evidence and no point.
    `progress(done, total, changed)` is called after each piece. An interrupted run of the same kind is taken up.
    """
    scope = witel.code if witel else ""
    unfinished = LocatingRun.objects.filter(
        scope=scope, is_all=everybody, algorithm=ALGORITHM, finished_at=None
    ).first()
    run = unfinished or LocatingRun.objects.create(
        scope=scope, is_all=everybody, algorithm=ALGORITHM, started_at=timezone.now()
    )
    people = customers_to_locate(everybody, witel)
    total = run.done + people.filter(pk__gt=run.last_key).count()
    if not run.last_key:
        mark_stacks(witels=[witel.pk] if witel else Witel.objects.values_list("pk", flat=True))
    while keys := list(people.filter(pk__gt=run.last_key).order_by("pk").values_list("pk", flat=True)[:PIECE]):
        in_transaction(lambda keys=keys: locate_piece(run, keys))
        progress(run.done, total, run.changed)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    return run


def customers_to_locate(everybody: bool, witel: Witel | None):
    people = Customer.objects.filter(witel=witel) if witel else Customer.objects.all()
    if everybody:
        return people
    outdated = Q(location__algorithm__lt=ALGORITHM) | Q(location=None, candidates__isnull=False)
    outdated |= Q(address__reader_version__lt=READER_VERSION)
    return people.filter(pk__in=people.filter(outdated).order_by().values("pk"))


def locate_piece(run: LocatingRun, keys: list[int]) -> None:
    """Neighbours look at what was decided before: those of a piece profit from the pieces before it."""
    run.refresh_from_db()  # tried again after a deadlock
    read_again(customers=keys)
    run.changed += recheck_installations(customers=keys)
    run.changed += resolve_locations(customers=place_among_neighbours(customers=keys))
    refresh_points(customers=keys)
    run.last_key, run.done = keys[-1], run.done + len(keys)
    run.save(update_fields=["last_key", "done", "changed"])
