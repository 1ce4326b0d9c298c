"""The address desk: decisions that move both a house's point and its orders."""

import uuid

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.models import Customer, LocationCorrection
from customers.services import Fix, decide_correction, place_point, revert_correction
from regions.models import Witel
from workorders.models import WorkOrder
from workorders.services.points import refresh_points
from workorders.services.states import NotPossible, end_assignments, find_order, move
from workorders.states import State


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
        refresh_points(customers=[correction.customer_id], actor=user)
        return correction

    return in_transaction(work)


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
    """ADDRESS_HOLD → the right witel, for a house outside the area: the order and its customer go over.

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
        refresh_points(customers=[order.customer_id], actor=user)
        order.refresh_from_db()
        return order

    return in_transaction(work)
