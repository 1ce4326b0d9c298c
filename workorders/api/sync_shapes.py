"""JSON of the sync: what a phone sends, read operation by operation, and what it is answered."""

import json
import uuid
from datetime import UTC, datetime

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from common.api import refuse_unstorable
from common.ids import id_or_none, read_id
from common.parameters import FIRST_YEAR, LAST_YEAR, Anything, FiniteField, IdField, KeyField, MomentField
from common.problems import Invalid, Problem
from customers.models import FieldNote
from customers.services import Fix
from workorders.api.visit_shapes import TRAIL_MOST, FixIn, VisitIn, report_of, text
from workorders.models import FeedEntry, Operation, RescueStep
from workorders.services.clocks import Stamp
from workorders.services.reports import Trail, content_hash
from workorders.services.rescue import StepReport
from workorders.sync.operations import (
    FixReport,
    NoteReport,
    Op,
    PinReport,
    PositionReport,
    StepOfOrder,
    TrailReport,
)

SCHEMA = 1  # of the protocol; grows with what an older server could not understand
OPS_MOST = settings.OFFLINE["push_most_operations"]
BIGGEST = 2**53  # what every phone can count to
PHONE = r"^\+?[0-9][0-9 ()-]{5,18}$"


class Unreadable(Problem):
    """The operation is kept as it was sent; details: field → reasons."""

    code, status, message = "schema", 400, "This operation could not be read. It is kept, and your supervisor sees it."


class WallField(MomentField):
    """A phone's clock is never a reason to refuse: a year beyond belief is read as the nearest that is not."""

    def within(self, moment: datetime) -> datetime:
        first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (FIRST_YEAR, LAST_YEAR - 1))
        return max(first, min(moment, last))


class StampIn(serializers.Serializer):
    """What the phone's clocks say: the wall clock, and the milliseconds since the boot with this id."""

    wall = WallField()
    boot = IdField(help_text="made anew after each boot")
    mono_ms = serializers.IntegerField(min_value=0, max_value=BIGGEST)
    tz = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="IANA name")


class OpFixIn(FixIn):
    """The phone's position when it happened; beside the point, what tells how good it is."""

    age_ms = serializers.IntegerField(min_value=0, max_value=BIGGEST, required=False, default=0)
    is_mock = serializers.BooleanField(required=False, default=False, help_text="says the system of the phone")
    altitude_m = FiniteField(required=False, allow_null=True)
    speed_mps = FiniteField(required=False, allow_null=True)
    provider = serializers.CharField(max_length=20, required=False, allow_blank=True)


class OpIn(serializers.Serializer):
    """One thing that the agent did. `entity` is what it is about: the id that it gives to a new visit, trail, pin, step
    or report, or the customer of a note.
    """

    op = IdField(help_text="made by the phone (UUIDv7); the same one is never applied twice")
    seq = serializers.IntegerField(min_value=0, max_value=BIGGEST, help_text="counted on the phone")
    type = serializers.CharField(max_length=20, help_text="visit.create, trail.create, pin.create, …: see docs/api.md")
    entity = serializers.CharField(max_length=36)
    base = serializers.IntegerField(
        min_value=0, max_value=2**31, required=False, allow_null=True, help_text="version of the notes it changes"
    )
    after = serializers.ListField(
        child=IdField(), max_length=20, required=False, help_text="operations that come first"
    )
    at = StampIn()
    fix = OpFixIn(required=False, allow_null=True)
    body = serializers.DictField()


class VisitBody(VisitIn):
    visited_at = MomentField(required=False, help_text="where it differs from `at`")


class TrailBody(serializers.Serializer):
    visit = IdField()
    points = FixIn(many=True, min_length=1, max_length=TRAIL_MOST)
    seconds = serializers.IntegerField(min_value=0, max_value=86_400)


class PinBody(serializers.Serializer):
    """The point is the operation's `fix`."""

    customer = KeyField()
    is_at_house = serializers.BooleanField(default=False)
    by_hand = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class NoteBody(serializers.Serializer):
    """The fields that changed, by themselves; an empty text takes a note away."""

    landmark = text(200)
    phone = serializers.RegexField(PHONE, required=False, allow_blank=True)
    best_time = text(100)


