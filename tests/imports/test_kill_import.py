"""An import that is killed at any statement and started again ends as one that was left alone: totals, rows, journal."""

import os
import sys

import pytest

from tests.releases.lab import ROOT, Site

pytestmark = [pytest.mark.storm, pytest.mark.django_db(transaction=True)]

POINTS, ROWS, CHUNK = ("1000000000", "100000", "10000") if os.environ.get("STORM") == "release" else ("200", "6", "3")


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path, name="killed_imports")
    yield site
    site.drop()


def test_an_import_killed_at_200_points_is_whole_when_it_is_resumed(site, tmp_path):
    code, said = site.run("migrate", "-v0")
    assert code == 0, said
    words = [str(ROOT / "tests/imports/killing.py"), str(tmp_path), "--points", POINTS, "--rows", ROWS]
    code, said = site.process([sys.executable, *words], {"IMPORT_CHUNK_ROWS": CHUNK, "POLARS_MAX_THREADS": "1"})
    sys.stderr.write(f"\n{said}")
    assert code == 0, said[-4000:]
    assert " killed in " in said
