"""The risk of ATK of open orders, told before anybody rides out, and what past visits teach of it."""

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import polars as pl
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from common.batches import batched
from common.bulk import update_objects
from common.geo import distance_m
from customers.locating import risk
from customers.locating.fusion import USABLE_RADIUS_M, fuse
from customers.locating.weights import WRONG_WITH_FAULT
from customers.models import Customer, LocationCandidate
from customers.services.locations import EVIDENCE, FROM_FEED, evidence_of, known_observers
from regions.models import Witel
from workorders.models import Disposition, RiskModel, Visit, WorkOrder
from workorders.states import State

ATK = Disposition.Group.ATK
# What an area's share is counted from, and how much of the latest is kept aside to judge what was learned.
LEARNED_FROM, JUDGED_ON = timedelta(days=180), timedelta(days=30)
FEWEST_VISITS = 300  # below, what is learned is chance
DOUBTFUL = sum(int(fault) for fault in WRONG_WITH_FAULT)
HOUSE = {
    "customer": "pk",
    "witel": "witel_id",
    "phones": "phones",
    "completeness": "address__completeness",
    "lat": "location__lat",
    "lon": "location__lon",
    "radius_m": "location__radius_m",
    "agreeing": "location__agreeing",
    "reasons": "location__reasons",
    "faults": "marks",
    "installed_on": "installation__installed_on",
    "odp_lat": "installation__odp__lat",
    "odp_lon": "installation__odp__lon",
}
TEXTS, WHOLE = ("phones", "reasons"), ("customer", "witel", "completeness", "agreeing", "faults")
TYPES = dict.fromkeys(TEXTS, pl.String) | dict.fromkeys(WHOLE, pl.Int64) | {"installed_on": pl.Date}
CONTRADICTED = "searched_in_vain|reported_elsewhere"


def assess_orders(*, customers: Iterable[int]) -> None:
    """Set risk, reasons and advice of the open orders of these customers (primary keys)."""
    model, shares = model_in_force()
    for keys in batched(customers, 2000):
        orders = list(WorkOrder.objects.open().filter(customer__in=keys).order_by("pk"))
        if orders:
            assess_some(orders, model, shares)


def assess_some(orders: list[WorkOrder], model: risk.Model, shares: dict[int, float]) -> None:
    houses = read_houses({order.customer_id for order in orders})
    x = risk.features(houses)
    share = np.array([shares.get(witel, risk.NATIONAL_SHARE) for witel in houses["witel"]])
    p, words = risk.assess(x, share, model), risk.reasons(x, model)
    radius = houses["radius_m"].fill_null(np.inf).to_numpy()
    advice = risk.advise(p, radius <= USABLE_RADIUS_M, (houses["phones"] != "").to_numpy())
    answers = dict(zip(houses["customer"], zip(p.round(3).tolist(), words, advice.tolist(), strict=True), strict=True))
    changed = []
    for order in orders:
        answer = answers[order.customer_id]
        if order.state == State.ADDRESS_HOLD:
            answer = (*answer[:2], WorkOrder.Advice.FIX.value)
        if (order.atk_risk, order.atk_reasons, order.advice) != answer:
            order.atk_risk, order.atk_reasons, order.advice = answer
            changed.append(order)
    update_objects(changed, ["atk_risk", "atk_reasons", "advice"])


def read_houses(keys: Iterable[int]) -> pl.DataFrame:
    """What `risk.features` wants to know of these customers."""
    atk = Count("workorders__visits", filter=Q(workorders__visits__disposition__group=ATK))
    # The candidate's marks, not the installation's: only they say what others share.
    marks = LocationCandidate.objects.filter(customer=OuterRef("pk"), source="INSTALL").values("faults")[:1]
    rows = Customer.objects.filter(pk__in=keys).annotate(atk=atk, marks=Subquery(marks)).order_by("pk")
    rows = rows.values_list(*HOUSE.values(), "atk")
    schema = {name: TYPES.get(name, pl.Float64) for name in HOUSE} | {"atk": pl.Int64}
    houses = pl.DataFrame(list(rows), schema=schema, orient="row")
    odp_m = distance_m(*(houses[name].fill_null(np.nan).to_numpy() for name in ("lat", "lon", "odp_lat", "odp_lon")))
    return houses.with_columns(
        completeness=pl.col("completeness").fill_null(0),
        odp_m=pl.Series(odp_m).fill_nan(None),
        is_doubtful=(pl.col("faults") & DOUBTFUL) != 0,
        is_contradicted=pl.col("reasons").str.contains(CONTRADICTED),
        years=timezone.localdate().year - pl.col("installed_on").dt.year(),
    )


def model_in_force() -> tuple[risk.Model, dict[int, float]]:
    """The latest that was learned, with the share of ATK by witel; the start where nothing was."""
    latest = RiskModel.objects.first()
    if latest is None:
        return risk.Model(), {}
    shares = {int(witel): share for witel, share in latest.shares.items()}
    return risk.Model(tuple(latest.coefficients), latest.average), shares


