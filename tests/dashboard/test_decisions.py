"""Perlu keputusan: what phones sent and people decide, as a supervisor sees and decides it in a browser."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest

from customers.models import FieldNote
from dashboard.review_words import CODES, FLAG_REASONS, OUT_OF_REACH, READABLE_NOW, TRUST
from history.models import Access, Change
from tests.dashboard.rows import (
    NOON,
    make_conflict,
    make_phone,
    make_quarantined,
    make_visit,
)
from tests.make import make_customer, make_order
from tests.untouched import nothing_written
from tests.workorders.phone import op, push, results, visit_op
from workorders.models import Conflict, Operation, Quarantine, Visit, VisitReview
from workorders.models.visit import Trust
from workorders.sync.review import FINAL

pytestmark = pytest.mark.django_db

QUARANTINE, CONFLICTS, FLAGGED = "/decisions/quarantine/", "/decisions/conflicts/", "/decisions/flagged-visits/"
STEP = {"kind": "ODP", "outcome": "FOUND"}
TRAIL = {"points": [{"lat": -6.92, "lon": 107.61, "accuracy_m": 8}], "seconds": 60}


@pytest.fixture
def siti(cast, as_user):
    return as_user(cast.supervisor)


@pytest.fixture
def unknown(cast):
    """A visit, pushed by a phone, to an order of the agent's witel that he never had."""
    sent = visit_op(make_order(assignee=cast.colleague, number="WO77"), "NC-NOTHOME", body={"best_time": "sore"})
    assert results(push(make_phone(cast.agent), [sent]))[0]["code"] == "not_found"
    return Quarantine.objects.get()


def page(client, url) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def said(client, url, **form) -> str:
    """What the page says after a button was pressed."""
    response = client.post(url, form, follow=True)
    assert response.status_code == 200 and response.redirect_chain
    return " ".join(re.findall(r'<p class="message[^>]*>(.*?)</p>', unescape(response.content.decode())))


def test_a_quarantined_visit_is_told_in_words(cast, siti, unknown):
    html = page(siti, QUARANTINE)

    assert "Hasil kunjungan" in html and "Dewi" in html
    assert "Order ini tidak pernah ditugaskan kepada CTB tersebut." in html
    order = unknown.content["body"]["order"]
    assert f'href="/orders/{order}/">WO77</a>' in html
    assert "sore" in html and "(NC-NOTHOME)" in html and "dari titik rumah" in html
    assert Access.objects.filter(target_type="quarantine", purpose="list", rows=1, detail="quarantine OPEN").exists()


def test_an_order_out_of_reach_is_not_named_and_nothing_offers_to_apply_it(cast, siti):
    order = make_order(witel="SOLO", number="WO88")
    row = make_quarantined(cast.agent, visit_op(order))

    html = page(siti, QUARANTINE)

    assert "WO88" not in html and "di luar wilayah Anda" in html
    assert f"/{row.pk}/apply/" not in html and f"/{row.pk}/dismiss/" in html
    assert "Belum bisa diterapkan" in said(siti, f"{QUARANTINE}{row.pk}/apply/")
    assert not Visit.objects.exists()


@pytest.mark.parametrize("code", ["not_found", "state_not_possible"])
def test_nothing_offers_to_apply_what_names_nothing_that_is_there(cast, siti, code):
    gone = 999_999_999
    visit, step = visit_op(make_order()), op("rescue.step", str(uuid.uuid4()), STEP | {"order": gone})
    visit["body"]["order"] = gone
    for sent in (visit, step, op("customer.note", gone, {"landmark": "masjid"}, base=0)):
        row = make_quarantined(cast.agent, sent, type=sent["type"], entity=str(sent["entity"]), code=code)
        html = page(siti, QUARANTINE)
        assert f"/{row.pk}/apply/" not in html and f"/{row.pk}/dismiss/" in html, sent["type"]
        assert OUT_OF_REACH in html and "Terapkan kalau" not in html, sent["type"]


def test_a_trail_is_offered_once_its_visit_is_there(cast, siti):
    visit = make_visit(agent=cast.agent)
    for key, is_offered in ((visit.pk, True), (uuid.uuid4(), False)):
        sent = op("trail.create", str(uuid.uuid4()), TRAIL | {"visit": str(key)})
        row = make_quarantined(cast.agent, sent, type="trail.create", entity=sent["entity"])
        assert (f"/{row.pk}/apply/" in page(siti, QUARANTINE)) == is_offered


