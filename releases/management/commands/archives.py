"""What is kept of what went away: `archives`, `archives --prune --older-than 90`."""

from django.core.management.base import CommandError
from django.db import connection

from releases import archives, journal
from releases.models import Archive
from releases.problems import NothingToDo
from releases.services import Session
from releases.telling import EndedCommand, ask


class Command(EndedCommand):
    help = "List the rows that releases and rollbacks kept; with --prune drop old ones for good."

    def add_arguments(self, parser):
        parser.add_argument("--prune", action="store_true", help="drop them; asks first")
        parser.add_argument("--older-than", type=int, metavar="D", help="only what was kept D days ago or earlier")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="do not ask")

    def work(self, *, prune, older_than, noinput, **options):
        if prune and older_than is None:
            raise CommandError(
                "--prune needs --older-than D: archives are the only way back of what they hold.", returncode=2
            )
        if older_than is not None and older_than < 0:
            raise CommandError("--older-than is a whole number of days from 0.", returncode=2)
        found = archives.present(connection) if journal.has_journal(connection) else []
        if older_than is not None:
            old = {archive.pk for archive in archives.older_than(found, older_than)}
            found = [item for item in found if item[0].pk in old]
        if not found:
            raise NothingToDo("Nothing is kept." if older_than is None else "Nothing that old is kept.")
        for archive, size in found:
            self.tell(archive, size)
        if prune:
            self.prune([archive for archive, _ in found], noinput)

    def tell(self, archive: Archive, size: int | None) -> None:
        room = f", {size / 1e6:.1f} MB" if size is not None else ""
        back = f" (came back with run {archive.returned_by})" if archive.state == Archive.State.RETURNED else ""
        self.stdout.write(
            f"{archive.name}: {archive}, {archive.rows} rows{room}, kept {archive.kept_at:%Y-%m-%d %H:%M} UTC"
            f" by run {archive.run_id} at {archive.app}.{archive.migration}{back}"
        )

    def prune(self, chosen: list[Archive], noinput: bool) -> None:
        session = Session()
        with session.locked():
            session.refuse_unfinished()
            if not noinput:
                ask(f"Drop these {len(chosen)} for good? There is no way back. (yes/no) [no] ")
            archives.prune(connection, chosen)
        self.stdout.write(f"Dropped {len(chosen)}.")