def learn_risk(*, now) -> RiskModel:
    """Learn the areas' shares, and whether coefficients tell more: those that the visits teach, the start's, or none.

    Judged on the visits of the last JUDGED_ON, learned from those before: time runs one way.
    """
    today = now.date()
    visits = past_visits(today - LEARNED_FROM, today)
    shares = area_shares(visits)
    model, scores = risk.Model(), {"brier": None, "share_brier": None, "auc": None}
    early = visits.filter(pl.col("day") < today - JUDGED_ON)
    late = visits.filter(pl.col("day") >= today - JUDGED_ON)
    if min(early.height, late.height) >= FEWEST_VISITS:
        model, scores = best_of(early, late)
    return RiskModel.objects.create(
        coefficients=list(model.coefficients),
        average=model.average,
        shares={str(witel): share for witel, share in shares.items()},
        visits=visits.height,
        learned_at=now,
        **scores,
    )


def best_of(early: pl.DataFrame, late: pl.DataFrame) -> tuple[risk.Model, dict]:
    """The model that tells most of the late visits, with its scores beside those of the area's share alone."""
    shares = area_shares(early)
    learned = risk.fit(*known_before(early, shares), early["is_atk"].to_numpy())
    x, share = known_before(late, shares)
    is_atk = late["is_atk"].to_numpy()
    models = (risk.SHARE_ALONE, risk.Model(), learned)
    scores = [risk.brier(risk.assess(x, share, model), is_atk) for model in models]
    best = models[int(np.argmin(scores))]
    auc = risk.auc(risk.assess(x, share, best), is_atk)
    return best, {"brier": min(scores), "share_brier": scores[0], "auc": none_if_nan(auc)}


def none_if_nan(value: float) -> float | None:
    return None if np.isnan(value) else value


def past_visits(since, until) -> pl.DataFrame:
    """Attempts from `since` until `until`: customer, witel, day, is_atk."""
    rows = Visit.objects.filter(business_day__gte=since, business_day__lt=until, disposition__is_attempt=True)
    rows = rows.order_by("business_day", "pk").values_list(
        "order__customer_id", "order__witel_id", "business_day", "disposition__group"
    )
    schema = {"customer": pl.Int64, "witel": pl.Int64, "day": pl.Date, "group": pl.String}
    visits = pl.DataFrame(list(rows), schema=schema, orient="row")
    return visits.with_columns(is_atk=pl.col("group") == ATK.value)


def area_shares(visits: pl.DataFrame) -> dict[int, float]:
    counted = visits.group_by("witel").agg(atk=pl.col("is_atk").sum(), visits=pl.len())
    share = risk.area_share(counted["atk"].to_numpy(), counted["visits"].to_numpy())
    known = dict(zip(counted["witel"].to_list(), share.tolist(), strict=True))
    return {key: known.get(key, risk.NATIONAL_SHARE) for key in Witel.objects.values_list("pk", flat=True)}


def known_before(visits: pl.DataFrame, shares: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Features and area shares of past visits, from what was known on the eve of each.

    The visit itself sharpens the point where the house was found and spoils it where it was not, so that the point is
    decided anew from what had been observed before its day; earlier ATK results are those of the days before.
    """
    houses = pl.concat([read_houses(keys) for keys in batched(visits["customer"].unique().to_list(), 2000)])
    visits = visits.with_row_index("visit").with_columns(pl.col("visit").cast(pl.Int64))
    kept = houses.select("customer", "completeness", "is_doubtful", "years", "odp_lat", "odp_lon")
    rows = visits.join(kept, on="customer", how="left", maintain_order="left")
    rows = rows.join(located_before(visits), on="visit", how="left", maintain_order="left")
    odp_m = distance_m(*(rows[name].fill_null(np.nan).to_numpy() for name in ("lat", "lon", "odp_lat", "odp_lon")))
    rows = rows.with_columns(odp_m=pl.Series(odp_m).fill_nan(None), is_contradicted=pl.lit(False)).sort("day", "visit")
    rows = rows.with_columns(
        atk=(pl.col("is_atk").cum_sum() - pl.col("is_atk").cast(pl.Int64)).over("customer"),
    ).sort("visit")
    share = np.array([shares.get(witel, risk.NATIONAL_SHARE) for witel in rows["witel"]])
    return risk.features(rows), share


def located_before(visits: pl.DataFrame) -> pl.DataFrame:
    """visit, lat, lon, radius_m, agreeing: the house as it was known on the eve of each visit."""
    rows = []
    for keys in batched(visits["customer"].unique().to_list(), 2000):
        rows += evidence_of(keys)
    evidence = pl.DataFrame(rows, schema=EVIDENCE, orient="row")
    known = visits.select("visit", "customer", "day").join(evidence, on="customer", how="inner")
    was_there = pl.col("observed_on").is_null() | (pl.col("observed_on") < pl.col("day"))
    known = known.filter(was_there | pl.col("source").is_in(FROM_FEED))
    # Nor was it known then that a point would be refuted, or approved.
    known = known.filter(pl.col("status") != "REJECTED").with_columns(status=pl.lit("ACTIVE"))
    known = known.drop("customer", "day").rename({"visit": "customer"})
    fused = fuse(known, year=timezone.localdate().year, actors=known_observers(evidence))
    return fused.select("lat", "lon", "radius_m", "agreeing", visit="customer")