def test_a_visit_is_applied_on_the_supervisors_word(cast, siti, unknown):
    assert "Kiriman diterapkan" in said(siti, f"{QUARANTINE}{unknown.pk}/apply/")

    visit = Visit.objects.get()
    assert visit.agent == cast.agent and "never_assigned" in visit.flags
    assert Operation.objects.get().status == "applied"
    with nothing_written():
        answer = siti.post(f"{QUARANTINE}{unknown.pk}/apply/")
    assert answer.status_code == 302
    assert "sudah diputuskan" in page(siti, QUARANTINE)
    assert "Hasil kunjungan" in page(siti, f"{QUARANTINE}?state=APPLIED")


def test_what_is_still_refused_says_why_on_the_page_and_stays(cast, siti):
    note = op("customer.note", make_customer().pk, {"landmark": "masjid"}, base=0)
    row = make_quarantined(cast.agent, note, type="customer.note")

    assert "tidak ada di daftar order CTB" in said(siti, f"{QUARANTINE}{row.pk}/apply/")

    row.refresh_from_db()
    assert row.state == "OPEN" and not FieldNote.objects.exists()


def test_what_another_content_took_the_place_of_is_only_dismissed(cast, siti):
    phone, sent = make_phone(cast.agent), visit_op(make_order(assignee=cast.agent))
    push(phone, [sent, sent | {"body": sent["body"] | {"note": "lain"}}])
    row = Quarantine.objects.get()

    assert f"/{row.pk}/apply/" not in page(siti, QUARANTINE)
    assert "tidak bisa diterapkan" in said(siti, f"{QUARANTINE}{row.pk}/apply/")
    assert "Kiriman ditolak" in said(siti, f"{QUARANTINE}{row.pk}/dismiss/", reason="sama saja")
    assert Visit.objects.get().note == ""


def test_a_dismissal_wants_a_reason_and_is_taken_back(cast, siti, unknown):
    with nothing_written():
        siti.post(f"{QUARANTINE}{unknown.pk}/dismiss/", {"reason": " "})
    assert "Tulis alasannya" in page(siti, QUARANTINE)

    said(siti, f"{QUARANTINE}{unknown.pk}/dismiss/", reason="rumah lain")
    assert "Tidak ada yang di karantina" in page(siti, QUARANTINE)
    html = page(siti, f"{QUARANTINE}?state=DISMISSED")
    assert "Alasan: rumah lain" in html and "oleh Siti" in html

    assert "ditarik kembali" in said(siti, f"{QUARANTINE}{unknown.pk}/reopen/")
    with nothing_written():
        siti.post(f"{QUARANTINE}{unknown.pk}/reopen/")
    html = page(siti, QUARANTINE)
    assert "sedang tidak ditolak" in html and "WO77" in html


def test_what_a_newer_server_can_read_may_be_applied(cast, siti):
    sent = visit_op(make_order(assignee=cast.agent))
    row = make_quarantined(cast.agent, sent, code="schema", entity=sent["entity"])
    assert READABLE_NOW in page(siti, QUARANTINE)
    said(siti, f"{QUARANTINE}{row.pk}/apply/")
    assert str(Visit.objects.get().pk) == sent["entity"]


@pytest.mark.parametrize(
    "content",
    [
        {"type": "visit.create"},
        {"body": [1, 2], "at": 7, "fix": "x"},
        {"body": {"order": [], "disposition": {}, "points": 3, "promised_on": "besok", "amount": 1e300, "phone": 8}},
        {"body": {"order": 10**18, "visit": "x", "customer": "٣", "is_at_house": []}, "fix": {"lat": 10**18, "lon": 1}},
        {"at": {"wall": "0001-01-01T00:00:00+14:00"}, "body": {"order": "<script>alert(1)</script>"}},
    ],
)
def test_whatever_a_phone_sent_is_shown_and_never_breaks_the_page(cast, siti, content):
    for kind in ("visit.create", "trail.create", "customer.note", "rescue.step", "", "what.ever"):
        make_quarantined(cast.agent, content, type=kind, code="schema")

    html = siti.get(QUARANTINE).content.decode()

    assert "Isi asli (schema)" in html and "<script>alert" not in html and "apply/" not in html


