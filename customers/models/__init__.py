from customers.models.correction import LocationCorrection, PinLink
from customers.models.customer import Address, Bill, Customer, CustomerQuerySet, Stage
from customers.models.evidence import Observer, SearchedPlace
from customers.models.place import DistributionPoint, Installation, LocationCandidate, ResolvedLocation
from customers.models.run import LocatingRun

__all__ = [
    "Address",
    "Bill",
    "Customer",
    "CustomerQuerySet",
    "DistributionPoint",
    "Installation",
    "LocatingRun",
    "LocationCandidate",
    "LocationCorrection",
    "Observer",
    "PinLink",
    "ResolvedLocation",
    "SearchedPlace",
    "Stage",
]
