"""The tables that people list and download: their columns, filters and order. Screens and files share them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Max, OuterRef, QuerySet, Subquery

from customers.masking import mask_all, mask_name
from customers.models import Customer, LocationCandidate, Relation, ResolvedLocation, Stage
from exports.columns import Column
from exports.filters import ConfirmedPointFilter, CustomerFilter, OrderFilter, VisitFilter
from workorders.models import Disposition, PromiseToPay, Visit, WorkOrder
from workorders.states import State


@dataclass(frozen=True)
class Noun:
    """`rows(user)` is what the user may see; `zone` and `point` name the fields of the row's zone, lat and lon."""

    name: str
    target: str
    rows: Callable[..., QuerySet]
    filters: type
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    sort: str
    zone: str
    point: tuple[str, str]
    opens: str = "pk"  # the field with the key of the page that a row opens

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


def stage_of(months: str) -> Subquery:
    """The label of the stage that so many unpaid months make; the stage table has four rows."""
    stages = Stage.objects.filter(from_months__lte=OuterRef(months)).order_by("-from_months")
    return Subquery(stages.values("label")[:1])


def customer_rows(user):
    return Customer.objects.visible_to(user).annotate(stage=stage_of("unpaid_months"))


def order_rows(user):
    return WorkOrder.objects.visible_to(user).annotate(stage=stage_of("customer__unpaid_months"))


def visit_rows(user):
    return Visit.objects.visible_to(user)


def confirmed_rows(user):
    """Confirmed points beside the installation record, with the last day on which each kind of person confirmed it."""
    days = {f"{source.lower()}_on": last_day_of(source) for source in ("VISIT", "AGENT_PIN", "CUSTOMER_PIN")}
    return ResolvedLocation.objects.visible_to(user).confirmed().beside_record().annotate(**days)


def last_day_of(source: str) -> Subquery:
    rows = LocationCandidate.objects.confirming().filter(source=source, customer=OuterRef("pk"))
    return Subquery(rows.order_by().values("customer").annotate(day=Max("observed_on")).values("day"))


SOURCES, STATES = dict(LocationCandidate.Source.choices), dict(State.choices)
OUTCOMES, CANCELS = dict(Disposition.Group.choices), dict(WorkOrder.CancelReason.choices)


def customer_columns(path: str = "") -> tuple[Column, ...]:
    """The billed party as a table of another noun shows it, reached by `path`."""
    return (
        Column("service_number", "No. Layanan", f"{path}service_number", "code", is_sortable=not path),
        Column("name", "Nama", f"{path}name", mask=mask_name),
        Column("phones", "Telepon", f"{path}phones", "phones"),
        Column("address", "Alamat", f"{path}address__raw"),
        Column("sto", "STO", f"{path}sto"),
        Column("package", "Paket", f"{path}package"),
    )


CUSTOMERS = Noun(
    name="customers",
    target="customer",
    rows=customer_rows,
    filters=CustomerFilter,
    zone="witel__timezone",
    point=("location__lat", "location__lon"),
    sort="service_number",
    shown=("service_number", "name", "witel", "address", "stage", "unpaid_months", "unpaid_amount", "grade", "radius"),
    columns=(
        *customer_columns(),
        Column("witel", "Witel", "witel__name"),
        Column("status", "Status", "status", "state", words=dict(Customer.Status.choices)),
        Column("stage", "Tahap", "stage"),
        Column("unpaid_months", "Bulan menunggak", "unpaid_months", "number", is_sortable=True),
        Column("unpaid_amount", "Tunggakan", "unpaid_amount", "money", is_sortable=True),
        Column("address_missing", "Bagian alamat kurang", "address__missing"),
        Column("grade", "Mutu titik", "location__grade", "grade"),
        Column("radius", "Radius", "location__radius_m", "metres"),
        Column("source", "Sumber titik", "location__source", words=SOURCES),
        Column("latitude", "Latitude", "location__lat", "degrees"),
        Column("longitude", "Longitude", "location__lon", "degrees"),
    ),
)

