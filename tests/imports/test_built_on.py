"""Whatever refers to a row that an undo wants to delete: decided on in imports/built_on.py, and so it happens.

A new model with a reference fails here until somebody says what becomes of it.
"""

import uuid
from datetime import date
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import User
from customers.models import (
    Customer,
    DistributionPoint,
    FieldNote,
    LocationCandidate,
    LocationCorrection,
    ResolvedLocation,
    SearchedPlace,
)
from imports.built_on import (
    CHILDREN_FIRST,
    LOOSE,
    OTHERS,
    REFERENCES,
    Forgets,
    Goes,
    Keeps,
    name_of,
    references_to,
)
from imports.undo import undo_batch
from tests.dashboard.rows import make_visit
from tests.imports.feeds import ORDERS
from tests.imports.filling import fill
from tests.make import make_order
from tests.workorders.phone import op, push, statuses, visit_op
from workorders.models import (
    Assignment,
    FeedScope,
    Operation,
    Quarantine,
    RescueStep,
    Upload,
    Visit,
    VisitPhoto,
    WorkOrder,
)
from workorders.services.feed import settle_feed
from workorders.services.states import check_in, hold_order

ND = "131000000777"
VISITS = "NO_WO;ND;TGL VISIT;JAM;CTB;HASIL VISIT;KETERANGAN"


def models_taken_along() -> list[type]:
    """The tables that an undo deletes from, and those whose rows go with theirs."""
    found = list(CHILDREN_FIRST)
    for model in found:
        found += [ref.model for ref in references_to(model) if ref.takes_along and ref.model not in found]
    return found


def foreign_keys() -> list:
    """Found by looking at every model, not by asking built_on."""
    columns = [field for model in apps.get_models(include_auto_created=True) for field in model._meta.concrete_fields]
    return [field for field in columns if field.remote_field and field.remote_field.model in models_taken_along()]


# --- the rule is complete

# Columns of a type that could hold a key, which never name a row that an undo may take.
NO_KEYS = {
    *("amount", "paid_amount", "unpaid_amount", "balance", "mq", "site", "seq", "purged_seq", "version", "mono_ms"),
    *("boot", "family", "feed_batch", "last_step", "cause", "client_key"),
    *("details", "requires", "flags", "known", "line", "way", "sent", "coefficients", "shares"),
    *("options", "unknown_headers", "by_reason", "payload", "report"),
}  # fmt: skip
ELSEWHERE = {"releases", "axes", "sessions", "contenttypes", "auth", "admin"}


def test_every_foreign_key_is_decided_on():
    names = {name_of(field) for field in foreign_keys() if field.remote_field.model is not User}

    assert names - set(REFERENCES) == set(), "say in imports/built_on.py what an undo does about these"
    assert set(REFERENCES) - {name_of(field) for field in foreign_keys()} == set(), "these are no such references"


def test_every_foreign_key_is_found():
    """Also those of accounts, which need no decision: whatever else refers to an account keeps it."""
    found = {name_of(ref.field) for model in models_taken_along() for ref in references_to(model)}

    assert {name_of(field) for field in foreign_keys()} == found


def test_what_is_forgotten_may_be_null_and_what_is_kept_says_why():
    for name, decision in REFERENCES.items():
        label, _, column = name.rpartition(".")
        assert isinstance(decision, Goes) or decision.why
        assert not isinstance(decision, Forgets) or apps.get_model(label)._meta.get_field(column).null, name


