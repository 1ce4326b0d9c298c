"""Whatever the schema allows and forbids: the API answers as the schema says, in JSON, and never with a fault of its own.

Schemathesis makes the cases and holds every answer against the schema. Two of its checks are not promises of ours: that
whatever the schema allows is taken (rules of the domain say no to much of it), and, but for bodies, that whatever it does
not name is refused: `?q=` counts as not given, and unknown headers are nobody's business.
"""

import itertools
import os
import sys

import pytest
import schemathesis
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as examples
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.generation.modes import GenerationMode

from tests.fuzz.site import Site, sign_in
from tests.security.country import make_country

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]

EXAMPLES = 3_000 if os.environ.get("STORM") == "release" else 25  # of each operation, beside those at the edges
SITE, TURNS = Site(), itertools.count()
KNOWN, WHO = {}, []  # ids of rows that are there; the headers of those who ask in turn
API = schemathesis.openapi.from_path(settings.BASE_DIR / "docs" / "openapi.yaml")
API.app = SITE
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
HEADERS = API.config.checks.missing_required_header
HEADERS.expected_statuses = [*HEADERS.expected_statuses, "412"]  # what tus says where its version is missing


@API.hook
def map_path_parameters(context, path_parameters):
    """Every other id is that of a row: a random number never is."""
    for name in path_parameters or {}:
        if name in KNOWN and next(TURNS) % 2:
            path_parameters[name] = KNOWN[name]
    return path_parameters


@pytest.fixture
def country(cast, journal_tables, tmp_path):
    (tmp_path / "imports").mkdir()
    rows = make_country(cast, tmp_path).worlds["dewi"]
    KNOWN.update({name: str(rows[name]) for name in ("order", "customer", "correction", "visit")})
    WHO[:] = sign_in(cast)


@API.parametrize()
@examples(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_the_api_answers_as_its_schema_says(case, country):
    body = case.meta and next((part for where, part in case.meta.components.items() if where.value == "body"), None)
    is_wrong_body = body is not None and body.mode == GenerationMode.NEGATIVE
    case.call_and_validate(
        headers=WHO[next(TURNS) % len(WHO)] | {"Accept-Encoding": "identity"},  # its WSGI client unpacks nothing
        excluded_checks=[positive_data_acceptance, *([] if is_wrong_body else [negative_data_rejection])],
    )


@pytest.fixture(scope="module", autouse=True)
def counted():
    yield
    said = ", ".join(f"{status}: {number}" for status, number in sorted(SITE.statuses.items()))
    sys.stderr.write(f"\n{SITE.count} requests made from the schema ({said})\n")
