"""Before the first statement: values that will not fit, values that would be invented, room on disk."""

import re
import shutil
from pathlib import Path

from releases.models import Archive, Direction, is_ours
from releases.plan import Plan

INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
NUMERIC = re.compile(
    r"(tinyint|smallint|mediumint|int|integer|bigint|decimal|double|float|real|numeric)", re.IGNORECASE
)
TEXTUAL = re.compile(r"(char|text|varchar)", re.IGNORECASE)


def values_at_stake(database, plan: Plan) -> list[str]:
    """Rows of the live tables that the new structure cannot hold as they are, in words."""
    lines = []
    for table, facts in plan.structure_after.items():
        origin = plan.renames.origin(table)[0]
        if is_ours(table) or origin not in plan.structure_before:
            continue
        before = plan.structure_before[origin]
        for column, wanted in facts["columns"].items():
            old = plan.renames.origin(table, column)[1]
            found = before["columns"].get(old)
            if found:
                lines += column_at_stake(database, plan.direction, origin, old, found, wanted)
        lines += [
            *doubles(database, origin, before, facts),
            *violations(database, plan.structure_before, origin, facts),
        ]
    for table, column, wanted in plan.passed:
        found = plan.structure_before.get(table, {"columns": {}})["columns"].get(column)
        if found:
            lines += column_at_stake(database, plan.direction, table, column, found, wanted)
    return list(dict.fromkeys(lines))


def column_at_stake(database, direction: str, table: str, column: str, old: list, new: list) -> list[str]:
    """A release may fill what was empty: its author wrote the value. On the way back nobody did."""
    lines = []
    quoted = database.quote(column)
    if direction == Direction.ROLLBACK and old[1] == "YES" and new[1] == "NO" and "GENERATED" not in str(new[4]):
        count = counted(database, table, f"{quoted} IS NULL")
        if count:
            lines.append(f"{table}.{column}: {count} rows hold nothing; a value would be invented for them")
    condition = unfit(database, quoted, old[0], new[0]) if old[0] != new[0] else ""
    count = counted(database, table, condition) if condition else 0
    if count:
        lines.append(f"{table}.{column}: {count} rows do not fit {new[0]}")
    return lines


def unfit(database, quoted: str, old: str, new: str) -> str:
    """A condition that is true for values which change or fail when they go from type `old` to type `new`."""
    name, size, scale = parsed(new)
    if name in ("varchar", "char") and size:
        return f"{'CHAR_LENGTH' if database.vendor == 'mysql' else 'LENGTH'}({quoted}) > {size}"
    if database.vendor == "sqlite":  # types are loose there: only what turns into another kind of value is lost
        whole = f"CAST(CAST({quoted} AS INTEGER) AS TEXT) <> CAST({quoted} AS TEXT)"
        return f"typeof({quoted}) IN ('real', 'text') AND {whole}" if name in INTEGERS else ""
    if name in INTEGERS:
        bits = INTEGERS[name]
        least, most = (0, 2**bits - 1) if "unsigned" in new else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if TEXTUAL.match(old):
            return f"{quoted} NOT REGEXP '^-?[0-9]+$' OR CAST({quoted} AS DECIMAL(65)) NOT BETWEEN {least} AND {most}"
        whole = f" OR {quoted} <> ROUND({quoted})" if parsed(old)[0] not in INTEGERS else ""
        return f"{quoted} NOT BETWEEN {least} AND {most}{whole}" if NUMERIC.match(old) else ""
    if name == "decimal":
        if TEXTUAL.match(old):
            return f"{quoted} NOT REGEXP '^-?[0-9]+([.][0-9]+)?$'"
        return (
            f"ABS({quoted}) >= 1e{size - scale} OR {quoted} <> ROUND({quoted}, {scale})" if NUMERIC.match(old) else ""
        )
    if name == "date" and old.startswith("datetime"):
        return f"TIME({quoted}) <> '00:00:00'"
    if name in ("date", "datetime") and TEXTUAL.match(old):
        return f"{quoted} IS NOT NULL AND CAST({quoted} AS DATETIME) IS NULL"
    return ""


def parsed(kind: str) -> tuple[str, int, int]:
    found = re.match(r"(\w+)(?:\((\d+)(?:,\s*(\d+))?\))?", kind)
    return (found[1].lower(), int(found[2] or 0), int(found[3] or 0)) if found else ("", 0, 0)


def doubles(database, table: str, before: dict, after: dict) -> list[str]:
    """Rows that a new unique key does not allow beside each other."""
    known = [parts for kind, parts in before["keys"].values() if kind in ("UNIQUE", "PRIMARY")]
    lines = []
    for kind, parts in after["keys"].values():
        if kind == "UNIQUE" and parts not in known and all(part in before["columns"] for part in parts):
            columns = ", ".join(map(database.quote, parts))
            filled = " AND ".join(f"{database.quote(part)} IS NOT NULL" for part in parts)
            doubled = f"WHERE {filled} GROUP BY {columns} HAVING COUNT(*) > 1"
            count = asked(database, f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM {database.quote(table)} {doubled}) d")
            if count:
                lines.append(
                    f"{table}: {count} values of ({', '.join(parts)}) stand there more than once, and must be unique"
                )
    return lines


