"""Agents' phones, for who looks after them: which there are, marking one lost or retired, and taking that back."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Device
from accounts.services.devices import restore_device, revoke_device
from common.api import fingerprint, page_out, read_cursor
from common.openapi import answers
from common.paging import page_after
from common.parameters import ListQuery, Nothing, read_body, read_query
from common.problems import require

STATES = ("in_use", "retired", "lost")


class DeviceQuery(ListQuery):
    state = serializers.ChoiceField(STATES, required=False)
    agent = serializers.CharField(max_length=150, required=False, help_text="username")


class RevocationIn(serializers.Serializer):
    kind = serializers.ChoiceField(Device.Revocation.choices, help_text="LOST wipes the phone, RETIRED drains it first")
    reason = serializers.CharField(max_length=200)


class DeviceAgentOut(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField()
    witel = serializers.CharField(allow_null=True, help_text="code")


class DeviceOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="as the phone says")
    app_version = serializers.CharField()
    agent = DeviceAgentOut()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(STATES)
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_by = serializers.CharField(allow_null=True, help_text="username")
    reason = serializers.CharField(help_text="why it was revoked")
    wiped_at = serializers.DateTimeField(allow_null=True, help_text="the lost phone called in and was told to wipe")


class DevicePage(serializers.Serializer):
    results = DeviceOut(many=True)
    next = serializers.CharField(allow_null=True)


class DeviceList(APIView):
    @extend_schema(
        operation_id="list_devices",
        summary="Phones of the people one looks after, the newest first",
        tags=["devices"],
        parameters=[DeviceQuery],
        responses=answers(200, DevicePage),
    )
    def get(self, request):
        asked = read_query(request, DeviceQuery)
        require(request.user, "manage_users")
        return Response(find_page(request.user, asked))


class Revocations(APIView):
    @extend_schema(
        operation_id="revoke_device",
        summary="Mark a phone lost or retired, from its next request on; said twice, it changes nothing",
        tags=["devices"],
        request=RevocationIn,
        responses=answers(201, DeviceOut, 404, 409, 415),
    )
    def post(self, request, device):
        read_query(request)
        given = read_body(request, RevocationIn)
        revoked = revoke_device(user=request.user, device_id=device, now=timezone.now(), **given)
        return Response(device_out(revoked), status=201)


class CurrentRevocation(APIView):
    @extend_schema(
        operation_id="restore_device",
        summary="Take a revocation back: of a retired phone, or of a lost one that has not called in since",
        tags=["devices"],
        request=None,
        responses=answers(200, DeviceOut, 404, 409, 415),
    )
    def delete(self, request, device):
        read_query(request)
        read_body(request, Nothing)
        return Response(device_out(restore_device(user=request.user, device_id=device)))


def find_page(user, asked: dict) -> dict:
    limit = asked["limit"]
    tie = fingerprint(user, list="devices", state=asked.get("state"), agent=asked.get("agent"))
    last = read_cursor(asked["cursor"], tie, 2) if "cursor" in asked else None
    rows = Device.objects.visible_to(user).select_related("user__witel", "revoked_by").in_state(asked.get("state"))
    if "agent" in asked:
        rows = rows.filter(user__username=asked["agent"])
    found = list(page_after(rows, "-created_at", last)[: limit + 1])
    following = None
    if len(found) > limit:
        edge = found[limit - 1]
        following = [tie, edge.created_at.isoformat(), str(edge.pk)]
    return page_out([device_out(device) for device in found[:limit]], following)


def device_out(device: Device) -> dict:
    owner = device.user
    return {
        "id": device.pk,
        "name": device.name,
        "app_version": device.app_version,
        "agent": {"username": owner.username, "name": owner.name, "witel": owner.witel and owner.witel.code},
        "created_at": device.created_at,
        "last_seen_at": device.last_seen_at,
        "state": "lost" if device.is_lost else "retired" if device.is_retired else "in_use",
        "revoked_at": device.revoked_at,
        "revoked_by": device.revoked_by and device.revoked_by.username,
        "reason": device.revocation_reason,
        "wiped_at": device.wiped_at,
    }
