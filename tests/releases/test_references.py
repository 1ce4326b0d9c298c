"""What a dying MariaDB server takes of a table that it rebuilds is put back."""

import pytest
from django.db import connection

from releases.databases import database_of
from releases.databases.references import kept_references, lost_references

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite undoes all of a statement that it died in"),
]
REBUILDS = ["ALTER TABLE `workorders_visit` MODIFY `note` varchar(2001) NOT NULL"]


def test_nothing_is_put_back_where_nothing_is_gone():
    database = database_of(connection)
    kept = kept_references(database, REBUILDS)
    assert len(kept["workorders_visit"]) >= 4 and set(kept) == {"workorders_visit"}
    assert lost_references(database, kept, REBUILDS) == []


def test_what_is_gone_is_put_back_but_not_what_the_statement_takes_itself():
    database = database_of(connection)
    kept = kept_references(database, REBUILDS)
    lost = "CONSTRAINT `lost_one` FOREIGN KEY (`agent_id`) REFERENCES `accounts_user` (`id`)"
    kept["workorders_visit"].append(lost)
    assert lost_references(database, kept, REBUILDS) == [f"ALTER TABLE `workorders_visit` ADD {lost}"]
    drops = ["ALTER TABLE `workorders_visit` DROP FOREIGN KEY `lost_one`"]
    assert lost_references(database, kept, drops) == []
