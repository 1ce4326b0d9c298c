"""What was released and taken back, the journal of each run, and what was kept of what went away.

These tables are made by `journal.ensure_schema`, never by a migration: they must be there before the first migration
runs, and no rollback may take them along. The actor is text, not a key, for the same reason.
"""

import os
from pathlib import Path

from django.conf import settings
from django.db import models

from releases.names import ARCHIVE_PREFIX

OUTSIDE = "bare migrate"  # the actor of what was found afterwards


class Direction(models.TextChoices):
    RELEASE = "RELEASE", "rilis"
    ROLLBACK = "ROLLBACK", "rollback"


class Release(models.Model):
    """A set of migrations that was applied together, and the structure before and after it."""

    class State(models.TextChoices):
        APPLIED = "APPLIED", "berlaku"
        UNFINISHED = "UNFINISHED", "belum selesai"
        ROLLED_BACK = "ROLLED_BACK", "ditarik kembali"

    tag = models.CharField(max_length=100, unique=True)
    build = models.CharField(max_length=100, blank=True, db_default="")
    is_outside = models.BooleanField(default=False, db_default=False, help_text="by bare `migrate`, found later")
    migrations = models.JSONField(help_text="[[app, name], …] in the order of their application")
    state = models.CharField(max_length=12, choices=State.choices)
    applied_at = models.DateTimeField()
    structure_before = models.JSONField(null=True)
    structure_after = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "releases_release"
        ordering = ["-id"]

    def __str__(self):
        return self.tag


class Run(models.Model):
    """One execution, forward or back, with who, where and how it ended."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", "berjalan"
        DONE = "DONE", "selesai"
        STOPPED = "STOPPED", "berhenti di tengah"
        NOTHING = "NOTHING", "tidak mengubah apa pun"

    direction = models.CharField(max_length=8, choices=Direction.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    releases = models.JSONField(help_text="ids of the releases that it applies or takes back")
    migrations = models.JSONField(help_text="[[app, name], …] in the order of execution")
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True, db_default="", help_text="why it stopped")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    structure_expected = models.JSONField(null=True, help_text="of the plan's end, seen on the shadow")
    rows_before = models.JSONField(null=True, help_text="table → rows and checksum of the columns that stay")
    verification = models.JSONField(null=True)
    backend = models.BigIntegerField(null=True, help_text="connection of the database that runs it")
    release_version = models.CharField(max_length=60, blank=True, db_default="", help_text="Django and database")

    class Meta:
        managed = False
        db_table = "releases_run"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_direction_display()} {self.pk}"

    @property
    def seconds(self) -> float | None:
        """None while it runs, and for what bare `migrate` did."""
        if self.actor == OUTSIDE:
            return None
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

    @property
    def complaints(self) -> list[str]:
        """What the verification found amiss; empty where nothing was, and where nothing was verified."""
        found = self.verification or {}
        return [line for part in ("structure", "lost", "models") for line in found.get(part, [])]


class Archive(models.Model):
    """Values of a table or column that a run took away, kept to come back with the migration's other direction."""

    class Kind(models.TextChoices):
        TABLE = "TABLE", "tabel"
        COLUMN = "COLUMN", "kolom"

    class Way(models.TextChoices):
        COPIED = "COPIED", "a table of its own holds the rows"
        RENAMED = "RENAMED", "the table itself, under another name"
        PARKED = "PARKED", "the column itself, under another name"

    class State(models.TextChoices):
        PLANNED = "PLANNED", "direncanakan"
        KEPT = "KEPT", "disimpan"
        RETURNED = "RETURNED", "sudah kembali"
        PRUNED = "PRUNED", "dihapus"

    run = models.ForeignKey(Run, models.PROTECT, related_name="archives", db_constraint=False)
    app = models.CharField(max_length=100)
    migration = models.CharField(max_length=255, help_text="whose other direction brings the values back")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    way = models.CharField(max_length=7, choices=Way.choices)
    table = models.CharField(max_length=64)
    column = models.CharField(max_length=64, blank=True, db_default="")
    key = models.JSONField(help_text="columns of the primary key")
    name = models.CharField(max_length=64, help_text="table that holds the values, or the parked column")
    is_early = models.BooleanField(default=False, db_default=False, help_text="taken before a data migration ran")
    counter = models.BigIntegerField(null=True, help_text="next automatic number of the table")
    rows = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices)
    returned_by = models.BigIntegerField(null=True, help_text="the run that brought the values back")
    kept_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "releases_archive"
        ordering = ["id"]

    def __str__(self):
        return f"{self.table}.{self.column}" if self.column else self.table

    @property
    def holder(self) -> str:
        """The table in which the values lie."""
        return self.table if self.way == self.Way.PARKED else self.name


