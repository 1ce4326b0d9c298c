"""What the agents did: each order's story from issue to its present state, told with the product's own rules."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.conf import settings

from accounts.models import User
from common.geo import distance_m
from customers.locating.faults import Fault
from customers.locating.fusion import AGREES_M, DOOR_FIX_M
from customers.locating.weights import FIXES
from customers.models import LocationCandidate, SearchedPlace
from history.models import Change
from imports.demo.lines import Line, window_end
from imports.demo.places import moved
from imports.demo.results import choose_result, fill
from workorders.models import AddressHold, Assignment, Disposition, PromiseToPay, Visit, WorkOrder
from workorders.services.reports import content_hash
from workorders.services.settlement import verdict
from workorders.services.states import plain
from workorders.services.visits import revisit_on
from workorders.states import State

VISITED_DAYS = 60
VISITS_A_DAY = 12
FIRST_VISIT, VISIT_EVERY = time(8, 10), timedelta(minutes=45)
# Agents who did not go there: a result sent from somewhere else.
ELSEWHERE = 0.012
DOUBTFUL = Fault.FAR_FROM_ODP | Fault.OUTSIDE_AREA | Fault.AT_ODP
HOLDS = ["Pelanggan mengajukan keluhan", "Sengketa tagihan diperiksa", "Banjir di wilayah ini"]


@dataclass
class Agent:
    user: User
    zone: object
    supervisor: User
    booked: dict[date, int] = field(default_factory=dict)


@dataclass
class Evidence:
    """A candidate with its key, so that visits can name it before it is written."""

    key: int
    source: str
    lat: float
    lon: float
    accuracy_m: float
    faults: int = 0
    observed_on: date | None = None
    actor: str = ""
    evidence: str = ""
    status: str = "ACTIVE"

    @property
    def rank(self):
        """Where agents go first: the sharpest point that its record does not speak against, of equals the latest."""
        is_doubtful = bool(self.faults & DOUBTFUL)
        return is_doubtful, self.accuracy_m, -(self.observed_on or date.min).toordinal()


@dataclass
class Country:
    """Everything that is written in the end, and what the stories need to know."""

    rng: Random
    now: datetime
    today: date
    dispositions: dict[str, Disposition]
    next_candidate: int
    orders: list[WorkOrder] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    promises: list[PromiseToPay] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    holds: list[AddressHold] = field(default_factory=list)
    searched: list[SearchedPlace] = field(default_factory=list)

    def draw_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def book(self, agent: Agent, day: date) -> datetime | None:
        """The agent's next free time from `day` on, Monday to Saturday; None where that is still to come."""
        for later in range(14):
            on = day + timedelta(days=later)
            taken = agent.booked.get(on, 0)
            if on.isoweekday() == 7 or taken >= VISITS_A_DAY:
                continue
            jitter = timedelta(minutes=self.rng.randint(0, 25), seconds=self.rng.randint(0, 59))
            at = datetime.combine(on, FIRST_VISIT, agent.zone) + VISIT_EVERY * taken + jitter
            if self.rng.random() < 0.01:
                at = at.replace(hour=20, minute=self.rng.randint(10, 50))
            if at >= self.now - timedelta(minutes=10):
                return None
            agent.booked[on] = taken + 1
            return at
        return None