ORDERS = Noun(
    name="workorders",
    target="workorder",
    rows=order_rows,
    filters=OrderFilter,
    zone="witel__timezone",
    point=("lat", "lon"),
    sort="-priority",
    shown=(
        "number",
        "name",
        "witel",
        "state",
        "assignee",
        "balance",
        "stage",
        "grade",
        "attempts",
        "next_on",
        "priority",
    ),
    columns=(
        Column("number", "No. WO", "number", "code", is_sortable=True),
        *customer_columns("customer__"),
        Column("witel", "Witel", "witel__name"),
        Column("state", "Keadaan", "state", "state", words=STATES),
        Column("assignee", "CTB", "assignee__name"),
        Column("username", "Akun CTB", "assignee__username"),
        Column("period", "Periode", "period", "period"),
        Column("balance", "Tagihan", "balance", "money", is_sortable=True),
        Column("stage", "Tahap", "stage"),
        Column("grade", "Mutu titik", "grade", "grade"),
        Column("radius", "Radius", "customer__location__radius_m", "metres"),
        Column("attempts", "Kunjungan", "attempts", "number", is_sortable=True),
        Column("last_visit_on", "Kunjungan terakhir", "last_visit_on", "day", is_sortable=True),
        Column("next_on", "Kunjungan berikut", "next_on", "day", is_sortable=True),
        Column("outcome", "Hasil akhir", "outcome__label_id"),
        Column("cancel_reason", "Sebab batal", "cancel_reason", words=CANCELS),
        Column("hold_reason", "Sebab ditahan", "hold_reason", mask=mask_all),
        Column("is_flagged", "Perlu dilihat", "is_flagged", "yes"),
        Column("priority", "Prioritas", "priority", "number", is_sortable=True),
        Column("latitude", "Latitude", "lat", "degrees"),
        Column("longitude", "Longitude", "lon", "degrees"),
    ),
)

VISITS = Noun(
    name="visits",
    target="visit",
    rows=visit_rows,
    filters=VisitFilter,
    zone="order__witel__timezone",
    point=("lat", "lon"),
    opens="order_id",
    sort="-visited_at",
    shown=("visited_at", "number", "name", "witel", "agent", "result", "distance", "promise", "promised_on", "flags"),
    columns=(
        Column("visited_at", "Waktu kunjungan", "visited_at_corrected", "moment", is_sortable=True),
        Column("day", "Hari kerja", "business_day", "day", is_sortable=True),
        Column("received_at", "Diterima", "received_at", "moment"),
        Column("number", "No. WO", "order__number", "code"),
        *customer_columns("order__customer__"),
        Column("witel", "Witel", "order__witel__name"),
        Column("agent", "CTB", "agent__name"),
        Column("username", "Akun CTB", "agent__username"),
        Column("code", "Kode hasil", "disposition__code", "code"),
        Column("result", "Hasil", "disposition__label_id"),
        Column("group", "Kelompok hasil", "disposition__group", words=OUTCOMES),
        Column("distance", "Jarak dari titik", "distance_m", "metres", is_sortable=True),
        Column("accuracy", "Akurasi", "accuracy_m", "metres"),
        Column("relation", "Orang yang ditemui", "relation"),
        Column("note", "Catatan", "note", mask=mask_all),
        Column("promise", "Janji bayar", "promise__amount", "money"),
        Column("promised_on", "Tanggal janji", "promise__due_on", "day"),
        Column("promise_state", "Keadaan janji", "promise__state", "state", words=dict(PromiseToPay.State.choices)),
        Column("flags", "Tanda", "flags", "flags", words=dict(Visit.Flag.choices)),
        Column("rescued", "Ketemu setelah dicari", "is_found_after_rescue", "yes"),
        Column("latitude", "Latitude", "lat", "degrees"),
        Column("longitude", "Longitude", "lon", "degrees"),
    ),
)

# What provisioning is offered, without names: customers.models.confirmed has the rule.
CONFIRMED_POINTS = Noun(
    name="confirmed-points",
    target="customer",
    rows=confirmed_rows,
    filters=ConfirmedPointFilter,
    zone="witel__timezone",
    point=("lat", "lon"),
    sort="service_number",
    shown=(
        "service_number",
        "witel",
        "latitude",
        "longitude",
        "radius",
        "grade",
        "people",
        "visit_on",
        "agent_pin_on",
        "customer_pin_on",
        "relation",
        "apart",
    ),
    columns=(
        Column("service_number", "No. Layanan", "customer__service_number", "code", is_sortable=True),
        Column("witel", "Witel", "witel__name"),
        Column("sto", "STO", "customer__sto"),
        Column("latitude", "Latitude", "lat", "degrees"),
        Column("longitude", "Longitude", "lon", "degrees"),
        Column("radius", "Radius", "radius_m", "metres"),
        Column("grade", "Mutu titik", "grade", "grade"),
        Column("source", "Sumber titik", "source", words=SOURCES),
        Column("people", "Orang yang sepakat", "agreeing", "number"),
        Column("visit_on", "Dikunjungi", "visit_on", "day"),
        Column("agent_pin_on", "Ditandai petugas", "agent_pin_on", "day"),
        Column("customer_pin_on", "Ditandai pelanggan", "customer_pin_on", "day"),
        Column("reasons", "Alasan", "reasons"),
        Column("relation", "Terhadap catatan", "relation", words=dict(Relation.choices)),
        Column("apart", "Jarak dari catatan", "record_apart_m", "metres"),
        Column("algorithm", "Versi algoritme", "algorithm", "number"),
        Column("computed_at", "Dihitung", "computed_at", "moment"),
    ),
)

NOUNS = {noun.name: noun for noun in (CUSTOMERS, ORDERS, VISITS, CONFIRMED_POINTS)}
