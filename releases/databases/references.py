"""Foreign keys that a crash of a MySQL or MariaDB server takes.

Starting again, the server finishes or undoes the rebuilding of a table that it died in, but may leave the table without
its foreign keys. So they are kept before each statement, and put back where a resume finds them gone.
"""

import re

NAMED = re.compile(r"`([^`]+)`")


def kept_references(database, statements: list[str]) -> dict[str, list[str]]:
    """Table → its foreign keys as the server writes them, of the tables that these statements name."""
    named = {name for text in statements for name in NAMED.findall(text)}
    return {table: foreign_keys(database, table) for table in database.all_tables() if table in named}


def lost_references(database, kept: dict[str, list[str]], statements: list[str]) -> list[str]:
    """Statements that put back what of `kept` is gone, but for the foreign keys that `statements` name themselves."""
    tables, texts = set(database.all_tables()), []
    for table, lines in kept.items():
        present = foreign_keys(database, table) if table in tables else lines
        for line in lines:
            name = NAMED.findall(line)[0]
            if line not in present and not any(name in text for text in statements):
                texts.append(f"ALTER TABLE {database.quote(table)} ADD {line}")
    return texts


def foreign_keys(database, table: str) -> list[str]:
    return [line.strip() for line in database.definition(table).split("\n") if " FOREIGN KEY " in line]
