"""What visits teach of where the houses are: left as lessons when they are stored, learned of many at once.

A lesson is written in the transaction of its visit and deleted in the one that learns it, so that a process which dies
between the two loses nothing: whoever comes next learns it.
"""

import logging
import uuid
from collections.abc import Iterable

from django.conf import settings

from common.batches import batched
from common.tx import in_transaction
from customers.models import LocationCandidate
from customers.services import Fix, HouseReport, SearchReport, Target, report_houses, report_searches
from workorders.models import Lesson, Visit
from workorders.services.points import refresh_points

AT_ONCE = 200
log = logging.getLogger(__name__)


def lesson_of(visit: Visit, target: Target | None, way: Iterable[Fix]) -> Lesson:
    """What this visit teaches, and that its order is to be looked at again: one may come back to a point that was
    refuted meanwhile. `target` is where he was sent and searched; None where he was sent nowhere, or was elsewhere.
    """
    where = target and [target.lat, target.lon, target.radius_m, target.candidate and target.candidate.pk]
    steps = [[fix.lat, fix.lon, fix.accuracy_m] for fix in way]
    return Lesson(visit=visit, agent=visit.agent, target=where, way=steps, given_at=visit.received_at)


def learn_lessons(*, visits: Iterable[uuid.UUID] | None = None, agent=None) -> int:
    """Learn what was left by these visits, by an agent's, or by all: points, holds, risks and feeds follow. How many.

    The visits are safe already: what cannot be learned stays, is told to the log, and is tried again by whoever comes
    next.
    """
    lessons = Lesson.objects.order_by("given_at", "pk")
    if visits is not None:
        lessons = lessons.filter(pk__in=list(visits))
    if agent is not None:
        lessons = lessons.filter(agent=agent)
    keys = list(lessons.values_list("pk", flat=True))
    return sum(learned(some) for some in batched(keys, AT_ONCE))


def learned(keys: list[uuid.UUID]) -> int:
    """These lessons together; one by one where one of them is bad, so that it keeps no other from being learned."""
    try:
        return in_transaction(lambda: learn_some(keys))
    except Exception as error:
        if len(keys) > 1:
            return sum(learned([key]) for key in keys)
        log.error("the lesson of visit %s is left: %s", keys[0], type(error).__name__, exc_info=settings.DEBUG)
        return 0


def learn_some(keys: list[uuid.UUID]) -> int:
    lessons = list(Lesson.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    visits = Visit.objects.select_related("agent", "disposition", "order__customer__witel").in_bulk(
        [lesson.pk for lesson in lessons]
    )
    for lesson in lessons:
        lesson.visit = visits[lesson.pk]
    lessons.sort(key=lambda lesson: (lesson.visit.received_at, lesson.visit.visited_at_corrected))
    for some in one_per_customer(lessons):
        report_houses([report for lesson in some if (report := house_report(lesson.visit))])
        report_searches(search_reports(some))
    by_agent: dict = {}
    for lesson in lessons:
        by_agent.setdefault(lesson.visit.agent, {})[lesson.visit.order.customer_id] = lesson.pk
    for agent, causes in by_agent.items():
        refresh_points(customers=sorted(causes), actor=agent, causes=causes)
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons]).delete()
    return len(lessons)


def one_per_customer(lessons: list[Lesson]) -> list[list[Lesson]]:
    """The lessons in rounds, in their order, with each customer once a round."""
    rounds: list[dict[int, Lesson]] = []
    for lesson in lessons:
        customer = lesson.visit.order.customer_id
        turn = next((turn for turn in rounds if customer not in turn), None)
        if turn is None:
            rounds.append(turn := {})
        turn[customer] = lesson
    return [list(turn.values()) for turn in rounds]


def house_report(visit: Visit) -> HouseReport | None:
    """He stood at the door and says so."""
    # MV-KNOWN confirms the old house, never the new one: the fix may be at either.
    fix = None if visit.lat is None else Fix(visit.lat, visit.lon, visit.accuracy_m)
    is_found = visit.disposition.verdict == "+" and visit.disposition.code != "MV-KNOWN" and visit.is_at_house
    if not is_found or fix is None or not fix.is_at_a_door:
        return None
    return HouseReport(
        customer=visit.order.customer,
        source=LocationCandidate.Source.VISIT,
        evidence=str(visit.pk),
        fix=fix,
        observed_on=visit.business_day,
        actor=visit.agent.username,
        device=str(visit.device_id or ""),
    )


def search_reports(lessons: list[Lesson]) -> list[SearchReport]:
    """Of the ATK visits whose verdict refutes a place."""
    vain = [lesson for lesson in lessons if is_in_vain(lesson.visit)]
    chosen = LocationCandidate.objects.in_bulk([key for lesson in vain if (key := (lesson.target or [None])[-1])])
    return [
        SearchReport(
            customer=lesson.visit.order.customer,
            evidence=str(lesson.pk),
            target=lesson.target and Target(*lesson.target[:3], candidate=chosen.get(lesson.target[3])),
            places=tuple(Fix(*place) for place in lesson.way),
            searched_on=lesson.visit.business_day,
            actor=lesson.visit.agent.username,
        )
        for lesson in vain
    ]


def is_in_vain(visit: Visit) -> bool:
    return visit.disposition.is_address_not_found and visit.disposition.verdict == "-"
