from uuid import UUID

from django.urls import path, register_converter
from django.urls.converters import UUIDConverter

from common.ids import read_id
from workorders.api import (
    clues,
    corrections,
    desk,
    dispositions,
    feed,
    moves,
    orders,
    photos,
    pins,
    rescue,
    review,
    sync,
    uploads,
    visits,
)


class AnyCaseUUID(UUIDConverter):
    """Some platforms write UUIDs in capitals."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def to_python(self, value: str) -> UUID:
        return read_id(value)


register_converter(AnyCaseUUID, "any_uuid")

urlpatterns = [
    path("workorders/", orders.OrderList.as_view()),
    path("workorders/<int:order>/", orders.OrderDetail.as_view()),
    path("workorders/<int:order>/assignments/", moves.Assignments.as_view()),
    path("workorders/<int:order>/assignments/current/", moves.CurrentAssignment.as_view()),
    path("workorders/<int:order>/reopenings/", moves.Reopenings.as_view()),
    path("workorders/<int:order>/holds/", moves.Holds.as_view()),
    path("workorders/<int:order>/holds/current/", moves.CurrentHold.as_view()),
    path("workorders/<int:order>/check-ins/", moves.CheckIns.as_view()),
    path("workorders/<int:order>/clues/", clues.Clues.as_view()),
    path("workorders/<int:order>/rescue-steps/", rescue.OrderSteps.as_view()),
    path("workorders/<int:order>/transfers/", desk.Transfers.as_view()),
    path("desk/", desk.Desk.as_view()),
    path("corrections/", corrections.CorrectionList.as_view()),
    path("corrections/<int:correction>/decisions/", corrections.Decisions.as_view()),
    path("corrections/<int:correction>/reversals/", corrections.Reversals.as_view()),
    path("rescue-steps/", rescue.KindList.as_view()),
    path("visits/", visits.VisitList.as_view()),
    path("visits/flagged/", review.FlaggedVisits.as_view()),
    path("visits/<any_uuid:visit>/", visits.OneVisit.as_view()),
    path("visits/<any_uuid:visit>/review/", review.VisitReviews.as_view()),
    path("quarantine/", review.QuarantineList.as_view()),
    path("quarantine/<int:key>/decisions/", review.QuarantineDecisions.as_view()),
    path("quarantine/<int:key>/decisions/current/", review.CurrentQuarantineDecision.as_view()),
    path("conflicts/", review.ConflictList.as_view()),
    path("conflicts/<int:key>/decisions/", review.ConflictDecisions.as_view()),
    path("conflicts/<int:key>/phone-views/", review.ConflictPhoneViews.as_view()),
    path("uploads/", uploads.Uploads.as_view()),
    path("uploads/<any_uuid:upload>/", uploads.OneUpload.as_view()),
    path("photos/<any_uuid:photo>/", photos.OnePhoto.as_view(), name="photo"),
    path("customers/<int:customer>/pin/", pins.CustomerPin.as_view()),
    path("customers/<int:customer>/pin-links/", pins.PinLinks.as_view()),
    path("sync/push/", sync.Push.as_view()),
    path("sync/pull/", sync.Pull.as_view()),
    path("sync/snapshot/", sync.Snapshot.as_view()),
    path("feed/", feed.Feed.as_view()),
    path("dispositions/", dispositions.DispositionList.as_view()),
]
