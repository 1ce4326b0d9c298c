"""What a confirmed point is, and what it says of the installation record."""

import json

import pytest

from common.geo import distance_m
from customers.models import Installation, LocationCandidate, ResolvedLocation
from customers.services.provenance import contents_of
from tests.customers.houses import LAT, LON, make_confirmed, make_house, observe

pytestmark = pytest.mark.django_db


def confirmed() -> set[int]:
    return set(ResolvedLocation.objects.confirmed().values_list("pk", flat=True))


def beside_record(customer) -> tuple:
    location = ResolvedLocation.objects.beside_record().get(pk=customer.pk)
    return location.relation, location.record_apart_m


@pytest.mark.parametrize("source", ["VISIT", "AGENT_PIN", "CUSTOMER_PIN"])
@pytest.mark.parametrize("grade", ["A", "B"])
def test_a_good_point_that_a_person_confirmed_is_confirmed(cast, source, grade):
    customer = make_house(grade=grade)
    observe(customer, source=source)

    assert confirmed() == {customer.pk}


@pytest.mark.parametrize("grade", ["C", "D"])
def test_a_doubtful_point_is_not(cast, grade):
    observe(make_house(grade=grade))

    assert not confirmed()


@pytest.mark.parametrize("source", ["INSTALL", "ODP", "NEIGHBOUR", "VILLAGE"])
def test_what_no_person_saw_at_the_door_confirms_nothing(cast, source):
    observe(make_house(), source=source)

    assert not confirmed()


@pytest.mark.parametrize(
    "status, counts", [("APPROVED", True), ("PENDING", False), ("REFUTED", False), ("REJECTED", False)]
)
def test_only_what_is_in_force_confirms(cast, status, counts):
    observe(make_house(), status=status)

    assert bool(confirmed()) is counts


def test_a_suspicious_fix_confirms_only_once_the_desk_approved_it(cast):
    fix = observe(make_house(), faults=1024)  # the same point for many customers
    assert not confirmed()

    LocationCandidate.objects.filter(pk=fix.pk).update(status="APPROVED")
    assert confirmed()


@pytest.mark.parametrize(
    "away_m, accuracy_m, agrees",
    [(24, 8, True), (26, 8, False), (70, 45, True), (76, 45, False), (0, 51, False)],
)
def test_a_fix_agrees_within_25_m_or_its_own_accuracy_if_it_tells_houses_apart(cast, away_m, accuracy_m, agrees):
    observe(make_house(), away_m=away_m, accuracy_m=accuracy_m)

    assert bool(confirmed()) is agrees


def test_distances_in_the_database_are_those_of_the_ellipsoid(cast):
    customer = make_confirmed()
    for lat, lon in [(LAT + 0.001, LON - 0.002), (LAT + 0.3, LON), (5.5, 95.3)]:
        Installation.objects.filter(customer=customer).update(given_lat=lat, given_lon=lon)
        assert beside_record(customer)[1] == pytest.approx(float(distance_m(LAT, LON, lat, lon)), rel=0.01)


@pytest.mark.parametrize(
    "record_m, radius_m, relation",
    [(0, 12, "confirms"), (24, 12, "confirms"), (26, 12, "corrects"), (45, 48, "confirms"), (50, 48, "corrects")],
)
def test_a_point_corrects_the_record_beyond_its_own_uncertainty_and_confirms_it_within(
    cast, record_m, radius_m, relation
):
    customer = make_house(record_m=record_m, radius_m=radius_m)

    assert beside_record(customer) == (relation, pytest.approx(record_m, abs=0.5))


def test_a_record_without_a_point_is_added_to(cast):
    assert beside_record(make_house(record_m=None)) == ("adds", None)
    bare = make_house()
    Installation.objects.filter(customer=bare).delete()
    assert beside_record(bare) == ("adds", None)


def test_a_record_whose_point_lies_in_no_country_is_corrected_by_no_number_of_metres(cast):
    customer = make_house()
    Installation.objects.filter(customer=customer).update(given_lat=LON, given_lon=LAT, faults=4, is_repaired=True)

    assert beside_record(customer) == ("corrects", None)


def test_the_content_says_who_saw_it_by_kind_and_day_and_what_it_does_to_the_record(cast):
    customer = make_confirmed(record_m=140)
    Installation.objects.filter(customer=customer).update(faults=256)
    observe(customer, source="CUSTOMER_PIN", away_m=10, accuracy_m=20.04, observed_on="2026-11-18", evidence="p1")
    observe(customer, away_m=900, evidence="elsewhere")

    assert contents_of([customer.service_number]) == {
        customer.service_number: {
            "state": "confirmed",
            "lat": LAT,
            "lon": LON,
            "radius_m": 12.0,
            "grade": "A",
            "source": "INSTALL",
            "people": 2,
            "evidence": [
                {"kind": "CUSTOMER_PIN", "observed_on": "2026-11-18", "accuracy_m": 20.0},
                {"kind": "VISIT", "observed_on": "2026-11-20", "accuracy_m": 8.0},
            ],
            "reasons": ["fixes_agree:2", "best:visit"],
            "algorithm": 2,
            "record": {"relation": "corrects", "apart_m": pytest.approx(140, abs=0.5), "faults": ["far_from_odp"]},
        }
    }


def test_the_content_names_nobody(cast):
    customer = make_confirmed(name="Sri Rahayu", phones="+6281234567890")

    text = json.dumps(contents_of([customer.service_number]))

    for word in ("Rahayu", "81234567890", "dewi", "T0001", "melati"):
        assert word not in text


def test_contents_take_two_queries_however_many_lines(cast, django_assert_num_queries):
    numbers = [make_confirmed().service_number for _ in range(8)]

    with django_assert_num_queries(2):
        assert len(contents_of(numbers)) == 8
