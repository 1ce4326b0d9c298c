"""Everything that is held of one person, as JSON and as a text to read. Staff appear by role and a pseudonym."""

import hashlib
import hmac
from datetime import datetime

import orjson
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Model

from common.problems import NotFound
from history.models import Access
from history.services import record_access
from privacy import archives, attached, folders
from privacy.map import HOLDS, STAFF
from privacy.rows import found_keys
from privacy.services.erase import check_number
from privacy.subjects import Subject, find_subject, model_of


def export_subject(*, service_number: str, actor=None, now: datetime) -> dict:
    """All rows, archived rows and records of files that hold this person.

    `{subject, made_at, held: {table: {why, rows}}, archived: {table: rows}, files: {path: records}, attached: [path]}`.
    The export is itself noted in the access log. Raises NotANumber, NotFound.
    """
    check_number(service_number)
    subject = find_subject(service_number)
    archives.learn(subject)
    people = Pseudonyms()
    found = {
        "subject": service_number,
        "made_at": now.isoformat(),
        "held": held_rows(subject, people),
        "archived": {kept.name: rows for kept in archives.archived() if (rows := archives.rows_in(kept, subject))},
        "files": {
            str(path): lines
            for path in folders.files()
            if (lines := folders.lines_with(path, subject.canaries.pattern))
        },
        "attached": [str(path) for path in attached.paths_of(subject)],
    }
    if not any(found[part] for part in ("held", "archived", "files")):
        raise NotFound()
    record_access(
        actor=actor,
        purpose=Access.Purpose.EXPORT,
        target_type="customer",
        target_id=subject.customer or "",
        rows=1,
        detail="subject export",
    )
    return found


def held_rows(subject: Subject, people: "Pseudonyms") -> dict:
    held = {}
    for label, keys in found_keys(HOLDS, subject, (object,)).items():
        if keys:
            rows = model_of(label)._default_manager.filter(pk__in=keys).order_by("pk")
            held[label] = {"why": HOLDS[label].why, "rows": [row_out(row, people) for row in rows]}
    return held


def row_out(row: Model, people: "Pseudonyms") -> dict:
    shown = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.related_model is get_user_model():
            value = people.of_key(value)
        elif field.name in STAFF:
            value = people.of_name(str(value or ""))
        shown[field.name] = value
    return shown


class Pseudonyms:
    """The same member of staff is the same word throughout; who it was is for the operator to know."""

    def __init__(self):
        rows = get_user_model().objects.values_list("pk", "username", "role")
        self.roles = {key: role for key, _, role in rows}
        self.keys = {username: key for key, username, _ in rows}

    def of_key(self, key: int | None) -> str | None:
        return key and f"{self.roles.get(key, 'STAFF')} {self.word(f'user {key}')}"

    def of_name(self, name: str) -> str:
        if not name:
            return ""
        return self.of_key(self.keys[name]) if name in self.keys else f"STAFF {self.word(name)}"

    def word(self, text: str) -> str:
        return hmac.new(settings.ERASURE_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:8]


def as_json(found: dict) -> bytes:
    return orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def as_text(found: dict) -> str:
    """For the person: what, why, and every value that is not empty."""
    lines = [f"Data tentang layanan {found['subject']}, dibuat {found['made_at']}", ""]
    for label, part in found["held"].items():
        lines += [f"{label} — {part['why']} ({len(part['rows'])})", ""]
        lines += [line for row in part["rows"] for line in lines_of(row)]
    for part, title in (("archived", "Arsip rollback"), ("files", "Berkas")):
        for name, rows in found[part].items():
            lines += [f"{title}: {name} ({len(rows)})", ""]
            lines += [line for row in rows for line in (lines_of(row) if isinstance(row, dict) else [f"  {row}"])]
    return "\n".join(lines) + "\n"


def lines_of(row: dict) -> list[str]:
    return [f"  {name}: {value}" for name, value in row.items() if value not in (None, "", [], {})] + [""]
