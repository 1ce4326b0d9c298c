"""The order's page shows what photos its visits brought, to those who may see them."""

import re
import uuid

import pytest

from history.models import Access
from tests.dashboard.rows import make_visit
from tests.make import make_order
from tests.workorders.pictures import declared, photo, send
from tests.workorders.test_visits_api import body_of, put
from workorders.models import Visit, VisitPhoto

PHOTO = photo()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent)


def section(client, order) -> str:
    html = client.get(f"/orders/{order.pk}/").content.decode()
    found = re.search(r"<section[^>]*>\s*<h2>Foto</h2>.*?</section>", html, re.DOTALL)
    return found[0] if found else ""


def test_thumbnails_of_what_has_come_and_how_many_are_still_to_come(cast, as_phone, as_user, order):
    phone, photos = as_phone(cast.agent), [declared(PHOTO), declared(photo(number=1), kind="PROOF")]
    put(phone, body_of(order, photos=photos))
    send(phone, PHOTO, photos[0]["id"], Visit.objects.get().pk)
    client = as_user(cast.supervisor)
    html = section(client, order)
    thumb = f"/api/v1/photos/{photos[0]['id']}/?size=thumb"
    assert "1 dari 2 foto sudah tiba" in html and "Belum tiba" in html and "Bukti bayar" in html
    assert f'<img src="{thumb}" width="640" height="480"' in html and html.count("<img") == 1
    assert "kamera: " in html and "dari titik" in html
    answer = client.get(thumb)
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert Access.objects.get(target_type="photo").actor == cast.supervisor


def test_the_page_keeps_to_its_content_security_policy(cast, as_phone, as_user, order):
    key = uuid.uuid4()
    put(as_phone(cast.agent), body_of(order, photos=[declared(PHOTO, key)]))
    send(as_phone(cast.agent), PHOTO, key)
    client = as_user(cast.supervisor)
    policy = client.get(f"/orders/{order.pk}/").headers["Content-Security-Policy"]
    html = section(client, order)
    assert "img-src 'self' data:" in policy and "unsafe-inline" not in policy
    assert "style=" not in html and "<script" not in html and not re.search(r"\son[a-z]+=", html)
    assert all(source.startswith("/") for source in re.findall(r'(?:src|href)="([^"]*)"', html))


def test_a_refused_photo_says_why(cast, as_phone, as_user, order):
    key = uuid.uuid4()
    put(as_phone(cast.agent), body_of(order, photos=[declared(b"halo", key)]))
    send(as_phone(cast.agent), b"halo", key)
    html = section(as_user(cast.supervisor), order)
    assert "0 dari 1 foto sudah tiba" in html and "Ditolak" in html and "Bukan gambar" in html and "<img" not in html


def test_without_photos_the_page_says_where_they_come_from(cast, as_user, order):
    make_visit(order=order, agent=cast.agent)
    assert "Belum ada foto" in section(as_user(cast.supervisor), order)


def test_an_analyst_is_shown_no_photos(cast, as_phone, as_user, order):
    put(as_phone(cast.agent), body_of(order, photos=[declared(PHOTO)]))
    assert VisitPhoto.objects.exists() and section(as_user(cast.analyst), order) == ""


def test_a_reused_photo_is_told_in_the_supervisors_words(cast, as_phone, as_user, order):
    later = make_order(assignee=cast.agent)
    for each in (order, later):
        assert put(as_phone(cast.agent), body_of(each, photos=[declared(PHOTO)])).status_code == 201
    html = as_user(cast.supervisor).get(f"/orders/{later.pk}/").content.decode()
    assert "Foto pernah dipakai" in html


def test_the_access_log_names_a_photo(cast, as_phone, as_user, order):
    key = uuid.uuid4()
    put(as_phone(cast.agent), body_of(order, photos=[declared(PHOTO, key)]))
    send(as_phone(cast.agent), PHOTO, key)
    as_user(cast.supervisor).get(f"/api/v1/photos/{key}/")
    html = as_user(cast.auditor).get("/access/").content.decode()
    assert "foto" in html and str(key) in html
