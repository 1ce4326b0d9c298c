"""Photos of who is erased go, whichever way they came: declared, undeclared, late, of a visit that was set aside."""

import io
import json
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.make import make_order
from tests.workorders.phone import push, statuses, visit_op
from tests.workorders.pictures import PLACE, begin, declared, patch, photo, send
from tests.workorders.test_visits_api import body_of, put
from workorders import photo_files
from workorders.models import Upload, Visit, VisitPhoto
from workorders.services.developing import develop

pytestmark = pytest.mark.django_db
PHOTO = photo()


@pytest.fixture
def client(cast, places, phone_of):
    return phone_of(cast.agent)


@pytest.fixture
def order(cast):
    return make_order(assignee=cast.agent, lat=PLACE[0], lon=PLACE[1])


@pytest.fixture
def other(cast, client):
    """Somebody else's visit with a photo, and a photo whose visit has not come: neither ever goes."""
    key, photo_id, waiting = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    put(client, body_of(make_order(assignee=cast.agent), photos=[declared(PHOTO, photo_id)]), key)
    send(client, PHOTO, photo_id, key)
    send(client, PHOTO, waiting)
    yield
    for left in (photo_id, waiting):
        assert client.get(f"/api/v1/photos/{left}/").status_code == 200
        assert VisitPhoto.objects.filter(pk=left).exists() and Upload.objects.filter(pk=left).exists()
    assert {photo_files.key_of(path) for path in files()} == {photo_id, waiting}


def run(*words, **options) -> str:
    out = io.StringIO()
    call_command("subject", *words, stdout=out, **options)
    return out.getvalue()


def erase(order) -> None:
    assert "0 left" in run("erase", order.customer.service_number, "--despite-debt", "--reason=x", "--yes")


def files() -> list:
    return [path for name in ("uploads", "photos") for path in photo_files.folder(name).rglob("*") if path.is_file()]


def is_served(client, photo_id) -> bool:
    return client.get(f"/api/v1/photos/{photo_id}/").status_code == 200


def is_gone(client, photo_id) -> bool:
    rows = (VisitPhoto.objects.filter(pk=photo_id), Upload.objects.filter(pk=photo_id))
    named = [path for path in files() if photo_files.key_of(path) == photo_id]
    return not is_served(client, photo_id) and not any(found.exists() for found in rows) and not named


def attached_in_export(order, tmp_path) -> tuple[set[str], list]:
    """Ids of the photos in the export of this person: of its rows, and of its files."""
    out = tmp_path / f"{uuid.uuid4()}.json"
    run("export", order.customer.service_number, out=out)
    found = json.loads(out.read_text())
    rows = found["held"].get("workorders.VisitPhoto", {"rows": []})["rows"]
    return {row["id"] for row in rows}, found["attached"]


@pytest.mark.parametrize("night", ["reapply", "retention"])
def test_a_declared_photo_that_comes_after_the_erasure_goes_at_night(client, order, other, night):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    assert put(client, body_of(order, photos=[declared(PHOTO, photo_id)]), key).status_code == 201
    erase(order)
    send(client, PHOTO, photo_id, key)
    assert is_served(client, photo_id)  # until the night
    said = run("reapply") if night == "reapply" else call_command("retention", stdout=io.StringIO())

    assert is_gone(client, photo_id)
    assert night == "retention" or "0 erased again, 2 late rows emptied" in said
    assert "0 late rows" in run("reapply")
    assert Visit.objects.filter(pk=key).exists()


def test_a_photo_that_its_visit_does_not_declare_is_exported_and_erased(client, order, other, tmp_path):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    put(client, body_of(order), key)
    send(client, PHOTO, photo_id, key)
    rows, attached = attached_in_export(order, tmp_path)
    assert rows == {str(photo_id)}
    assert sorted(path.rsplit("/")[-1] for path in attached) == [f"{photo_id}.jpg", f"{photo_id}.thumb.jpg"]
    erase(order)

    assert is_gone(client, photo_id)


