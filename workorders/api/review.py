"""What is left for a person to decide: quarantined operations, conflicting notes, flagged visits."""

from datetime import datetime

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.openapi import answers
from common.paging import page_after
from common.parameters import ListQuery, read_body, read_query
from common.problems import NotAllowed, NotFound, require
from customers.masking import mask_phone, mask_phones_in
from customers.models import FieldNote
from customers.services.phones import reveal_phones
from history.services import record_access
from workorders.api.sync_shapes import Reader
from workorders.api.visit_shapes import VisitPage, text, visit_out
from workorders.models import Conflict, Quarantine, Visit, VisitReview
from workorders.sync import review

REASON_MOST = 200


class QuarantineQuery(ListQuery):
    state = serializers.ChoiceField(Quarantine.State.choices, default=Quarantine.State.OPEN)


class QuarantineOut(serializers.Serializer):
    id = serializers.IntegerField()
    operation = serializers.UUIDField()
    agent = serializers.CharField(help_text="username")
    type = serializers.CharField()
    entity = serializers.CharField()
    code = serializers.CharField(help_text="why")
    details = serializers.DictField()
    content = serializers.DictField(help_text="as it was sent; telephone numbers masked but for who sent it")
    received_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Quarantine.State.choices)
    decided_by = serializers.CharField(allow_null=True, help_text="username")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class QuarantinePage(serializers.Serializer):
    results = QuarantineOut(many=True)
    next = serializers.CharField(allow_null=True)


class QuarantineDecisionIn(serializers.Serializer):
    decision = serializers.ChoiceField(["apply", "dismiss"])
    reason = text(REASON_MOST)


class ConflictQuery(ListQuery):
    state = serializers.ChoiceField(Conflict.State.choices, default=Conflict.State.OPEN)


class ConflictOut(serializers.Serializer):
    id = serializers.IntegerField()
    operation = serializers.UUIDField()
    agent = serializers.CharField(help_text="username")
    customer = serializers.IntegerField()
    field = serializers.CharField()
    stands = serializers.CharField(help_text="what stood when the proposal came; a telephone number masked")
    proposed = serializers.CharField(help_text="a telephone number masked but for who proposed it")
    received_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Conflict.State.choices)
    decided_by = serializers.CharField(allow_null=True, help_text="username")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ConflictPage(serializers.Serializer):
    results = ConflictOut(many=True)
    next = serializers.CharField(allow_null=True)


class ConflictDecisionIn(serializers.Serializer):
    take = serializers.BooleanField(help_text="true: what was proposed; false: what stands")
    reason = text(REASON_MOST)


class ConflictPhonesIn(serializers.Serializer):
    reason = text(REASON_MOST)


class ReviewIn(serializers.Serializer):
    verdict = serializers.ChoiceField(VisitReview.Verdict.choices)
    reason = text(REASON_MOST)


class ReviewOut(serializers.Serializer):
    visit = serializers.UUIDField()
    verdict = serializers.ChoiceField(VisitReview.Verdict.choices)
    reason = serializers.CharField()
    by = serializers.CharField(help_text="username")
    at = serializers.DateTimeField()


class QuarantineList(APIView):
    @extend_schema(
        operation_id="list_quarantine",
        summary="What phones sent and could not be applied; an agent sees his own",
        tags=["review"],
        parameters=[QuarantineQuery],
        responses=answers(200, QuarantinePage),
    )
    def get(self, request):
        return Response(state_page(request, Quarantine, QuarantineQuery, quarantine_out))


class QuarantineDecisions(APIView):
    @extend_schema(
        operation_id="decide_quarantined",
        summary="Apply it on your word, or dismiss it",
        tags=["review"],
        request=QuarantineDecisionIn,
        responses=answers(200, QuarantineOut, 404, 409, 415),
    )
    def post(self, request, key):
        read_query(request)
        given = read_body(request, QuarantineDecisionIn)
        words = {"user": request.user, "key": key, "reason": given.get("reason", ""), "now": timezone.now()}
        if given["decision"] == "apply":
            row = review.apply_quarantined(**words, read=Reader().read)
        else:
            row = review.dismiss_quarantined(**words)
        return Response(quarantine_out(request.user, row))


class CurrentQuarantineDecision(APIView):
    @extend_schema(
        operation_id="reopen_quarantined",
        summary="Take a dismissal back",
        tags=["review"],
        request=None,
        responses=answers(200, QuarantineOut, 404, 409),
    )
    def delete(self, request, key):
        read_query(request)
        return Response(quarantine_out(request.user, review.reopen_quarantined(user=request.user, key=key)))


class ConflictList(APIView):
    @extend_schema(
        operation_id="list_conflicts",
        summary="Notes of customers that two people changed; an agent sees his own proposals",
        tags=["review"],
        parameters=[ConflictQuery],
        responses=answers(200, ConflictPage),
    )
    def get(self, request):
        return Response(state_page(request, Conflict, ConflictQuery, conflict_out))


