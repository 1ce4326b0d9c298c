"""The address desk: decisions that move both a house's point and its orders."""

import uuid

from django.db.models import F, Q
from django.utils import timezone

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import Customer, LocationCorrection
from customers.services import Fix, decide_correction, place_point, revert_correction
from regions.models import Witel
from workorders.models import AddressHold, Assignment, WorkOrder
from workorders.services.points import refresh_points
from workorders.services.states import NotPossible, end_assignments, find_order, move
from workorders.states import CARRIED, State


class OutOfReach(Problem):
    code, status, message = (
        "witel_out_of_scope",
        403,
        "Only who works in both witel, a region manager of both or an admin, hands an order over.",
    )


def decide(*, user, correction_id: int, approve: bool, reason: str = "") -> LocationCorrection:
    """Approve or reject a proposed move; orders that waited for it return."""

    def work():
        correction = decide_correction(user=user, correction_id=correction_id, approve=approve, reason=reason)
        refresh_points(customers=[correction.customer_id], actor=user)
        return correction

    return in_transaction(work)


def revert(*, user, correction_id: int, reason: str = "") -> LocationCorrection:
    """Take back the last move of a house; its orders follow."""

    def work():
        correction = revert_correction(user=user, correction_id=correction_id, reason=reason)
        if correction.kind == LocationCorrection.Kind.REFUTED:
            forget_failure(correction)
        refresh_points(customers=[correction.customer_id], actor=user)
        return correction

    return in_transaction(work)


def forget_failure(correction: LocationCorrection) -> None:
    """Nobody failed, after all: the holds that this ATK opened, of its own order and the line's others, end with any
    usable point.
    """
    holds = AddressHold.objects.filter(order__customer=correction.customer_id, closed_at=None)
    holds = holds.filter(Q(visit=correction.evidence) | Q(why=AddressHold.Why.REFUTED))
    holds.update(lat=None, lon=None, radius_m=None, known=[])


def correct(*, user, customer_id: int, pin_id: uuid.UUID, fix: Fix, reason: str) -> LocationCorrection:
    """The desk sets a house's point itself, from what it knows; the same pin again changes nothing."""
    require(user, "decide")

    def work():
        customer = Customer.objects.visible_to(user).filter(pk=customer_id).first()
        if customer is None:
            raise NotFound()
        correction = place_point(user=user, customer=customer, pin_id=pin_id, fix=fix, reason=reason)
        refresh_points(customers=[customer.pk], actor=user)
        return correction

    return in_transaction(work)


def transfer_order(*, user, order_id: int, witel: Witel, reason: str) -> WorkOrder:
    """ADDRESS_HOLD → the right witel, for a house outside the area: the customer and all its open orders go over.

    It waits there for that desk. Raises NotFound, OutOfReach, NotPossible.
    """
    require(user, "decide")

    def work():
        order = find_order(user, order_id)
        if order.witel_id == witel.pk:
            return order
        if not user.scope.covers(witel):
            raise OutOfReach()
        if order.state != State.ADDRESS_HOLD:
            raise NotPossible(state=order.state, wanted=State.READY)
        Customer.objects.filter(pk=order.customer_id).update(witel=witel)
        move(order, State.ADDRESS_HOLD, actor=user, verb="transfer", reason=reason, witel=witel, assignee=None)
        end_assignments(order)
        siblings = WorkOrder.objects.open().filter(customer=order.customer_id).exclude(pk=order.pk)
        Assignment.objects.filter(order__in=siblings, until_at=None).update(until_at=timezone.now())
        siblings.filter(state__in=CARRIED).update(state=State.READY)
        siblings.update(witel=witel, assignee=None, version=F("version") + 1, changed_at=timezone.now())
        refresh_points(customers=[order.customer_id], actor=user)
        order.refresh_from_db()
        return order

    return in_transaction(work)
