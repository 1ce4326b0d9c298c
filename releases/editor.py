"""A schema editor that takes nothing away: tables and columns that a migration drops are kept, under another name.

It works on the shadow. Every statement is given to the planner, which runs it there and writes it into the plan.
"""

import uuid
from datetime import UTC, date, datetime, time, timedelta

from releases.models import Archive

# What a NOT NULL column without a default is filled with where no value was kept and the operator said --force.
FILLERS = {
    "BooleanField": False,
    "BinaryField": b"",
    "DateField": date(1970, 1, 1),
    "DateTimeField": datetime(1970, 1, 1, tzinfo=UTC),
    "TimeField": time(0),
    "DurationField": timedelta(0),
    "UUIDField": uuid.UUID(int=0),
    "JSONField": {},
    "GenericIPAddressField": "0.0.0.0",
}
NUMBERS = ("Integer", "Float", "Decimal", "Duration")


def recording_editor(connection, planner):
    """An editor of `connection` (the shadow) that hands its statements to `planner`."""
    mixin = RecordingMySQL if connection.vendor == "mysql" else RecordingSQLite
    made = type("RecordingEditor", (mixin, connection.SchemaEditorClass), {})(connection, atomic=False)
    made.planner = planner
    return made


class Recording:
    def execute(self, sql, params=()):
        text = str(sql)
        if params:
            text = text % tuple(self.quote_value(value) for value in params)
        elif params is not None:
            text = text.replace("%%", "%")
        self.planner.statement(text)

    def create_model(self, model):
        super().create_model(model)
        if not model._meta.db_table.startswith("new__"):
            self.planner.table_made(model._meta.db_table)

    def add_field(self, model, field):
        self.add_with_values(model, field)
        if field.column and not field.many_to_many:
            self.planner.column_made(model._meta.db_table, field.column)

    def alter_field(self, model, old_field, new_field, strict=False):
        super().alter_field(model, old_field, new_field, strict)
        if not old_field.many_to_many:  # theirs are noted with the table between
            self.note_rename(model, old_field, new_field)
            self.planner.column_altered(model._meta.db_table, new_field.column)

    def alter_db_table(self, model, old, new):
        super().alter_db_table(model, old, new)
        if not old.startswith("new__"):
            self.planner.renamed("table", old, new)

    def note_rename(self, model, old_field, new_field):
        if old_field.column and new_field.column and old_field.column != new_field.column:
            self.planner.renamed("column", model._meta.db_table, old_field.column, new_field.column)

    def filler(self, field):
        """The value of a NOT NULL column where nothing was kept: its default, else nothing of its type."""
        value = self.effective_default(field)
        if value is None and not field.null:
            kind = field.get_internal_type()
            plain = FILLERS.get(kind, 0 if any(word in kind for word in NUMBERS) else "")
            value = None if field.remote_field else field.get_db_prep_save(plain, self.connection)
        return value

    def is_kept(self, model, field) -> bool:
        """Whether dropping the field takes values away that a column of their own holds."""
        is_column = not field.many_to_many and field.db_parameters(connection=self.connection)["type"] is not None
        return is_column and not field.generated and not field.primary_key and field.column is not None


