"""Verbs on customers: `bills` recounts arrears, `locations` decides where the house is."""

from customers.services.bills import recount_arrears
from customers.services.locations import record_evidence, resolve_locations

__all__ = ["recount_arrears", "record_evidence", "resolve_locations"]
