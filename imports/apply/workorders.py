"""Work orders: one row is a task. Whoever the feed names gets it, if that agent works in the witel."""

import polars as pl
from django.utils import timezone

from accounts.models import User
from accounts.verbs import Role
from common.bulk import look_up
from imports.apply.lines import with_customers
from imports.apply.run import Run, changed
from imports.apply.tables import insert, update
from workorders.models import WorkOrder
from workorders.services.attempts import attach_past_visits
from workorders.services.dispatch import assign_named, link_visits
from workorders.services.points import refresh_points
from workorders.services.settlement import settle
from workorders.states import State

VALUES = ("period", "balance", "issued_on", "named_agent")
EXISTING = {
    "t.id": pl.Int64,
    "t.number": pl.String,
    "t.customer_id": pl.Int64,
    "t.period": pl.Int64,
    "t.balance": pl.Int64,
    "t.issued_on": pl.Date,
    "t.named_agent": pl.String,
    "t.state": pl.String,
}


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; the numbers of the orders that are new."""
    rows = with_customers(run, rows).with_columns(
        pl.col("period").cast(pl.Int64),
        pl.col("balance").fill_null(0),
        named_agent=pl.col("agent").fill_null(""),
    )
    compared = rows.join(existing_orders(rows), on="number", how="left")
    new = compared.filter(pl.col("id").is_null())
    differing = compared.filter(pl.col("id").is_not_null() & changed(compared, pairs(run)))
    create_orders(run, new)
    update_orders(run, differing)
    run.created += new.height
    run.updated += differing.height
    run.unchanged += compared.height - new.height - differing.height
    touched = pl.concat([new["customer"], differing["customer"]]).unique().sort().to_list()
    refresh_points(customers=touched)
    give_out(run, compared)
    settle(customers=touched, today=run.today, remember=run.journal.watch_keys)
    attach_past_visits(customers=touched, watch=run.journal.watch)
    return new["number"].to_list()


def existing_orders(rows: pl.DataFrame) -> pl.DataFrame:
    found = look_up(WorkOrder._meta.db_table, rows, on={"number": "number"}, columns=EXISTING)
    found.columns = ["id", "number", "old_customer", *(f"old_{name}" for name in VALUES), "old_state"]
    return found


def pairs(run: Run) -> dict[str, str]:
    """What the feed owns of an order: its line and the values that this file has, never its state or assignee."""
    columns = {"named_agent": "agent"}
    owned = [name for name in VALUES if columns.get(name, name) in run.columns]
    return {"customer": "old_customer"} | {name: f"old_{name}" for name in owned}


def create_orders(run: Run, rows: pl.DataFrame) -> None:
    now = timezone.now()
    insert(
        run,
        WorkOrder,
        rows.select(
            "number",
            "witel_id",
            *VALUES,
            customer_id="customer",
            state=pl.lit(State.READY.value),
            created_at=pl.lit(now),
            changed_at=pl.lit(now),
            feed_batch=pl.lit(run.batch.pk),
        ),
    )


def update_orders(run: Run, rows: pl.DataFrame) -> None:
    """An order that the visits feed had to invent (EXPIRED, never issued) becomes the real one."""
    if rows.is_empty():
        return
    run.journal.watch_keys(WorkOrder, rows["id"].to_list())
    invented = (pl.col("old_state") == State.EXPIRED.value) & pl.col("old_issued_on").is_null()
    state = pl.when(invented).then(pl.lit(State.READY.value)).otherwise(pl.col("old_state"))
    update(
        WorkOrder,
        rows.select(
            "id", "witel_id", *[name for name in pairs(run) if name != "customer"], customer_id="customer", state=state
        ),
    )


def give_out(run: Run, rows: pl.DataFrame) -> None:
    """Assign the orders of these rows that nobody has touched to the agents that they name."""
    named = rows.filter(pl.col("named_agent") != "")
    if run.create_agents:
        create_agents(run, named)
    people = agents_by_name(named["named_agent"].unique().to_list())
    tell_unknown(run, named, people)
    new_orders = WorkOrder.objects.filter(feed_batch=run.batch.pk)
    assign_named(usernames=list(people), now=run.now, new_orders=new_orders, watch=run.journal.watch)


def agents_by_name(usernames: list[str]) -> dict[str, User]:
    return {agent.username: agent for agent in User.objects.agents().filter(username__in=usernames)}


def tell_unknown(run: Run, named: pl.DataFrame, people: dict[str, User]) -> None:
    run.tell(
        named.filter(~pl.col("named_agent").is_in(list(people))),
        severity="warning",
        field="agent",
        value=pl.col("named_agent"),
        reason="unknown_agent",
        message="No active agent has this name. The order waits unassigned and is given out when the agent comes.",
    )
    outside = [
        (name, witel)
        for name, witel in named.select("named_agent", "witel_id").unique().iter_rows()
        if name in people and not covers(people[name], witel)
    ]
    strangers = pl.DataFrame(outside, schema={"named_agent": pl.String, "witel_id": pl.Int64}, orient="row")
    run.tell(
        named.join(strangers, on=["named_agent", "witel_id"], how="semi"),
        severity="warning",
        field="agent",
        value=pl.col("named_agent"),
        reason="agent_out_of_scope",
        message="This agent does not work in the line's witel. The order is ready and unassigned.",
    )


def covers(agent: User, witel_id: int) -> bool:
    if agent.witel_id:
        return agent.witel_id == witel_id
    return agent.region.witels.filter(pk=witel_id).exists()


def create_agents(run: Run, named: pl.DataFrame) -> None:
    """Accounts to be invited for names that nobody has, in the witel where most of their orders are."""
    counts = (
        named.group_by("named_agent", "witel_id")
        .len()
        .sort("named_agent", "len", "witel_id", descending=[False, True, False])
    )
    homes = counts.unique("named_agent", keep="first", maintain_order=True)
    taken = set(User.objects.filter(username__in=homes["named_agent"].to_list()).values_list("username", flat=True))
    fresh = [
        User(username=name, name=name, role=Role.AGENT, witel_id=witel, invited_at=run.now, feed_batch=run.batch.pk)
        for name, witel in homes.select("named_agent", "witel_id").iter_rows()
        if name not in taken
    ]
    for user in fresh:
        user.set_unusable_password()
    names = [user.username for user in fresh]
    run.journal.watch(User.objects.filter(username__in=names))
    User.objects.bulk_create(fresh)
    link_visits(usernames=names, watch=run.journal.watch)