def violations(database, structure: dict, table: str, after: dict) -> list[str]:
    """Rows that a new reference or a new check does not allow, as far as its columns are there already."""
    before = structure[table]
    lines = []
    for own, target, target_columns, *_ in after["references"]:
        known = any(reference[:3] == [own, target, target_columns] for reference in before["references"])
        there = target in structure and set(target_columns) <= structure[target]["columns"].keys()
        if not known and there and set(own) <= before["columns"].keys():
            count = database.count_orphans(table, own, target, target_columns)
            if count:
                lines.append(f"{table}: {count} rows refer by {', '.join(own)} to rows of {target} that are not there")
    fresh = after["columns"].keys() - before["columns"].keys()
    for clause in set(after["checks"]) - set(before["checks"]) - {"AUTOINCREMENT"}:
        if fresh & set(re.findall(r"\w+", clause)):
            continue  # about a column that is not there yet; SQLite would take its name for a text
        count = asked(database, f"SELECT COUNT(*) FROM {database.quote(table)} WHERE NOT ({clause})")
        if count:
            lines.append(f"{table}: {count} rows break the check {clause}")
    return lines


def invented_values(database, plan: Plan) -> list[str]:
    """Rows that would get a value nobody gave them: a NOT NULL column comes back, and they were made since it went."""
    lines = []
    for table, facts in plan.structure_after.items():
        origin = plan.renames.origin(table)[0]
        if is_ours(table) or origin not in plan.structure_before:
            continue
        for column, (_, nullable, default, _, extra, *_) in facts["columns"].items():
            old = plan.renames.origin(table, column)[1]
            fresh = old not in plan.structure_before[origin]["columns"]
            if (
                plan.direction != Direction.ROLLBACK
                or not fresh
                or nullable == "YES"
                or default is not None
                or "GENERATED" in str(extra)
            ):
                continue
            archive = plan.places.get((table, column))
            count = without_value(database, origin, archive)
            if count:
                lines.append(
                    f"{table}.{column}: {count} rows have no value to come back with; one would be invented for them"
                )
    return lines


def without_value(database, table: str, archive: Archive | None) -> int:
    if archive is None:
        return counted(database, table, "1 = 1")
    if archive.way == Archive.Way.PARKED:
        return counted(database, table, f"{database.quote(archive.name)} IS NULL")
    on = " AND ".join(f"a.{database.quote(key)} = t.{database.quote(key)}" for key in archive.key)
    kept = f"SELECT 1 FROM {database.quote(archive.name)} a WHERE {on}"
    return asked(database, f"SELECT COUNT(*) FROM {database.quote(table)} t WHERE NOT EXISTS ({kept})")


def values_to_keep(database, plan: Plan, archive: Archive) -> int:
    """Rows of the table that goes, or values in the column, as far as they are there before the plan."""
    table, column = plan.renames.origin(archive.table, archive.column)
    if not table or (archive.column and not column):
        return 0
    return counted(database, table, f"{database.quote(column)} IS NOT NULL" if column else "1 = 1")


def counted(database, table: str, condition: str) -> int:
    return asked(database, f"SELECT COUNT(*) FROM {database.quote(table)} WHERE {condition}")


def asked(database, sql: str) -> int:
    """0 where the question cannot be asked of the live tables yet, such as of a column that the plan makes first."""
    try:
        return database.rows(sql)[0][0]
    except Exception as error:
        if getattr(error, "args", [None])[0] in (1054, 1146) or "no such" in str(error):
            return 0
        raise


def disk_room(database, plan: Plan) -> list[str]:
    """Copies and rebuilt tables need room: twice the largest table of the plan, where the disk can be seen."""
    sizes = database.sizes()
    largest = (
        max((sizes.get(table, 0) for table in plan.tables), default=0) if database.vendor == "mysql" else sizes[""]
    )
    return too_little_room(database, 2 * largest)


def too_little_room(database, wanted: int) -> list[str]:
    """`wanted` is in bytes."""
    if database.vendor == "mysql":
        folder = Path(database.rows("SELECT @@datadir")[0][0])
    else:
        folder = Path(str(database.connection.settings_dict["NAME"])).parent
    if not wanted or not folder.exists():
        return []
    free = shutil.disk_usage(folder).free
    return [f"{folder}: {free / 1e9:.1f} GB free, {wanted / 1e9:.1f} GB may be needed"] if free < wanted else []
