"""Brings a feed in: `import_feed billing FILE`. Every row read is accounted for."""

import csv
import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from common.formulas import neutralise
from common.problems import Problem
from imports.apply.run import ISSUES
from imports.kinds import KINDS
from imports.models import Batch
from imports.refusals import FileRefused
from imports.services import import_file


class Command(BaseCommand):
    help = "Import a feed as its source system leaves it: CSV in any dialect, or XLSX."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--issues", type=Path, metavar="OUT.csv", help="write one line per problem of a row")
        parser.add_argument("--create-agents", action="store_true", help="make accounts for agents that are not known")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object")

    def handle(self, *, kind, file, dry_run, issues, create_agents, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        out = open_issues(issues) if issues else None  # before anything is imported
        progress = Progress(self.stderr) if self.stderr.isatty() else silent
        try:
            batch = import_file(
                kind=kind,
                path=file,
                filename=file.name,
                dry_run=dry_run,
                create_agents=create_agents,
                progress=progress,
            )
        except (FileRefused, Problem) as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        found = batch.found if dry_run else list(batch.issues.values(*ISSUES))
        if out:
            write_issues(out, found)
        if options["json"]:
            self.stdout.write(json.dumps(batch.summary(), ensure_ascii=False))
        else:
            self.stdout.write(report(batch, found, dry_run))


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


class Progress:
    """One line that is written over, with the seconds so far."""

    def __init__(self, stream):
        self.stream, self.started = stream, time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        share = f" {100 * done // total:3d} %" if total > 1 else ""
        ending = "\n" if total > 1 and done >= total else ""
        self.stream.write(f"\r{stage}{share}  {time.monotonic() - self.started:.1f} s   ", ending=ending)
        self.stream.flush()


def open_issues(path: Path):
    try:
        return path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"The issues cannot be written to {path}: {error.strerror}. Nothing was imported."
        ) from error


def write_issues(out, found: list[dict]) -> None:
    with out as file:
        writer = csv.DictWriter(file, list(ISSUES))
        writer.writeheader()
        writer.writerows({name: safe(value) for name, value in issue.items()} for issue in found)


def safe(value):
    """People open it in a spreadsheet."""
    return neutralise(value) if isinstance(value, str) else value


def report(batch: Batch, found: list[dict], dry_run: bool) -> str:
    """The counts, the reasons and the first few problems, for a person."""
    counts = batch.summary()
    lines = ["Dry run: nothing was changed." if dry_run else f"Batch {batch.pk}: {batch.filename}"]
    lines.append(
        "{rows} rows: {created} created, {updated} updated, {unchanged} unchanged, {held} held, {refused} refused; "
        "{skipped} lines skipped, {warnings} warnings, {repaired} repaired".format(**counts)
    )
    lines += [f"  {reason}: {number}" for reason, number in sorted(batch.by_reason.items(), key=lambda pair: -pair[1])]
    if batch.unknown_headers:
        lines.append("Columns not used: " + ", ".join(batch.unknown_headers))
    refused = [issue for issue in found if issue["severity"] == "refused"]
    for issue in refused[:10]:
        lines.append("row {row} (line {line}), {field} {value!r}: {message}".format(**issue))
    if len(refused) > 10:
        lines.append(f"… and {len(refused) - 10} more refused rows: --issues OUT.csv writes them all.")
    return "\n".join(lines)
