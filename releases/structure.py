"""The canonical fingerprint: what two databases must have in common to count as equally built.

`structure` is {table: {
    "columns": {name: [type, nullable, default, collation, extra …]}, "keys": {name: [kind, [column …]]},
    "references": [[columns, table, columns, on delete, on update] …], "checks": [clause …]}}.
It is compared without the names of keys and the order of columns, both of which differ between databases with different
histories, and without the journal and what is kept.
"""

import hashlib
import json
import re

from releases.models import is_ours


def canonical(structure: dict) -> dict:
    return {
        table: {
            "columns": facts["columns"],
            "keys": sorted(json.dumps(key) for key in facts["keys"].values()),
            "references": sorted(json.dumps(reference) for reference in facts["references"]),
            "checks": sorted(map(in_order, facts["checks"])),
        }
        for table, facts in structure.items()
        if not is_ours(table)
    }


LISTED = re.compile(r"\b(IN)\s*\(([^()]*)\)", re.IGNORECASE)
VALUE = re.compile(r"'(?:[^']|'')*'|[^,\s]+")


def in_order(clause: str) -> str:
    """Values of `IN (…)` sorted: a check that is written from a set has another order in each process."""
    return LISTED.sub(lambda found: f"{found[1]} ({', '.join(sorted(VALUE.findall(found[2])))})", clause)


def differences(expected: dict, found: dict) -> list[str]:
    """Each difference in words; empty where the two are equal."""
    wanted, real = canonical(expected), canonical(found)
    lines = [f"table {table} is missing" for table in sorted(wanted.keys() - real.keys())]
    lines += [f"table {table} should not be there" for table in sorted(real.keys() - wanted.keys())]
    for table in sorted(wanted.keys() & real.keys()):
        lines += differences_of_table(table, wanted[table], real[table])
    return lines


def differences_of_table(table: str, wanted: dict, real: dict) -> list[str]:
    lines = []
    columns, there = wanted["columns"], real["columns"]
    lines += [f"column {table}.{name} is missing" for name in sorted(columns.keys() - there.keys())]
    lines += [f"column {table}.{name} should not be there" for name in sorted(there.keys() - columns.keys())]
    for name in sorted(columns.keys() & there.keys()):
        if columns[name] != there[name]:
            lines.append(f"column {table}.{name} is {words(there[name])}, should be {words(columns[name])}")
    for part in ("keys", "references", "checks"):
        missing, extra = minus(wanted[part], real[part]), minus(real[part], wanted[part])
        lines += [f"{table}: {part} {text} is missing" for text in missing]
        lines += [f"{table}: {part} {text} should not be there" for text in extra]
    return lines


def minus(some: list, others: list) -> list:
    """`some` without `others`, counting repetitions."""
    left = list(others)
    rest = []
    for item in some:
        if item in left:
            left.remove(item)
        else:
            rest.append(item)
    return rest


def words(facts: list) -> str:
    return " ".join(str(fact) for fact in facts if fact not in (None, ""))


def fingerprint(structure: dict) -> str:
    return digest(canonical(structure))


def digest(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def index_changes(wanted: dict, found: dict) -> tuple[list[str], dict]:
    """(names that should not be there, {name: key} that is missing), primary keys aside; names of equal keys aside."""
    wanted, found = dict(wanted), dict(found)
    for name, key in list(found.items()):
        twins = [other for other, value in wanted.items() if value == key]
        if twins:
            wanted.pop(name if name in twins else twins[0])
            found.pop(name)
    extra = [name for name, (kind, _) in found.items() if kind != "PRIMARY"]
    return extra, {name: key for name, key in wanted.items() if key[0] != "PRIMARY"}


def children_first(structure: dict) -> list[str]:
    """The tables, each before those that it refers to; circles are broken somewhere."""
    left = {table: {ref[1] for ref in facts["references"]} - {table} for table, facts in structure.items()}
    ordered = []
    while left:
        referred = set().union(*left.values())
        free = sorted(left.keys() - referred) or [min(left)]
        ordered += free
        left = {table: targets for table, targets in left.items() if table not in free}
    return ordered