class StepBody(serializers.Serializer):
    order = KeyField()
    kind = serializers.CharField(max_length=16, help_text="code of /api/v1/rescue-steps/")
    outcome = serializers.ChoiceField(RescueStep.Outcome.choices)
    note = text(400)


class NoBody(serializers.Serializer):
    pass


BODIES = {
    "visit.create": VisitBody,
    "trail.create": TrailBody,
    "pin.create": PinBody,
    "position.report": NoBody,
    "customer.note": NoteBody,
    "rescue.step": StepBody,
}
HAS_UUID = set(BODIES) - {"customer.note"}


@extend_schema_field(OpIn(many=True))
class OpsField(serializers.ListField):
    """Each is read on its own, whatever it is, so that a bad one harms no other."""

    child = Anything(allow_null=True)


class PushIn(serializers.Serializer):
    schema = serializers.IntegerField(min_value=1, max_value=1000, help_text=f"of the protocol: {SCHEMA}")
    device = IdField(help_text="the phone that signed in")
    batch = IdField(required=False, help_text="for the logs")
    sent = StampIn()
    ops = OpsField(max_length=OPS_MOST, help_text="see docs/api.md")


class ResultOut(serializers.Serializer):
    op = serializers.CharField()
    status = serializers.ChoiceField([*Operation.Status.values, "duplicate", "retry"])
    code = serializers.CharField(help_text="why it is quarantined; else empty")
    message = serializers.CharField()
    result = serializers.DictField(help_text="what became of it; `was` the status of a duplicate")


class PushOut(serializers.Serializer):
    server_time = serializers.DateTimeField()
    results = ResultOut(many=True, help_text="one for each operation, in their order")
    commands = serializers.ListField(child=serializers.CharField(), help_text="drain, wipe")


class ChangeOut(serializers.Serializer):
    seq = serializers.IntegerField(help_text="the version of what the phone holds")
    type = serializers.ChoiceField(FeedEntry.Type.choices)
    id = serializers.CharField()
    kind = serializers.ChoiceField(FeedEntry.Kind.choices)
    body = serializers.DictField(allow_null=True, help_text="as of /workorders/{id}/; null where it is gone")


class ScopeOut(serializers.Serializer):
    """What a phone holds that has read everything: compare it when `more` is false."""

    count = serializers.IntegerField()
    hash = serializers.CharField(help_text="XOR of the first 64 bits of SHA-256('type:id:seq') of all, 16 hex digits")


class PullOut(serializers.Serializer):
    changes = ChangeOut(many=True)
    cursor = serializers.CharField(help_text="for the next pull")
    more = serializers.BooleanField()
    scope = ScopeOut()
    server_time = serializers.DateTimeField()
    commands = serializers.ListField(child=serializers.CharField())


class SnapshotOut(serializers.Serializer):
    items = ChangeOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="cursor of the page after this one")
    cursor = serializers.CharField(help_text="of the first page: for the pull that follows the last")
    scope = ScopeOut(help_text="as of this page; compare it after the pull")
    server_time = serializers.DateTimeField()


