from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from common.batches import batched
from customers.models import Bill, Customer

UNPAID = Q(status__in=[Bill.Status.UNPAID, Bill.Status.PARTIAL])


def recount_arrears(*, customers: Iterable[int]) -> None:
    """Set unpaid months and amount of these customers (primary keys) from their bills."""
    owed = Bill.objects.filter(UNPAID, customer=OuterRef("pk")).order_by().values("customer")
    amount = Sum("amount") - Coalesce(Sum("paid_amount"), 0)
    for keys in batched(customers, 2000):
        Customer.objects.filter(pk__in=keys).update(
            unpaid_months=Coalesce(Subquery(owed.annotate(n=Count("pk")).values("n")), 0),
            unpaid_amount=Coalesce(Subquery(owed.annotate(rupiah=amount).values("rupiah")), 0),
        )
