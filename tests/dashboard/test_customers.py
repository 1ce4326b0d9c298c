import pytest

from history.models import Access
from tests.make import make_bill, make_customer, make_order

pytestmark = pytest.mark.django_db


def test_the_table_shows_customers_within_reach(cast, as_user):
    mine, foreign = (
        make_customer(name="Sri Rahayu", unpaid_months=1, unpaid_amount=387_500),
        make_customer(witel="SOLO"),
    )
    html = as_user(cast.supervisor).get("/customers/").content.decode()

    assert mine.service_number in html and "PraNPC" in html and "Rp\xa0387.500" in html
    assert foreign.service_number not in html
    assert Access.objects.get().target_type == "customer"


def test_a_customers_page_has_bills_point_and_orders(cast, as_user):
    customer = make_customer(name="Sri Rahayu")
    make_bill(customer)
    order = make_order(customer=customer)
    html = as_user(cast.supervisor).get(f"/customers/{customer.pk}/").content.decode()

    assert "Sri Rahayu" in html and order.number in html and "Oktober 2026" in html
    assert "81234567890" not in html
    assert "81234567890" in as_user(cast.supervisor).post(f"/customers/{customer.pk}/phones/").content.decode()
    assert Access.objects.filter(target_id=str(customer.pk), purpose="phone").count() == 1


def test_an_analyst_sees_initials(cast, as_user):
    customer = make_customer(name="Sri Rahayu")
    client = as_user(cast.analyst)

    for path in ("/customers/", f"/customers/{customer.pk}/"):
        html = client.get(path).content.decode()
        assert "S••• R•••" in html and "Rahayu" not in html and "81234567890" not in html
    assert "+62•••90" not in html  # analysts see no numbers, not even masked ones: docs/api.md
    assert "+62•••90" in as_user(cast.supervisor).get(path).content.decode()
