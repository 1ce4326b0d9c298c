"""Verbs on customers: `bills` recounts arrears, `locations` decides where houses are, `evidence` takes reports from the
field, `corrections` are the desk's decisions."""

from customers.services.bills import recount_arrears
from customers.services.corrections import decide_correction, place_point, revert_correction
from customers.services.evidence import (
    Fix,
    HouseReport,
    SearchReport,
    Target,
    report_house,
    report_houses,
    report_search,
    report_searches,
)
from customers.services.locations import resolve_locations
from customers.services.notes import merge_notes, notes_of, set_note

__all__ = [
    "Fix",
    "HouseReport",
    "SearchReport",
    "Target",
    "decide_correction",
    "merge_notes",
    "notes_of",
    "place_point",
    "recount_arrears",
    "report_house",
    "report_houses",
    "report_search",
    "report_searches",
    "resolve_locations",
    "revert_correction",
    "set_note",
]