class ConflictDecisions(APIView):
    @extend_schema(
        operation_id="decide_conflict",
        summary="Take what was proposed, or keep what stands",
        tags=["review"],
        request=ConflictDecisionIn,
        responses=answers(200, ConflictOut, 404, 409, 415),
    )
    def post(self, request, key):
        read_query(request)
        given = read_body(request, ConflictDecisionIn)
        row = review.decide_conflict(
            user=request.user, key=key, take=given["take"], reason=given.get("reason", ""), now=timezone.now()
        )
        return Response(conflict_out(request.user, row))


class ConflictPhoneViews(APIView):
    @extend_schema(
        operation_id="view_phones_of_conflict",
        summary="The telephone numbers of a conflict; each look is counted and in the access log",
        tags=["review"],
        request=ConflictPhonesIn,
        responses=answers(201, ConflictOut, 404, 415, 429),
    )
    def post(self, request, key):
        read_query(request)
        given = read_body(request, ConflictPhonesIn)
        require(request.user, "decide")
        conflicts = Conflict.objects.visible_to(request.user).select_related("agent", "decided_by")
        row = conflicts.filter(pk=key).first()
        if row is None:
            raise NotFound()
        words = {"now": timezone.now(), "reason": given.get("reason", "")}
        reveal_phones(user=request.user, customer_id=row.customer_id, **words)
        return Response(conflict_out(request.user, row, are_phones_whole=True), status=201)


class FlaggedVisits(APIView):
    @extend_schema(
        operation_id="list_flagged_visits",
        summary="Flagged visits that nobody has looked at, newest first",
        tags=["review"],
        parameters=[ListQuery],
        responses=answers(200, VisitPage),
    )
    def get(self, request):
        refuse_others(request.user)
        asked = read_query(request, ListQuery)
        visits = Visit.objects.visible_to(request.user).to_review()
        related = ("order", "agent", "disposition", "promise", "trail")
        rows, following = newest(request, visits.select_related(*related), asked, "flagged", key="received_at")
        record_access(actor=request.user, purpose="list", target_type="visit", rows=len(rows), detail="flagged")
        return Response(page_out([visit_out(request.user, row) for row in rows], following))


class VisitReviews(APIView):
    @extend_schema(
        operation_id="review_visit",
        summary="What you made of a flagged visit; said again, the newer counts",
        tags=["review"],
        request=ReviewIn,
        responses=answers(200, ReviewOut, 404, 415),
    )
    def put(self, request, visit):
        read_query(request)
        given = read_body(request, ReviewIn)
        row = review.review_visit(
            user=request.user,
            visit_id=visit,
            verdict=given["verdict"],
            reason=given.get("reason", ""),
            now=timezone.now(),
        )
        shown = {name: getattr(row, name) for name in ("verdict", "reason", "at")}
        return Response({"visit": row.visit_id, "by": row.by.username} | shown)


def refuse_others(user) -> None:
    if not (user.may("decide") or user.may("write_visits")):
        raise NotAllowed()


def state_page(request, model, query, shape) -> dict:
    """A page of quarantined operations or conflicts in one state, newest first."""
    refuse_others(request.user)
    asked = read_query(request, query)
    rows = model.objects.visible_to(request.user).filter(state=asked["state"]).select_related("agent", "decided_by")
    rows, following = newest(request, rows, asked, f"{model._meta.model_name} {asked['state']}")
    record_access(
        actor=request.user, purpose="list", target_type=model._meta.model_name, rows=len(rows), detail=asked["state"]
    )
    return page_out([shape(request.user, row) for row in rows], following)


def newest(request, rows, asked: dict, name: str, key: str = "received_at"):
    """(rows of the page, what the next cursor carries): by `key`, newest first."""
    tie = fingerprint(request.user, list=name)
    last = None
    if "cursor" in asked:
        at, pk = read_cursor(asked["cursor"], tie, 2)
        last = (datetime.fromisoformat(at), pk)
    found = list(page_after(rows, f"-{key}", last, tie="-pk")[: asked["limit"] + 1])
    seen = found[: asked["limit"]]
    following = [tie, getattr(seen[-1], key).isoformat(), str(seen[-1].pk)] if len(found) > len(seen) else None
    return seen, following


def decision_out(row) -> dict:
    shown = {name: getattr(row, name) for name in ("id", "received_at", "state", "decided_at", "reason")}
    return shown | {"agent": row.agent.username, "decided_by": row.decided_by and row.decided_by.username}


def quarantine_out(user, row: Quarantine) -> dict:
    """Who sent it reads his own words; to others its numbers are masked, as on the page."""
    shown = {name: getattr(row, name) for name in ("operation", "type", "entity", "code")}
    sent = {"details": row.details, "content": row.content}
    return decision_out(row) | shown | (sent if row.agent_id == user.pk else mask_phones_in(sent))


def conflict_out(user, row: Conflict, *, are_phones_whole: bool = False) -> dict:
    """Numbers are masked until somebody asks for them; who proposed one knows it, but not what another noted."""
    stands, proposed = row.stands, row.proposed
    if row.field == FieldNote.Field.PHONE and not are_phones_whole:
        stands = mask_phone(stands)
        proposed = proposed if row.agent_id == user.pk else mask_phone(proposed)
    shown = {"field": row.field, "stands": stands, "proposed": proposed}
    return decision_out(row) | shown | {"operation": row.operation_id, "customer": row.customer_id}
