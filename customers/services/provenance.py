"""A confirmed point as provisioning is told of it: where, how sure, who says so, and what becomes of its record.

Nothing here names anybody: evidence is the kind of who observed, and the day.
"""

import hashlib
from collections import defaultdict

import orjson

from customers.locating.faults import Fault
from customers.models import LocationCandidate, ResolvedLocation

LOCATION = ("lat", "lon", "radius_m", "grade", "source", "agreeing", "reasons", "algorithm")
RECORD = ("relation", "record_apart_m", "customer__installation__faults")
NUMBER = "customer__service_number"


def contents_of(numbers: list[str]) -> dict[str, dict]:
    """Service number → content, for those of these lines whose point is confirmed. Two queries.

    Degrees to 0.1 m, metres to 0.1: what moves less is no news.
    """
    locations = ResolvedLocation.objects.confirmed().filter(**{f"{NUMBER}__in": numbers}).beside_record()
    rows = list(locations.values("pk", NUMBER, *LOCATION, *RECORD))
    evidence = evidence_of([row["pk"] for row in rows])
    return {row[NUMBER]: content_of(row, evidence[row["pk"]]) for row in rows}


def evidence_of(customers: list[int]) -> dict[int, list[dict]]:
    """Customer → the observations that confirm the point, oldest first."""
    found = defaultdict(list)
    rows = LocationCandidate.objects.confirming().filter(customer__in=customers)
    for row in rows.order_by("observed_on", "source", "pk").values("customer", "source", "observed_on", "accuracy_m"):
        day = row["observed_on"]
        found[row["customer"]].append(
            {
                "kind": row["source"],
                "observed_on": day and day.isoformat(),
                "accuracy_m": round(row["accuracy_m"], 1),
            }
        )
    return found


def content_of(row: dict, evidence: list[dict]) -> dict:
    faults, apart = row["customer__installation__faults"] or 0, row["record_apart_m"]
    return {
        "state": "confirmed",
        "lat": round(row["lat"], 6),
        "lon": round(row["lon"], 6),
        "radius_m": round(row["radius_m"], 1),
        "grade": row["grade"],
        "source": row["source"],
        "people": row["agreeing"],
        "evidence": evidence,
        "reasons": row["reasons"].split(",") if row["reasons"] else [],
        "algorithm": row["algorithm"],
        "record": {
            "relation": row["relation"],
            "apart_m": None if apart is None else round(apart, 1),
            "faults": [fault.name.lower() for fault in Fault if faults & fault],
        },
    }


def content_hash(content: dict) -> str:
    """SHA-256, the same whatever the order of the keys."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