def test_every_column_that_may_hold_a_key_without_saying_so_is_decided_on():
    names = {
        name_of(field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.app_label not in ELSEWHERE and may_hold_a_key(field)
    }
    assert {name for name in names - set(LOOSE) if name.rpartition(".")[2] not in NO_KEYS} == set()
    assert {name for name in LOOSE if not has_column(name)} == set()
    assert NO_KEYS - {name.rpartition(".")[2] for name in names} == set()


def may_hold_a_key(field) -> bool:
    if field.primary_key or field.remote_field:
        return False
    kind = field.get_internal_type()
    words = set(field.name.split("_")) & {"customer", "order", "workorder", "visit", "agent", "user", "target", "key"}
    is_number = kind.endswith("IntegerField") and (kind.startswith(("Big", "PositiveBig")) or bool(words))
    return is_number or kind in ("UUIDField", "JSONField") or (kind == "CharField" and field.max_length == 36)


def has_column(name: str) -> bool:
    label, _, column = name.rpartition(".")
    return column in {field.name for field in apps.get_model(label)._meta.concrete_fields}


# --- and it is what happens


@pytest.fixture
def old(cast):
    """What was there before the import: nothing of it may keep anything."""
    order = make_order(assignee=cast.agent, number="WO-OLD")
    return SimpleNamespace(order=order, agent=cast.agent, visit=make_visit(order=order, agent=cast.agent))


def bring(feed, model, old):
    """(batch, row): an import that created a row of this table."""
    if model is User or model is FeedScope:
        batch = feed("agents", "USERNAME,NAMA,JABATAN,WITEL", "rina,Rina,CTB,Bandung")
        rina = User.objects.get(username="rina")
        return batch, rina if model is User else settle_feed(rina, date(2026, 11, 26))
    if model is DistributionPoint:
        batch = feed("odp", "WITEL,ODP,LAT,LONG", "BANDUNG,ODP-NEW-FA/001,-6.9001,107.6001")
        return batch, DistributionPoint.objects.get(code="ODP-NEW-FA/001")
    if model in (WorkOrder, Assignment):
        batch = feed("workorders", ORDERS, f"WO-NEW;{old.order.customer.service_number};202610;dewi;05/11/2026;387500")
        return batch, WorkOrder.objects.get(number="WO-NEW")
    if model is Visit:
        batch = feed("visits", VISITS, "WO-OLD;;10/11/2026;14.30;dewi;Rumah kosong;")
        return batch, Visit.objects.get(feed_batch=batch.pk)
    batch = feed.lines(ND)
    customer = Customer.objects.get(service_number=ND)
    return batch, customer if model is Customer else model.objects.filter(customer=customer).first()


def referring_row(field, row, old):
    """A row of the field's table that refers to `row`, and beside it to nothing that the import brought."""
    present = field.model.objects.filter(**{field.name: row.pk}).first()
    known = {User: old.agent, WorkOrder: old.order, Visit: old.visit, Customer: fill(Customer, {})}
    return present or fill(field.model, known, **{field.name: row})


def is_there(row) -> bool:
    return type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", foreign_keys(), ids=name_of)
def test_a_row_that_refers_to_one_that_an_undo_wants(field, feed, old):
    batch, row = bring(feed, field.remote_field.model, old)
    referring = referring_row(field, row, old)
    decision = REFERENCES.get(name_of(field), OTHERS)
    if isinstance(decision, Keeps) and decision.unless is not None:
        decision = Goes() if field.model.objects.filter(decision.unless, pk=referring.pk) else decision

    report = undo_batch(batch=batch)

    connection.check_constraints()
    if isinstance(decision, Keeps):
        line = f"{row._meta.model_name} {row.pk}: {decision.why}"
        assert line in report.kept and is_there(row) and is_there(referring)
        assert batch.state == "PARTLY"
        type(referring).objects.filter(pk=referring.pk).delete()
        assert undo_batch(batch=batch).kept == []
    elif isinstance(decision, Forgets):
        referring.refresh_from_db()
        assert getattr(referring, field.attname) is None
    else:
        assert not is_there(referring)
    assert not is_there(row) and batch.state == "REVERTED"
    connection.check_constraints()


def assert_kept(batch, row, why):
    report = undo_batch(batch=batch)
    assert f"{row._meta.model_name} {row.pk}: {why}" in report.kept
    assert is_there(row)
    connection.check_constraints()


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["VISIT", "AGENT_PIN", "CUSTOMER_PIN"])
def test_a_house_that_somebody_showed_stays_with_all_its_points(feed, old, source):
    batch, customer = bring(feed, Customer, old)
    fill(LocationCandidate, {}, customer=customer, source=source)
    points = customer.candidates.count()
    assert_kept(batch, customer, "somebody showed where the house is")
    assert customer.candidates.count() == points and customer.address and customer.installation


@pytest.mark.django_db
def test_a_house_whose_point_somebody_locked_stays(feed, old, cast):
    batch, customer = bring(feed, Customer, old)
    ResolvedLocation.objects.filter(customer=customer).update(locked_by=cast.supervisor)
    assert_kept(batch, customer, "somebody locked its point")


@pytest.mark.django_db
def test_an_order_at_whose_door_the_agent_stands_stays(feed, old, cast):
    batch, order = bring(feed, WorkOrder, old)
    check_in(user=cast.agent, order_id=order.pk)
    assert_kept(batch, order, "somebody works on it, or holds it back")


@pytest.mark.django_db
def test_an_order_that_a_supervisor_holds_back_stays_until_he_releases_it(feed, old, cast):
    batch, order = bring(feed, WorkOrder, old)
    hold_order(user=cast.supervisor, order_id=order.pk, reason="keluhan")
    assert_kept(batch, order, "somebody works on it, or holds it back")


