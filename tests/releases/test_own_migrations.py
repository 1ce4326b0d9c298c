"""The product's own migrations, each as a release: the structure and every row are the same after back and forward."""

import pytest

from tests.releases.lab import Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path, name="mig")
    yield site
    site.drop()


def test_each_migration_goes_back_and_forward_twice_with_every_row(site):
    assert "migrations, " in site.python("from tests.releases.walk import walk; print(walk())")