def test_bytes_that_are_half_here_go_too(client, order, other):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    put(client, body_of(order), key)
    begin(client, PHOTO, photo_id, key)
    patch(client, photo_id, 0, PHOTO[:1000])
    erase(order)

    assert is_gone(client, photo_id)


@pytest.mark.parametrize("status", ["quarantined", "held"])
@pytest.mark.parametrize("is_named", [True, False])
def test_photos_of_a_visit_that_was_set_aside_are_exported_and_erased(
    cast, client, order, other, tmp_path, status, is_named
):
    """`is_named`: the upload names the visit; otherwise only the visit's own words lead to the photo."""
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    set_aside(cast, client, order, key, photo_id, status)
    send(client, PHOTO, photo_id, key if is_named else None)
    assert attached_in_export(order, tmp_path)[0] == {str(photo_id)}
    erase(order)

    assert not is_served(client, photo_id) and not VisitPhoto.objects.filter(pk=photo_id).exists()
    assert photo_id not in {photo_files.key_of(path) for path in files()}


@pytest.mark.parametrize("status", ["quarantined", "held"])
def test_late_photos_of_a_visit_that_was_set_aside_go_at_night(cast, client, order, other, status):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    set_aside(cast, client, order, key, photo_id, status)
    erase(order)
    send(client, PHOTO, photo_id, key)
    run("reapply")

    assert is_gone(client, photo_id)


def set_aside(cast, client, order, key, photo_id, status) -> None:
    """A visit with a photo that waits for another operation, or that is to an order the agent never had."""
    fields = {"after": [str(uuid.uuid4())]} if status == "held" else {}
    if status == "quarantined":
        order.assignments.all().delete()
        type(order).objects.filter(pk=order.pk).update(assignee=cast.colleague)
    sent = visit_op(order, visit=key, body={"photos": [declared(PHOTO, photo_id)]}, **fields)
    assert statuses(push(client, [sent])) == [status]


def test_a_visit_that_comes_late_with_its_photo_is_emptied_at_night(cast, client, order, other):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    erase(order)
    send(client, PHOTO, photo_id, key)
    assert put(client, body_of(order, photos=[declared(PHOTO, photo_id)]), key).status_code == 201
    run("reapply")

    assert not is_served(client, photo_id) and not VisitPhoto.objects.filter(pk=photo_id).exists()
    assert photo_id not in {photo_files.key_of(path) for path in files()}
    assert Visit.objects.get(pk=key).lat is None


def test_what_an_agent_says_of_anothers_visit_takes_no_photo_of_it(cast, client, as_phone, order, other):
    """A quarantined operation that names the id of somebody else's visit, and its photo."""
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    theirs = make_order(assignee=cast.colleague)
    colleague = as_phone(cast.colleague)
    put(colleague, body_of(theirs, photos=[declared(PHOTO, photo_id)]), key)
    begin(colleague, PHOTO, photo_id, key)
    sent = visit_op(order, visit=key, body={"photos": [declared(PHOTO, photo_id)]})
    assert statuses(push(client, [sent])) == ["quarantined"]
    erase(order)
    run("reapply")

    assert patch(colleague, photo_id, 0, PHOTO).status_code == 204 and is_served(colleague, photo_id)
    for path in photo_files.files_of_photo(VisitPhoto.objects.get(pk=photo_id)):
        path.unlink(missing_ok=True)


def test_photos_that_an_older_erasure_left_go(client, order, other):
    key, photo_id = uuid.uuid4(), uuid.uuid4()
    put(client, body_of(order), key)
    send(client, PHOTO, photo_id, key)
    Upload.objects.filter(pk=photo_id).delete()
    run("reapply")

    assert is_gone(client, photo_id)


def test_a_photo_that_is_developed_while_its_person_is_erased_leaves_no_file(client, order, other):
    photo_id = uuid.uuid4()
    path = photo_files.sent_path(photo_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PHOTO)
    assert develop(photo_id, timezone.now())

    assert is_gone(client, photo_id)
