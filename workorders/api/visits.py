"""Visits: sent once, stored once, however often they are sent; read within reach."""

import uuid
from datetime import date

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import fingerprint, page_out, read_cursor
from common.openapi import ProblemOut, answers
from common.paging import page_after
from common.parameters import DayField, KeyField, ListQuery, read_body, read_query
from common.problems import NotFound, require
from history.services import record_access
from workorders.api.visit_shapes import VisitIn, VisitOut, VisitPage, report_of, visit_out
from workorders.models import Visit
from workorders.services.clocks import by_wall
from workorders.services.reports import Draft
from workorders.services.visits import record_visit

RELATED = ("order", "agent", "disposition", "promise", "trail")
NEWEST = "-business_day"


class VisitQuery(ListQuery):
    from_day = DayField(required=False, help_text="first business day")
    until_day = DayField(required=False, help_text="last business day")
    disposition = serializers.CharField(max_length=16, required=False, help_text="code")
    agent = serializers.CharField(max_length=150, required=False, help_text="username")
    order = KeyField(required=False)


class VisitList(APIView):
    @extend_schema(
        operation_id="list_visits",
        summary="Visits within reach, newest day first",
        tags=["visits"],
        parameters=[VisitQuery],
        responses=answers(200, VisitPage),
    )
    def get(self, request):
        require(request.user, "see_orders")
        asked = read_query(request, VisitQuery)
        page = find_page(request.user, asked)
        words = " ".join(sorted(set(asked) - {"limit", "cursor"}))
        record_access(actor=request.user, purpose="list", target_type="visit", rows=len(page["results"]), detail=words)
        return Response(page)


class OneVisit(APIView):
    @extend_schema(
        operation_id="get_visit",
        summary="One visit",
        tags=["visits"],
        responses=answers(200, VisitOut, 404),
    )
    def get(self, request, visit):
        read_query(request)
        require(request.user, "see_orders")
        found = Visit.objects.visible_to(request.user).select_related(*RELATED).filter(pk=visit).first()
        if found is None:
            raise NotFound()
        record_access(actor=request.user, purpose="view", target_type="visit", target_id=found.pk, rows=1)
        return Response(visit_out(request.user, found))

    @extend_schema(
        operation_id="put_visit",
        summary="Send a visit: 201 first, 200 for the same again, 409 for another content",
        tags=["visits"],
        request=VisitIn,
        responses=answers(201, VisitOut, 404, 415) | {200: VisitOut, 409: ProblemOut},
    )
    def put(self, request, visit):
        read_query(request)
        require(request.user, "write_visits")
        report, now = report_of(read_body(request, VisitIn)), timezone.now()
        device = getattr(request.auth, "device", None)
        draft = Draft(visit, report, by_wall(report.visited_at, now), now, device)
        stored, is_new = record_visit(agent=request.user, draft=draft)
        return Response(visit_out(request.user, stored), status=201 if is_new else 200)


def find_page(user, asked: dict) -> dict:
    filters = {
        "business_day__gte": asked.get("from_day"),
        "business_day__lte": asked.get("until_day"),
        "disposition__code": asked.get("disposition"),
        "agent__username": asked.get("agent"),
        "order": asked.get("order"),
    }
    tie = fingerprint(user, list="visits", **filters)
    last = None
    if "cursor" in asked:
        day, key = read_cursor(asked["cursor"], tie, 2)
        last = (date.fromisoformat(day), uuid.UUID(key))
    visits = Visit.objects.visible_to(user).filter(
        **{name: value for name, value in filters.items() if value is not None}
    )
    visits = visits.select_related(*RELATED).prefetch_related("photos")
    rows = list(page_after(visits, NEWEST, last, tie="-pk")[: asked["limit"] + 1])
    seen = rows[: asked["limit"]]
    following = [tie, seen[-1].business_day.isoformat(), str(seen[-1].pk)] if len(rows) > len(seen) else None
    return page_out([visit_out(user, visit) for visit in seen], following)
