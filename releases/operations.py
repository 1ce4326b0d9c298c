"""Migrations as a flat list of operations with the states around each, in the order of execution."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlparse
from django.contrib.contenttypes.management import RenameContentType, inject_rename_contenttypes_operations
from django.db import router
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import base, fields, models, special
from django.db.migrations.operations.base import Operation

from releases.models import Direction

KNOWN = tuple(
    thing
    for module in (fields, models, special)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, base.Operation) and thing is not base.Operation
)


@dataclass
class Leaf:
    """One operation that does something itself; `state_from` and `state_to` are those around its execution."""

    operation: Operation
    state_from: object
    state_to: object

    def run(self, app: str, editor, direction: str) -> None:
        way = "database_forwards" if direction == Direction.RELEASE else "database_backwards"
        getattr(self.operation, way)(app, editor, self.state_from, self.state_to)


def leaves(migration, state, direction: str) -> Iterator[Leaf]:
    """The operations of `migration` one by one; `state` is the project's before the migration."""
    state.apps  # noqa: B018 - once it is rendered, an operation renders only the models that it touches
    around = []
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        around.append((operation, state, after))
        state = after
    if direction == Direction.RELEASE:
        for operation, before, after in around:
            yield from flat(operation, before, after, migration.app_label, direction)
    else:
        for operation, before, after in reversed(around):
            yield from flat(operation, after, before, migration.app_label, direction)


def flat(operation, state_from, state_to, app: str, direction: str) -> Iterator[Leaf]:
    """What `operation` does to the database, with SeparateDatabaseAndState taken apart."""
    if not isinstance(operation, SeparateDatabaseAndState):
        yield Leaf(operation, state_from, state_to)
        return
    around = []
    state = state_from if direction == Direction.RELEASE else state_to
    for inner in operation.database_operations:
        after = state.clone()
        inner.state_forwards(app, after)
        around.append((inner, state, after))
        state = after
    for inner, before, after in around if direction == Direction.RELEASE else reversed(around):
        pair = (before, after) if direction == Direction.RELEASE else (after, before)
        yield from flat(inner, *pair, app, direction)


def inner_operations(operation) -> Iterator[Operation]:
    if isinstance(operation, SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from inner_operations(inner)
    else:
        yield operation


def why_not(migration, direction: str) -> list[str]:
    """Reasons why `migration` cannot be planned in this direction: operation and cause."""
    reasons = []
    name = f"{migration.app_label}.{migration.name}"
    for operation in migration.operations:
        for inner in inner_operations(operation):
            if not isinstance(inner, KNOWN):
                reasons.append(f"{name}: {type(inner).__name__} is no operation of Django's; write RunPython or RunSQL")
            elif direction == Direction.ROLLBACK and not inner.reversible:
                cause = {
                    "RunPython": "it has no reverse_code",
                    "RunSQL": "it has no reverse_sql",
                }.get(type(inner).__name__, "it says that it is irreversible")
                reasons.append(f"{name}: {inner.describe()} ({type(inner).__name__}) cannot be taken back: {cause}")
    return reasons


def is_python(operation) -> bool:
    return isinstance(operation, RunPython)


def is_noop(operation, direction: str) -> bool:
    """A RunPython that does nothing in this direction."""
    code = operation.code if direction == Direction.RELEASE else operation.reverse_code
    return code in (RunPython.noop, None)


def may_run(operation, app: str, alias: str) -> bool:
    return router.allow_migrate(alias, app, **operation.hints)


def touches_data(operation, changes_rows) -> bool:
    """Whether the operation moves rows in either direction, so that values have to be kept before it runs.

    Both directions count: a migration that seeds rows and takes nothing back would otherwise seed again on top of rows
    that came back before it ran.
    """
    if isinstance(operation, RenameContentType):
        return False
    if isinstance(operation, RunPython):
        return not (is_noop(operation, Direction.RELEASE) and is_noop(operation, Direction.ROLLBACK))
    if isinstance(operation, RunSQL):
        return any(changes_rows(sql) for sql in [*statements_of(operation.sql), *statements_of(operation.reverse_sql)])
    return False


def statements_of(sql) -> list[str]:
    if not sql:
        return []
    if isinstance(sql, str):
        return sqlparse.split(sqlparse.format(sql, strip_comments=True))
    return [item if isinstance(item, str) else item[0] for item in sql]


class History:
    """The migrations of the code, what of them is applied, and the states between them."""

    def __init__(self, connection):
        self.executor = MigrationExecutor(connection)
        self.loader = self.executor.loader
        self.with_types: set[tuple[str, str]] = set()
        self.loader.check_consistent_history(connection)
        leaf_nodes = self.loader.graph.leaf_nodes()
        self.full_plan = [migration for migration, _ in self.executor.migration_plan(leaf_nodes, clean_start=True)]

    def with_content_types(self, migrations: list, backwards: bool) -> list:
        """As `migrate` does: a model that is renamed takes its content type along. Once for each migration, since the
        steps of a plan count its operations."""
        fresh = [migration for migration in migrations if key_of(migration) not in self.with_types]
        self.with_types |= {key_of(migration) for migration in fresh}
        plan = [(migration, backwards) for migration in fresh]
        inject_rename_contenttypes_operations(plan=plan, using=self.executor.connection.alias)
        return migrations

    @property
    def applied(self) -> set[tuple[str, str]]:
        return set(self.loader.applied_migrations)

    def pending(self) -> list:
        found = [migration for migration in self.full_plan if key_of(migration) not in self.applied]
        return self.with_content_types(found, False)

    def backwards(self, keys: set[tuple[str, str]]) -> list:
        """The applied ones of `keys` and all applied ones that need them, in the order of taking back."""
        wanted = set()
        for key in keys:
            if key in self.loader.graph.nodes:
                wanted |= {node for node in self.loader.graph.backwards_plan(key) if node in self.applied}
        found = [migration for migration in reversed(self.full_plan) if key_of(migration) in wanted]
        return self.with_content_types(found, True)

    def named(self, keys: list, direction: str) -> list:
        """The migrations of a run that is under way, in its order."""
        found = [self.loader.graph.nodes[tuple(key)] for key in keys]
        return self.with_content_types(found, direction == Direction.ROLLBACK)

    def applied_apps(self):
        """The models of the structure that stands."""
        self.executor.check_replacements()
        return self.executor._create_project_state(with_applied_migrations=True).apps

    def states(self, migrations: list) -> dict:
        """Key → the project's state before that migration, for each of `migrations`."""
        wanted = {key_of(migration) for migration in migrations}
        state = self.executor._create_project_state()
        found = {}
        for migration in self.full_plan:
            key = key_of(migration)
            if key in wanted:
                found[key] = state
                state = migration.mutate_state(state, preserve=True)
            elif key in self.applied:
                state = migration.mutate_state(state, preserve=False) if not found else migration.mutate_state(state)
        self.last_state = state
        return found


def key_of(migration) -> tuple[str, str]:
    return migration.app_label, migration.name
