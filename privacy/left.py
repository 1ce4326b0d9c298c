"""What columns say after an erasure, where it is no fixed value. Each takes row, subject, column."""

import json
import re
import secrets
import string

from django.db.models import Model

from customers.models import Customer

# Said of a column: the whole row goes.
GONE = object()
LETTERS = string.ascii_uppercase + string.digits
ERASED = Customer.ERASED
# The reason of what was decided, or ended by the erasure itself, where there is nothing left to decide on.
EMPTIED = "Data pelanggan ini dihapus"
# What a change may say of a person who is not known any more.
PLAIN = frozenset({"state", "outcome", "assignee", "assignee_id", "kind", "status", "cancel_reason", "disposition"})


def random_text(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def random_number(row: Model, subject, column: str) -> str:
    """13 characters; one that was erased before keeps its own."""
    return row.service_number if row.service_number.startswith(ERASED) else ERASED + random_text(12)


def random_order(row: Model, subject, column: str) -> str:
    return row.number if re.fullmatch(rf"{ERASED}-[A-Z0-9]{{16}}", row.number) else f"{ERASED}-{random_text(16)}"


def plain_change(row: Model, subject, column: str):
    """States and keys of a change; nothing that somebody wrote or measured."""
    values = getattr(row, column)
    if not isinstance(values, dict):
        return None
    return {name: value for name, value in values.items() if name in PLAIN and not isinstance(value, (dict, list))}


def journal_row(row: Model, subject, column: str):
    """A row as an import saw it, erased like the row itself: undoing that import brings nobody back."""
    held, values = subject.held(row.table), getattr(row, column)
    if held is None or held.gone:
        return GONE
    if not isinstance(values, dict):
        return None
    tokens = subject.tokens.get((row.table, row.first_key), {})
    fresh = {
        name: tokens.get(name, ERASED + random_text(12)) if callable(value) else value
        for name, value in held.left.items()
    }
    return values | {column_of(name, values): value for name, value in fresh.items() if column_of(name, values)}


def column_of(name: str, values: dict) -> str:
    """The journal calls references by their column."""
    return name if name in values else f"{name}_id" if f"{name}_id" in values else ""


def point_gone(row: Model, subject, column: str) -> str:
    """The message without the person's point; the other points of it stay."""
    content = json.loads(row.body)
    content["points"] = [point for point in content["points"] if point["service_number"] != subject.service_number]
    return json.dumps(content, separators=(",", ":"))