def test_phones_stay_masked_in_what_was_sent(cast, siti):
    customer = make_order(assignee=cast.agent).customer
    make_quarantined(cast.agent, op("customer.note", customer.pk, {"phone": "+6281299998888"}), type="customer.note")

    html = page(siti, QUARANTINE)

    assert "+62•••88" in html and "81299998888" not in html


def test_a_proposal_is_taken(cast, siti):
    row = make_conflict(cast.agent)
    html = page(siti, CONFLICTS)
    assert "warung" in html and "masjid" in html and "Patokan" in html
    assert Access.objects.filter(target_type="conflict", rows=1).exists()

    assert "Usulan dipakai" in said(siti, f"{CONFLICTS}{row.pk}/take/")

    assert FieldNote.objects.get().value == "masjid"
    with nothing_written():
        siti.post(f"{CONFLICTS}{row.pk}/keep/")
    assert "sudah diputuskan" in page(siti, CONFLICTS)
    assert "masjid" in page(siti, f"{CONFLICTS}?state=TAKEN")


def test_what_stands_is_kept(cast, siti):
    row = make_conflict(cast.agent)
    assert "seperti adanya" in said(siti, f"{CONFLICTS}{row.pk}/keep/")
    assert FieldNote.objects.get().value == "warung"
    assert Conflict.objects.get().state == "KEPT"


def test_phones_of_a_conflict_are_shown_when_asked_for_and_the_asking_is_logged(cast, siti):
    row = make_conflict(cast.agent, field="phone", stands="+6281200001111", proposed="+6281299998888")
    html = page(siti, CONFLICTS)
    assert "+62•••88" in html and "99998888" not in html and "00001111" not in html
    assert not Access.objects.filter(purpose="phone").exists()

    shown = siti.post(f"{CONFLICTS}{row.pk}/phones/").content.decode()

    assert "+6281299998888" in shown and "+6281200001111" in shown
    assert Access.objects.get(purpose="phone").target_id == str(row.customer_id)
    assert f'name="back" value="{CONFLICTS}?state=OPEN"' in shown


def test_a_flagged_visit_says_why_and_leaves_when_somebody_looked(cast, siti):
    visit = make_visit(
        agent=cast.agent, flags=["far_from_target", "clock_set"], distance_m=1300, clock_trust="wall", note="sepi"
    )
    html = page(siti, FLAGGED)
    for flag in visit.flags:
        assert FLAG_REASONS[flag] in html
    assert "1,3\xa0km" in html and TRUST["wall"] in html and f"/orders/{visit.order_id}/" in html and "sepi" in html
    assert Access.objects.filter(target_type="visit", rows=1, detail="flagged-visits OPEN").exists()

    url = f"{FLAGGED}{visit.pk}/review/"
    assert "dinilai wajar" in said(siti, url, verdict="FINE")
    assert "Tidak ada kunjungan bertanda" in page(siti, FLAGGED)

    said(siti, url, verdict="DOUBTFUL", reason="bukan rumahnya")
    review = VisitReview.objects.get()
    assert (review.verdict, review.reason, review.by) == ("DOUBTFUL", "bukan rumahnya", cast.supervisor)
    assert "bukan rumahnya" in page(siti, f"{FLAGGED}?state=REVIEWED")


def test_why_the_agent_checked_in_from_afar_stands_where_the_visit_is_told(cast, siti, as_user):
    why = {"override_reason": "jalan ditutup"}
    visit = make_visit(agent=cast.agent, flags=["far_from_target"], details=why)
    order = f"/orders/{visit.order_id}/"
    for html in (page(siti, FLAGGED), page(siti, order)):
        assert "Alasan check-in di luar batas jarak" in html and "jalan ditutup" in html
    assert "jalan ditutup" not in page(as_user(cast.analyst), order)


@pytest.mark.parametrize("form", [{}, {"verdict": "DOUBTFUL"}, {"verdict": "GUILTY", "reason": "x"}])
def test_a_doubt_without_a_reason_is_no_verdict(cast, siti, form):
    visit = make_visit(agent=cast.agent, flags=["clock"])
    with nothing_written():
        assert siti.post(f"{FLAGGED}{visit.pk}/review/", form).status_code == 302
    assert "Tulis alasannya" in page(siti, FLAGGED)


