"""Reference data: dispositions and regions, with an ETag."""

import pytest

from tests.untouched import nothing_written
from workorders.models import Disposition

PATHS = ["/api/v1/dispositions/", "/api/v1/regions/"]


def test_the_thirty_results_in_the_order_of_the_form(cast, as_phone):
    rows = as_phone(cast.agent).get(PATHS[0]).json()
    assert len(rows) == 30 and rows[0]["code"] == "MET-PAID" and rows[1]["requires"] == ["amount", "promised_on"]


def test_the_seven_regions_with_their_witels(cast, as_phone):
    rows = as_phone(cast.technician).get(PATHS[1]).json()
    assert len(rows) == 7 and sum(len(row["witels"]) for row in rows) == 61
    assert rows[0]["visits_from"] == "08:00" and "Asia/Jakarta" in {witel["timezone"] for witel in rows[2]["witels"]}


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_already_gets_304(cast, as_phone, path):
    client = as_phone(cast.auditor)
    first = client.get(path)
    etag = first.headers["ETag"]
    assert not etag.startswith("W/") and "private" in first.headers["Cache-Control"]
    again = client.get(path, HTTP_IF_NONE_MATCH=etag)
    assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == etag
    assert client.get(path, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_etag_changes_with_the_content(cast, as_phone):
    client = as_phone(cast.agent)
    etag = client.get(PATHS[0]).headers["ETag"]
    Disposition.objects.filter(code="MET-PAID").update(label_id="Lunas")
    assert client.get(PATHS[0], HTTP_IF_NONE_MATCH=etag).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_signed_out_is_401_and_parameters_are_400(cast, as_phone, client, path):
    with nothing_written():
        assert client.get(path).status_code == 401
    assert as_phone(cast.agent).get(path + "?page=1").status_code == 400
