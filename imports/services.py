"""Brings a file in as a batch, chunk by chunk, and takes a batch back."""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.bulk import load_rows
from common.locks import only_one
from common.problems import require
from common.tx import in_transaction
from history.services import record
from imports.apply import agents, billing, odp, provisioning, visits, workorders
from imports.apply.lines import waiting_rows
from imports.apply.run import ISSUES, Run
from imports.erased import unquoted, without_erased
from imports.journal import Journal
from imports.kinds import KINDS
from imports.models import Batch, HeaderAlias, HeldRow, RowIssue
from imports.reading import Table, read_table
from imports.refusals import FileRefused
from regions.models import Witel

APPLY = {
    "provisioning": provisioning.apply,
    "billing": billing.apply,
    "workorders": workorders.apply,
    "odp": odp.apply,
    "visits": visits.apply,
    "agents": agents.apply,
}
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """The progress of a run that nobody watches."""


def import_file(
    *,
    kind: str,
    path: Path,
    filename: str,
    actor=None,
    dry_run: bool = False,
    create_agents: bool = False,
    progress: Progress = silent,
) -> Batch:
    """Bring a feed in and return its batch, which accounts for every row.

    The same file twice changes nothing; a run that was killed goes on where it stood. A dry run does everything and
    takes it back: its batch has no key, and `batch.found` holds the issues as dictionaries. Raises FileRefused when
    the file as a whole makes no sense, NotAllowed, Busy when another import runs.
    """
    if actor is not None:
        require(actor, "import")
    with only_one("import"):
        batch = open_batch(kind, path, filename, actor, create_agents)
        progress("reading", 0, 1)
        try:
            module = KINDS[kind]
            table = read_table(path, columns=headers_of(kind), required=module.REQUIRED)
            if table.frame.is_empty():
                raise FileRefused("no_rows", "The file has a header and no rows under it. Export it again.")
        except FileRefused as refusal:
            if not dry_run:
                refuse_batch(batch, str(refusal))
            raise
        progress("checking", 0, 1)
        cleaned = unquoted(table, module.clean(table, witels=witel_names()))
        if dry_run:
            return rehearse(batch, table, cleaned, progress)
        run_batch(batch, table, cleaned, progress)
        return batch


def headers_of(kind: str) -> dict[str, tuple[str, ...]]:
    """Field → the headers that mean it: those that we know, and those that the operator added."""
    added = HeaderAlias.objects.filter(kind=kind).values_list("field", "text")
    return {
        field: (*known, *(text for name, text in added if name == field))
        for field, known in KINDS[kind].COLUMNS.items()
    }


def witel_names() -> dict[str, str]:
    """Every code and name of a witel → its code."""
    pairs = list(Witel.objects.values_list("code", "name"))
    return {name: code for code, name in pairs} | {code: code for code, _ in pairs}


def open_batch(kind: str, path: Path, filename: str, actor, create_agents: bool) -> Batch:
    """The unfinished batch of this file if there is one, else a new one, not yet saved."""
    sha256 = file_hash(path)
    options = {"create_agents": create_agents, "chunk_rows": settings.IMPORT_CHUNK_ROWS}
    unfinished = Batch.objects.filter(kind=kind, sha256=sha256, state=Batch.State.RUNNING).last()
    if unfinished and options.items() <= unfinished.options.items():
        return unfinished
    return Batch(
        kind=kind, filename=filename[:200], sha256=sha256, actor=actor, options=options, started_at=timezone.now()
    )


def file_hash(path: Path) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_batch(batch: Batch, reason: str) -> None:
    """A file refused as a whole is remembered too: somebody tried it, and will ask why."""
    batch.state, batch.refusal, batch.finished_at = Batch.State.REFUSED, reason[:500], timezone.now()
    batch.save()


