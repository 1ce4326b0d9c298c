"""What a migration of ours may be, so that it can be released and taken back while the build before it still runs.

`problems(folder)` reads every migration of an app from its files and gives a line for each rule that is broken: the
file, the operation, and what to do.
"""

import ast
import importlib.util
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlparse
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.operations import models, special
from django.db.migrations.operations.fields import AddField, AlterField
from django.db.migrations.state import ProjectState

from releases.models import Direction
from releases.operations import Leaf, inner_operations, why_not

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"(\d{4})((?:_[a-z][a-z0-9]*|_[0-9]+[a-z]+)+)")
MADE_UP = re.compile(r"_auto_|_and_more$")  # names that Django gives where nobody did
CHANGES_ROWS = {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "UPSERT", "TRUNCATE", "LOAD"}
CHANGES_NOTHING = {"SELECT", "SET", "USE"}
STATE_ONLY = (models.AlterModelOptions, models.AlterModelManagers)
TODAY = {  # ways to the models of today that are no import of ours
    "django.apps": "take `apps`, the first argument of the function",
    "django.contrib.auth.get_user_model": "write settings.AUTH_USER_MODEL, or take `apps`, the function's argument",
    "django.utils.module_loading": "write out what it would import",
    "importlib": "write out what it would import",
}
REASON_WORDS = 3


def folders() -> list[Path]:
    """The migrations of every app in the repository. Tests of migrations are none."""
    return sorted(path.parent for path in ROOT.glob("*/migrations/__init__.py") if path.parts[-3] != "tests")