class Step(models.Model):
    """One thing to do: a statement, a data migration, a copy into the archive, a return from it, a record."""

    class Kind(models.TextChoices):
        STRUCTURE = "STRUCTURE", "a statement that changes structure and cannot be in a transaction on MariaDB"
        ROWS = "ROWS", "statements that change rows, in one transaction with their mark"
        PYTHON = "PYTHON", "a data migration, in one transaction with its mark"
        ARCHIVE = "ARCHIVE", "values copied away; may be repeated from the start"
        RETURN = "RETURN", "values brought back, in one transaction with the mark"
        RECORD = "RECORD", "the migration noted as applied or unapplied"

    class State(models.TextChoices):
        PENDING = "PENDING"
        STARTED = "STARTED"
        DONE = "DONE"

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps", db_constraint=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    app = models.CharField(max_length=100)
    migration = models.CharField(max_length=255)
    operation = models.CharField(max_length=300)
    body = models.JSONField(help_text="statements in order; for PYTHON the number of the operation")
    archive = models.ForeignKey(Archive, models.PROTECT, null=True, related_name="+", db_constraint=False)
    exact_before = models.CharField(max_length=64, help_text="fingerprint, names and order included")
    exact_after = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    milliseconds = models.PositiveIntegerField(null=True)
    outcome = models.JSONField(default=dict, help_text="rows moved, tables that a data migration wrote")

    class Meta:
        managed = False
        db_table = "releases_step"
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="releases_step_once")]

    def __str__(self):
        return f"{self.number} {self.app}.{self.migration} {self.operation}"

    @property
    def may_have_changed(self) -> bool:
        """Whether the product's tables may be other than before it: copies change nothing, rows move at the end."""
        is_begun = self.state == self.State.STARTED and self.kind == self.Kind.STRUCTURE
        return is_begun or (self.state == self.State.DONE and self.kind != self.Kind.ARCHIVE)


class Rehearsal(models.Model):
    """A release taken back and applied again on a copy of the real data."""

    at = models.DateTimeField()
    tag = models.CharField(max_length=100)
    migrations = models.JSONField()
    passed = models.BooleanField()
    seconds = models.FloatField(help_text="of the rollback")
    step_milliseconds = models.JSONField(default=dict, help_text="statement's digest → milliseconds, for estimates")
    evidence = models.CharField(max_length=300, help_text="name of the file in settings.EVIDENCE_DIR, without ending")

    class Meta:
        managed = False
        db_table = "releases_rehearsal"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.tag} {'PASS' if self.passed else 'FAIL'}"

    def file(self, ending: str) -> Path | None:
        """The evidence as `md` or `json`; None where it is not there, or not in the folder of evidence."""
        folder = settings.EVIDENCE_DIR
        path = Path(os.path.normpath(folder / f"{self.evidence}.{ending}"))
        return path if path.is_relative_to(folder) and path.is_file() else None


class Holder(models.Model):
    """Who took the lock last: one row. Only while the lock is held does it say something."""

    actor = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "releases_holder"

    def __str__(self):
        return f"{self.actor}, since {self.since:%Y-%m-%d %H:%M:%S} UTC"


JOURNAL = (Release, Run, Archive, Step, Rehearsal, Holder)
JOURNAL_TABLES = frozenset(model._meta.db_table for model in JOURNAL)


def is_ours(table: str) -> bool:
    """Journal and archives: what no fingerprint, copy or check of the product's tables includes."""
    return table in JOURNAL_TABLES or table.startswith(ARCHIVE_PREFIX)