@contextmanager
def undone_at_the_end():
    """Everything inside happens, and is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rehearse(batch: Batch, table: Table, cleaned, progress: Progress) -> Batch:
    with undone_at_the_end():
        run_batch(batch, table, cleaned, progress)
        batch.found = list(batch.issues.values(*ISSUES))
    batch.pk = None
    return batch


def run_batch(batch: Batch, table: Table, cleaned, progress: Progress) -> None:
    frame = cleaned.frame
    size = batch.options["chunk_rows"]
    if batch.pk is None:
        batch.chunks = max(1, -(-frame.height // size))
        in_transaction(lambda: begin(batch, table, cleaned))
    for number in range(batch.chunks_done, batch.chunks):
        progress("importing", number * size, frame.height)
        piece = frame.slice(number * size, size)
        in_transaction(lambda piece=piece: apply_chunk(batch, piece, frozenset(table.headers)))
    progress("importing", frame.height, frame.height)
    finish(batch)


def begin(batch: Batch, table: Table, cleaned) -> None:
    """Save the batch with what reading and cleaning already decided."""
    refused = cleaned.issues.filter(pl.col("severity") == "refused")["row"].n_unique()
    batch.rows = table.frame.height
    batch.refused = refused
    batch.unchanged = cleaned.doubled.height
    batch.skipped = table.skipped
    batch.unknown_headers = table.unknown_headers
    batch.options |= {"columns": sorted(table.headers)}
    batch.pk = None
    batch.save()
    save_issues(batch, cleaned.issues.select(*ISSUES))


def save_issues(batch: Batch, issues: pl.DataFrame) -> None:
    """Write issues and count them."""
    counts = issues.group_by("severity", "reason").len().sort("severity", "reason")
    for severity, reason, number in counts.iter_rows():
        batch.by_reason[reason] = batch.by_reason.get(reason, 0) + number
        batch.warnings += number if severity == "warning" else 0
    told = issues.with_columns(pl.col("value", "field").fill_null(""), batch_id=pl.lit(batch.pk))
    load_rows(RowIssue._meta.db_table, told)
    batch.save()


def apply_chunk(batch: Batch, rows: pl.DataFrame, columns: frozenset[str]) -> None:
    """One chunk in one transaction: rows, journal, issues, counts, and the held rows that it sets free."""
    batch.refresh_from_db()
    run = make_run(batch, batch, columns)
    arrived = APPLY[batch.kind](run, without_erased(run, rows))
    run.journal.write()
    batch.created += run.created
    batch.updated += run.updated
    batch.unchanged += run.unchanged
    batch.held += run.held
    batch.refused += run.refused
    batch.repaired += run.repaired
    batch.chunks_done += 1
    save_issues(batch, run.all_issues())
    release_held(batch, arrived)


def make_run(batch: Batch, cause: Batch, columns: frozenset[str]) -> Run:
    return Run(
        batch=batch,
        cause=cause,
        journal=Journal(batch, cause),
        now=timezone.now(),
        today=timezone.localdate(),
        columns=columns,
        create_agents=bool(batch.options.get("create_agents")),
        reach=reach_of(batch.actor),
    )


def reach_of(actor) -> frozenset[int] | None:
    """Keys of the witel that an actor may write to; None for the whole country and for the command line."""
    if actor is None or actor.scope.everything:
        return None
    return frozenset(Witel.objects.visible_to(actor).values_list("pk", flat=True))


def release_held(cause: Batch, arrived: list[str]) -> None:
    """Apply the rows that waited for these lines and orders, batch by batch in the order in which they came."""
    if not arrived:
        return
    keys = pl.DataFrame({"waits_for": arrived})
    for kind in ("workorders", "billing", "visits"):
        held = waiting_rows(kind, keys)
        for batch in dict.fromkeys(row.batch for row in held):
            release_batch(cause, batch, [row for row in held if row.batch_id == batch.pk])


def release_batch(cause: Batch, batch: Batch, held: list[HeldRow]) -> None:
    content = [{"row": row.row, "line": row.line} | row.payload for row in held]
    frame = typed(batch.kind, pl.DataFrame(content, infer_schema_length=None))
    run = make_run(batch, cause, frozenset(batch.options["columns"]))
    arrived = APPLY[batch.kind](run, frame)
    run.journal.write()
    HeldRow.objects.filter(pk__in=[row.pk for row in held]).update(applied_by=cause)
    release_held(cause, arrived)


def typed(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame read back from JSON with the types that the kind's rows have; the kind of an empty file tells them."""
    schema = empty_rows(kind).schema
    casts = []
    for name, dtype in schema.items():
        column = pl.col(name) if name in frame.columns else pl.lit(None)
        if frame.schema.get(name) == pl.String and dtype == pl.Date:
            column = column.str.to_date()
        elif frame.schema.get(name) == pl.String and isinstance(dtype, pl.Datetime):
            column = column.str.to_datetime()
        casts.append(column.cast(dtype).alias(name))
    return frame.select(casts)


def empty_rows(kind: str) -> pl.DataFrame:
    module = KINDS[kind]
    text = {name: pl.String for name in module.COLUMNS}
    empty = pl.DataFrame(schema={"row": pl.Int64, "line": pl.Int64} | text | {"extra": pl.Boolean})
    table = Table(empty, {}, [], 0, "utf-8", ",", 1)
    return module.clean(table, witels={}).frame


def finish(batch: Batch) -> None:
    """Done and told in one: a batch that is done is never resumed, so that nobody would tell it later."""

    def work():
        batch.state, batch.finished_at = Batch.State.DONE, timezone.now()
        batch.save()
        record(actor=batch.actor, verb="import", target=batch, after=batch.summary())

    in_transaction(work)
