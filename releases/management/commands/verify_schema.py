"""Is the structure still what the last run left? `verify_schema` names each difference."""

from django.db import connection

from releases import journal
from releases.databases import database_of
from releases.models import Run
from releases.operations import History
from releases.problems import Drifted, NothingToDo, Stopped
from releases.structure import differences, digest, fingerprint
from releases.telling import EndedCommand


class Command(EndedCommand):
    help = "Compare the live structure with the fingerprint of the last release or rollback. Exit 6 where they differ."

    def work(self, **options):
        if not journal.has_journal(connection):
            raise NothingToDo("Nothing was recorded yet: manage.py release")
        half_done = journal.half_done()
        if half_done:
            raise Stopped("A run is half done: the structure is between two.", [half_done])
        for run in journal.note_outside(connection, History(connection)):
            names = ", ".join(".".join(key) for key in run.migrations)
            self.stdout.write(f"Recorded now, without comparing: {run.actor} {run.direction.lower()} of {names}")
        run = Run.objects.filter(state=Run.State.DONE).first()
        if run is None:
            raise NothingToDo("Nothing was recorded yet: manage.py release")
        database = database_of(connection)
        found = differences(run.structure_expected, database.structure())
        if found:
            raise Drifted(f"The structure is not that after {run} of {run.finished_at:%Y-%m-%d %H:%M} UTC:", found)
        last = run.steps.last()
        exact = (
            "" if last is None or last.exact_after == digest(database.exact()) else " (other names or order of columns)"
        )
        self.stdout.write(
            f"As {run} of {run.finished_at:%Y-%m-%d %H:%M} UTC left it{exact}:"
            f" {fingerprint(run.structure_expected)[:16]}"
        )