class Story:
    """One order from its issue to now. Moves are those of `workorders.services`, with their Change beside them."""

    def __init__(self, country: Country, line: Line, period: int, key: int, agent: Agent, evidence: list[Evidence]):
        self.country, self.rng, self.line, self.agent, self.evidence = country, country.rng, line, agent, evidence
        self.bill = line.bills[period]
        issued = line.orders[period]
        self.at = datetime.combine(issued, time(6, self.rng.randint(0, 59)), agent.zone)
        self.order = WorkOrder(
            pk=key,
            number=f"WO{period}{key:08d}",
            customer_id=line.key,
            witel_id=line.witel_id,
            period=period,
            balance=self.bill.amount,
            issued_on=issued,
            created_at=self.at,
            changed_at=self.at,
        )
        self.ends_on = min(country.today, window_end(period))
        self.is_current = window_end(period) >= country.today
        # The feed's news of a payment takes effect on the day after it.
        self.withdrawn_on = self.bill.paid_on + timedelta(days=1) if self.bill.paid_on else None
        country.orders.append(self.order)

    def tell(self) -> None:
        if self.is_current and self.rng.random() < 0.2:
            self.end()
            return
        self.assign(self.at + timedelta(days=self.rng.randint(0, 2), hours=2))
        if not (self.is_current and self.rng.random() < 0.42):
            self.work()
        self.end()

    def work(self) -> None:
        """Up to three attempts, with a repair of the address between where one failed for it."""
        since = self.country.today - timedelta(days=VISITED_DAYS)
        first = max(self.at.date() + timedelta(days=1), since)
        day = first + timedelta(days=self.rng.randint(0, max(0, min(24, (self.ends_on - first).days))))
        for _ in range(3):
            if not self.visit(day):
                return
            if self.order.state == State.ADDRESS_HOLD and not self.repair():
                return
            if self.order.state == State.CLOSED or self.rng.random() < 0.25:
                return
            day = max(self.order.next_on or self.at.date(), self.at.date() + timedelta(days=1))

    def is_over(self, day: date) -> bool:
        return day > self.ends_on or (self.withdrawn_on is not None and day >= self.withdrawn_on)

    def move(self, state: State, at: datetime, *, actor: User, verb: str, reason="", cause=None, **fields) -> None:
        fields |= {"state": state}
        before = {name: plain(getattr(self.order, name)) for name in fields}
        for name, value in fields.items():
            setattr(self.order, name, value)
        self.order.version += 1
        self.order.changed_at = self.at = at
        after = {name: plain(getattr(self.order, name)) for name in fields}
        self.country.changes.append(
            Change(
                at=at,
                actor=actor,
                cause=cause or self.country.draw_id(),
                verb=verb,
                target_type="workorder",
                target_id=str(self.order.pk),
                before=before,
                after=after,
                reason=reason,
            )
        )

    def assign(self, at: datetime) -> None:
        at = min(at, self.country.now)
        by, reason = self.agent.supervisor, "Pembagian wilayah"
        self.move(State.ASSIGNED, at, actor=by, verb="assign", reason=reason, assignee=self.agent.user)
        self.assignment = Assignment(
            order=self.order, agent=self.agent.user, by=by, kind=Assignment.Kind.BULK, reason=reason, from_at=at
        )
        self.country.assignments.append(self.assignment)

    def repair(self) -> bool:
        """The agent sends a better point and the order goes out again. Not every address can be mended."""
        at = self.at + timedelta(days=self.rng.randint(2, 7), hours=1)
        if self.rng.random() < 0.6 or at > self.country.now or self.is_over(at.date()):
            return False
        self.add_evidence("AGENT_PIN", self.rng.uniform(8, 20), at.date(), str(self.country.draw_id()))
        self.assignment.until_at = self.country.holds[-1].closed_at = at
        desk = {"actor": self.agent.supervisor, "hold_reason": "", "assignee": None}
        self.move(State.READY, at, verb="address_repaired", reason="Titik baru dari petugas", **desk)
        self.assign(at + timedelta(minutes=20))
        return True

    def add_evidence(self, source: str, accuracy_m: float, day: date, evidence: str, fix=None) -> None:
        house = self.line.house
        lat, lon = fix or moved(house.lat, house.lon, abs(self.rng.gauss(0, accuracy_m / 2)), self.rng.uniform(0, 360))
        self.country.next_candidate += 1
        actor = self.agent.user.username
        self.evidence.append(
            Evidence(self.country.next_candidate, source, lat, lon, accuracy_m, 0, day, actor, evidence)
        )

    def target(self) -> Evidence | None:
        """The point that the agent is sent to."""
        return min((row for row in self.evidence if row.status == "ACTIVE"), key=lambda row: row.rank, default=None)

    def choose_result(self, at: datetime, target: Evidence | None) -> str:
        house = self.line.house
        off_m = float(distance_m(target.lat, target.lon, house.lat, house.lon)) if target else float("inf")
        return choose_result(self.rng, self.line, off_m, days_ago=(self.country.today - at.date()).days)

    def visit(self, day: date) -> bool:
        """One attempt on or after `day`; False where that lies in the future or after the order's end."""
        if self.is_over(day):
            return False
        at = self.country.book(self.agent, day)
        if at is None or self.is_over(at.date()):
            return False
        target = self.target()
        disposition = self.country.dispositions[self.choose_result(at, target)]
        visit = self.write_visit(at, disposition, target)
        self.country.visits.append(visit)
        self.promise(visit)
        self.learn(visit, target)
        self.follow(visit, disposition)
        return True

    def write_visit(self, at: datetime, disposition: Disposition, target: Evidence | None) -> Visit:
        rng, house = self.rng, self.line.house
        lost = disposition.is_address_not_found
        is_elsewhere = rng.random() < ELSEWHERE
        near = target if lost and target else house
        accuracy_m = round(rng.uniform(4, 25) if rng.random() < 0.93 else rng.uniform(40, 90), 1)
        error_m = abs(rng.gauss(0, accuracy_m / 1.5)) + (rng.uniform(10, 120) if lost else 0)
        error_m += rng.uniform(450, 2500) if is_elsewhere else 0
        lat, lon = (round(degrees, 7) for degrees in moved(near.lat, near.lon, error_m, rng.uniform(0, 360)))
        position = {} if rng.random() < 0.02 else {"lat": lat, "lon": lon, "accuracy_m": accuracy_m}
        distance = float(distance_m(lat, lon, target.lat, target.lon)) if target and position else None
        details, note, relation = fill(
            rng, disposition, at.date(), bill=self.bill, promised_on=self.promise_day(at.date())
        )
        flags = []
        if not time(8) <= at.time() <= time(20):
            flags.append(Visit.Flag.OUTSIDE_HOURS)
        if not position:
            flags.append(Visit.Flag.NO_POSITION)
        elif distance is not None and distance - accuracy_m > settings.GEOFENCE_M:
            flags.append(Visit.Flag.FAR_FROM_TARGET)
        confirms = disposition.verdict == "+" and disposition.code != "MV-KNOWN" and not is_elsewhere
        body = {"order": self.order.pk, "disposition": disposition.code, "visited_at": at, "note": note, **position}
        return Visit(
            id=self.country.draw_id(),
            order=self.order,
            agent=self.agent.user,
            disposition=disposition,
            visited_at=at,
            visited_at_corrected=at,
            started_at=at - timedelta(minutes=rng.randint(9, 20)),
            arrived_at=at - timedelta(minutes=rng.randint(2, 8)),
            received_at=min(self.country.now, at + timedelta(seconds=rng.choice([2, 3, 5, 40, 600, 5400]))),
            business_day=at.date(),
            **position,
            **{f"arrived_{name}": value for name, value in position.items()},
            distance_m=distance,
            candidate_id=target.key if target else None,
            is_at_house=confirms and rng.random() < 0.85,
            is_found_after_rescue=confirms and distance is not None and distance > 60,
            relation=relation,
            note=note,
            details=details,
            flags=[str(flag) for flag in flags],
            content_hash=content_hash(body),
        )

    def promise_day(self, day: date) -> date:
        """Two in three who pay within twelve days keep their word."""
        paid_on = self.bill.paid_on
        if paid_on and 0 <= (paid_on - day).days <= 12 and self.rng.random() < 0.67:
            return paid_on + timedelta(days=self.rng.randint(0, 2))
        return day + timedelta(days=self.rng.randint(2, 9))

    def promise(self, visit: Visit) -> None:
        if "promised_on" not in visit.details:
            return
        due = date.fromisoformat(visit.details["promised_on"])
        promise = PromiseToPay(visit=visit, order=self.order, amount=visit.details["amount"], due_on=due)
        promise.state, promise.settled_on = verdict(promise, self.bill, self.country.today)
        self.country.promises.append(promise)

    def learn(self, visit: Visit, target: Evidence | None) -> None:
        """As `customers.services.evidence`: a door fix confirms the house, a refuted point is done."""
        is_door_fix = visit.is_at_house and visit.lat is not None and visit.accuracy_m <= DOOR_FIX_M
        if visit.disposition.verdict == "+" and is_door_fix:
            self.add_evidence("VISIT", visit.accuracy_m, visit.business_day, str(visit.pk), (visit.lat, visit.lon))
        elif visit.disposition.is_address_not_found:
            self.hold(visit, target)

    def hold(self, visit: Visit, target: Evidence | None) -> None:
        """The order waits; where the verdict is against the point, nobody is sent there again."""
        place = {"lat": target and target.lat, "lon": target and target.lon}
        known = [[row.lat, row.lon] for row in self.evidence]
        radius = target and target.accuracy_m
        self.country.holds.append(
            AddressHold(
                order=self.order,
                visit=visit,
                why=AddressHold.Why.ATK,
                radius_m=radius,
                known=known,
                opened_at=visit.received_at,
                closed_at=None,
                **place,
            )
        )
        if visit.disposition.verdict == "-" and target:
            if target.source in FIXES:
                target.status = LocationCandidate.Status.REFUTED
            self.country.searched.append(
                SearchedPlace(
                    customer_id=self.line.key,
                    evidence=str(visit.pk),
                    number=0,
                    reach_m=max(radius, AGREES_M),
                    is_target=True,
                    searched_on=visit.business_day,
                    actor=self.agent.user.username,
                    **place,
                )
            )

    def follow(self, visit: Visit, disposition: Disposition) -> None:
        """The order follows its visit, as in `workorders.services.visits`."""
        self.order.last_visit_on = visit.business_day
        self.order.attempts += disposition.is_attempt
        at = visit.received_at
        told = {"actor": self.agent.user, "verb": "visit", "cause": visit.pk}
        if not disposition.is_attempt:
            self.at = at
        elif disposition.is_address_not_found:
            self.move(State.ADDRESS_HOLD, at, **told, next_on=None, hold_reason=disposition.code)
        elif disposition.is_final:
            self.move(State.CLOSED, at, **told, next_on=None, outcome=disposition)
            self.assignment.until_at = at
        else:
            self.move(State.FOLLOW_UP, at, **told, next_on=revisit_on(visit, disposition))

    def end(self) -> None:
        """What feeds and the calendar did to an order that is still open; some wait for a supervisor."""
        order = self.order
        if order.state == State.CLOSED:
            return
        if self.withdrawn_on:
            order.state, order.cancel_reason, order.next_on = State.CANCELLED, WorkOrder.CancelReason.PAID, None
            self.close(self.withdrawn_on)
        elif not self.is_current:
            order.state, order.next_on = State.EXPIRED, None
            self.close(window_end(order.period))
        elif order.state in (State.READY, State.ASSIGNED) and self.rng.random() < 0.02:
            by, reason = self.agent.supervisor, self.rng.choice(HOLDS)
            until = self.country.today + timedelta(days=self.rng.randint(2, 9))
            at = min(self.at + timedelta(hours=26), self.country.now)
            self.move(State.ON_HOLD, at, actor=by, verb="hold", reason=reason, hold_reason=reason, hold_until=until)

    def close(self, day: date) -> None:
        self.order.version += 1
        at = max(self.order.changed_at, datetime.combine(day, time(3, 30), self.agent.zone))
        self.order.changed_at = min(at, self.country.now)