def problems(folder: Path) -> list[str]:
    app = folder.parent.name
    files = [Source(app, path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
    lines = list(names(files))
    strange = [f"{file}: {line}" for file in files for line in imports(file)]
    if strange:
        return lines + strange  # what must not be imported is not run either
    lines += one_leaf(files)
    state = ProjectState()
    for file in files:
        lines += [f"{file}: {line}" for rule in RULES for line in rule(file, state)]
        state = file.migration.mutate_state(state)
    return lines


@dataclass(frozen=True)
class Source:
    """A migration: its text, and what Django makes of it."""

    app: str
    path: Path

    def __str__(self):
        return f"{self.app}/migrations/{self.path.name}"

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @cached_property
    def migration(self):
        spec = importlib.util.spec_from_file_location(f"linted_{self.app}_{self.path.stem}", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.Migration(self.path.stem, self.app)

    @cached_property
    def comments(self) -> dict[int, tuple[str, bool]]:
        """Line → its comment, and whether nothing else stands there."""
        with self.path.open("rb") as handle:
            return {
                token.start[0]: (token.string, token.line.lstrip().startswith("#"))
                for token in tokenize.tokenize(handle.readline)
                if token.type == tokenize.COMMENT
            }

    def has_reason(self, first: int, last: int) -> bool:
        """A comment of some words on these lines, or alone on those right above."""
        said = [self.comments[line][0] for line in range(first, last + 1) if line in self.comments]
        while self.comments.get(first - 1, ("", False))[1]:
            first -= 1
            said.append(self.comments[first][0])
        return len(re.findall(r"\w+", " ".join(said))) >= REASON_WORDS

    def leaves(self, state) -> Iterator[Leaf]:
        """The operations that the database sees, with the state before each. It is never rendered: models of other
        apps are not in it."""
        state = state.clone()
        for operation in self.migration.operations:
            inside = state.clone()
            for inner in inner_operations(operation):
                before = inside.clone()
                inner.state_forwards(self.app, inside)
                yield Leaf(inner, before, inside)
            operation.state_forwards(self.app, state)


# --- rules of an app, and of a text that has not run yet


def names(files: list[Source]) -> Iterator[str]:
    for number, file in enumerate(files, start=1):
        found = NAME.fullmatch(file.path.stem)
        if found is None or MADE_UP.search(file.path.stem):
            yield f"{file}: its name says nothing; call it {number:04d} and, in words, what it is for"
        elif int(found[1]) != number:
            yield f"{file}: it should be number {number:04d}; number migrations one by one, without gap or double"


def one_leaf(files: list[Source]) -> Iterator[str]:
    needed = {key for file in files for key in file.migration.dependencies}
    ends = [file for file in files if (file.app, file.path.stem) not in needed]
    if len(ends) > 1:
        listed = ", ".join(file.path.name for file in ends)
        yield f"{ends[0].app}: {listed} each end the line; make the later one depend on the other"


def imports(file: Source) -> Iterator[str]:
    """A migration outlives the code of its day: only Django and Python are still there."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = ["." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and name_of(node) == "__import__":
            found = ["importlib"]
        else:
            continue
        for name in found:
            back_door = next((way for door, way in TODAY.items() if f"{name}.".startswith(f"{door}.")), "")
            if back_door:
                yield f"import of {name} in line {node.lineno}: it leads to the models of today; {back_door}"
            elif name.split(".")[0] not in {"django", *sys.stdlib_module_names}:
                yield (
                    f"import of {name} in line {node.lineno}: that code will change or go; write its value here, or"
                    " the function itself"
                )


# --- rules of a migration; each gets the state before it


def way_back(file: Source, state) -> Iterator[str]:
    for reason in why_not(file.migration, Direction.ROLLBACK):
        yield f"{reason.split(': ', 1)[1]}; give it a way back that `rollback` can run"


def reasons_for_noop(file: Source, state) -> Iterator[str]:
    calls = sorted(
        (
            node
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Call) and name_of(node) in ("RunPython", "RunSQL")
        ),
        key=lambda node: (node.lineno, node.col_offset),
    )
    operations = [leaf.operation for leaf in file.leaves(state) if isinstance(leaf.operation, RunPython | RunSQL)]
    if len(calls) != len(operations):
        yield "RunPython, RunSQL: not each is written out in `operations`; write them there, where they can be read"
        return
    for call, operation in zip(calls, operations, strict=True):
        if does_nothing_back(operation) and not file.has_reason(call.lineno, call.end_lineno):
            yield (
                f"{name_of(call)} in line {call.lineno}: its way back does nothing; say in a comment beside it why no"
                " row has to change, or write the way back"
            )


def new_columns(file: Source, state) -> Iterator[str]:
    """The build before this one inserts without the new column, and with nothing in one that could be empty."""
    fresh = set()
    for leaf in file.leaves(state):
        operation = leaf.operation
        if isinstance(operation, models.CreateModel):
            fresh.add(operation.name_lower)
        elif isinstance(operation, models.RenameModel) and operation.old_name_lower in fresh:
            fresh.add(operation.new_name_lower)
        elif isinstance(operation, models.AlterOrderWithRespectTo) and operation.name_lower not in fresh:
            if operation.order_with_respect_to:
                yield (
                    f"AlterOrderWithRespectTo {operation.name}: its new column _order is NOT NULL without a default in"
                    " the database; add a position with a db_default instead"
                )
        elif isinstance(operation, AddField) and operation.model_name_lower not in fresh:
            if needs_a_value(operation.field):
                yield (
                    f"AddField {operation.model_name}.{operation.name}: a new column of a table that is there is"
                    " null=True or has a db_default; else the build before this one cannot insert"
                )
        elif isinstance(operation, AlterField) and operation.model_name_lower not in fresh:
            before = leaf.state_from.models[file.app, operation.model_name_lower].fields[operation.name]
            if before.null and needs_a_value(operation.field):
                yield (
                    f"AlterField {operation.model_name}.{operation.name}: a column that could be empty becomes NOT"
                    " NULL; give it a db_default, else the build before this one cannot insert"
                )


def needs_a_value(field) -> bool:
    return not (field.null or field.many_to_many or field.generated or field.has_db_default())


def data_apart(file: Source, state) -> Iterator[str]:
    """MariaDB commits at each change of structure: what stops in between is neither here nor there."""
    found: dict[str, str] = {}
    for leaf in file.leaves(state):
        for kind in kinds(leaf.operation):
            found.setdefault(kind, f"{type(leaf.operation).__name__} ({leaf.operation.describe()})")
    if len(found) == 2:
        yield f"{found['rows']} changes rows beside {found['structure']}; make two migrations of it"


def kinds(operation) -> set[str]:
    """ "rows" and "structure", as far as the operation changes them in one direction or the other."""
    if isinstance(operation, special.RunPython):
        return {"rows"}
    if not isinstance(operation, RunSQL):
        return set() if isinstance(operation, STATE_ONLY) else {"structure"}
    words = set()
    for sql in (operation.sql, operation.reverse_sql):
        for part in [sql] if isinstance(sql, str) else sql or []:
            text = part if isinstance(part, str) else part[0]
            words |= {verb(statement) for statement in sqlparse.parse(sqlparse.format(text, strip_comments=True))}
    words -= CHANGES_NOTHING | {""}
    return {"rows" if word in CHANGES_ROWS else "structure" for word in words}


def verb(statement) -> str:
    """INSERT, CREATE …, also behind a WITH."""
    first = statement.token_first(skip_ws=True, skip_cm=True)
    kind = statement.get_type()
    return kind if kind != "UNKNOWN" or first is None else first.normalized.split()[0].upper()


def reasons_for_no_transaction(file: Source, state) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign):
            named = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            named = [node.target.id]
        else:
            named = [node.arg] if isinstance(node, ast.keyword) else []
        is_off = "atomic" in named and isinstance(node.value, ast.Constant) and not node.value.value
        if is_off and not file.has_reason(node.lineno, node.end_lineno):
            yield (
                f"atomic = False in line {node.lineno}: what stops in the middle stays half done; leave it out, or say"
                " in a comment beside it why it cannot be one transaction"
            )


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def does_nothing_back(operation) -> bool:
    if isinstance(operation, RunSQL):
        return operation.reverse_sql is not None and not kinds(RunSQL(operation.reverse_sql))
    code = getattr(operation.reverse_code, "__code__", None)
    return operation.reverse_code is not None and code is not None and code.co_code in EMPTY


def _passes(apps, schema_editor):
    pass


def _says(apps, schema_editor):
    """A docstring takes nothing back."""


EMPTY = {_passes.__code__.co_code, _says.__code__.co_code, RunPython.noop.__code__.co_code}
RULES = (way_back, reasons_for_noop, new_columns, data_apart, reasons_for_no_transaction)
