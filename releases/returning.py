"""How a plan brings back what was kept: at once where a table or column is made, else at the end of the migration."""

from releases.models import Archive, Step
from releases.names import ARCHIVE_PREFIX, archive_name
from releases.operations import key_of
from releases.problems import Refused

LEAVE_OUT = "leave out what refers to rows that are gone"


class BringsBack:
    """The half of a Planner that works against what runs in the other direction kept."""

    def kept_column(self, table: str, column: str) -> Archive | None:
        """Values of this column that a run in the other direction kept, by this migration or early in the same run."""
        mine = self.kept.get(key_of(self.migration), [])
        early = [archive for group in self.kept.values() for archive in group if archive.is_early]
        for archive in [*mine, *early]:
            if (archive.table, archive.column) == (table, column) and archive.key:
                return archive
        return None

    def bring_near(self, archive: Archive) -> str:
        """The name of a column in the archive's table that holds the kept values and may be empty."""
        if archive.way == Archive.Way.PARKED:
            return archive.name
        self.made += 1
        near, quote = archive_name(self.run_id, self.made), self.live.quote
        kind = self.shadow.type_of(archive.name, archive.column)
        self.statement(f"ALTER TABLE {quote(archive.table)} ADD COLUMN {quote(near)} {kind} NULL")
        self.statement(self.live.fill_column(archive.table, near, archive.name, archive.column, archive.key))
        return near

    def fill_empty(self, table: str, column: str, literal: str, archive: Archive) -> None:
        quote = self.live.quote
        self.statement(f"UPDATE {quote(table)} SET {quote(column)} = {literal} WHERE {quote(column)} IS NULL")

    def returned(self, archive: Archive) -> None:
        self.places[id(archive)] = (archive, archive.table, archive.column)
        if not archive.is_early and archive not in self.returning:
            self.returning.append(archive)

    def fill_from(self, archive: Archive) -> None:
        """Values into a column that stands; its references are looked at afterwards."""
        body = [self.live.fill_column(archive.table, archive.column, archive.name, archive.column, archive.key)]
        for statement in body:
            self.run_on_shadow(statement)
        self.add(Step.Kind.RETURN, body, archive=archive)
        self.places[id(archive)] = (archive, archive.table, archive.column)
        if archive not in self.returning:
            self.returning.append(archive)

    def table_made(self, table: str) -> None:
        """Its rows come back at once, while it looks as it did when it went: what follows finds them there."""
        for renames in (self.since_start, self.since_early):
            renames.table_made(table)
        self.bring_made_back(table, "")

    def column_made(self, table: str, column: str) -> None:
        for renames in (self.since_start, self.since_early):
            renames.column_made(table, column)

    def column_altered(self, table: str, column: str) -> None:
        """What values have to pass through, though the column may be gone at the end."""
        facts = self.shadow.structure().get(table, {"columns": {}})["columns"].get(column)
        if facts:
            self.passed.append((*self.since_start.origin(table, column), facts))

    def bring_made_back(self, table: str, column: str) -> None:
        for archive in self.kept.get(key_of(self.migration), []):
            is_it = (archive.table, archive.column) == (table, column) and not archive.is_early
            if is_it and archive not in self.returning:
                operation, self.operation = self.operation, "bring back what was kept"
                self.bring_back(archive)
                self.operation = operation

    def bring_all_back(self) -> None:
        """What this migration's other direction kept and what has not come back yet: tables before columns, parents
        (dropped last) before children; and then what refers to rows that are gone meanwhile."""
        self.operation = "bring back what was kept"
        kept = self.kept.get(key_of(self.migration), [])
        for archive in sorted(reversed(kept), key=lambda archive: archive.kind == Archive.Kind.COLUMN):
            if archive not in self.returning or archive.is_early:
                self.bring_back(archive)
        self.operation = LEAVE_OUT
        structure = self.shadow.structure() if kept else {}
        for archive in kept:
            _, table, column = self.places.get(id(archive), (archive, archive.table, archive.column))
            for own, target, target_columns, *_ in structure.get(table, {"references": []})["references"]:
                facts = [structure[table]["columns"][name] for name in own]
                if not column and target != table:
                    self.add(Step.Kind.RETURN, [self.live.drop_orphans(table, own, target, target_columns)])
                elif column in own and all(fact[1] == "YES" for fact in facts):
                    self.add(Step.Kind.RETURN, [self.live.empty_orphans(table, own, target, target_columns)])

    def bring_back(self, archive: Archive) -> None:
        structure = self.shadow.structure()
        there = structure.get(archive.table)
        if there is None or (archive.column and archive.column not in there["columns"]):
            self.notes.append(f"{archive}: kept in {archive.holder}, but this build has no place for it any more")
            return
        if not archive.key and archive.column:
            return
        if archive.kind == Archive.Kind.COLUMN:
            self.fill_from(archive)
            return
        held = self.live.plain_columns(archive.name)  # it stands there already
        for column in held:
            if column.startswith(ARCHIVE_PREFIX) and column not in there["columns"]:
                kind = self.shadow.type_of(archive.name, column)
                self.statement(
                    f"ALTER TABLE {self.live.quote(archive.table)} ADD COLUMN {self.live.quote(column)} {kind} NULL"
                )
        columns = [name for name in self.shadow.plain_columns(archive.table) if name in held]
        listed, quote = ", ".join(map(self.live.quote, columns)), self.live.quote
        body = [
            f"DELETE FROM {quote(archive.table)}",
            f"INSERT INTO {quote(archive.table)} ({listed}) SELECT {listed} FROM {quote(archive.name)}",
        ]
        for statement in body:
            self.run_on_shadow(statement)
        self.add(Step.Kind.RETURN, body, archive=archive)
        if archive.counter is not None:
            if self.shadow.can_undo_structure:
                self.add(Step.Kind.ROWS, self.live.set_counter(archive.table, archive.counter))
            else:
                self.statement(self.live.set_counter(archive.table, archive.counter)[0])
        self.places[id(archive)] = (archive, archive.table, "")
        self.returning.append(archive)

    def run_on_shadow(self, statement: str) -> None:
        try:
            self.shadow.run(statement)
        except Exception as error:
            raise Refused(f"{self.migration}: {self.operation} would fail.", [statement[:300], str(error)]) from error

    def renamed(self, what: str, *names: str) -> None:
        """A table (old, new) or a column (table, old, new) has another name from here on."""
        for renames in (self.since_start, self.since_early):
            getattr(renames, f"{what}_renamed")(*names)
        for key, (archive, table, column) in self.places.items():
            if what == "table" and table == names[0]:
                self.places[key] = (archive, names[1], column)
            elif what == "column" and (table, column) == names[:2]:
                self.places[key] = (archive, table, names[2])
