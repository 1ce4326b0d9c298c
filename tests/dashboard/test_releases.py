"""The pages about releases, their runs, rehearsals and evidence. Who may open them is in test_doors."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.views import releases as views
from releases import journal
from releases.models import Archive, Direction, Rehearsal, Release, Run, Step
from releases.services import step_digest
from tests.dashboard.rows import NOON, make_rehearsal, make_release, make_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("journal_tables")]
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def admin(cast, as_user):
    return as_user(cast.admin)


@pytest.fixture
def evidence(settings, tmp_path):
    """The folder of the evidence, in a project of its own."""
    folder = settings.EVIDENCE_DIR = tmp_path / "evidence"
    folder.mkdir()
    return folder


def text_of(client, path, **headers) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def make_archive(run, **fields) -> Archive:
    fields = {"migration": "0001_batches_and_journal", "state": Archive.State.KEPT, "kept_at": NOON} | fields
    kept = {"app": "imports", "kind": "TABLE", "way": "COPIED", "table": "imports_batch", "key": ["id"], "rows": 1234}
    return Archive.objects.create(run=run, name=f"zz_rb_{run.pk}_1", **kept | fields)


# --- the list


def test_the_list_tells_of_each_release_newest_first(admin):
    old = make_release("v1.3", build="build-13")
    make_run(old)
    new = make_release("v1.4", state=Release.State.ROLLED_BACK)
    make_run(new)
    back = make_run(new, direction=Direction.ROLLBACK, actor="wati@server, process 9")
    make_archive(back)
    html = text_of(admin, "/releases/")

    assert html.index("v1.4") < html.index("v1.3")
    assert "build-13" in html and "budi@server" in html and "wati@server" in html
    assert "12.00 WIB" in html and "8,7 s" in html
    assert "imports_batch: 1.234 baris" in html
    assert "ditarik kembali" in html and "berlaku" in html


def test_a_release_without_a_way_back_says_why(admin):
    make_release(migrations=[["imports", "0099_not_of_this_build"]])
    html = text_of(admin, "/releases/")

    assert "tidak ada" in html and "imports.0099_not_of_this_build: this build does not have it" in html


def test_nothing_released_yet_says_how_a_first_release_is_made(admin):
    html = text_of(admin, "/releases/")

    assert "Belum ada rilis yang tercatat" in html and "manage.py release<" in html


@pytest.mark.parametrize(
    "path", ["/releases/", "/releases/1/", "/rehearsals/", "/rehearsals/1/", "/rehearsals/1/evidence.json"]
)
def test_without_the_journals_tables_every_page_is_the_empty_one(admin, monkeypatch, path):
    monkeypatch.setattr(journal, "has_journal", lambda connection: False)
    with CaptureQueriesContext(connection) as queries:
        html = text_of(admin, path)

    assert "Belum ada rilis yang tercatat" in html
    assert not [query for query in queries if "releases_" in query["sql"]]


def test_a_long_list_has_pages(admin, monkeypatch):
    monkeypatch.setattr(views, "PAGE_ROWS", 2)
    for number in range(5):
        make_release(f"v{number}")

    assert [row["tag"] for row in admin.get("/releases/").context["page"]] == ["v4", "v3"]
    assert [row["tag"] for row in admin.get("/releases/?page=3").context["page"]] == ["v0"]
    assert admin.get("/releases/?page=%00").status_code == 200


def test_more_releases_and_steps_ask_no_more_questions(admin):
    def questions(path):
        with CaptureQueriesContext(connection) as queries:
            admin.get(path)
        return len(queries)

    first = make_release("v0")
    make_run(first, steps=1)
    admin.get("/releases/")  # what waits is counted once a minute
    few = questions("/releases/"), questions(f"/releases/{first.pk}/")
    for number in range(1, 8):
        release = make_release(f"v{number}")
        make_archive(make_run(release, steps=10))

    assert (questions("/releases/"), questions(f"/releases/{release.pk}/")) == few


def test_migrations_that_wait_are_told_with_the_command(admin, monkeypatch):
    monkeypatch.setattr(journal, "pending", lambda: ["imports.0002_next"])
    html = text_of(admin, "/releases/")

    assert "1 migrasi build ini belum diterapkan" in html
    assert "imports.0002_next" in html and "manage.py release --pretend" in html


def test_what_waits_is_what_is_not_recorded_as_applied(db):
    assert journal.pending() == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workorders' AND name LIKE '0007%'")
    assert journal.pending() == ["workorders.0007_photos"]


@pytest.mark.parametrize("direction", ["RELEASE", "ROLLBACK"])
def test_a_run_that_stopped_is_told_with_the_command_that_finishes_it(admin, direction):
    release = make_release(state=Release.State.UNFINISHED)
    run = make_run(release, direction=direction, done=1, state=Run.State.STOPPED, reason="disk full")
    html = text_of(admin, "/releases/")

    assert "berhenti di tengah: 1 dari 2 langkah selesai" in html and "disk full" in html
    assert f"manage.py {direction.lower()} --resume<" in html
    assert f'href="/releases/{release.pk}/?run={run.pk}"' in html
    assert f"manage.py {direction.lower()} --resume<" in text_of(admin, f"/releases/{release.pk}/")


def test_running_one_is_never_a_button(admin):
    release = make_release(state=Release.State.UNFINISHED)
    make_run(release, state=Run.State.STOPPED)
    for path in ("/releases/", f"/releases/{release.pk}/", "/rehearsals/"):
        main = text_of(admin, path).split("<main")[1]
        assert "<form" not in main and "hx-post" not in main
        assert admin.post(path).status_code == 405


# --- one release


def test_a_release_shows_its_steps_times_and_statements(admin):
    release = make_release()
    make_run(release)
    html = text_of(admin, f"/releases/{release.pk}/")

    assert "imports.0001_batches_and_journal" in html and "Create model Batch" in html
    assert "CREATE TABLE t2 (id);" in html and "1.000 ms" in html
    assert "8,7 s" in html and "2,0 s" in html
    assert "manage.py rollback<" in html


def test_an_older_release_is_taken_back_with_all_that_came_after(admin):
    release = make_release("v1")
    make_release("v2", state=Release.State.ROLLED_BACK)
    make_release("v3")

    assert "manage.py rollback --step 2<" in text_of(admin, f"/releases/{release.pk}/")


def test_what_was_taken_back_can_be_applied_again_where_it_still_waits(admin, monkeypatch):
    release = make_release(state=Release.State.ROLLED_BACK)
    assert "Menerapkannya lagi" not in text_of(admin, f"/releases/{release.pk}/")

    monkeypatch.setattr(journal, "pending", lambda: ["workorders.0003_feed_epoch"])
    assert "Menerapkannya lagi" in text_of(admin, f"/releases/{release.pk}/")


def test_a_rehearsal_tells_how_long_the_steps_will_take(admin):
    release = make_release()
    run = make_run(release, direction=Direction.ROLLBACK)
    make_rehearsal(step_milliseconds={step_digest(Step.objects.get(run=run, number=1)): 1700})
    html = text_of(admin, f"/releases/{release.pk}/")

    assert "1.700 ms" in html and "1,7 s" in html
    assert "dari batas 120 s" in html


def test_what_was_verified_is_shown_with_every_table(admin):
    release = make_release()
    run = make_run(
        release,
        verification={
            "structure": [],
            "rows": {
                "imports_batch": {"before": 5, "after": 5, "same": True, "written_by": None},
                "customers_stage": {"before": 3, "after": 4, "same": False, "written_by": "customers.0002_stages"},
            },
            "lost": [],
            "models": [],
            "ready": "200 ready",
            "after": "feed epoch 3",
        },
    )
    make_archive(run)
    html = text_of(admin, f"/releases/{release.pk}/")

    assert "terverifikasi" in html and "1 dari 2 tabel sama" in html
    assert html.index("customers_stage") < html.index("imports_batch")
    assert "customers.0002_stages" in html and "200 ready" in html and "feed epoch 3" in html
    assert "1.234" in html and f"zz_rb_{run.pk}_1" in html


def test_a_run_that_did_not_verify_says_what_is_amiss(admin):
    release = make_release()
    make_run(release, verification={"structure": ["table x is missing"], "lost": ["y: 3 rows before, 2 after"]})
    html = text_of(admin, f"/releases/{release.pk}/")

    assert "tidak terverifikasi" in html
    assert "table x is missing" in html and "y: 3 rows before, 2 after" in html


def test_the_other_run_of_a_release_is_a_link_away(admin):
    release = make_release()
    forward, back = make_run(release), make_run(release, direction=Direction.ROLLBACK)

    assert admin.get(f"/releases/{release.pk}/").context["run"] == back
    assert admin.get(f"/releases/{release.pk}/?run={forward.pk}").context["run"] == forward
    assert admin.get(f"/releases/{release.pk}/?run=x").context["run"] == back


def test_a_run_under_way_refreshes_itself_with_and_without_script(admin):
    release = make_release(state=Release.State.UNFINISHED)
    run = make_run(release, done=1, state=Run.State.RUNNING, started_at=timezone.now() - timedelta(seconds=60))
    html = text_of(admin, f"/releases/{release.pk}/")

    assert 'hx-trigger="every 2s"' in html
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in html
    assert "1 dari 2 langkah" in html
    assert 60 <= admin.get(f"/releases/{release.pk}/").context["stopwatch"].elapsed < 90  # not the end of a first part

    fragment = text_of(admin, f"/releases/{release.pk}/?run={run.pk}", **{"HX-Request": "true"})
    assert "<html" not in fragment and 'id="run"' in fragment

    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE)
    ended = admin.get(f"/releases/{release.pk}/?run={run.pk}", headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"
    assert "every 2s" not in text_of(admin, f"/releases/{release.pk}/")


def test_what_bare_migrate_did_has_a_page_without_steps(admin):
    release = make_release(is_outside=True)
    make_run(release, steps=0, actor="bare migrate", finished_at=NOON)

    assert "workorders.0003_feed_epoch" in text_of(admin, f"/releases/{release.pk}/")


@pytest.mark.parametrize("path", ["/releases/{}/", "/rehearsals/{}/"])
@pytest.mark.parametrize("key", [987654321, 10**30])
def test_what_does_not_exist_is_not_found(admin, path, key):
    assert admin.get(path.format(key)).status_code == 404


# --- rehearsals and their evidence


def test_rehearsals_are_listed_with_verdict_and_seconds(admin):
    make_rehearsal("v1.3")
    make_rehearsal("v1.4", passed=False, seconds=130)
    html = text_of(admin, "/rehearsals/")

    assert html.index("v1.4") < html.index("v1.3")
    assert "PASS" in html and "FAIL" in html and "12,3 s" in html and "130,0 s" in html


def test_the_evidence_is_shown_and_downloaded(admin, evidence):
    (evidence / "rollback-20261120-1200.md").write_text("# Bukti\n\nHasil: PASS é")
    (evidence / "rollback-20261120-1200.json").write_text('{"verdict": "PASS"}')
    rehearsal = make_rehearsal()
    html = text_of(admin, f"/rehearsals/{rehearsal.pk}/")

    assert "Hasil: PASS é" in html
    for form, content in {"md": b"# Bukti", "json": b'{"verdict"'}.items():
        answer = admin.get(f"/rehearsals/{rehearsal.pk}/evidence.{form}")
        assert answer["Content-Disposition"] == f'attachment; filename="rollback-20261120-1200.{form}"'
        assert b"".join(answer.streaming_content).startswith(content)
        assert f"/rehearsals/{rehearsal.pk}/evidence.{form}" in html


def test_missing_evidence_is_told_kindly(admin, evidence):
    rehearsal = make_rehearsal()

    html = text_of(admin, f"/rehearsals/{rehearsal.pk}/")
    assert "rollback-20261120-1200.json</code> tidak ada di server ini" in html and "PASS" in html
    answer = admin.get(f"/rehearsals/{rehearsal.pk}/evidence.json")
    assert answer.status_code == 404 and "tidak ada di server ini" in answer.content.decode()


@pytest.mark.parametrize("name", ["../secret", "/etc/secret", "x/../../secret", ""])
def test_no_file_outside_the_project_is_served(admin, evidence, name):
    (evidence.parent.parent / "secret.md").write_text("rahasia")
    rehearsal = make_rehearsal(evidence=name)

    assert admin.get(f"/rehearsals/{rehearsal.pk}/evidence.md").status_code == 404
    assert "rahasia" not in text_of(admin, f"/rehearsals/{rehearsal.pk}/")
    assert admin.get(f"/rehearsals/{rehearsal.pk}/evidence.py").status_code == 404


def test_markup_in_what_was_recorded_stays_text(admin, evidence):
    (evidence / "x.md").write_text(MARKUP)
    release = make_release(MARKUP, build=MARKUP, migrations=[["imports", MARKUP]], state=Release.State.UNFINISHED)
    run = make_run(
        release,
        actor=MARKUP,
        reason=MARKUP,
        state=Run.State.STOPPED,
        verification={
            "structure": [MARKUP],
            "rows": {MARKUP: {"before": 1, "after": 2, "same": False, "written_by": MARKUP}},
            "ready": MARKUP,
            "after": MARKUP,
        },
    )
    Step.objects.filter(run=run).update(operation=MARKUP, body=[MARKUP], outcome={"written": [MARKUP]})
    make_archive(run, column=MARKUP)
    rehearsal = make_rehearsal(MARKUP, evidence="x", migrations=[["imports", MARKUP]])
    Rehearsal.objects.create(tag=MARKUP, at=NOON, migrations=[], passed=False, seconds=1, evidence=MARKUP[:100])

    for path in ("/releases/", f"/releases/{release.pk}/", "/rehearsals/", f"/rehearsals/{rehearsal.pk}/"):
        html = text_of(admin, path)
        assert MARKUP not in html and "&lt;script&gt;" in html
