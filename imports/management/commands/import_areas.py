"""Brings areas in: `import_areas villages.csv.gz`. Every row read is accounted for."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from common.problems import Problem
from imports.areas import AreaReport, import_areas
from imports.management.commands.import_feed import Progress, open_issues, silent, write_issues
from imports.refusals import FileRefused
from regions.models import Area


class Command(BaseCommand):
    help = (
        "Import villages with their centres, boundaries (GeoJSON), or which witel serves which regency; in any order."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="CSV, XLSX or GeoJSON, also gzipped")
        parser.add_argument("--kind", choices=Area.Kind.values, help="of all rows, where their codes do not tell")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--issues", type=Path, metavar="OUT.csv", help="write one line per problem of a row")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object")

    def handle(self, *, file, kind, dry_run, issues, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        out = open_issues(issues) if issues else None  # before anything is imported
        progress = Progress(self.stderr) if self.stderr.isatty() else silent
        try:
            found = import_areas(path=file, filename=file.name, kind=kind, dry_run=dry_run, progress=progress)
        except (FileRefused, Problem) as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        if out:
            write_issues(out, found.issues.to_dicts())
        told = json.dumps(found.summary(), ensure_ascii=False) if options["json"] else report(found, file.name, dry_run)
        self.stdout.write(told)


def report(found: AreaReport, name: str, dry_run: bool) -> str:
    """The counts and the first few problems, for a person."""
    lines = ["Dry run: nothing was changed." if dry_run else name]
    lines.append(
        "{rows} rows: {created} created, {updated} updated, {unchanged} unchanged, {refused} refused; "
        "{placed} villages and districts now follow their regency's witel, {matched} customers matched anew".format(
            **found.summary()
        )
    )
    lines += [f"  {kind}: {number}" for kind, number in found.kinds.items()]
    refused = found.issues.filter(severity="refused").to_dicts()
    for issue in refused[:10]:
        lines.append("row {row} (line {line}), {field} {value!r}: {message}".format(**issue))
    if len(refused) > 10:
        lines.append(f"… and {len(refused) - 10} more refused rows: --issues OUT.csv writes them all.")
    lines.append("Points are checked against the new areas when provisioning is imported again.")
    return "\n".join(lines)
