from customers.models.confirmed import Relation
from customers.models.correction import LocationCorrection, PinLink
from customers.models.customer import Address, Bill, Customer, CustomerQuerySet, Stage
from customers.models.evidence import Observer, SearchedPlace
from customers.models.note import FieldNote
from customers.models.offer import OfferDelivery, PointOffer
from customers.models.place import DistributionPoint, Installation, LocationCandidate, ResolvedLocation
from customers.models.run import LocatingRun

__all__ = [
    "Address",
    "Bill",
    "Customer",
    "CustomerQuerySet",
    "DistributionPoint",
    "FieldNote",
    "Installation",
    "LocatingRun",
    "LocationCandidate",
    "LocationCorrection",
    "Observer",
    "OfferDelivery",
    "PinLink",
    "PointOffer",
    "Relation",
    "ResolvedLocation",
    "SearchedPlace",
    "Stage",
]
