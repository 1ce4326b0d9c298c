"""What clients report of the field, as values: a visit, its search, when it was."""

import hashlib
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime

import orjson

from accounts.models import Device
from customers.services import Fix
from workorders.services.clocks import Moment
from workorders.services.photos import PhotoReport
from workorders.services.rescue import StepReport


@dataclass(frozen=True)
class Trail:
    """The way of the search: positions in the order of walking, and how long it took."""

    points: tuple[Fix, ...]
    seconds: int


@dataclass(frozen=True)
class VisitReport:
    """A visit as a client sends it; `details` holds amount, promised_on, reason, … as its disposition requires."""

    order_id: int
    disposition: str
    visited_at: datetime
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    arrived: Fix | None = None
    fix: Fix | None = None
    candidate_id: int | None = None
    is_at_house: bool | None = None
    is_found_after_rescue: bool = False
    relation: str = ""
    note: str = ""
    details: dict = field(default_factory=dict)
    steps: tuple[StepReport, ...] = ()
    trail: Trail | None = None
    photos: tuple[PhotoReport, ...] = ()

    @property
    def content_hash(self) -> str:
        return content_hash(asdict(self))


@dataclass(frozen=True)
class Draft:
    """A visit that is to be stored: what was reported, when that was by our clock, and how it came. `flags` come on top
    of those that it earns by itself.
    """

    id: uuid.UUID
    report: VisitReport
    moment: Moment
    received_at: datetime
    device: Device | None = None
    is_mock: bool = False
    flags: tuple[str, ...] = ()


def content_hash(body: dict) -> str:
    """SHA-256 of a body, the same whatever the order of its keys, and without photos what it was before there were."""
    body = {name: value for name, value in body.items() if name != "photos" or value}
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
