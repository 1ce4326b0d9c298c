"""Gives orders to the agents that the feed names."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from common.batches import batched
from workorders.models import Assignment, Visit, WorkOrder
from workorders.services.feed import announce
from workorders.states import State


def assign_named(
    *, usernames: list[str], now: datetime, new_orders: QuerySet, watch: Callable[[QuerySet], None]
) -> int:
    """READY orders that nobody has touched go to the agent whose name the feed gave, within that agent's scope.

    `watch` is called with the rows that are about to change and are not among `new_orders`, so that an import can
    take it back. Returns the number of orders given out.
    """
    given = 0
    for agent in User.objects.agents().filter(username__in=usernames).select_related("witel", "region"):
        orders = WorkOrder.objects.filter(
            agent.scope.q(), named_agent=agent.username, state=State.READY, assignments=None, assignee=None
        )
        keys = list(orders.order_by("pk").values_list("pk", flat=True))
        old = set(keys) - set(new_orders.filter(pk__in=keys).values_list("pk", flat=True))
        watch(WorkOrder.objects.filter(pk__in=old))
        watch(Assignment.objects.filter(order__in=old))
        WorkOrder.objects.filter(pk__in=keys).update(state=State.ASSIGNED, assignee=agent)
        Assignment.objects.bulk_create(
            [Assignment(order_id=key, agent=agent, kind=Assignment.Kind.FEED, from_at=now) for key in keys],
            batch_size=500,
        )
        announce(agents=[agent.pk])
        given += len(keys)
    return given


def link_visits(*, usernames: list[str], watch: Callable[[QuerySet], None]) -> None:
    """Past visits that a feed brought before their agent's account came become that agent's."""
    for agent in User.objects.filter(username__in=usernames):
        visits = Visit.objects.filter(agent=None, named_agent=agent.username)
        keys = list(visits.order_by().values_list("pk", flat=True))
        for some in batched(keys, 2000):
            watch(Visit.objects.filter(pk__in=some))
            Visit.objects.filter(pk__in=some).update(agent=agent)
