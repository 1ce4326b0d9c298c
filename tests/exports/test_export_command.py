import csv
import json

import pytest
from django.core.management import CommandError, call_command

from history.models import Access
from tests.make import make_customer, make_order
from workorders.states import State

pytestmark = pytest.mark.django_db


def run(tmp_path, *arguments, form="csv"):
    out = tmp_path / f"out.{form}"
    call_command("export", *arguments, format=form, out=out)
    return out


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_console_writes_all_and_the_log_names_nobody(cast, tmp_path, capsys):
    make_order(), make_order(witel="SOLO", state=State.CLOSED)

    out = run(tmp_path, "workorders")

    assert len(rows_of(out)) == 2
    assert f"2 rows written to {out}" in capsys.readouterr().out
    assert list(Access.objects.values_list("actor", "purpose", "rows")) == [(None, "export", 2)]


def test_filters_narrow_the_file(cast, tmp_path):
    here = make_order()
    make_order(witel="SOLO"), make_order(state=State.CLOSED), make_order(grade="C")

    rows = rows_of(run(tmp_path, "workorders", "--witel", "BANDUNG", "--state", "open", "--grade", "A"))

    assert [row["No. WO"] for row in rows] == [here.number]
    assert len(rows_of(run(tmp_path, "workorders", "--region", "TREG3"))) == 3


def test_a_user_exports_what_that_user_sees(cast, tmp_path):
    order = make_order()
    make_order(witel="SOLO")

    (row,) = rows_of(run(tmp_path, "workorders", "--user", "nur"))

    assert row["No. WO"] == order.number and "•••" in row["Nama"]
    assert Access.objects.get().actor == cast.analyst


def test_only_the_console_itself_writes_whole_telephone_numbers(cast, tmp_path):
    make_order(customer=make_customer(phones="+6281234567890"))

    (whole,) = rows_of(run(tmp_path, "customers", "--columns", "phones"))
    (masked,) = rows_of(run(tmp_path, "customers", "--columns", "phones", "--user", "siti"))

    assert (whole["Telepon"], masked["Telepon"]) == ("'+6281234567890", "'+62•••90")
    assert {access.detail for access in Access.objects.all()} == {"csv columns=phones"}


def test_geojson_and_xlsx_are_written_too(cast, tmp_path):
    make_order()

    assert json.loads(run(tmp_path, "workorders", form="geojson").read_bytes())["features"]
    assert run(tmp_path, "customers", form="xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "arguments",
    [
        ["workorders", "--witel", "NOWHERE"],
        ["workorders", "--state", "LOST"],
        ["workorders", "--since", "yesterday"],
        ["customers", "--state", "open"],
        ["workorders", "--user", "nobody"],
        ["workorders", "--user", "dewi"],
        ["workorders", "--user", "siti", "--witel", "SOLO"],
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_file(cast, tmp_path, arguments):
    make_order()

    with pytest.raises(CommandError):
        run(tmp_path, *arguments)
    assert not list(tmp_path.iterdir())
    assert not Access.objects.exists()
