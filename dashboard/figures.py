"""The overview's numbers, each a count within one place and one stretch of days."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q

from accounts.models import User
from dashboard.rates import Rate
from exports.filters import start_of
from exports.places import place_q
from workorders.models import Disposition, PromiseToPay, Visit, WorkOrder
from workorders.states import OPEN, State

ATTEMPT = Q(disposition__is_attempt=True)
MET = ATTEMPT & Q(disposition__is_contact=True)
NOT_FOUND = ATTEMPT & Q(disposition__group=Disposition.Group.ATK)
AGENTS_SHOWN = 15


@dataclass(frozen=True)
class Span:
    """Days, both ends included."""

    since: date
    until: date

    @property
    def before(self) -> "Span":
        """As many days, right before."""
        days = self.until - self.since + timedelta(days=1)
        return Span(self.since - days, self.since - timedelta(days=1))


@dataclass(frozen=True)
class Cause:
    code: str
    label: str
    rate: Rate


@dataclass(frozen=True)
class AgentDay:
    agent: User
    visits: int
    met: int
    not_found: int
    open_orders: int


@dataclass
class Figures:
    visits: Rate
    contact: Rate
    not_found: Rate
    contact_before: Rate
    not_found_before: Rate
    visits_before: int
    visits_today: int
    states: list = field(default_factory=list)
    open_orders: int = 0
    no_point: int = 0
    grades: list = field(default_factory=list)
    withdrawn: int = 0
    due_today: int = 0
    overdue: int = 0
    kept: Rate = Rate(0, 0)
    causes: list = field(default_factory=list)
    days: list = field(default_factory=list)
    agents: list = field(default_factory=list)

    @property
    def contact_change(self) -> float | None:
        return change(self.contact, self.contact_before)

    @property
    def not_found_change(self) -> float | None:
        return change(self.not_found, self.not_found_before)


def change(now: Rate, before: Rate) -> float | None:
    return None if now.share is None or before.share is None else now.share - before.share


def read_figures(*, user, where: str, span: Span, today: date) -> Figures:
    """Nine queries, whatever the size of the place."""
    orders, visits = WorkOrder.objects.visible_to(user).order_by(), Visit.objects.visible_to(user).order_by()
    if where:
        orders, visits = orders.filter(place_q(where, "witel")), visits.filter(place_q(where, "order__witel"))
    figures = count_visits(visits, span, today)
    count_orders(figures, orders, span)
    count_promises(figures, visits, span, today)
    within = visits.filter(business_day__range=(span.since, span.until))
    figures.causes = count_causes(within, figures.visits.n)
    figures.days = count_days(within, span)
    figures.agents = count_agents(visits.filter(business_day=today), orders)
    return figures


def count_visits(visits, span: Span, today: date) -> Figures:
    """The span and the one before it in one pass over the days' index."""
    counts = {}
    for name, days in (("now", span), ("before", span.before)):
        inside = Q(business_day__range=(days.since, days.until))
        counts |= {
            f"n_{name}": Count("pk", filter=inside & ATTEMPT),
            f"met_{name}": Count("pk", filter=inside & MET),
            f"atk_{name}": Count("pk", filter=inside & NOT_FOUND),
        }
    found = visits.filter(business_day__range=(span.before.since, span.until)).aggregate(**counts)
    n, n_before = found["n_now"], found["n_before"]
    return Figures(
        visits=Rate(n, n),
        contact=Rate(found["met_now"], n),
        not_found=Rate(found["atk_now"], n),
        contact_before=Rate(found["met_before"], n_before),
        not_found_before=Rate(found["atk_before"], n_before),
        visits_before=n_before,
        visits_today=visits.filter(ATTEMPT, business_day=today).count(),
    )


def count_orders(figures: Figures, orders, span: Span) -> None:
    rows = orders.open().values_list("state", "grade").annotate(number=Count("pk"))
    states, grades = dict.fromkeys(OPEN, 0), dict.fromkeys(["A", "B", "C", "D", ""], 0)
    for state, grade, number in rows:
        states[state] += number
        grades[grade] = grades.get(grade, 0) + number
    figures.open_orders = sum(states.values())
    figures.states = [(state.value, state.label, states[state]) for state in State if states.get(state)]
    figures.no_point = grades.pop("")
    figures.grades = list(grades.items())
    figures.withdrawn = orders.filter(
        state=State.CANCELLED,
        cancel_reason=WorkOrder.CancelReason.PAID,
        changed_at__gte=start_of(span.since),
        changed_at__lt=start_of(span.until + timedelta(days=1)),
    ).count()


def count_promises(figures: Figures, visits, span: Span, today: date) -> None:
    """Kept ones among those that came due in the span and are settled."""
    made = PromiseToPay.objects.filter(visit__in=visits.values("pk")).order_by()
    inside, settled = Q(due_on__range=(span.since, span.until)), Q(state__in=["KEPT", "PART_KEPT", "BROKEN"])
    found = made.aggregate(
        today=Count("pk", filter=Q(state="OPEN", due_on=today)),
        overdue=Count("pk", filter=Q(state="OPEN", due_on__lt=today)),
        kept=Count("pk", filter=inside & Q(state="KEPT")),
        settled=Count("pk", filter=inside & settled),
    )
    figures.due_today, figures.overdue = found["today"], found["overdue"]
    figures.kept = Rate(found["kept"], found["settled"])


def count_causes(visits, attempts: int) -> list[Cause]:
    rows = (
        visits.filter(NOT_FOUND).values_list("disposition__code", "disposition__label_id").annotate(number=Count("pk"))
    )
    causes = [Cause(code, cause_words(label), Rate(number, attempts)) for code, label, number in rows]
    return sorted(causes, key=lambda cause: -cause.rate.hits)


def cause_words(label: str) -> str:
    """`ATK: tanpa RT/RW` → `Tanpa RT/RW`"""
    words = label.removeprefix("ATK: ")
    return words[:1].upper() + words[1:]


def count_days(visits, span: Span) -> list[tuple[date, int, int]]:
    """(day, attempts, not found) for every day, also those without visits."""
    rows = visits.filter(ATTEMPT).values_list("business_day").annotate(n=Count("pk"), atk=Count("pk", filter=NOT_FOUND))
    found = {day: (n, atk) for day, n, atk in rows}
    days = [span.since + timedelta(days=number) for number in range((span.until - span.since).days + 1)]
    return [(day, *found.get(day, (0, 0))) for day in days]


def count_agents(visits_today, orders) -> list[AgentDay]:
    """Those with most visits today, then those with most open orders."""
    open_by_agent = dict(
        orders.open().filter(assignee__isnull=False).values_list("assignee").annotate(number=Count("pk"))
    )
    rows = (
        visits_today.filter(ATTEMPT, agent__isnull=False)
        .values_list("agent")
        .annotate(n=Count("pk"), met=Count("pk", filter=MET), atk=Count("pk", filter=NOT_FOUND))
    )
    today = {agent: (n, met, atk) for agent, n, met, atk in rows}
    ranked = sorted(
        {*today, *open_by_agent}, key=lambda key: (-today.get(key, (0,))[0], -open_by_agent.get(key, 0), key)
    )
    people = User.objects.in_bulk(ranked[:AGENTS_SHOWN])
    return [
        AgentDay(people[key], *today.get(key, (0, 0, 0)), open_by_agent.get(key, 0)) for key in ranked[:AGENTS_SHOWN]
    ]
