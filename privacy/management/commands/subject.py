"""The rights of one person: `subject export ND`, `subject erase ND`, `subject reapply`, `subject readmit ND`."""

import getpass
import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.problems import Problem
from privacy.services.again import reapply
from privacy.services.erase import Report, erase_subject
from privacy.services.export import as_json, as_text, export_subject
from privacy.services.ledger import readmit


class Command(BaseCommand):
    help = "Export or erase all that is held of one person; erase again whoever a restore brought back."

    def add_arguments(self, parser):
        what = parser.add_subparsers(dest="what", required=True)
        export = what.add_parser("export", help="everything, as JSON, and as text beside it")
        export.add_argument("service_number")
        export.add_argument("--out", type=Path, help="FILE.json; subject-….json in this folder when left out")
        erase = what.add_parser("erase", help="delete or pseudonymise everything, with a proof")
        erase.add_argument("service_number")
        erase.add_argument("--reason", default="", help="for the ledger; no names")
        erase.add_argument("--despite-debt", action="store_true", help="although bills are unpaid; needs --reason")
        erase.add_argument("--yes", action="store_true", help="do not ask")
        what.add_parser("reapply", help="after a restore or rollback: erase again whoever is back")
        back = what.add_parser("readmit", help="a new contract under this number: imports take it again")
        back.add_argument("service_number")

    def handle(self, *, what, **options):
        try:
            getattr(self, what)(options)
        except Problem as problem:
            raise CommandError(f"{problem.message} {problem.details or ''}".strip(), returncode=3) from problem

    def export(self, options) -> None:
        number = options["service_number"]
        found = export_subject(service_number=number, now=timezone.now())
        out = options["out"] or Path(f"subject-{timezone.localtime():%Y%m%d-%H%M%S}.json")
        for path, content in ((out, as_json(found)), (out.with_suffix(".txt"), as_text(found).encode())):
            write_private(path, content)
        for number, name in enumerate(found["attached"], 1):
            write_private(out.with_name(f"{out.stem}-{number}{Path(name).suffix}"), Path(name).read_bytes())
        rows = sum(len(part["rows"]) for part in found["held"].values())
        self.stdout.write(
            f"{out} and {out.with_suffix('.txt').name}: {rows} rows of {len(found['held'])} tables,"
            f" {len(found['archived'])} archives, {len(found['files'])} files, {len(found['attached'])} photos beside."
            " Hand it over, then delete it."
        )

    def erase(self, options) -> None:
        if options["despite_debt"] and not options["reason"]:
            raise CommandError("--despite-debt needs a --reason.", returncode=2)
        if not options["yes"] and input("Erase this person for good? There is no way back. (yes/no) [no] ") != "yes":
            raise CommandError("Nothing was erased.", returncode=9)
        report = erase_subject(
            service_number=options["service_number"],
            actor=getpass.getuser(),
            reason=options["reason"],
            despite_debt=options["despite_debt"],
        )
        self.tell(report)
        if report.proof.total:
            raise CommandError("Something is left: see above. Run it again.", returncode=7)

    def tell(self, report: Report) -> None:
        self.stdout.write(f"{'TABLE OR FILE':<60} {'FOUND':>7} {'CHANGED':>8} {'LEFT':>6}")
        left = report.proof.left
        for name, (found, changed) in sorted(report.tables.items()):
            self.stdout.write(f"{name:<60} {found:>7} {changed:>8} {left.get(name, 0):>6}")
        for name, done in report.files.items():
            self.stdout.write(f"{name:<60} {done:>16} {left.get(name, 0):>6}")
        for name, number in left.items():
            self.stdout.write(f"STILL THERE  {name}: {number}")
        for name, number in report.proof.shared.items():
            self.stdout.write(f"of others    {name}: {number} rows of other people say the same, and stay")
        self.stdout.write(
            f"{report.recalled} open orders recalled. Searched {report.proof.columns} columns of {report.proof.tables}"
            f" tables and {report.proof.files} files: {report.proof.total} left."
        )

    def reapply(self, options) -> None:
        done = reapply(actor=f"{getpass.getuser()}, reapply")
        self.stdout.write(f"{done}.")
        left = sum(report.proof.total for report in done.returned)
        if left:
            raise CommandError(f"{left} places still name somebody. Run it again.", returncode=7)

    def readmit(self, options) -> None:
        readmit(service_number=options["service_number"], now=timezone.now())
        self.stdout.write("Imports take this number again. Import provisioning, then billing.")


def write_private(path: Path, content: bytes) -> None:
    """For its owner's eyes only, and never over another file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.", returncode=2) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
