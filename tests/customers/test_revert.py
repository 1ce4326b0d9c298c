"""Taking a move back restores exactly: the row of the point, and what evidence counts."""

import uuid
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import LocationCandidate, LocationCorrection, ResolvedLocation, SearchedPlace
from customers.services import Fix, Target, report_house, report_search, resolve_locations, revert_correction
from tests.make import make_customer

spots = st.tuples(st.floats(-0.0004, 0.0004), st.floats(-0.0004, 0.0004), st.floats(3, 45))


def rows(model, customer):
    names = [field.attname for field in model._meta.concrete_fields]
    return sorted(map(str, model.objects.filter(customer=customer).values_list(*names)))


def report(customer, spot, source="VISIT"):
    return report_house(
        customer=customer,
        source=source,
        evidence=str(uuid.uuid4()),
        fix=Fix(-6.92 + spot[0], 107.61 + spot[1], spot[2]),
        observed_on=date(2026, 11, 20),
        actor="dewi",
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(spots, max_size=3), last=spots, has_point=st.booleans())
def test_a_report_taken_back_leaves_all_as_it_was(cast, before, last, has_point):
    customer = make_customer(lat=-6.92 if has_point else None)
    resolve_locations(customers=[customer.pk])
    for spot in before:
        report(customer, spot)
    point, evidence = rows(ResolvedLocation, customer), rows(LocationCandidate, customer)
    made = report(customer, last, "AGENT_PIN")
    if made is None or made.state == LocationCorrection.State.PROPOSED:
        return  # nothing moved
    revert_correction(user=cast.supervisor, correction_id=made.pk, reason="x")
    assert rows(ResolvedLocation, customer) == point
    counted = LocationCandidate.objects.filter(customer=customer).exclude(status="REJECTED")
    assert {row.pk for row in counted} == {int(row.strip("(").split(",")[0]) for row in evidence}
    if before or has_point:
        assert resolve_locations(customers=[customer.pk]) == 0  # and stays so


def test_a_refutation_taken_back_counts_no_more(cast):
    customer = make_customer()
    LocationCandidate.objects.create(customer=customer, source="ODP", lat=-6.9210, lon=107.61, accuracy_m=105)
    resolve_locations(customers=[customer.pk])
    point, evidence = rows(ResolvedLocation, customer), rows(LocationCandidate, customer)
    target = Target(-6.92, 107.61, 12.0, LocationCandidate.objects.get(customer=customer, source="INSTALL"))
    made = report_search(
        customer=customer,
        evidence="v1",
        target=target,
        places=[Fix(-6.92, 107.61, 8)],
        searched_on=date(2026, 11, 20),
        actor="dewi",
    )
    assert rows(ResolvedLocation, customer) != point
    revert_correction(user=cast.supervisor, correction_id=made.pk, reason="x")
    assert rows(ResolvedLocation, customer) == point and rows(LocationCandidate, customer) == evidence
    assert not SearchedPlace.objects.filter(is_withdrawn=False).exists()
    assert resolve_locations(customers=[customer.pk]) == 0


@pytest.mark.django_db
def test_the_same_evidence_twice_is_one():
    customer = make_customer()
    same = {"customer": customer, "source": "VISIT", "evidence": "v1", "fix": Fix(-6.9201, 107.61, 8)}
    same |= {"observed_on": date(2026, 11, 20), "actor": "dewi"}
    first, again = report_house(**same), report_house(**same)
    assert first is not None and again is None
    assert LocationCorrection.objects.count() == 1