def test_each_supervisor_decides_of_his_own_and_foreign_is_missing(cast, as_user, unknown):
    conflict, visit = make_conflict(cast.agent), make_visit(agent=cast.agent, flags=["clock"])
    stranger = as_user(cast.other_supervisor)
    for url in (QUARANTINE, CONFLICTS, FLAGGED):
        assert "data-row" not in page(stranger, url)
    gone = 999_999
    pairs = [
        (f"{QUARANTINE}{unknown.pk}/{{}}/", f"{QUARANTINE}{gone}/{{}}/", ["apply", "dismiss", "reopen"]),
        (f"{CONFLICTS}{conflict.pk}/{{}}/", f"{CONFLICTS}{gone}/{{}}/", ["take", "keep", "phones"]),
        (f"{FLAGGED}{visit.pk}/{{}}/", f"{FLAGGED}{uuid.uuid4()}/{{}}/", ["review"]),
    ]
    form = {"reason": "x", "verdict": "FINE"}
    with nothing_written():
        for foreign, missing, verbs in pairs:
            for verb in verbs:
                answers = [stranger.post(url.format(verb), form) for url in (foreign, missing)]
                assert [answer.status_code for answer in answers] == [404, 404]
                assert answers[0].content == answers[1].content


@pytest.mark.parametrize("who", ["agent", "technician", "analyst", "auditor"])
def test_others_neither_see_nor_decide(cast, as_user, unknown, who):
    client = as_user(getattr(cast, who))
    conflict, visit = make_conflict(cast.agent), make_visit(agent=cast.agent, flags=["clock"])
    with nothing_written():
        for url in ("/decisions/", QUARANTINE, CONFLICTS, FLAGGED):
            assert client.get(url).status_code == 403
        for url in (
            *(f"{QUARANTINE}{unknown.pk}/{verb}/" for verb in ("apply", "dismiss", "reopen")),
            *(f"{CONFLICTS}{conflict.pk}/{verb}/" for verb in ("take", "keep", "phones")),
            f"{FLAGGED}{visit.pk}/review/",
        ):
            assert client.post(url, {"reason": "x", "verdict": "FINE"}).status_code == 403


@pytest.mark.parametrize(
    ("who", "sees"), [("supervisor", True), ("manager", True), ("admin", True), ("analyst", False)]
)
def test_the_navigation_and_the_overview_count_what_waits(cast, as_user, unknown, who, sees):
    make_conflict(cast.agent), make_visit(agent=cast.agent, flags=["clock"])
    make_visit(agent=cast.agent, flags=["feed"], feed_batch=1), make_visit(agent=cast.agent)

    html = page(as_user(getattr(cast, who)), "/")

    assert ('<b class="count">3<' in html) is sees
    assert ('href="/decisions/quarantine/"><b>1</b>' in html) is sees
    assert ('href="/decisions/flagged-visits/"><b>1</b>' in html) is sees


def test_the_navigation_elsewhere_may_be_a_minute_old_and_a_decision_renews_it(cast, siti):
    row = make_conflict(cast.agent)
    page(siti, CONFLICTS)
    make_conflict(cast.agent)
    assert '<b class="count">1<' in page(siti, "/visits/")
    said(siti, f"{CONFLICTS}{row.pk}/keep/")
    make_conflict(cast.agent)
    assert '<b class="count">1<' in page(siti, "/visits/")
    assert '<b class="count">2<' in page(siti, CONFLICTS)


def test_the_door_leads_to_what_waits(cast, siti):
    assert siti.get("/decisions/")["Location"] == QUARANTINE
    make_visit(agent=cast.agent, flags=["clock"])
    assert siti.get("/decisions/")["Location"] == FLAGGED
    make_conflict(cast.agent)
    assert siti.get("/decisions/")["Location"] == CONFLICTS


