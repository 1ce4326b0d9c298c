"""What becomes of input `a`, of which the truth is known: every defect named, points near the house, radii that hold."""

import sys

import numpy as np
import polars as pl
import pytest

from common.geo import distance_m
from customers.locating.faults import Fault
from customers.models import Installation, LocationCandidate, ResolvedLocation
from tests.imports.feeds import bring, needs_inputs
from tests.imports.test_real_exports import truth

pytestmark = [needs_inputs, pytest.mark.django_db]
NAMED = {
    "missing": {"missing"},
    "zero": {"zero"},
    "swapped": {"swapped"},
    "lost_decimal": {"decimal_lost"},
    "out_of_country": {"outside_country"},
    "at_odp": {"at_odp"},
}
# A point stamped at the office, by one customer alone and near the ODP, shows in no number: one of 77 here.
OFFICE, UNSEEN_OFFICES = {"far_from_odp", "at_office"}, 1


@pytest.fixture
def houses():
    """number, defect, faults (words), off_m of the raw, repaired and resolved points, radius_m, grade."""
    bring("provisioning", "a")
    told = truth()["customers"]
    records = {row.customer.service_number: row for row in Installation.objects.select_related("customer")}
    installed = {row.customer_id: row for row in LocationCandidate.objects.filter(source="INSTALL")}
    resolved = {row.customer_id: row for row in ResolvedLocation.objects.all()}
    rows = []
    for number, true in told.items():
        record = records.get(number)
        if record is None:
            continue
        candidate, answer = installed.get(record.customer_id), resolved.get(record.customer_id)
        rows.append(
            {
                "number": number,
                "defect": true["defect"],
                "faults": words_of(record.faults | (candidate.faults if candidate else 0)),
                "raw_m": off(true, record.given_lat, record.given_lon),
                "repaired_m": off(true, candidate.lat, candidate.lon) if record.is_repaired else None,
                "resolved_m": off(true, answer.lat, answer.lon) if answer else None,
                "radius_m": answer and answer.radius_m,
                "grade": answer and answer.grade,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def words_of(faults: int) -> list[str]:
    return [fault.name.lower() for fault in Fault if faults & fault]


def off(true, lat, lon) -> float | None:
    return None if lat is None or lon is None else float(distance_m(lat, lon, true["lat"], true["lon"]))


def test_input_a_is_located_as_promised(houses, capsys):
    for defect, faults, number in houses.select("defect", "faults", "number").iter_rows():
        if defect in NAMED:
            assert NAMED[defect] <= set(faults), (number, defect, faults)
    offices = houses.filter(pl.col("defect") == "office")["faults"].to_list()
    assert sum(OFFICE.isdisjoint(faults) for faults in offices) <= UNSEEN_OFFICES < 0.02 * len(offices)
    clean = houses.filter(pl.col("defect").is_null())
    assert clean.filter(pl.col("faults").list.len() > 0).height < 0.01 * clean.height
    repaired = houses["repaired_m"].drop_nulls().to_numpy()
    assert len(repaired) > 150 and (repaired <= 40).mean() >= 0.99 and repaired.max() < 100

    raw, resolved = (houses[name].drop_nulls().to_numpy() for name in ("raw_m", "resolved_m"))
    with capsys.disabled():
        for name, metres in (("installation GPS as given", raw), ("resolved points", resolved)):
            median, p90, p95 = np.quantile(metres, [0.5, 0.9, 0.95])
            sys.stdout.write(
                f"\ninput a, {name}: median {median:.1f} m, p90 {p90:,.1f} m, p95 {p95:,.1f} m, {metres.size} points\n"
            )
    assert resolved.size == houses.height and np.quantile(resolved, 0.95) <= 150 < np.quantile(raw, 0.95)
    held = houses.group_by("grade").agg((pl.col("resolved_m") <= pl.col("radius_m")).mean(), n=pl.len())
    for grade, share, n in held.iter_rows():
        assert n < 100 or 0.64 <= share <= 0.72, (grade, share, n)
