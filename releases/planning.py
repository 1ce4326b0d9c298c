"""The plan of a run: its migrations executed on the shadow, every statement written down with the structure after it.

The shadow has the live structure and no rows. It has to be the live one and not a fresh database: names of keys differ
between databases with different histories. The plan is made whole before the first statement, since after a crash the
same migration would see another structure and emit other statements.
"""

import re

from releases.databases import database_of
from releases.editor import recording_editor
from releases.models import Archive, Direction, Step, is_ours
from releases.names import archive_name
from releases.operations import History, inner_operations, is_noop, is_python, key_of, leaves, may_run, touches_data
from releases.plan import Plan, statements
from releases.problems import Refused
from releases.renames import Renames
from releases.returning import BringsBack
from releases.structure import digest, index_changes

DANGEROUS = re.compile(r"\b(TRUNCATE|DELETE\s+FROM)\b", re.IGNORECASE)


def make_plan(
    *,
    connection,
    history: History,
    migrations: list,
    direction: str,
    run_id: int,
    shadow_name: str = "",
    baseline: dict | None = None,
) -> Plan:
    """Raises Refused where a statement cannot run on an equal, empty structure."""
    live = database_of(connection)
    states = history.states(migrations)
    with live.shadow(shadow_name) as other:
        planner = Planner(live, other, direction, run_id)
        for migration in migrations:
            planner.take(migration, states[key_of(migration)], history.executor)
        return planner.finish(migrations, baseline)