def fill(cast, n: int):
    """`n` of each, of `n` customers, orders and moments."""
    for number in range(n):
        at = NOON + timedelta(minutes=number // 2)  # some at the same moment
        make_quarantined(cast.agent, visit_op(make_order(assignee=cast.colleague)), received_at=at)
        make_conflict(cast.agent)
        visit = make_visit(agent=cast.agent, flags=["clock"], at=at, promise=(1, NOON.date(), "OPEN"))
        if number % 2:
            VisitReview.objects.create(visit=visit, verdict="FINE", by=cast.supervisor, at=at)


@pytest.mark.parametrize("url", [QUARANTINE, CONFLICTS, FLAGGED, f"{FLAGGED}?state=REVIEWED"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast, siti, url, django_assert_num_queries, django_assert_max_num_queries
):
    fill(cast, 2)
    siti.get(url)
    with django_assert_max_num_queries(20) as few:
        siti.get(url)
    fill(cast, 10)
    with django_assert_num_queries(len(few)):
        siti.get(url)


@pytest.mark.parametrize(("url", "n"), [(QUARANTINE, 45), (CONFLICTS, 45), (FLAGGED, 90)])
def test_pages_follow_one_another_newest_first(cast, siti, url, n):
    fill(cast, n)
    seen, sizes, following = [], [], url
    while following:
        response = siti.get(following)
        ids = re.findall(r'<article[^>]* id="[a-z]+-([^"]+)"', response.content.decode())
        seen, sizes, following = seen + ids, [*sizes, len(ids)], response.context["next_url"]
    assert sizes == [20, 20, 5] and len(set(seen)) == 45
    if url == FLAGGED:
        times = dict(Visit.objects.values_list("pk", "received_at"))
        moments = [times[uuid.UUID(key)] for key in seen]
        assert moments == sorted(moments, reverse=True)
    else:
        assert [int(key) for key in seen] == sorted(map(int, seen), reverse=True)


@pytest.mark.parametrize(
    "query",
    ["?state=NO", "?before=x", f"?before={10**30}", "?before=-1", "?before=59d1a233-5828-47f9-9311-e29592222b6b"],
)
@pytest.mark.parametrize("url", [QUARANTINE, CONFLICTS, FLAGGED])
def test_what_makes_no_sense_begins_at_the_newest(cast, siti, url, query):
    fill(cast, 2)
    assert "data-row" in page(siti, url + query)


def test_a_decision_returns_to_the_list_as_it_was_and_nowhere_else(cast, siti):
    row = make_conflict(cast.agent)
    back = f"{CONFLICTS}?state=OPEN&before=7"
    assert siti.post(f"{CONFLICTS}{row.pk}/keep/", {"back": back})["Location"] == back
    assert siti.post(f"{CONFLICTS}{row.pk}/keep/", {"back": "https://evil.example/"})["Location"] == CONFLICTS


def test_every_flag_trust_and_final_code_has_its_words():
    assert set(FLAG_REASONS) == set(Visit.Flag)
    assert set(TRUST) == {*Trust, ""}
    assert set(CODES) >= FINAL


def test_the_orders_page_tells_trust_verdict_notes_and_conflicts(cast, siti, as_user):
    order = make_order(assignee=cast.agent)
    visit = make_visit(order=order, agent=cast.agent, flags=["clock_set"], clock_trust="received")
    make_conflict(cast.agent, order.customer, field="phone", stands="+6281200001111", proposed="+6281299998888")
    conflict = make_conflict(cast.agent, order.customer)
    said(siti, f"{FLAGGED}{visit.pk}/review/", verdict="DOUBTFUL", reason="jam mundur")
    said(siti, f"{CONFLICTS}{conflict.pk}/take/")

    html = page(siti, f"/orders/{order.pk}/")

    assert "Saat diterima" in html and "Jam ponsel diubah" in html
    assert "Meragukan" in html and "jam mundur" in html
    assert "Catatan lapangan" in html and "masjid" in html and "+62•••11" in html
    assert "warung → masjid" in html and "usulan dipakai" in html and "+62•••11 → +62•••88" in html
    assert "00001111" not in html and "99998888" not in html
    assert "+6281200001111" in siti.post(f"/orders/{order.pk}/phones/").content.decode()
    assert "masjid" not in page(as_user(cast.analyst), f"/orders/{order.pk}/")


def test_decisions_are_in_the_history(cast, siti, unknown):
    said(siti, f"{QUARANTINE}{unknown.pk}/dismiss/", reason="rumah lain")
    change = Change.objects.get(verb="decide")
    assert (change.actor, change.reason) == (cast.supervisor, "rumah lain")
