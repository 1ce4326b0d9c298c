"""A quarantined operation as its supervisor reads it. Its content is what a phone sent: any JSON at all."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse

from common.geo import distance_m
from common.ids import id_or_none
from customers.masking import mask_phone, mask_phones_in
from customers.models import Customer
from dashboard.review_words import (
    DAYS,
    DETAILS,
    OUT_OF_REACH,
    OUTCOMES,
    READABLE_NOW,
    STRANGE_TYPE,
    TYPES,
    why_and_what,
)
from dashboard.templatetags.findgo import day, metres, moment, rupiah
from workorders.api.sync_shapes import Reader, Unreadable
from workorders.models import Quarantine, Visit, WorkOrder
from workorders.services.codebook import Codebook
from workorders.sync.review import may_help

HOME = "Asia/Jakarta"  # the clock of an agent who belongs to a region, not to a witel
LONGEST = 500
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Line:
    label: str
    value: str
    url: str = ""


@dataclass
class Told:
    """One card of the page. `can_apply`: a second try may end otherwise."""

    row: Quarantine
    title: str
    why: str
    what_to_do: str
    zone: str
    can_apply: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def raw(self) -> str:
        """As it was sent; phone numbers masked, as everywhere until somebody asks for them."""
        sent = {"content": self.row.content, "details": self.row.details}
        return json.dumps(mask_phones_in(sent), indent=2, ensure_ascii=False)


class Teller:
    """Tells a page of rows; what they name is looked up once for all of them."""

    def __init__(self, user, rows: list[Quarantine]):
        self.codes, self.reader = Codebook(), Reader()
        self.pairs = [(row, body_of(row)) for row in rows]
        bodies = [body for _, body in self.pairs]
        visits = {
            id_or_none(row.entity if row.type == "visit.create" else body.get("visit")) for row, body in self.pairs
        }
        self.visits = Visit.objects.visible_to(user).select_related("order").in_bulk(visits - {None})
        orders = WorkOrder.objects.visible_to(user).select_related("witel")
        self.orders = orders.in_bulk({as_key(body.get("order")) for body in bodies} - {None})
        named = {as_key(body.get("customer")) for body in bodies}
        named |= {as_key(row.entity) for row in rows if row.type == "customer.note"}
        self.customers = Customer.objects.visible_to(user).in_bulk(named - {None})

    def tell(self) -> list[Told]:
        return [self.told(row, body) for row, body in self.pairs]

    def told(self, row: Quarantine, body: dict) -> Told:
        why, what_to_do = why_and_what(row.type, row.code)
        zone = row.agent.witel.timezone if row.agent.witel_id else HOME
        may_be_applied = may_help(row, self.reader.read(row.content))
        can_apply = may_be_applied and self.is_in_reach(row, body)
        if can_apply and row.code == Unreadable.code:
            what_to_do = READABLE_NOW
        elif may_be_applied and not can_apply and row.type != "trail.create":
            what_to_do = OUT_OF_REACH
        return Told(
            row=row,
            title=TYPES.get(row.type, STRANGE_TYPE),
            why=why,
            what_to_do=what_to_do,
            zone=zone,
            can_apply=can_apply,
            lines=[line for line in self.lines(row, body, zone) if line and line.value],
        )

    def is_in_reach(self, row: Quarantine, body: dict) -> bool:
        """Whether all that it names is there for who decides: on what is not, no second try ends otherwise."""
        customer = row.entity if row.type == "customer.note" else body.get("customer")
        return (
            (body.get("order") is None or as_key(body["order"]) in self.orders)
            and (customer is None or as_key(customer) in self.customers)
            and (row.type != "trail.create" or id_or_none(body.get("visit")) in self.visits)
        )

    def lines(self, row: Quarantine, body: dict, zone: str) -> list[Line | None]:
        return [
            self.order_line(body),
            self.customer_line(row, body),
            self.visit_line(row, body),
            self.result_line(body),
            Line("Bertemu dengan", text_of(body.get("relation"))),
            promise_line(body),
            Line("Langkah", self.step_words(body)),
            Line("Patokan", text_of(body.get("landmark"))),
            Line("Telepon lain", mask_phone(text_of(body.get("phone")))),
            Line("Waktu terbaik", text_of(body.get("best_time"))),
            *[Line(label, text_of(body.get(name))) for name, label in DETAILS.items()],
            *[Line(label, day_of(body.get(name))) for name, label in DAYS.items()],
            Line("Di rumah itu", yes_or_no(body.get("is_at_house"))),
            Line("Catatan", text_of(body.get("note"))),
            points_line(body),
            self.position_line(row, body),
            Line("Menurut jam ponsel", wall_words(row.content, zone)),
        ]

    def order_line(self, body: dict) -> Line | None:
        if body.get("order") is None:
            return None
        order = self.orders.get(as_key(body["order"]))
        if order is None:
            return Line("Order", "tidak ada, atau di luar wilayah Anda")
        return Line("Order", order.number, reverse("dashboard:order", args=[order.pk]))

    def customer_line(self, row: Quarantine, body: dict) -> Line | None:
        named = row.entity if row.type == "customer.note" else body.get("customer")
        if named is None:
            return None
        customer = self.customers.get(as_key(named))
        if customer is None:
            return Line("Pelanggan", "tidak ada, atau di luar wilayah Anda")
        return Line("Pelanggan", customer.service_number, reverse("dashboard:customer", args=[customer.pk]))

    def visit_line(self, row: Quarantine, body: dict) -> Line | None:
        """The stored visit that this one contradicts, or whose trail it is."""
        if row.type == "visit.create":
            stored = self.visits.get(id_or_none(row.entity))
            if stored is None:
                return None
            return Line("Yang sudah diterima", stored.order.number, reverse("dashboard:order", args=[stored.order_id]))
        visit = self.visits.get(id_or_none(body.get("visit")))
        return visit and Line("Kunjungan", visit.order.number, reverse("dashboard:order", args=[visit.order_id]))

    def result_line(self, body: dict) -> Line | None:
        code = text_of(body.get("disposition"))
        known = self.codes.dispositions.get(code)
        return Line("Hasil", f"{known.label_id} ({code})" if known else code)

    def step_words(self, body: dict) -> str:
        kind, outcome = text_of(body.get("kind")), text_of(body.get("outcome"))
        known = self.codes.rescue_kinds.get(kind)
        return " – ".join(filter(None, [known.label_id if known else kind, OUTCOMES.get(outcome, outcome)]))

    def position_line(self, row: Quarantine, body: dict) -> Line | None:
        fix = body.get("fix") or row.content.get("fix")
        if not isinstance(fix, dict) or not all(is_number(fix.get(name)) for name in ("lat", "lon")):
            return None
        said = f"{fix['lat']:.6f}, {fix['lon']:.6f}"
        if is_number(fix.get("accuracy_m")):
            said += f" ± {metres(fix['accuracy_m'])}"
        order = self.orders.get(as_key(body.get("order")))
        if order is not None and order.lat is not None:
            said += f", {metres(float(distance_m(fix['lat'], fix['lon'], order.lat, order.lon)))} dari titik rumah"
        return Line("Posisi", said)


def body_of(row: Quarantine) -> dict:
    body = row.content.get("body") if isinstance(row.content, dict) else None
    return body if isinstance(body, dict) else {}


def promise_line(body: dict) -> Line:
    amount = body.get("amount")
    said = [rupiah(amount) if is_number(amount) else "", day_of(body.get("promised_on"))]
    return Line("Janji bayar", ", ".join(filter(None, said)))


def day_of(value) -> str:
    """A day as people write it; what is none as it was sent."""
    try:
        return day(date.fromisoformat(text_of(value)))
    except ValueError:
        return text_of(value)


def points_line(body: dict) -> Line | None:
    points = body.get("points")
    return Line("Jejak", f"{len(points)} titik") if isinstance(points, list) else None


def wall_words(content: dict, zone: str) -> str:
    at = content.get("at")
    wall = text_of(at.get("wall")) if isinstance(at, dict) else ""
    try:
        return moment(datetime.fromisoformat(wall), zone)
    except (ValueError, OverflowError):
        return wall


def text_of(value) -> str:
    """A word or number of the content as text; nothing for anything else."""
    return str(value)[:LONGEST] if isinstance(value, str) or is_number(value) else ""


def yes_or_no(value) -> str:
    return ("ya" if value else "tidak") if isinstance(value, bool) else ""


def is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_key(value) -> int | None:
    """A row's number, where it can be one."""
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST_KEY else None
