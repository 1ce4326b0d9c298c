"""The nearest rows, exactly: against brute force, near tile borders, in empty country, and page by page."""

import numpy as np
import pytest
from django.utils import timezone
from geopy.distance import geodesic

from common.geo import far_distance_m, mq, tile_corner
from common.nearest import Origin, Ranked, rank, search
from customers.models import Customer, ResolvedLocation
from regions.models import Witel
from tests.make import make_customer


def plant(points, witel="BANDUNG"):
    """Resolved locations at these points, in two statements."""
    witel = Witel.objects.get(code=witel)
    start = Customer.objects.count()
    people = [Customer(service_number=f"1399{start + n:08d}", name="x", witel=witel) for n in range(len(points))]
    Customer.objects.bulk_create(people)
    keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[start:])
    ResolvedLocation.objects.bulk_create(
        ResolvedLocation(
            customer_id=key,
            witel=witel,
            lat=lat,
            lon=lon,
            mq=int(mq(lat, lon)),
            radius_m=10,
            grade="A",
            source="INSTALL",
            algorithm=1,
            computed_at=timezone.now(),
        )
        for key, (lat, lon) in zip(keys, points, strict=True)
    )
    return keys


def located():
    return ResolvedLocation.objects.all()


def nowhere():
    return Customer.objects.filter(location=None)


def brute(lat, lon, count):
    rows = list(ResolvedLocation.objects.values_list("pk", "lat", "lon"))
    return rank(rows, Origin(lat, lon), count)


def country(seed, n):
    """Clustered points in three towns and a few lonely ones from Aceh to Papua."""
    dice = np.random.default_rng(seed)
    towns = dice.choice([(-6.92, 107.61), (-7.25, 112.75), (3.59, 98.67)], size=n)
    points = towns + dice.normal(0, 0.03, (n, 2))
    lonely = np.c_[dice.uniform(-10, 5, 30), dice.uniform(96, 140, 30)]
    return [tuple(map(float, point)) for point in np.vstack([points, lonely])]


@pytest.mark.parametrize("seed", [1, 2])
def test_search_equals_brute_force_everywhere(db, seed):
    plant(country(seed, 1500))
    dice = np.random.default_rng(seed)
    borders = [tuple(float(v) for v in tile_corner(15, *xy)) for xy in [(26179, 17017), (26180, 17018)]]
    sparse = [(float(a), float(b)) for a, b in zip(dice.uniform(-10, 5, 15), dice.uniform(96, 140, 15), strict=True)]
    dense = country(seed + 10, 15)[:15]
    for lat, lon in borders + sparse + dense:
        for count in (1, 20):
            assert search(located(), nowhere(), Origin(lat, lon), count) == brute(lat, lon, count)


def test_pages_of_a_search_are_the_brute_force_list_in_pieces(db):
    plant(country(3, 300) + [(-6.9, 107.6)] * 20)
    make_customer(lat=None)
    last = make_customer(lat=None)
    whole = brute(-6.92, 107.61, 1000)
    found, after = [], None
    while page := search(located(), nowhere(), Origin(-6.92, 107.61, after), 37):
        found += page
        after = (page[-1].distance_m, page[-1].id)
    assert found[: len(whole)] == whole
    assert found[len(whole) :][-1] == Ranked(last.pk, None, None) and len(found) == len(whole) + 2


def test_distances_equal_geodesics_across_the_country(db):
    dice = np.random.default_rng(4)
    ends = np.c_[
        dice.uniform(-11, 6, 400), dice.uniform(95, 141, 400), dice.uniform(-11, 6, 400), dice.uniform(95, 141, 400)
    ]
    ends[:200, 2:] = ends[:200, :2] + dice.normal(0, 0.3, (200, 2))
    ours = far_distance_m(*ends.T)
    theirs = [geodesic((a, b), (c, d)).m for a, b, c, d in ends]
    assert np.abs(ours / theirs - 1).max() < 0.001


def test_a_search_in_a_town_is_one_query(db, django_assert_num_queries):
    plant(country(5, 1500))
    with django_assert_num_queries(1):
        search(located(), nowhere(), Origin(-6.92, 107.61), 20, zoom=14)
