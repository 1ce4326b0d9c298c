"""What tables and columns were called at an earlier point of a plan."""


class Renames:
    """Follows renames forward; answers for names of now what they were at the start. What was made since then was
    called nothing."""

    def __init__(self):
        self.tables: dict[str, str] = {}
        self.columns: dict[tuple[str, str], str] = {}

    def table_made(self, table: str) -> None:
        self.tables[table] = ""

    def column_made(self, table: str, column: str) -> None:
        self.columns[table, column] = ""

    def table_renamed(self, old: str, new: str) -> None:
        self.tables[new] = self.tables.pop(old, old)
        for table, column in [key for key in self.columns if key[0] == old]:
            self.columns[new, column] = self.columns.pop((table, column))

    def column_renamed(self, table: str, old: str, new: str) -> None:
        self.columns[table, new] = self.columns.pop((table, old), old)

    def origin(self, table: str, column: str = "") -> tuple[str, str]:
        """(table, column) at the start of what are `table` and `column` now, "" for what was not there."""
        return self.tables.get(table, table), self.columns.get((table, column), column)
