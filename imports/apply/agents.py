"""Agents: one row is an account, invited without a password."""

import polars as pl

from accounts.models import User
from accounts.verbs import Role
from imports.apply.run import Run
from regions.models import Region, Witel
from workorders.models import WorkOrder
from workorders.services.dispatch import assign_named, link_visits

FIELDS = ("name", "phone", "role", "witel_id", "region_id", "is_active")
FIELD_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.TECHNICIAN)
COLUMN_OF = {"witel_id": "witel", "region_id": "region"}


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; no lines are new."""
    places = {"witel_id": Witel, "region_id": Region}
    codes = {field: dict(model.objects.values_list("code", "pk")) for field, model in places.items()}
    present = {user.username: user for user in User.objects.filter(username__in=rows["username"].to_list())}
    rows = reachable_people(run, rows, present, codes)
    run.journal.watch(User.objects.filter(username__in=rows["username"].to_list()))
    for row in rows.iter_rows(named=True):
        wanted = wanted_fields(row, codes)
        if wanted["role"] in FIELD_ROLES and not (wanted["witel_id"] or wanted["region_id"]):
            refuse_placeless(run, row)
            continue
        user = present.get(row["username"])
        if user is None:
            create(run, row["username"], wanted)
        else:
            owned = [name for name in FIELDS if COLUMN_OF.get(name, name) in run.columns]
            update(run, user, {name: wanted[name] for name in owned})
    assign_named(
        usernames=rows["username"].to_list(),
        now=run.now,
        new_orders=WorkOrder.objects.none(),
        watch=run.journal.watch,
    )
    link_visits(usernames=rows["username"].to_list(), watch=run.journal.watch)
    return []


def reachable_people(run: Run, rows: pl.DataFrame, present: dict[str, User], codes: dict) -> pl.DataFrame:
    """Without those that a region's manager may not make or change: people of other places, and higher roles."""
    if run.reach is None:
        return rows
    allowed = []
    for row in rows.iter_rows(named=True):
        user = present.get(row["username"])
        places = {codes["witel_id"].get(row["witel"])} | ({user.witel_id} if user else set())
        roles = {row["role"] or Role.AGENT} | ({user.role} if user else set())
        allowed.append(places <= run.reach and roles <= set(FIELD_ROLES))
    mask = pl.Series(allowed, dtype=pl.Boolean)
    run.refuse(
        rows.filter(~mask),
        field="username",
        reason="out_of_scope",
        message="You may bring in agents, supervisors and technicians of your own region's witel only.",
    )
    return rows.filter(mask)


def refuse_placeless(run: Run, row: dict) -> None:
    run.refuse(
        pl.DataFrame([{"row": row["row"], "line": row["line"], "username": row["username"]}]),
        field="username",
        reason="no_scope",
        message="This role belongs to a witel or a region, and the row names neither.",
    )


def wanted_fields(row: dict, codes: dict) -> dict:
    witel = codes["witel_id"].get(row["witel"])
    return {
        "name": row["name"] or "",
        "phone": (row["phone"] or "").split(" ")[0],
        "role": row["role"] or Role.AGENT,
        "witel_id": witel,
        "region_id": None if witel else codes["region_id"].get(row["region"]),
        "is_active": True if row["is_active"] is None else row["is_active"],
    }


def create(run: Run, username: str, fields: dict) -> None:
    user = User(username=username, invited_at=run.now, feed_batch=run.batch.pk, **fields)
    user.set_unusable_password()
    user.save()
    run.created += 1


def update(run: Run, user: User, fields: dict) -> None:
    differing = [name for name, value in fields.items() if getattr(user, name) != value]
    if not differing:
        run.unchanged += 1
        return
    for name in differing:
        setattr(user, name, fields[name])
    user.save(update_fields=differing)
    run.updated += 1
