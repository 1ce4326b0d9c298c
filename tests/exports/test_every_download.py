"""Every download of rows whose every text begins like a formula: no spreadsheet runs anything, and the texts come back."""

import csv
import io
import re
import zipfile

import pytest
from django.core.management import call_command
from django.db.models import CharField, TextField
from django.utils import timezone
from python_calamine import CalamineWorkbook

from common.formulas import DANGEROUS, restore
from customers.models import Address, Customer
from history.models import Access, Change
from imports.models import Batch, RowIssue
from tests.customers.houses import make_confirmed
from tests.dashboard.rows import make_visit
from tests.make import make_customer, make_order
from workorders.models import Visit, WorkOrder

pytestmark = pytest.mark.django_db

STARTERS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "  =1",
    "'=1",
    '="a";b,"c',
    "\x00=1",
    "=cmd|' /C calc'!A0",
]
LEFT = {
    "pk",
    "id",
    "password",
    "username",
    "role",
    "evidence",
    "content_hash",
    "target_type",
    "severity",
    "kind",
    "purpose",
}


def poisoned(row, starter: str) -> dict[str, str]:
    """Every text column of the row that is no key, code or choice, with the starter in front."""
    texts = {
        field.name: (starter + field.name)[: field.max_length]
        for field in row._meta.concrete_fields
        if isinstance(field, (CharField, TextField)) and not (field.choices or field.unique or field.name in LEFT)
    }
    type(row).objects.filter(pk=row.pk).update(**texts)
    return texts


@pytest.fixture(params=STARTERS, ids=[repr(starter) for starter in STARTERS])
def told(request, cast):
    """Model → its texts."""
    starter, now = request.param, timezone.now()
    order = make_order(assignee=cast.agent)
    visit = make_visit(order=order, agent=cast.agent, at=now)
    make_confirmed()
    batch = Batch.objects.create(
        kind="billing", filename="a.csv", sha256="0", actor=cast.admin, state="DONE", started_at=now
    )
    rows = {
        Customer: order.customer, Address: order.customer.address, WorkOrder: order, Visit: visit,
        RowIssue: RowIssue.objects.create(batch=batch, row=1, line=2, severity="refused", reason="x", message="x"),
        Access: Access.objects.create(at=now, actor=cast.agent, purpose="view", target_type="customer", rows=1),
        Change: Change.objects.create(at=now, actor=cast.agent, cause="0" * 32, verb="x", target_type="x", target_id="1"),
    }  # fmt: skip
    type(cast.agent).objects.filter(pk=cast.agent.pk).update(name=(starter + "name")[:150])
    return {model: poisoned(row, starter) for model, row in rows.items()} | {"batch": batch.pk}


# path → the texts of which model must be in it
FILES = {
    "/customers/download.{form}": (Customer, ("name",)),
    "/orders/download.{form}": (WorkOrder, ("hold_reason",)),
    "/visits/download.{form}": (Visit, ("note", "relation")),
    "/confirmed-points/download.{form}": (Customer, ()),
}
LOGS = {
    "/access/download.csv?log=access": (Access, ("detail", "target_id")),
    "/access/download.csv?log=changes": (Change, ("reason", "target_id", "verb")),
    "/imports/{batch}/issues.csv": (RowIssue, ("value", "field", "message", "reason")),
}


def fetch(client, path: str, told) -> bytes:
    answer = client.get(path.format(batch=told["batch"], form="{form}"))
    assert answer.status_code == 200, path
    return b"".join(answer.streaming_content)


def all_columns(path: str) -> str:
    from exports.nouns import CONFIRMED_POINTS, CUSTOMERS, ORDERS, VISITS

    noun = {"customers": CUSTOMERS, "orders": ORDERS, "visits": VISITS, "confirmed-points": CONFIRMED_POINTS}[
        path.split("/")[1]
    ]
    return "?state=&columns=" + ",".join(column.key for column in noun.columns)


def assert_harmless(body: bytes, wanted: list[str]) -> None:
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for cell in row]
    texts = [cell for cell in cells if not re.fullmatch(r"-?[0-9.]+", cell)]  # a number is no formula
    assert not [cell for cell in texts if re.match(DANGEROUS, cell)]
    assert set(wanted) <= {restore(cell) for cell in cells}


@pytest.mark.parametrize("path", FILES)
def test_csv_of_the_tables(cast, as_user, told, path):
    model, names = FILES[path]
    body = fetch(as_user(cast.admin), path.replace("{form}", "csv") + all_columns(path), told)
    assert_harmless(body, [told[model][name] for name in names])


@pytest.mark.parametrize("path", LOGS)
def test_csv_of_the_logs_and_of_issues(cast, as_user, told, path):
    model, names = LOGS[path]
    assert_harmless(fetch(as_user(cast.admin), path, told), [told[model][name] for name in names])


@pytest.mark.parametrize("path", FILES)
def test_xlsx_of_the_tables(cast, as_user, told, path):
    model, names = FILES[path]
    body = fetch(as_user(cast.admin), path.replace("{form}", "xlsx") + all_columns(path), told)
    cells = {
        str(cell)
        for row in CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
        for cell in row
    }
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert not [name for name in book.namelist() if name.endswith(".xml") and b"<f>" in book.read(name)]
    assert {told[model][name] for name in names} <= cells


@pytest.mark.parametrize("path", [path for path in FILES if "confirmed" not in path])
@pytest.mark.parametrize("form", ["csv", "geojson", "xlsx"])
def test_no_file_holds_a_telephone_number_that_the_page_masks(cast, as_user, path, form):
    """Looks at whole numbers are counted one by one, so that nobody takes all of them; a file would be all of them."""
    order = make_order(customer=make_customer(phones="+6281234567890 +62221234567"), assignee=cast.agent)
    make_visit(order=order, agent=cast.agent, at=timezone.now())
    for person, shown in ((cast.admin, True), (cast.supervisor, True), (cast.analyst, False)):
        answer = as_user(person).get(path.replace("{form}", form) + all_columns(path))
        assert answer.status_code == 200
        body = b"".join(answer.streaming_content)
        if form == "xlsx":
            body = str(CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()).encode()
        assert b"81234567890" not in body and b"221234567" not in body
        assert ("+62•••90 +62•••67" in body.decode()) == shown


def test_the_log_says_which_columns_a_download_took(cast, as_user):
    make_customer()
    for query in ("?column=service_number&column=phones&grade=A", all_columns("/customers/")):
        b"".join(as_user(cast.supervisor).get(f"/customers/download.csv{query}").streaming_content)
    told = list(Access.objects.filter(purpose="export").order_by("id").values_list("detail", flat=True))
    assert told == ["csv columns=service_number,phones grade=A", "csv columns=all"]


def test_issues_that_the_command_writes(tmp_path, db):
    feed, out = tmp_path / "feed.csv", tmp_path / "issues.csv"
    lines = [f"{starter}12;202610;1000;BELUM" for starter in STARTERS if not set(starter) & set(';"\r\n\x00')]
    feed.write_text("ND;PERIODE;TAGIHAN;STATUS_BAYAR\n" + "\n".join(lines) + "\n")
    call_command("import_feed", "billing", str(feed), dry_run=True, issues=out)
    assert_harmless(out.read_bytes(), [])
    assert len(out.read_text().splitlines()) > len(lines) // 2
