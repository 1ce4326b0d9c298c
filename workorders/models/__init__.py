"""The task (WorkOrder), its attempts (Visit), their coded results (Disposition), promises and photos."""

from workorders.models.disposition import Disposition, DispositionAlias
from workorders.models.feed import FeedEntry, FeedEpoch, FeedScope
from workorders.models.hold import AddressHold, RescueKind, RescueStep, SearchTrail
from workorders.models.photo import Upload, VisitPhoto
from workorders.models.promise import PromiseToPay
from workorders.models.risk import RiskModel
from workorders.models.sync import AgentPosition, Conflict, DeviceClock, Operation, Quarantine, VisitReview
from workorders.models.visit import Lesson, Visit
from workorders.models.workorder import Assignment, WorkOrder

__all__ = [
    "AddressHold",
    "AgentPosition",
    "Assignment",
    "Conflict",
    "DeviceClock",
    "Disposition",
    "DispositionAlias",
    "FeedEntry",
    "FeedEpoch",
    "FeedScope",
    "Lesson",
    "Operation",
    "PromiseToPay",
    "Quarantine",
    "RescueKind",
    "RescueStep",
    "RiskModel",
    "SearchTrail",
    "Upload",
    "Visit",
    "VisitReview",
    "VisitPhoto",
    "WorkOrder",
]
