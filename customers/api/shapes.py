"""JSON of a customer's house: address, point, candidates, distribution point. Orders show the same."""

from rest_framework import serializers

from common.links import links_to
from customers.locating.faults import Fault
from customers.masking import mask_phone, name_for, phones_for
from customers.models import FieldNote, LocationCandidate
from customers.services.notes import notes_of


class CustomerShort(serializers.Serializer):
    id = serializers.IntegerField()
    service_number = serializers.CharField()
    name = serializers.CharField(help_text="masked for analysts")
    phones = serializers.ListField(
        child=serializers.CharField(), help_text="E.164: whole for the agent who carries the order, masked for others"
    )


class AddressShort(serializers.Serializer):
    raw = serializers.CharField(help_text="as written")
    missing = serializers.ListField(child=serializers.CharField(), help_text="parts, worst first")
    completeness = serializers.IntegerField(help_text="0-100")


class AddressOut(AddressShort):
    street = serializers.CharField()
    house_number = serializers.CharField()
    block = serializers.CharField()
    rt = serializers.CharField()
    rw = serializers.CharField()
    village = serializers.CharField()
    district = serializers.CharField()
    city = serializers.CharField()
    postal_code = serializers.CharField()
    landmark = serializers.CharField()


class PointOut(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    radius_m = serializers.FloatField(help_text="holds the house in 68 of 100 cases")
    grade = serializers.ChoiceField(list("ABCD"))
    source = serializers.ChoiceField(LocationCandidate.Source.choices)
    reasons = serializers.ListField(child=serializers.CharField())


class CandidateOut(serializers.Serializer):
    id = serializers.IntegerField()
    source = serializers.ChoiceField(LocationCandidate.Source.choices)
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    accuracy_m = serializers.FloatField()
    observed_on = serializers.DateField(allow_null=True)
    faults = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(LocationCandidate.Status.choices)
    actor = serializers.CharField(required=False, help_text="for supervisors")


class OdpOut(serializers.Serializer):
    code = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)


class LinksOut(serializers.Serializer):
    geo = serializers.CharField()
    google = serializers.CharField()
    waze = serializers.CharField()


class NotesOut(serializers.Serializer):
    """What the field knows of the customer; a change says on which version it is based."""

    version = serializers.IntegerField()
    landmark = serializers.CharField()
    phone = serializers.CharField(help_text="whole for the agent who carries the order, masked for others")
    best_time = serializers.CharField()


class CustomerRow(CustomerShort):
    address = AddressShort()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    radius_m = serializers.FloatField(allow_null=True)
    grade = serializers.CharField(help_text="A-D; empty without a point")
    distance_m = serializers.FloatField(allow_null=True)
    bearing_deg = serializers.FloatField(allow_null=True)
    links = LinksOut(allow_null=True)


class CustomerPage(serializers.Serializer):
    results = CustomerRow(many=True)
    next = serializers.CharField(allow_null=True)


class CustomerLocationOut(serializers.Serializer):
    customer = CustomerShort()
    address = AddressOut(allow_null=True)
    point = PointOut(allow_null=True)
    candidates = CandidateOut(many=True)
    odp = OdpOut(allow_null=True)
    links = LinksOut(allow_null=True)


def customer_out(user, customer, *, is_own: bool) -> dict:
    return {
        "id": customer.pk,
        "service_number": customer.service_number,
        "name": name_for(user, customer.name),
        "phones": phones_for(user, customer.phones, is_own=is_own),
    }


def address_out(customer) -> dict | None:
    address = getattr(customer, "address", None)
    if address is None:
        return None
    written = address_short(address.raw, address.missing, address.completeness)
    return written | {name: getattr(address, name) for name in AddressOut().fields if name not in written}


def address_short(raw: str | None, missing: str | None, completeness: int | None) -> dict:
    return {"raw": raw or "", "missing": words(missing or ""), "completeness": completeness or 0}


def point_out(customer) -> dict | None:
    point = getattr(customer, "location", None)
    if point is None:
        return None
    return {
        "lat": point.lat,
        "lon": point.lon,
        "radius_m": point.radius_m,
        "grade": point.grade,
        "source": point.source,
        "reasons": words(point.reasons),
    }


def candidate_out(user, row) -> dict:
    seen = {
        "id": row.pk,
        "source": row.source,
        "lat": row.lat,
        "lon": row.lon,
        "accuracy_m": row.accuracy_m,
        "observed_on": row.observed_on,
        "faults": [fault.name.lower() for fault in Fault if row.faults & fault],
        "status": row.status,
    }
    return seen | {"actor": row.actor} if user.may("decide") else seen


def odp_out(customer) -> dict | None:
    odp = customer.installation.odp if hasattr(customer, "installation") else None
    return odp and {"code": odp.code, "lat": odp.lat, "lon": odp.lon}


def location_out(user, customer, *, is_own: bool = False) -> dict:
    """Everything known of where the house is; no bill."""
    point = point_out(customer)
    return {
        "customer": customer_out(user, customer, is_own=is_own),
        "address": address_out(customer),
        "point": point,
        "candidates": [candidate_out(user, row) for row in customer.candidates.all()],
        "odp": odp_out(customer),
        "links": point and links_to(point["lat"], point["lon"], customer.service_number),
    }


def notes_out(user, customer, *, is_own: bool) -> dict:
    """The notes; what was written freely is not for those who may not see names."""
    known = notes_of(customer)
    seen = {name: known.get(name, "") for name in FieldNote.Field.values}
    if not user.may("see_names"):
        seen = dict.fromkeys(seen, "")
    elif not is_own:
        seen["phone"] = mask_phone(seen["phone"])
    return {"version": known["version"]} | seen


def words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
