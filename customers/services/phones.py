"""Showing a customer's telephone numbers: each look is asked for, counted, and in the access log."""

import uuid
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.masking import phones_for
from customers.models import Customer
from history.models import Access
from history.services import record_access


class TooManyPhoneViews(Problem):
    code, status = "too_many_phone_views", 429
    message = "You have looked at as many telephone numbers today as a day allows."


class ViewChanged(Problem):
    code, status, message = "view_changed", 409, "A look with this id but at another customer was received before."


def reveal_phones(
    *,
    user,
    customer_id: int,
    now: datetime,
    reason: str = "",
    key: uuid.UUID | None = None,
    viewed_at: datetime | None = None,
) -> tuple[list[str], bool]:
    """(The numbers, whether the look is a new one); noted with purpose `phone`.

    `key` is the phone's own id of a look that it tells later, at `viewed_at` by its clock: told twice it counts once.
    An agent who does not carry the customer's order any more may tell of a look, and gets no whole numbers.

    Raises NotAllowed, NotFound, TooManyPhoneViews, ViewChanged.
    """
    require(user, "see_phones")
    customer = Customer.objects.visible_to(user).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound()

    def work():
        get_user_model().objects.select_for_update().get(pk=user.pk)  # one look at a time, so that the count is right
        if key and is_known(user, customer, key):
            return False
        refuse_beyond_the_day(user, now)
        told = f"on the phone at {viewed_at.isoformat(timespec='seconds')}" if viewed_at else ""
        record_access(
            actor=user,
            purpose=Access.Purpose.PHONE,
            target_type="customer",
            target_id=customer.pk,
            rows=1,
            detail=" ".join(filter(None, [told, reason])),
            client_key=key,
        )
        return True

    is_new = in_transaction(work)
    is_own = not user.may("write_visits") or customer.workorders.open().filter(assignee=user.pk).exists()
    return phones_for(user, customer.phones, is_own=is_own), is_new


def is_known(user, customer: Customer, key: uuid.UUID) -> bool:
    known = Access.objects.filter(client_key=key).first()
    if known and (known.actor_id, known.target_id) != (user.pk, str(customer.pk)):
        raise ViewChanged()
    return known is not None


def refuse_beyond_the_day(user, now: datetime) -> None:
    """Days begin at midnight of the server's own zone."""
    day = timezone.localdate(now)
    midnight = timezone.make_aware(datetime.combine(day, time()))
    seen = Access.objects.filter(actor=user.pk, purpose=Access.Purpose.PHONE, at__gte=midnight).count()
    if seen >= settings.PHONE_VIEWS_PER_DAY:
        wait = midnight + timedelta(days=1) - now
        raise TooManyPhoneViews(retry_after_s=int(wait.total_seconds()) + 1)
