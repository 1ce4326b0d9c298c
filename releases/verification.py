"""After a run: is the structure what it should be, are the rows that stayed the same, does every model answer?"""

from django.conf import settings
from django.db import DatabaseError
from django.test import RequestFactory
from django.urls import Resolver404, resolve

from releases.models import Run, Step, is_ours
from releases.plan import Plan, statements
from releases.preflight import NUMERIC
from releases.structure import differences

# What other sessions and Django itself write while a release runs.
VOLATILE = (
    "django_session",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "axes_",
    "field_missedlink",
    "sqlite_",
)


def rows_to_watch(plan: Plan) -> dict:
    """Table at the end → its name before, and its columns that are there before and after, with how to compare them."""
    watched = {}
    for table, facts in plan.structure_after.items():
        origin = plan.renames.origin(table)[0]
        if is_ours(table) or table.startswith(VOLATILE) or origin not in plan.structure_before:
            continue
        before = plan.structure_before[origin]["columns"]
        columns = {}
        for column, wanted in facts["columns"].items():
            old = plan.renames.origin(table, column)[1]
            there = before.get(old)
            if there is None or (there[1] == "YES" and wanted[1] == "NO"):  # nothing may have become something
                continue
            alike = there[0] == wanted[0]
            columns[column] = [
                old,
                "text" if alike else "number" if NUMERIC.match(there[0]) and NUMERIC.match(wanted[0]) else "cast",
            ]
        watched[table] = {"table": origin, "columns": columns}
    return watched


def count_rows(database, watched: dict, when: str) -> dict:
    """`watched` with rows and checksum of each table, `when` is "before" or "after"."""
    found = {}
    for table, facts in watched.items():
        name = facts["table"] if when == "before" else table
        # A name must sort alike on both sides, so that columns are summed in the same order.
        columns = {(old if when == "before" else new): way for new, (old, way) in facts["columns"].items()}
        order = {(old if when == "before" else new): new for new, (old, way) in facts["columns"].items()}
        rows, total = database.checksum(name, columns, order)
        found[table] = {**facts, "rows": rows, "sum": total}
    return found


def sums_where_it_stands(database, watched: dict) -> dict[str, list]:
    """Table → [rows, checksum] in the middle of a run, to see whether somebody wrote between stop and resume."""
    structure, found = database.structure(), {}
    for table, facts in watched.items():
        name = facts["table"] if facts["table"] in structure else table
        there = structure.get(name, {"columns": {}})["columns"]
        names = {old if old in there else new for new, (old, _) in facts["columns"].items()} & there.keys()
        if names:
            ways, order = dict.fromkeys(names, "text"), {column: column for column in names}
            found[table] = [*database.checksum(name, ways, order)]
    return found


def written_tables(run: Run, database) -> dict[str, str]:
    """Table → the data migration that wrote it in this run."""
    found = {}
    for step in run.steps.all():
        if step.kind == Step.Kind.PYTHON:
            for table in step.outcome.get("written", []):
                found[table] = f"{step.app}.{step.migration}"
        elif step.kind == Step.Kind.ROWS:
            for text in statements(step):
                match = database.WRITES.match(text)
                if match:
                    found[match[1]] = f"{step.app}.{step.migration}"
    return found


def verify(*, database, run: Run, expected: dict, models, tell=lambda text: None) -> dict:
    """{"structure": [differences], "rows": {table: …}, "lost": [lines], "models": [failures], "ready": text}."""
    tell("structure")
    found = differences(expected, database.structure())
    written = written_tables(run, database)
    tell("rows")
    after = count_rows(database, run.rows_before or {}, "after")
    rows, lost = {}, []
    for table, was in (run.rows_before or {}).items():
        now = after[table]
        same = (was["rows"], was["sum"]) == (now["rows"], now["sum"])
        by = written.get(table) or written.get(was["table"]) or was.get("by")
        rows[table] = {"before": was["rows"], "after": now["rows"], "same": same, "written_by": by}
        if not same and not by:
            lost.append(f"{table}: {was['rows']} rows before, {now['rows']} after, or other values in them")
    tell("references")
    lost += orphans(database, run)
    tell("every model")
    return {"structure": found, "rows": rows, "lost": lost, "models": probe(database, models), "ready": ready()}


def orphans(database, run: Run) -> list[str]:
    """Rows that refer to rows which are not there, in tables that a step of the run named or wrote."""
    quote = '"' if database.vendor == "sqlite" else "`"
    named = {name for step in run.steps.all() for text in statements(step) for name in text.split(quote)[1::2]}
    named |= written_tables(run, database).keys()
    lines = []
    for table, facts in database.structure().items():
        for own, target, target_columns, *_ in facts["references"]:
            if not is_ours(table) and (table in named or target in named):
                count = database.count_orphans(table, own, target, target_columns)
                if count:
                    lines.append(
                        f"{table}: {count} rows refer by {', '.join(own)} to rows of {target} that are not there"
                    )
    return lines


def probe(database, models) -> list[str]:
    """Every column of every model of the structure that stands now, read once."""
    failures = []
    for model in models:
        options = model._meta
        if options.managed and not options.proxy and not options.swapped:
            columns = ", ".join(database.quote(field.column) for field in options.local_concrete_fields if field.column)
            try:
                database.rows(f"SELECT {columns or '1'} FROM {database.quote(options.db_table)} LIMIT 1")
            except DatabaseError as error:
                failures.append(f"{options.label}: {error}")
    return failures


def ready() -> str:
    """What the site's own readiness view says: "200 …" or "503 …"; empty where there is none."""
    path = getattr(settings, "RELEASES_READY", "")
    try:
        response = resolve(path).func(RequestFactory().get(path)) if path else None
    except Resolver404:
        return ""
    return f"{response.status_code} {response.content.decode()[:500]}" if response is not None else ""
