"""Sync of the phones: push what was done, pull what changed, and all of it anew."""

import json
from dataclasses import asdict

from django.conf import settings
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services.devices import DRAIN
from common.api import StrictJSONParser, read_cursor, refuse_unstorable, write_cursor
from common.openapi import ProblemOut, answers
from common.parameters import read_body, read_query
from common.problems import Invalid, Problem, require
from history.services import record_access
from workorders.api.order_page import order_out, order_pages
from workorders.api.sync_shapes import PullOut, PushIn, PushOut, Reader, SnapshotOut, stamp_of
from workorders.models import FeedEntry, Operation, WorkOrder
from workorders.services.clocks import Contact
from workorders.sync.pull import Cursor, Page, pull, snapshot
from workorders.sync.push import push

PAGE, PAGE_MOST = 100, 300
FEED, SNAPSHOT = "feed", "snapshot"


class NeedsPhone(Problem):
    code, status, message = "needs_phone", 403, "Sign in with `device`: only a phone syncs."


class PushParser(StrictJSONParser):
    """JSON of at most 1 MiB: what a phone can send again on a bad line. What no table can hold is refused in the
    envelope only: within `ops` it is its own operation's affair, or half an emoji would keep back all that was done.
    """

    most_bytes = settings.OFFLINE["push_most_bytes"]

    def decode(self, content: bytes):
        try:
            value = json.loads(content)  # takes half an emoji, NaN and any number, which orjson does not
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not valid JSON in UTF-8.") from error
        if isinstance(value, dict):
            refuse_unstorable({name: item for name, item in value.items() if name != "ops"})
        return value


def phone_of(request):
    require(request.user, "write_visits")
    device = getattr(request.auth, "device", None)
    if device is None:
        raise NeedsPhone()
    return device


class Push(APIView):
    parser_classes = (PushParser,)
    accepts_retired = True  # a phone that is no longer used may still give what it holds

    @extend_schema(
        operation_id="sync_push",
        summary="What the agent did: one result for each operation",
        tags=["sync"],
        request=PushIn,
        responses=answers(200, PushOut, 415) | {503: ProblemOut},
    )
    def post(self, request):
        received_at = timezone.now()
        read_query(request)
        device = phone_of(request)
        given = read_body(request, PushIn)
        if given["device"] != device.pk:
            raise Invalid(device=["This is not the phone that signed in."])
        reader = Reader(given["schema"])
        results = push(
            agent=request.user,
            device=device,
            sent=Contact(received_at, stamp_of(given["sent"])),
            ops=[reader.read(content) for content in request.data["ops"]],
            read=Reader(given["schema"]).read,
            now=received_at,
        )
        shown = [asdict(result) for result in results]
        commands = DRAIN if device.is_retired else []
        return Response({"server_time": timezone.now(), "results": shown, "commands": commands})


class PullQuery(serializers.Serializer):
    cursor = serializers.CharField(
        max_length=400, required=False, help_text="of the answer before; none: from the start"
    )
    limit = serializers.IntegerField(min_value=1, max_value=PAGE_MOST, default=PAGE)


# A day's orders are 3 kB each, a tenth of that compressed, and it is the agent's data plan. BREACH reads secrets from
# compressed answers to a browser that sends its cookies by itself: a phone's token goes only where the app sends it.
compressed = method_decorator(gzip_page, "dispatch")


@compressed
class Pull(APIView):
    @extend_schema(
        operation_id="sync_pull",
        summary="What changed since the cursor; 410 resync where it is of another past",
        tags=["sync"],
        parameters=[PullQuery],
        responses=answers(200, PullOut) | {410: ProblemOut},
    )
    def get(self, request):
        phone_of(request)
        asked = read_query(request, PullQuery)
        cursor = Cursor(*read_cursor(asked["cursor"], tie_of(request, FEED), 2)) if "cursor" in asked else None
        page = pull(agent=request.user, cursor=cursor, limit=asked["limit"], now=timezone.now())
        shown = page_out(request.user, page)
        following = page.cursor_after(cursor)
        cursor = write_cursor([tie_of(request, FEED), following.epoch, following.seq])
        return Response({"changes": shown.pop("rows"), "cursor": cursor, "more": page.is_more, "commands": []} | shown)


@compressed
class Snapshot(APIView):
    @extend_schema(
        operation_id="sync_snapshot",
        summary="All that the phone should hold, page by page; then pull from `cursor`",
        tags=["sync"],
        parameters=[PullQuery],
        responses=answers(200, SnapshotOut) | {410: ProblemOut},
    )
    def get(self, request):
        phone_of(request)
        asked = read_query(request, PullQuery)
        after, began = "", None
        if "cursor" in asked:
            after, *began = read_cursor(asked["cursor"], tie_of(request, SNAPSHOT), 3)
        page = snapshot(
            agent=request.user,
            after=after,
            began=Cursor(*began) if began else None,
            limit=asked["limit"],
            now=timezone.now(),
        )
        shown = page_out(request.user, page)
        began = began or [page.epoch, page.seq]
        following = write_cursor([tie_of(request, SNAPSHOT), page.said[-1].id, *began]) if page.is_more else None
        feed = write_cursor([tie_of(request, FEED), *began])
        return Response({"items": shown.pop("rows"), "next": following, "cursor": feed} | shown)


def tie_of(request, name: str) -> str:
    """Ties a cursor to its user and its list."""
    return f"{name}:{request.user.pk}"


def page_out(user, page: Page) -> dict:
    """The entries with their bodies as they are now; what is no longer the agent's own reads as gone."""
    upserts = [said for said in page.said if said.kind == FeedEntry.Kind.UPSERT]
    orders = bodies_of_orders(user, [int(said.id) for said in upserts if said.type == FeedEntry.Type.ORDER])
    wanted = [said.id for said in upserts if said.type == FeedEntry.Type.OPERATION]
    operations = {str(row.pk): operation_out(row) for row in Operation.objects.filter(pk__in=wanted, agent=user)}
    bodies = orders | operations
    rows = []
    for said in page.said:
        body = bodies.get(said.id) if said.kind == FeedEntry.Kind.UPSERT else None
        rows.append({"seq": said.seq, "type": said.type, "id": said.id, "kind": said.kind, "body": body})
    record_access(actor=user, purpose="list", target_type="workorder", rows=len(orders), detail="sync")
    return {
        "rows": rows,
        "scope": {"count": page.count, "hash": page.state_hash},
        "server_time": timezone.now(),
    }


def bodies_of_orders(user, keys: list[int]) -> dict[str, dict]:
    now = timezone.now()
    found = order_pages(WorkOrder.objects.filter(assignee=user.pk, pk__in=keys)) if keys else []
    return {
        str(order.pk): sealed(order_out(user, order, now)) | {"billing_stops_on": order.billing_stops_on}
        for order in found
    }


def sealed(body: dict) -> dict:
    """Without what changes by the hour alone."""
    body.pop("days_to_ct0")
    return body


def operation_out(row: Operation) -> dict:
    """What became of an operation after it was answered."""
    return {"op": row.pk, "type": row.type, "entity": row.entity, "status": row.status, "result": row.result}
