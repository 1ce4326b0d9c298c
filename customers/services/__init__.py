"""Verbs on customers: `bills` recounts arrears, `locations` decides where houses are, `evidence` takes reports from the
field, `corrections` are the desk's decisions."""

from customers.services.bills import recount_arrears
from customers.services.corrections import decide_correction, place_point, revert_correction
from customers.services.evidence import Fix, Target, report_house, report_search
from customers.services.locations import resolve_locations

__all__ = [
    "Fix",
    "Target",
    "decide_correction",
    "place_point",
    "recount_arrears",
    "report_house",
    "report_search",
    "resolve_locations",
    "revert_correction",
]