@pytest.mark.django_db
@pytest.mark.parametrize("model,status", [(Operation, {"status": "held"}), (Quarantine, {"state": "OPEN"})])
def test_an_order_stays_while_something_that_a_phone_sent_of_its_customer_waits(feed, old, model, status):
    batch, order = bring(feed, WorkOrder, old)
    waiting = fill(model, {User: old.agent}, customer=order.customer, **status)
    assert undo_batch(batch=batch).kept and is_there(order)
    for name in status:
        model.objects.filter(pk=waiting.pk).update(**{name: "applied" if name == "status" else "DISMISSED"})
    assert undo_batch(batch=batch).kept == [] and not is_there(order) and is_there(waiting)


@pytest.mark.django_db
def test_a_visit_of_a_feed_stays_while_a_photo_of_it_is_on_its_way(feed, old):
    batch, visit = bring(feed, Visit, old)
    fill(Upload, {User: old.agent}, for_visit=visit.pk)
    assert_kept(batch, visit, "a photo of it is on its way")


@pytest.mark.django_db
def test_an_agent_whom_a_file_gave_work_keeps_it_once_he_was_there(feed, old):
    """His account, the order and that it was his: later visits of his are accepted only then."""
    number = old.order.customer.service_number
    feed("workorders", ORDERS, f"WO-NEW;{number};202610;rina;05/11/2026;387500")
    batch, rina = bring(feed, User, old)
    order = WorkOrder.objects.get(number="WO-NEW")
    assignment = order.assignments.get(agent=rina)
    make_visit(order=order, agent=rina)
    assert_kept(batch, assignment, "its order was visited")
    assert is_there(rina)


@pytest.mark.django_db
def test_rows_that_stay_do_not_keep_the_others_of_their_file(feed, old):
    batch = feed.lines(ND, "131000000778", "131000000779")
    customer = Customer.objects.get(service_number="131000000778")
    fill(Operation, {User: old.agent}, customer=customer)
    assert_kept(batch, customer, "a phone sent something about it")
    assert Customer.objects.filter(service_number__startswith="13100000077").get() == customer
    assert customer.candidates.exists()


@pytest.mark.django_db
def test_the_screen_says_what_stays_and_why(feed, old, cast, as_user):
    batch, customer = bring(feed, Customer, old)
    fill(Quarantine, {User: old.agent}, customer=customer, received_at=timezone.now(), operation=uuid.uuid4())
    page = as_user(cast.admin).post(f"/imports/{batch.pk}/undo/")
    assert page.status_code == 200
    assert f"customer {customer.pk}: a phone sent something about it that was set aside" in page.content.decode()


@pytest.mark.django_db
def test_a_day_in_the_field_survives_the_undo_of_every_file_behind_it(feed, cast, phone_of):
    batches = [feed.lines(ND), feed("workorders", ORDERS, f"WO-NEW;{ND};202610;dewi;05/11/2026;387500")]
    order = WorkOrder.objects.get()
    client, visit, fix = phone_of(cast.agent), uuid.uuid4(), {"lat": -6.92, "lon": 107.61, "accuracy_m": 8}
    photo = {"id": str(uuid.uuid4()), "sha256": "1" * 64, "size": 9, "kind": "HOUSE"}
    sent = [
        op("rescue.step", uuid.uuid4(), {"order": order.pk, "kind": "CALL", "outcome": "FOUND"}),
        op(
            "customer.note",
            order.customer_id,
            {"landmark": "warung"},
            base=0,
        ),
        op("pin.create", uuid.uuid4(), {"customer": order.customer_id, "is_at_house": True}, fix=fix),
        visit_op(order, visit=visit, body={"photos": [photo]}),
        visit_op(order, after=[str(uuid.uuid4())]),
    ]
    assert statuses(push(client, sent)) == ["applied"] * 4 + ["held"]
    tables = (RescueStep, FieldNote, LocationCandidate, LocationCorrection, Visit, VisitPhoto, Operation, SearchedPlace)
    before = {model: sorted(map(repr, model.objects.values_list())) for model in tables}

    for batch in reversed(batches):
        assert undo_batch(batch=batch).kept and batch.state == "PARTLY"

    assert {model: sorted(map(repr, model.objects.values_list())) for model in tables} == before
    connection.check_constraints()
    order.refresh_from_db()
    assert order.assignee == cast.agent and order.assignments.filter(agent=cast.agent).exists()
