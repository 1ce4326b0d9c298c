"""Proves on a copy of the real data that the last release can be taken back: `rehearse_rollback`."""

from django.conf import settings
from django.utils import timezone

from releases import evidence
from releases.models import Rehearsal
from releases.problems import Unverified
from releases.rehearsal import rehearse
from releases.telling import EndedCommand, Progress


class Command(EndedCommand):
    help = "Release, rollback and release again on a copy of the data; write the evidence. Exit 7 where it is FAIL."

    def add_arguments(self, parser):
        parser.add_argument("--keep", action="store_true", help="keep the copy")

    def work(self, *, keep, verbosity, **options):
        say = self.stdout.write if verbosity else lambda line: None
        found = rehearse(say=say, progress=Progress(self) if verbosity else lambda *step: None, keep=keep)
        at = timezone.now()
        document = evidence.document_of(found, at=at)
        path = evidence.write(document, settings.EVIDENCE_DIR, f"rollback-{at:%Y%m%d-%H%M}")
        Rehearsal.objects.create(
            at=at,
            tag=found.tag[:100],
            migrations=found.migrations,
            passed=found.passed,
            seconds=found.rollback_s,
            step_milliseconds=found.step_milliseconds(),
            evidence=path.name,
        )
        self.stdout.write(f"Evidence: {path}.md and .json")
        if not found.passed:
            raise Unverified("FAIL", found.failures)
        self.stdout.write(f"PASS: rollback of {found.tag} in {found.rollback_s:.1f} s of {evidence.LIMIT_S} s")