class Reader:
    """Reads operations; its serializers are made once."""

    def __init__(self, schema: int = SCHEMA):
        self.is_newer = schema > SCHEMA  # a phone ahead of us: what we do not know is left, and kept
        self.envelope = OpIn()
        self.bodies = {name: shape() for name, shape in BODIES.items()}

    def read(self, content) -> Op:
        """The operation; with a problem where it cannot be read."""
        try:
            refuse_unstorable(content)
        except ParseError as error:
            return self.as_text(content, str(error.detail))
        if not isinstance(content, dict):
            return self.as_text(content, "An operation is an object.")
        hashed = content_hash({name: content.get(name) for name in ("type", "entity", "base", "at", "fix", "body")})
        key = op_id(content, hashed)
        said = {name: value if isinstance(value, str) else "" for name, value in words(content).items()}
        try:
            given = self.fields(self.envelope, content)
            return self.known(key, content, hashed, given)
        except serializers.ValidationError as error:
            problem = Unreadable(**details_of(error))
        except Invalid as error:
            problem = Unreadable(**error.details)
        seq = content.get("seq")
        seq = seq if isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq <= BIGGEST else 0
        return Op(key, content, hashed, seq=seq, **said, problem=problem)

    def as_text(self, content, why: str) -> Op:
        """What no table can hold, or is no object, kept as the text that it is."""
        text = json.dumps(content)
        hashed = content_hash({"raw": text})
        named = content.get("op") if isinstance(content, dict) else None
        key = id_or_none(named)
        kept = {"raw": text} | ({"op": named} if key else {})
        return Op(key or uuid.uuid5(uuid.NAMESPACE_OID, hashed), kept, hashed, problem=Unreadable(raw=[why]))

    def fields(self, shape: serializers.Serializer, given: dict) -> dict:
        unknown = (
            {}
            if self.is_newer
            else {name: ["This field is not known here."] for name in given if name not in shape.fields}
        )
        if unknown:
            raise serializers.ValidationError(unknown)
        return shape.run_validation({name: value for name, value in given.items() if name in shape.fields})

    def known(self, key: uuid.UUID, content: dict, hashed: str, given: dict) -> Op:
        kind, entity = given["type"], given["entity"]
        if kind not in self.bodies:
            raise serializers.ValidationError({"type": [f"{kind} is not a known type of operation."]})
        if kind in HAS_UUID:
            entity = as_uuid(entity)
        elif not (entity.isascii() and entity.isdigit() and len(entity) <= 18):
            raise serializers.ValidationError({"entity": ["The number of a customer."]})
        at = stamp_of(given["at"])
        fix = fix_of(given.get("fix"))
        body = body_of(kind, self.fields(self.bodies[kind], given["body"]), entity, at, fix)
        return Op(
            key,
            content,
            hashed,
            seq=given["seq"],
            type=kind,
            entity=entity,
            base=given.get("base") or 0,
            after=tuple(other for other in given.get("after", ()) if other != key),
            at=at,
            fix=fix,
            body=body,
        )


def words(content: dict) -> dict:
    return {name: content.get(name) for name in ("type", "entity")}


def op_id(content: dict, hashed: str) -> uuid.UUID:
    """The phone's id of it, or, where that is none, one that follows from what it says."""
    try:
        return read_id(content["op"])
    except (KeyError, ValueError):
        return uuid.uuid5(uuid.NAMESPACE_OID, hashed)


def as_uuid(given: str) -> str:
    try:
        return str(read_id(given))
    except ValueError as error:
        raise serializers.ValidationError({"entity": ["An id that the phone makes (UUID)."]}) from error


def stamp_of(given: dict) -> Stamp:
    return Stamp(given["wall"].astimezone(UTC), given["boot"], given["mono_ms"])


def fix_of(given: dict | None) -> FixReport | None:
    if not given:
        return None
    return FixReport(Fix(given["lat"], given["lon"], given["accuracy_m"]), given["is_mock"], given["age_ms"])


def body_of(kind: str, given: dict, entity: str, at: Stamp, fix: FixReport | None):
    """What an operation's body means; what it leaves out, the operation says."""
    if kind == "visit.create":
        given.setdefault("visited_at", at.wall)
        if fix and not given.get("fix"):
            given["fix"] = {"lat": fix.fix.lat, "lon": fix.fix.lon, "accuracy_m": fix.fix.accuracy_m}
        return report_of(given)
    if kind == "trail.create":
        return TrailReport(given["visit"], Trail(tuple(Fix(**point) for point in given["points"]), given["seconds"]))
    if kind == "pin.create":
        if fix is None:
            raise serializers.ValidationError({"fix": ["A pin is a point: send where the house is."]})
        return PinReport(given["customer"], given["is_at_house"], given["by_hand"], given["note"])
    if kind == "customer.note":
        return NoteReport(int(entity), {name: given[name] for name in FieldNote.Field.values if name in given})
    if kind == "rescue.step":
        step = StepReport(uuid.UUID(entity), given["kind"], given["outcome"], at.wall, given.get("note", ""))
        return StepOfOrder(given["order"], step)
    return PositionReport()


def details_of(error: serializers.ValidationError) -> dict:
    details = error.detail
    return details if isinstance(details, dict) else {"non_field_errors": details}
