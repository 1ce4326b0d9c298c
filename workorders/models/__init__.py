"""The task (WorkOrder), its attempts (Visit), their coded results (Disposition), promises and photos."""

from workorders.models.disposition import Disposition, DispositionAlias
from workorders.models.feed import FeedEpoch
from workorders.models.hold import AddressHold, RescueKind, RescueStep, SearchTrail
from workorders.models.photo import Upload, VisitPhoto
from workorders.models.promise import PromiseToPay
from workorders.models.risk import RiskModel
from workorders.models.visit import Visit
from workorders.models.workorder import Assignment, WorkOrder

__all__ = [
    "AddressHold",
    "Assignment",
    "Disposition",
    "DispositionAlias",
    "FeedEpoch",
    "PromiseToPay",
    "RescueKind",
    "RescueStep",
    "RiskModel",
    "SearchTrail",
    "Upload",
    "Visit",
    "VisitPhoto",
    "WorkOrder",
]