class Planner(BringsBack):
    def __init__(self, live, shadow_connection, direction: str, run_id: int):
        self.live, self.shadow = live, database_of(shadow_connection)
        self.direction, self.run_id = direction, run_id
        self.steps: list[Step] = []
        self.archives: list[Archive] = []
        self.notes: list[str] = []
        self.exact = self.shadow.exact()
        self.mark = digest(self.exact)
        if self.exact != live.exact():
            raise Refused("The structure cannot be copied exactly for planning.", unlike(live.exact(), self.exact))
        self.structure_before = live.structure()
        self.kept = self.kept_before()
        self.returning: list[Archive] = []
        self.early_at: int | None = None
        self.early_structure: dict = {}
        self.since_early, self.since_start = Renames(), Renames()
        self.places: dict[int, tuple[Archive, str, str]] = {}
        self.passed: list[tuple[str, str, list]] = []
        self.migration = None
        self.operation = ""
        self.expected: Archive | None = None
        self.made = 0

    def kept_before(self) -> dict[tuple[str, str], list[Archive]]:
        """What runs in the other direction kept and what has not come back: by migration, of its latest run."""
        other = Direction.ROLLBACK if self.direction == Direction.RELEASE else Direction.RELEASE
        found: dict[tuple[str, str], list[Archive]] = {}
        if not table_exists(self.live, Archive):
            return found
        for archive in (
            Archive.objects.using(self.live.connection.alias)
            .filter(state=Archive.State.KEPT, run__direction=other)
            .select_related("run")
        ):
            group = found.setdefault((archive.app, archive.migration), [])
            if group and group[0].run_id != archive.run_id:
                group.clear()
            group.append(archive)
        return found

    # --- one migration

    def take(self, migration, state, executor) -> None:
        self.migration = migration
        first = len(self.steps)
        before = self.mark
        inner = [one for operation in migration.operations for one in inner_operations(operation)]
        if any(touches_data(operation, self.shadow.changes_rows) for operation in inner):
            self.begin_early(first)
        with recording_editor(self.shadow.connection, self) as editor:
            for number, leaf in enumerate(leaves(migration, state, self.direction)):
                self.operation = leaf.operation.describe()
                if is_python(leaf.operation):
                    if may_run(leaf.operation, migration.app_label, self.live.connection.alias) and not is_noop(
                        leaf.operation, self.direction
                    ):
                        self.add(Step.Kind.PYTHON, number)
                        if self.direction == Direction.ROLLBACK:
                            self.notes.append(f"{migration}: its way back is code; rows it deletes are not kept")
                elif hasattr(leaf.operation, "reverse_sql"):
                    self.take_raw(leaf, migration, editor)
                else:
                    leaf.run(migration.app_label, editor, self.direction)
            self.operation = "references and indexes"
        self.bring_all_back()
        self.operation = "record"
        self.add(Step.Kind.RECORD, [])
        self.last_unit, self.last_mark = first, before
        self.close_unit(first, before)

    def close_unit(self, first: int, before: str) -> None:
        """Where a whole migration is one transaction, its steps have the structure before and after all of it."""
        if self.shadow.can_undo_structure:
            self.exact = self.shadow.exact()
            self.mark = digest(self.exact)
            for step in self.steps[first:]:
                step.exact_before, step.exact_after = before, self.mark

    def take_raw(self, leaf, migration, editor) -> None:
        """A RunSQL: what it drops is found by comparing, and copied away before it runs."""
        before, first = self.shadow.structure(), len(self.steps)
        leaf.run(migration.app_label, editor, self.direction)
        after = self.shadow.structure()
        for step in self.steps[first:]:
            if any(DANGEROUS.search(text) for text in statements(step)):
                self.notes.append(f"{migration}: raw SQL deletes rows that nothing keeps: {step.body[0][:120]}")
        rest, self.steps = self.steps[first:], self.steps[:first]
        for table in sorted(before.keys() - after.keys()):
            if not is_ours(table):
                self.keep_table(table, Archive.Way.COPIED, before)
        for table in sorted(before.keys() & after.keys()):
            for column in before[table]["columns"].keys() - after[table]["columns"].keys():
                if not is_ours(table) and "GENERATED" not in str(before[table]["columns"][column][4]):
                    self.keep_column(table, column, Archive.Way.COPIED, before)
        self.steps += rest
        for table in sorted(after.keys() - before.keys()):
            if not is_ours(table):
                self.table_made(table)
        for table in sorted(before.keys() & after.keys()):
            for column in after[table]["columns"].keys() - before[table]["columns"].keys():
                self.column_made(table, column)
                self.bring_made_back(table, column)

    def statement(self, text: str, archive: Archive | None = None) -> None:
        """Run on the shadow, and write down."""
        kind = Step.Kind.ROWS if self.shadow.changes_rows(text) else Step.Kind.STRUCTURE
        before = self.mark
        try:
            self.shadow.run(text)
        except Exception as error:
            raise Refused(f"{self.migration}: {self.operation} would fail.", [text[:300], str(error)]) from error
        if kind == Step.Kind.STRUCTURE and not self.shadow.can_undo_structure:
            self.exact = self.shadow.exact(self.exact, text)
            self.mark = digest(self.exact)
        if self.expected is not None and self.expected.name in text:
            archive, self.expected = self.expected, None
        self.add(kind, [text], archive=archive, exact_before=before)

    def add(self, kind: str, body, *, archive=None, exact_before=None) -> Step:
        step = Step(
            run_id=self.run_id,
            kind=kind,
            app=self.migration.app_label,
            migration=self.migration.name,
            operation=self.operation[:300],
            body=body,
            archive=archive,
            exact_before=exact_before or self.mark,
            exact_after=self.mark,
        )
        self.steps.append(step)
        return step

    # --- keeping

    def begin_early(self, first: int) -> None:
        """From here on rows move: what goes away later is copied now, as it is before that."""
        if self.early_at is None:
            self.early_at, self.early_mark = first, self.mark
            self.early_migration = self.migration
            self.early_structure = self.structure_before if first == 0 else self.shadow.structure()
            self.since_early = Renames()

    def keep_table(self, table: str, way: str, structure: dict | None = None) -> Archive:
        early = self.at_early_point(table, "")
        if early:
            return self.new_archive(Archive.Kind.TABLE, Archive.Way.COPIED, early[0], "", early=True)
        archive = self.new_archive(Archive.Kind.TABLE, way, table, "", structure=structure)
        if way == Archive.Way.COPIED:
            self.add(
                Step.Kind.ARCHIVE,
                self.live.copy(
                    table,
                    archive.name,
                    plain_columns(self.shadow.structure() if structure is None else structure, table),
                    archive.key,
                ),
                archive=archive,
            )
        return archive

    def keep_column(self, table: str, column: str, way: str, structure: dict | None = None) -> Archive:
        early = self.at_early_point(table, column)
        if early:
            return self.new_archive(Archive.Kind.COLUMN, Archive.Way.COPIED, *early, early=True)
        archive = self.new_archive(Archive.Kind.COLUMN, way, table, column, structure=structure)
        if way == Archive.Way.COPIED and archive.key:
            self.add(
                Step.Kind.ARCHIVE,
                self.live.copy(table, archive.name, [*archive.key, column], archive.key),
                archive=archive,
            )
        elif way == Archive.Way.COPIED:
            self.notes.append(f"{table}.{column}: the table has no key, its values are kept without a way back")
            self.add(
                Step.Kind.ARCHIVE,
                self.live.copy(table, archive.name, plain_columns(self.shadow.structure(), table), []),
                archive=archive,
            )
        return archive

    def at_early_point(self, table: str, column: str) -> tuple[str, str] | None:
        """(table, column) as they were called before rows began to move, if they were there."""
        if self.early_at is None:
            return None
        old_table, old_column = self.since_early.origin(table, column)
        there = self.early_structure.get(old_table)
        if there is None or (column and old_column not in there["columns"]):
            return None
        return old_table, old_column if column else ""

    def new_archive(self, kind, way, table, column, *, early=False, structure=None) -> Archive:
        self.made += 1
        structure = self.early_structure if early else structure or self.shadow.structure()
        migration = self.early_migration if early else self.migration
        archive = Archive(
            run_id=self.run_id,
            app=migration.app_label,
            migration=migration.name,
            kind=kind,
            way=way,
            table=table,
            column=column,
            key=structure[table]["keys"].get("PRIMARY", ["", []])[1],
            name=archive_name(self.run_id, self.made),
            is_early=early,
            state=Archive.State.PLANNED,
        )
        self.archives.append(archive)
        return archive

    def expect(self, archive: Archive) -> None:
        """The next statement that names the archive is the one that makes it."""
        self.expected = archive

    def reference_names(self, table: str) -> list[str]:
        rows = self.shadow.rows(
            "SELECT constraint_name FROM information_schema.referential_constraints"
            " WHERE constraint_schema = DATABASE() AND table_name = %s ORDER BY constraint_name",
            [table],
        )
        return [name for (name,) in rows]

    def emptiness(self, table: str, column: str) -> str:
        """How a column is parked, so that inserts need not name it."""
        _, nullable, default, *_ = self.shadow.structure()[table]["columns"][column]
        literal = nullable == "NO" and default is not None and re.fullmatch(r"'.*'|-?[\d.]+", default, re.DOTALL)
        return f"NOT NULL DEFAULT {default}" if literal and self.shadow.quotes_defaults else "NULL"

    def without_column(self, table: str, column: str) -> list[str]:
        """What DROP COLUMN would do to the indexes, said aloud."""
        quote, changes = self.live.quote, []
        for name, (kind, parts) in self.shadow.structure()[table]["keys"].items():
            rest = [part for part in parts if part.split("(")[0] != column]
            if len(rest) == len(parts):
                continue
            changes.append(f"DROP INDEX {quote(name)}")
            if rest:
                columns = ", ".join(re.sub(r"^(\w+)", lambda found: quote(found[1]), part) for part in rest)
                changes.append(f"ADD {'UNIQUE ' if kind == 'UNIQUE' else ''}INDEX {quote(name)} ({columns})")
        return [change.replace("%", "%%") for change in changes]

    # --- the end

    def finish(self, migrations: list, baseline: dict | None) -> Plan:
        after = self.shadow.structure()
        if baseline is not None:
            after = self.mend_indexes(baseline, after)
        self.place_early()
        for number, step in enumerate(self.steps, start=1):
            step.number = number
        return Plan(
            direction=self.direction,
            migrations=migrations,
            steps=self.steps,
            archives=self.archives,
            returning=self.returning,
            structure_before=self.structure_before,
            structure_after=after,
            renames=self.since_start,
            passed=self.passed,
            places={(table, column): archive for archive, table, column in self.places.values()},
            notes=self.notes + [f"not copied for planning: {name}" for name in self.live.views_and_triggers()],
        )

    def place_early(self) -> None:
        """Copies that must precede the first change of rows, put there. Copied tables have their columns."""
        whole = {archive.table for archive in self.archives if archive.is_early and not archive.column}
        early = [a for a in self.archives if a.is_early and not (a.column and a.table in whole)]
        self.archives = [a for a in self.archives if not a.is_early or a in early]
        first = []
        for archive in early:
            columns = (
                [*archive.key, archive.column]
                if archive.column and archive.key
                else plain_columns(self.early_structure, archive.table)
            )
            step = Step(
                run_id=self.run_id,
                kind=Step.Kind.ARCHIVE,
                app=archive.app,
                migration=archive.migration,
                operation=f"Keep {archive} before rows change",
                body=self.live.copy(archive.table, archive.name, columns, archive.key),
                archive=archive,
                exact_before=self.early_mark,
                exact_after=self.early_mark,
            )
            if self.shadow.can_undo_structure:
                beside = self.steps[self.early_at]
                step.exact_before, step.exact_after = beside.exact_before, beside.exact_after
            first.append(step)
        if self.early_at is not None:
            self.steps[self.early_at : self.early_at] = first

    def mend_indexes(self, baseline: dict, after: dict) -> dict:
        """Django leaves an index too many, or a shrunk one, on some ways back: put right as the last statements."""
        self.operation = "indexes as they were recorded"
        last = self.steps.pop() if self.steps and self.steps[-1].kind == Step.Kind.RECORD else None
        for table in sorted(baseline.keys() & after.keys()):
            extra, missing = index_changes(baseline[table]["keys"], after[table]["keys"])
            for text in self.live.change_indexes(table, extra, missing):
                self.statement(text)
        if last is not None:
            last.exact_before = last.exact_after = self.mark
            self.steps.append(last)
        self.close_unit(self.last_unit, self.last_mark)
        return self.shadow.structure()


def plain_columns(structure: dict, table: str) -> list[str]:
    return [name for name, facts in structure[table]["columns"].items() if "GENERATED" not in str(facts[4])]


def table_exists(database, model) -> bool:
    return model._meta.db_table in database.all_tables()


def unlike(here: dict, there: dict) -> list[str]:
    return [
        f"{table}:\n{here.get(table, '(none)')}\n{there.get(table, '(none)')}"
        for table in sorted(here.keys() | there.keys())
        if here.get(table) != there.get(table)
    ]
