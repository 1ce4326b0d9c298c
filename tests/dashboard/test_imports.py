"""Uploads, batches, their issues, and taking one back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from dashboard import uploads
from dashboard.views import imports as views
from history.models import Access
from imports.models import Batch

pytestmark = pytest.mark.django_db
FEED = b"ND;Nama;Alamat;Witel;Latitude;Longitude\n131000000001;Sri Rahayu;jl. melati 5;BANDUNG;-6.91;107.61\n12;x;y;BANDUNG;;\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(client, body=FEED, kind="provisioning", name="pasang.csv"):
    return client.post("/imports/new/", {"kind": kind, "file": SimpleUploadedFile(name, body)})


def test_the_list_shows_counts_newest_first(cast, as_user, make_batch):
    old, new = make_batch(), make_batch()
    html = as_user(cast.admin).get("/imports/").content.decode()

    assert html.index(new.filename) < html.index(old.filename)
    assert "Selesai" in html


def test_a_manager_sees_the_batches_of_the_region_only(cast, as_user, make_batch):
    own, other = make_batch(actor=cast.manager), make_batch(actor=cast.admin)
    client = as_user(cast.manager)

    assert own.filename in client.get("/imports/").content.decode()
    assert other.filename not in client.get("/imports/").content.decode()
    for path in ("", "issues.csv", "undo/"):
        foreign, missing = client.get(f"/imports/{other.pk}/{path}"), client.get(f"/imports/999999/{path}")
        assert foreign.status_code == missing.status_code == 404
    assert client.post(f"/imports/{other.pk}/undo/").status_code == 404


def test_a_batch_tells_its_issues_page_by_page(cast, as_user, make_batch, hold_row, monkeypatch):
    monkeypatch.setattr(views, "PAGE_ROWS", 2)
    batch = make_batch(issues=3, held=1)
    hold_row(batch)
    client = as_user(cast.admin)

    first = client.get(f"/imports/{batch.pk}/?reason=bad_nd")
    second = client.get(f"/imports/{batch.pk}/?reason=bad_nd&after={first.context['issues'][-1].pk}")

    assert [issue.row for issue in first.context["issues"]] == [1, 2]
    assert [issue.row for issue in second.context["issues"]] == [3]
    assert "nomor layanan bukan 11–13 angka" in first.content.decode()
    assert "1 baris menunggu" in first.content.decode()
    assert Access.objects.filter(target_type="rowissue", purpose="list").count() == 2


def test_issues_download_as_csv_without_formulas(cast, as_user, make_batch):
    batch = make_batch(issues=2)
    response = as_user(cast.admin).get(f"/imports/{batch.pk}/issues.csv?severity=refused")

    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [(row["baris"], row["nilai"]) for row in rows] == [("1", "'=12"), ("2", "'=12")]
    assert Access.objects.get(purpose="export").rows == 2


def test_numbers_that_could_not_be_read_are_masked_on_the_page_and_in_the_file(cast, as_user, make_batch):
    batch = make_batch()
    batch.issues.update(field="phones", value="081234567890 / 0221234567x", reason="phone_unreadable")
    client = as_user(cast.admin)
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    file = b"".join(client.get(f"/imports/{batch.pk}/issues.csv").streaming_content).decode()
    for told in (page, file):
        assert "081•••90" in told and "81234567890" not in told and "221234567" not in told


def test_a_file_is_tried_first_and_changes_nothing_until_it_is_confirmed(cast, as_user, media):
    client = as_user(cast.admin)
    trial = upload(client)

    assert trial.status_code == 200 and "Belum ada yang berubah" in trial.content.decode()
    assert not Customer.objects.exists() and not Batch.objects.exists()

    done = client.post("/imports/new/", {"ticket": trial.context["ticket"]})

    batch = Batch.objects.get()
    assert done["Location"] == f"/imports/{batch.pk}/"
    assert (batch.filename, batch.created, batch.refused, batch.actor) == ("pasang.csv", 1, 1, cast.admin)
    assert Customer.objects.get().service_number == "131000000001"
    assert not list((media / "imports").iterdir())


def test_a_confirmation_sent_twice_imports_once(cast, as_user):
    client = as_user(cast.admin)
    ticket = upload(client).context["ticket"]
    for _ in range(2):
        client.post("/imports/new/", {"ticket": ticket})

    assert Batch.objects.count() == 1


def test_somebody_elses_ticket_or_a_forged_one_imports_nothing(cast, as_user):
    ticket = upload(as_user(cast.admin)).context["ticket"]

    for forged in (ticket, "forged", ""):
        assert as_user(cast.manager).post("/imports/new/", {"ticket": forged})["Location"] == "/imports/new/"
    assert not Batch.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b"nothing;here\n1;2\n", b"PK\x03\x04broken"])
def test_a_file_that_is_none_is_refused_in_words(cast, as_user, media, body):
    response = upload(as_user(cast.admin), body=body)

    assert response.status_code == 400 and 'role="alert"' in response.content.decode()
    assert not Batch.objects.exists()
    assert not (media / "imports").exists() or not list((media / "imports").iterdir())


def test_old_uploads_are_cleared(cast, as_user, media, monkeypatch):
    client = as_user(cast.admin)
    upload(client)
    monkeypatch.setattr(uploads, "KEPT_S", -1)
    uploads.clear_old()

    assert not list((media / "imports").iterdir())


def test_an_import_is_undone_after_a_question(cast, as_user):
    client = as_user(cast.admin)
    client.post("/imports/new/", {"ticket": upload(client).context["ticket"]})
    batch = Batch.objects.get()

    assert "Batalkan impor" in client.get(f"/imports/{batch.pk}/undo/").content.decode()
    assert Customer.objects.exists()

    response = client.post(f"/imports/{batch.pk}/undo/")

    assert "dibatalkan" in response.content.decode()
    batch.refresh_from_db()
    assert batch.state == "REVERTED" and not Customer.objects.exists()
    assert client.post(f"/imports/{batch.pk}/undo/")["Location"] == f"/imports/{batch.pk}/"
