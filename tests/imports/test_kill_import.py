"""An import that is killed at any statement and started again ends as one that was left alone: totals, rows, journal."""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.releases.lab import ROOT, Site

pytestmark = [pytest.mark.storm, pytest.mark.django_db(transaction=True)]

POINTS, ROWS, CHUNK = ("1000000000", "100000", "10000") if os.environ.get("STORM") == "release" else ("220", "6", "3")


@pytest.fixture
def sites(tmp_path):
    """One for each core: half of the kinds are killed in either."""
    sites = [Site(tmp_path, name=f"killed_imports_{part}") for part in (0, 1)]
    yield sites
    for site in sites:
        site.drop()


def test_an_import_killed_at_200_points_is_whole_when_it_is_resumed(sites, tmp_path):
    with ThreadPoolExecutor() as both:
        kills = sum(both.map(partial(killed, tmp_path), range(2), sites))
    assert kills >= 200


def killed(tmp_path, part: int, site: Site) -> int:
    """How many were killed."""
    code, said = site.run("migrate", "-v0")
    assert code == 0, said
    folder = tmp_path / str(part)
    folder.mkdir()
    words = [
        str(ROOT / "tests/imports/killing.py"),
        str(folder),
        "--points",
        POINTS,
        "--rows",
        ROWS,
        "--part",
        str(part),
    ]
    code, said = site.process([sys.executable, *words], {"IMPORT_CHUNK_ROWS": CHUNK, "POLARS_MAX_THREADS": "1"})
    sys.stderr.write(f"\n{said}")
    assert code == 0, said[-4000:]
    return int(re.search(r"(\d+) killed in ", said)[1])
