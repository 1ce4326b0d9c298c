"""A region's manager brings in and takes back what belongs to the region, and nothing else."""

import pytest

from accounts.models import User
from common.problems import NotFound
from customers.models import Bill, Customer, DistributionPoint
from imports.undo import undo_batch
from tests.imports.digest import differences, tables
from tests.imports.feeds import BILLING, PROVISIONING
from tests.make import make_customer

pytestmark = pytest.mark.django_db
HOME, AWAY = "131000000777", "131000000778"


def house(number, witel, name="Siti"):
    return f"{number};{name};jl. melati 5;{witel};ODP-1;-6.90012;107.60034;-6.90112;107.60034;2020-01-01;T1;"


def test_lines_of_another_region_are_refused(feed, cast):
    batch = feed("provisioning", PROVISIONING, house(HOME, "BANDUNG"), house(AWAY, "SOLO"), actor=cast.manager)
    assert (batch.created, batch.refused, batch.by_reason["out_of_scope"]) == (1, 1, 1)
    assert list(Customer.objects.values_list("service_number", flat=True)) == [HOME]


def test_a_line_of_another_region_cannot_be_taken_by_naming_ones_own_witel(feed, cast):
    make_customer(witel="SOLO", service_number=AWAY)
    before = tables()
    batch = feed("provisioning", PROVISIONING, house(AWAY, "BANDUNG"), actor=cast.manager)
    assert (batch.refused, batch.updated) == (1, 0)
    assert differences(before, tables()) == {}


def test_bills_of_another_region_are_refused(feed, cast):
    make_customer(witel="SOLO", service_number=AWAY)
    batch = feed("billing", BILLING, f"{AWAY};202610;1000;BELUM;", actor=cast.manager)
    assert (batch.refused, batch.held, Bill.objects.count()) == (1, 0, 0)


def test_odps_of_another_region_are_refused(feed, cast):
    batch = feed("odp", "WITEL,ODP,LAT,LONG", "SOLO,ODP-1,-7.55,110.82", actor=cast.manager)
    assert (batch.refused, DistributionPoint.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "row", ["boss,B,ADMIN,", "boss,B,ADMIN,BANDUNG", "boss,B,CTB,SOLO", "eko,E,SPV,BANDUNG", "admin,A,CTB,BANDUNG"]
)
def test_a_manager_makes_nobody_outside_the_region_nor_above_the_field(feed, cast, row):
    before = list(User.objects.order_by("pk").values_list())
    batch = feed("agents", "USERNAME,NAMA,JABATAN,WITEL", row, actor=cast.manager)
    assert batch.refused == 1
    assert list(User.objects.order_by("pk").values_list()) == before


def test_a_batch_of_somebody_else_is_as_if_it_did_not_exist(feed, cast):
    batch = feed("provisioning", PROVISIONING, house(HOME, "BANDUNG"), actor=cast.admin)
    before = tables()
    with pytest.raises(NotFound):
        undo_batch(batch=batch, actor=cast.manager)
    assert differences(before, tables()) == {}
