"""What becomes of a run that stopped in the middle: told how to go on, undone where nothing had begun, or closed where
it stands between two migrations, so that the other direction is open."""

from django.utils import timezone

from releases import journal, verification
from releases.models import Archive, Direction, Release, Run, Step
from releases.problems import Drifted, Refused, Stopped
from releases.structure import digest


def stop(database, run: Run, error: Exception) -> None:
    """Half done, or not begun: says which, and what to do. Raises Refused or Stopped, unless `error` says it itself."""
    alias = database.connection.alias
    steps = run.steps.using(alias).all()
    begun = any(step.may_have_changed for step in steps)
    told = isinstance(error, (Drifted, Stopped))
    half_done = begun or isinstance(error, Drifted)
    watched = run.rows_before or {}
    for table, found in verification.sums_where_it_stands(database, watched if half_done else {}).items():
        watched[table]["stopped"] = found
    reason = str(error) or "interrupted"
    run.state, run.reason = Run.State.STOPPED if half_done else Run.State.NOTHING, reason[:500]
    run.finished_at = timezone.now()
    run.save(using=alias)
    if not half_done:
        forget(database, run)
    if told:
        return
    others = database.open_transactions()
    if not half_done:
        raise Refused("The first change failed. Nothing was changed.", [reason, *others]) from error
    number = steps.exclude(state=Step.State.DONE).order_by("number").first()
    go_on = f"Put the cause right, then: manage.py {run.direction.lower()} --resume"
    raise Stopped(f"Stopped at step {number}.", [reason, *others, go_on]) from error


def forget(database, run: Run) -> None:
    """A run that changed nothing leaves no release, and takes the copies that it had begun away."""
    alias = database.connection.alias
    drop_copies(database, run.archives.using(alias))
    Archive.objects.using(alias).filter(returned_by=run.pk).update(returned_by=None)
    if run.direction == Direction.RELEASE:
        Release.objects.using(alias).filter(pk__in=run.releases).delete()


def drop_copies(database, archives) -> None:
    for archive in archives.filter(way=Archive.Way.COPIED):
        database.run(f"DROP TABLE IF EXISTS {database.quote(archive.name)}")
    archives.update(state=Archive.State.PRUNED)


def close_between_migrations(database, direction: str) -> None:
    """A run in `direction` that stopped between two migrations ends with those that it did. Any other is left alone."""
    alias = database.connection.alias
    run = journal.unfinished_run(alias)
    if run is None or run.direction != direction:
        return
    steps = list(run.steps.using(alias).order_by("number"))
    done = [[s.app, s.migration] for s in steps if s.kind == Step.Kind.RECORD and s.state == Step.State.DONE]
    rest = [s for s in steps if [s.app, s.migration] not in done]
    inside = any(s.may_have_changed for s in rest)
    if inside or not rest or digest(database.exact()) != rest[0].exact_before:
        return
    Run.objects.using(alias).filter(pk=run.pk).update(
        state=Run.State.DONE if done else Run.State.NOTHING,
        finished_at=timezone.now(),
        migrations=done,
        structure_expected=database.structure(),
    )
    if not done:
        forget(database, run)
        return
    for archive in run.archives.using(alias):
        if [archive.app, archive.migration] not in done:
            drop_copies(database, run.archives.using(alias).filter(pk=archive.pk))
    returning = Archive.objects.using(alias).filter(returned_by=run.pk)
    for archive in returning:
        came = [archive.app, archive.migration] in done
        archive.state, archive.returned_by = (Archive.State.RETURNED, run.pk) if came else (archive.state, None)
        archive.save(using=alias, update_fields=["state", "returned_by"])
    for release in Release.objects.using(alias).filter(pk__in=run.releases):
        if direction == Direction.RELEASE:
            left, release.structure_after = done, database.structure()
        else:
            left = [key for key in release.migrations if key not in done]
        release.migrations = left or release.migrations
        release.state = Release.State.APPLIED if left else Release.State.ROLLED_BACK
        release.save(using=alias)
