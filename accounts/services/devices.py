"""Agents' phones: registered at sign-in, and revoked in two ways.

LOST: whoever holds the phone is told to wipe it at its first contact, and is refused everything. RETIRED: the phone may
only send what it still holds, so that no visit is lost, then it wipes itself. Both are looked at on every request.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import Device, User
from accounts.verbs import Role
from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from history.services import record

Kind = Device.Revocation


class DeviceLost(Problem):
    """Details: what the phone has to do. 401 on its tokens, 403 where somebody signs in on it."""

    code, status, message = "device_lost", 401, "This phone was reported lost. It must be wiped."

    def __init__(self, status: int = 401):
        self.status = status
        super().__init__(commands=["wipe"])


DRAIN = ["drain", "wipe"]  # what a retired phone has to do


class DeviceRetired(Problem):
    """Also the answer to a phone of somebody else, so that it tells nobody whose phone it is."""

    code, status = "device_retired", 403
    message = "This phone may only send what it still holds. Then it must be wiped."

    def __init__(self):
        super().__init__(commands=DRAIN)


class DeviceMarkedLost(Problem):
    code, status, message = "device_marked_lost", 409, "This phone is marked as lost. Take that back first."


class DeviceWiped(Problem):
    code, status, message = "device_wiped", 409, "This phone was told to wipe already. The agent signs in anew."


class TooManyPhones(Problem):
    """Details: `most`, phones that an agent may have in use."""

    code, status, message = "too_many_phones", 409, "The agent has another phone in use. Retire that one first."


@dataclass(frozen=True)
class Phone:
    """What a phone says of itself; it makes its own id."""

    id: uuid.UUID
    name: str = ""
    app_version: str = ""


def note_contact(device: Device | None, now: datetime) -> bool:
    """Whether this phone is lost; its first contact is when the order to wipe was delivered."""
    if device is None or not device.is_lost:
        return False
    if device.wiped_at is None:
        undelivered = Device.objects.filter(pk=device.pk, revocation=Kind.LOST, wiped_at=None)
        in_transaction(lambda: undelivered.update(wiped_at=now))
    return True


def admit(phone: Phone, user: User, now: datetime) -> None:
    """Raise DeviceLost or DeviceRetired where `user` may not sign in on this phone."""
    device = Device.objects.filter(pk=phone.id).first()
    if note_contact(device, now):
        raise DeviceLost(403)
    if device and (device.user_id != user.pk or device.is_retired):
        raise DeviceRetired()


def register(phone: Phone, user: User, now: datetime) -> Device:
    """The phone's row, inside the transaction of a sign-in. An agent's phones beyond DEVICES_PER_AGENT retire."""
    User.objects.select_for_update().get(pk=user.pk)  # two phones signing in at once retire each other, not neither
    values = {"name": phone.name, "app_version": phone.app_version, "last_seen_at": now}
    device, _ = Device.objects.get_or_create(pk=phone.id, defaults=values | {"user": user})
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.user_id != user.pk or device.revoked_at:
        raise DeviceRetired()
    Device.objects.filter(pk=device.pk).update(**values)
    if user.role == Role.AGENT:
        others = user.devices.in_use().exclude(pk=device.pk).order_by("-last_seen_at", "pk")
        for older in others[settings.DEVICES_PER_AGENT - 1 :]:
            revoke(older, Kind.RETIRED, user, f"signed in on {device}"[:200], now)
    return device


def revoke_device(*, user: User, device_id: uuid.UUID, kind: str, reason: str, now: datetime) -> Device:
    """Mark a phone lost or retired. Said again it changes nothing; a retired phone can still be marked lost.

    Raises NotAllowed, NotFound, DeviceMarkedLost.
    """

    def work():
        device = find_device(user, device_id)
        if device.revocation == kind:
            return device
        if device.is_lost:
            raise DeviceMarkedLost()
        revoke(device, kind, user, reason, now)
        return device

    return in_transaction(work)


def restore_device(*, user: User, device_id: uuid.UUID) -> Device:
    """Take a revocation back, where the phone has not been told to wipe. One that is in use stays so.

    Raises NotAllowed, NotFound, DeviceWiped, TooManyPhones.
    """

    def work():
        device = find_device(user, device_id)
        if device.revoked_at is None:
            return device
        if device.wiped_at:
            raise DeviceWiped()
        owner = User.objects.select_for_update().get(pk=device.user_id)
        if owner.role == Role.AGENT and owner.devices.in_use().count() >= settings.DEVICES_PER_AGENT:
            raise TooManyPhones(most=settings.DEVICES_PER_AGENT)
        before = columns(device)
        device.revocation, device.revocation_reason = "", ""
        device.revoked_at = device.revoked_by = None
        device.save(update_fields=["revocation", "revocation_reason", "revoked_at", "revoked_by"])
        record(actor=user, verb="restore_device", target=device, before=before, after=columns(device))
        return device

    return in_transaction(work)


def find_device(user: User, device_id: uuid.UUID) -> Device:
    """The phone, locked, if its agent is in the user's reach."""
    require(user, "manage_users")
    if not Device.objects.visible_to(user).filter(pk=device_id).exists():
        raise NotFound()
    Device.objects.select_for_update().get(pk=device_id)
    return Device.objects.select_related("user__witel", "revoked_by").get(pk=device_id)


def revoke(device: Device, kind: str, by: User, reason: str, now: datetime) -> None:
    before = columns(device)
    device.revocation, device.revoked_at, device.revoked_by, device.revocation_reason = kind, now, by, reason
    device.save(update_fields=["revocation", "revoked_at", "revoked_by", "revocation_reason"])
    verb = "lose_device" if kind == Kind.LOST else "retire_device"
    record(actor=by, verb=verb, target=device, before=before, after=columns(device), reason=reason)


def columns(device: Device) -> dict:
    return {"user_id": device.user_id, "name": device.name, "revocation": device.revocation}
