"""Every shape of operation goes forward, back and forward with its rows, on the database under test."""

import pytest

from tests.releases.lab import Lab

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Their data migrations change rows of tables that stay, and say themselves what comes back: a noop, a shout that is not
# idempotent, raw inserts and deletes.
OWN_AFFAIR = {"lab_runnoop", "lab_rununbound", "lab_sqllist", "lab_sqlscript"}


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path)
    assert lab.run("migrate", "contenttypes", "-v0")[0] == 0
    assert lab.run("migrate", "lab", "0001", "-v0")[0] == 0
    lab.fill("before")
    yield lab
    lab.drop()


def test_rows_of_every_shape_come_back_with_the_next_release(lab):
    code, said = lab.run("release", "--tag", "shapes", "-v0")
    assert code == 0, said
    lab.fill("after")
    after = lab.dump()
    code, said = lab.run("rollback", "-v0")
    assert code == 3, said  # rows made since then have no value for columns that come back
    assert "one would be invented" in said
    assert lab.dump() == after
    code, said = lab.run("rollback", "--force", "-v0")
    assert code == 0, said
    code, said = lab.run("release", "--tag", "again", "-v0")
    assert code == 0, said
    again = lab.dump()
    assert again.keys() == after.keys()
    assert {table for table in after if again[table] != after[table]} <= OWN_AFFAIR
    assert lab.run("release", "-v0")[0] == 8  # nothing is left to do
