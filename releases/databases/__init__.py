"""What differs between the databases: two classes with the same words, one per database."""

from releases.databases.mysql import MySQL
from releases.databases.sqlite import SQLite


def database_of(connection) -> MySQL | SQLite:
    return (MySQL if connection.vendor == "mysql" else SQLite)(connection)
