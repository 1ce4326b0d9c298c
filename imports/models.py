"""A batch is one file brought in. It accounts for every row, and its journal takes it back."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from imports.kinds import KINDS


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for the whole country; else those that people of the same reach brought in."""
        if not user.may("import"):
            return self.none()
        if user.scope.everything:
            return self
        return self.filter(actor__in=User.objects.visible_to(user).values("pk"))


class Batch(models.Model):
    class Kind(models.TextChoices):
        PROVISIONING = "provisioning", "Pemasangan"
        BILLING = "billing", "Tagihan"
        WORKORDERS = "workorders", "Work order"
        ODP = "odp", "ODP"
        VISITS = "visits", "Hasil kunjungan"
        AGENTS = "agents", "Petugas"

    class State(models.TextChoices):
        RUNNING = "RUNNING", "Berjalan"
        DONE = "DONE", "Selesai"
        REFUSED = "REFUSED", "Ditolak"
        REVERTED = "REVERTED", "Dibatalkan"
        PARTLY = "PARTLY", "Dibatalkan sebagian"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    refusal = models.CharField(max_length=500, blank=True, help_text="why the whole file was refused")
    options = models.JSONField(default=dict)
    unknown_headers = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0, help_text="rows read; the counts below add up to it")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0, help_text="blank lines, titles, footers; not rows")
    warnings = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    by_reason = models.JSONField(default=dict)
    chunks_done = models.PositiveIntegerField(default=0)
    chunks = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)
    reverted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["kind", "sha256"], name="batch_of_file")]

    def __str__(self):
        return f"{self.pk} {self.kind} {self.filename}"

    @property
    def is_revertible(self) -> bool:
        return self.state in (self.State.DONE, self.State.RUNNING, self.State.PARTLY)

    def summary(self) -> dict:
        """The counts as `import_feed --json` prints them."""
        counts = ("rows", "created", "updated", "unchanged", "held", "refused", "skipped", "warnings", "repaired")
        return {
            "batch": self.pk,
            "kind": self.kind,
            **{name: getattr(self, name) for name in counts},
            "by_reason": self.by_reason,
        }


class RowIssue(models.Model):
    """What was wrong with one field of one row, in words that tell the fix."""

    class Severity(models.TextChoices):
        REFUSED = "refused", "Ditolak"
        HELD = "held", "Ditahan"
        WARNING = "warning", "Peringatan"
        REPAIRED = "repaired", "Diperbaiki"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="issues", db_index=False)
    row = models.PositiveIntegerField(help_text="number of the data row: the first one after the header is 1")
    line = models.PositiveIntegerField(help_text="line of the file, or row of the sheet")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=40)
    message = models.CharField(max_length=300)

    class Meta:
        ordering = ["batch", "row", "id"]
        indexes = [models.Index(fields=["batch", "severity", "reason"], name="issue_of_batch")]

    def __str__(self):
        return f"{self.batch_id} row {self.row}: {self.reason}"


class HeaderAlias(models.Model):
    """What an operator's files call a column, beside the names that `imports.kinds` knows already."""

    kind = models.CharField(max_length=12, choices=Batch.Kind.choices)
    field = models.CharField(max_length=40, help_text="our name of the column, such as service_number")
    text = models.CharField(max_length=80, help_text="the header as their file writes it")

    class Meta:
        ordering = ["kind", "field", "text"]
        verbose_name_plural = "header aliases"
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="one_meaning_per_header")]

    def __str__(self):
        return f"{self.text} = {self.field}"

    def clean(self):
        known = sorted(KINDS[self.kind].COLUMNS) if self.kind in KINDS else []
        if self.field not in known:
            raise ValidationError({"field": f"One of: {', '.join(known)}."})


class HeldRow(models.Model):
    """A good row whose line no feed has brought yet. It applies itself when one does."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="held_rows", db_index=False)
    row = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    waits_for = models.CharField(max_length=60, help_text="a line, or an order where the row names no line")
    payload = models.JSONField(help_text="the cleaned row")
    applied_by = models.ForeignKey(
        Batch, models.SET_NULL, null=True, related_name="applied_rows", help_text="the batch that brought the line"
    )

    class Meta:
        ordering = ["batch", "row"]
        indexes = [
            models.Index(fields=["waits_for", "applied_by"], name="held_by_line"),
            models.Index(fields=["batch", "row"], name="held_of_batch"),
        ]

    def __str__(self):
        return f"{self.batch_id} row {self.row}: {self.waits_for}"


class JournalEntry(models.Model):
    """One step of a batch, for undoing it: a range of keys that it created, or one row before and after.

    `cause` is the batch during which it happened: a held row that a later batch released is undone with either.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="journal", db_index=False)
    cause = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    table = models.CharField(max_length=40, help_text="app_label.model_name")
    first_key = models.CharField(max_length=36)
    last_key = models.CharField(max_length=36)
    before = models.JSONField(null=True, help_text="all columns; null when the batch created the rows")
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["batch", "id"], name="journal_of_batch")]

    def __str__(self):
        return f"{self.batch_id} {self.table} {self.first_key}"