class RecordingMySQL(Recording):
    swallows_defaults = False

    def quote_value(self, value):
        """mysqlclient gives bytes for what is no text, such as b"NULL"."""
        quoted = super().quote_value(value)
        return quoted.decode() if isinstance(quoted, bytes) else quoted

    def execute(self, sql, params=()):
        if not (self.swallows_defaults and str(sql).startswith("UPDATE ")):
            super().execute(sql, params)

    def delete_model(self, model):
        """The table is renamed away, in milliseconds whatever its size. Its references go first: they would follow."""
        table = model._meta.db_table
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.delete_model(field.remote_field.through)
        archive = self.planner.keep_table(table, Archive.Way.RENAMED)
        if archive.way == Archive.Way.RENAMED:
            for name in self.planner.reference_names(table):
                self.execute(f"ALTER TABLE {self.quote_name(table)} DROP FOREIGN KEY {self.quote_name(name)}", None)
            self.planner.statement(
                self.sql_rename_table
                % {"old_table": self.quote_name(table), "new_table": self.quote_name(archive.name)},
                archive,
            )
        else:
            self.execute(f"DROP TABLE {self.quote_name(table)}", None)
        self.deferred_sql = [
            sql for sql in self.deferred_sql if not (hasattr(sql, "references_table") and sql.references_table(table))
        ]

    def remove_field(self, model, field):
        """The column stays in its table under another name: nothing is copied. Inserts go on, since it may be empty or
        has a default; whether it may be empty is not changed without need, which would rewrite the table."""
        table = model._meta.db_table
        if not self.is_kept(model, field):
            super().remove_field(model, field)
            return
        archive = self.planner.keep_column(table, field.column, Archive.Way.PARKED)
        if archive.way == Archive.Way.PARKED:
            changes = self.planner.without_column(table, field.column)
            kind = self.planner.shadow.type_of(table, field.column)
            parked = f"{self.quote_name(archive.name)} {kind} {self.planner.emptiness(table, field.column)}"
            self.sql_delete_column = (
                f"ALTER TABLE %(table)s CHANGE COLUMN %(column)s {parked.replace('%', '%%')}"
                + "".join(f", {change}" for change in changes)
            )
            self.planner.expect(archive)
        try:
            super().remove_field(model, field)
        finally:
            self.__dict__.pop("sql_delete_column", None)

    def add_with_values(self, model, field):
        """A column of which values were kept is made of the parked one, so that they need not be written again."""
        table = model._meta.db_table
        archive = self.planner.kept_column(table, field.column) if self.is_kept(model, field) else None
        if archive is None:
            super(Recording, self).add_field(model, field)
            return
        source = self.planner.bring_near(archive)
        if not field.null and self.planner.shadow.may_be_empty(table, source):
            self.planner.fill_empty(table, source, self.default_literal(field), archive)
        self.sql_create_column = (
            f"ALTER TABLE %(table)s CHANGE COLUMN {self.quote_name(source)} %(column)s %(definition)s"
        )
        self.swallows_defaults = True
        try:
            super(Recording, self).add_field(model, field)
        finally:
            self.swallows_defaults = False
            del self.sql_create_column
        self.planner.returned(archive)

    def default_literal(self, field) -> str:
        if field.has_db_default():
            sql, params = self.db_default_sql(field)
            return sql % tuple(self.quote_value(value) for value in params) if params else sql
        return self.quote_value(self.filler(field))


class RecordingSQLite(Recording):
    returning = None

    def _alter_many_to_many(self, model, old_field, new_field, strict):
        super()._alter_many_to_many(model, old_field, new_field, strict)
        through, new = old_field.remote_field.through, new_field.remote_field.through
        if through._meta.db_table == new._meta.db_table:
            for old_name, new_name in (
                (old_field.m2m_field_name(), new_field.m2m_field_name()),
                (old_field.m2m_reverse_field_name(), new_field.m2m_reverse_field_name()),
            ):
                self.note_rename(new, through._meta.get_field(old_name), new._meta.get_field(new_name))

    def delete_model(self, model, handle_autom2m=True):
        if handle_autom2m:  # else it is the end of a remake, whose rows are in the new table already
            self.planner.keep_table(model._meta.db_table, Archive.Way.COPIED)
        super().delete_model(model, handle_autom2m)

    def remove_field(self, model, field):
        if self.is_kept(model, field):
            self.planner.keep_column(model._meta.db_table, field.column, Archive.Way.COPIED)
        super().remove_field(model, field)

    def add_with_values(self, model, field):
        """A column of which values were kept gets them while its table is made anew, in the same pass."""
        table = model._meta.db_table
        archive = self.planner.kept_column(table, field.column) if self.is_kept(model, field) else None
        if archive is None:
            super(Recording, self).add_field(model, field)
        elif field.has_db_default():
            super(Recording, self).add_field(model, field)
            self.planner.fill_from(archive)
        else:
            self.returning = (table, field, archive)
            try:
                self._remake_table(model, create_field=field)
            finally:
                self.returning = None
            self.planner.returned(archive)

    def prepare_default(self, value):
        """The first default that a remake asks for is of the field which it adds; others follow, of other columns."""
        if self.returning is None:
            return super().prepare_default(value)
        (table, field, archive), self.returning = self.returning, None
        plain = super().prepare_default(self.filler(field))
        look_up = self.planner.shadow.look_up
        if not field.null:
            return look_up(table, archive.name, archive.column, archive.key, plain)
        kept = look_up(table, archive.name, archive.column, archive.key, "NULL")
        if plain == "NULL":
            return kept
        known = look_up(table, archive.name, archive.key[0], archive.key, "NULL")
        return f"CASE WHEN {known} IS NULL THEN {plain} ELSE {kept} END"
