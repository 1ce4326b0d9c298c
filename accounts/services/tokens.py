"""Sign-ins of phones: an access token for each request, a refresh token for the next pair.

Tokens are random, opaque, and kept only as SHA-256, so a stolen database opens nothing. One sign-in is a *family*; each
refresh adds a generation to it. A phone that lost the answer to a refresh asks again with the same token and gets the
same pair, since the pair is derived from it; a token that turns up later was stolen, and ends its family.
"""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Device, Token, User
from accounts.services.devices import DeviceLost, Phone, admit, note_contact, register
from common.problems import Problem
from common.tx import in_transaction

# How long the token before still answers the same pair.
GRACE = timedelta(minutes=10)
# A phone's `last_seen_at` is written at most this often.
SEEN_EVERY = timedelta(minutes=1)


class WrongCredentials(Problem):
    """Unknown, wrong and out of service alike: the answer never tells which."""

    code, status, message = "wrong_credentials", 401, "The username or the password is wrong."


class TokenRefused(Problem):
    code, status, message = "token_refused", 401, "This token is not valid any more. Sign in again."


@dataclass(frozen=True)
class Pair:
    """The two tokens in clear, once."""

    access: str
    refresh: str
    access_expires_at: datetime
    refresh_expires_at: datetime


def sign_in(*, user: User | None, now: datetime, phone: Phone | None = None) -> Pair:
    """A new family for `user`, who has shown the password. Raises WrongCredentials, DeviceLost, DeviceRetired."""
    if user is None or not user.is_in_service(timezone.localdate(now)):
        raise WrongCredentials()
    if phone:
        admit(phone, user, now)

    def work():
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        device = register(phone, user, now) if phone else None
        token = add_generation(user, device, uuid.uuid4(), access, refresh, now)
        return pair(token, access, refresh)

    return in_transaction(work)


def add_generation(user, device, family, access: str, refresh: str, now: datetime) -> Token:
    return Token.objects.create(
        user=user,
        device=device,
        family=family,
        access_hash=sha256(access),
        refresh_hash=sha256(refresh),
        created_at=now,
        access_expires_at=now + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS),
        refresh_expires_at=now + timedelta(days=settings.REFRESH_TOKEN_DAYS),
    )


def renew(*, refresh: str, now: datetime, device: uuid.UUID | None = None) -> Pair:
    """The pair that follows `refresh`: the same one for ten minutes, whoever lost the answer.

    Later reuse revokes the family, and so does another `device` than the one that signed in; clients that name none are
    taken at their token's word. Raises TokenRefused, DeviceLost.
    """
    holder = Token.objects.select_related("device").filter(refresh_hash=sha256(refresh)).first()
    if holder and note_contact(holder.device, now):
        raise DeviceLost()
    found = in_transaction(lambda: next_pair(refresh, device, now))
    if found is None:  # raised out here, so that a revocation inside stays
        raise TokenRefused()
    return found


def next_pair(refresh: str, device: uuid.UUID | None, now: datetime) -> Pair | None:
    token = Token.objects.select_for_update().filter(refresh_hash=sha256(refresh)).first()
    if token is None or not is_alive(token, now) or token.refresh_expires_at <= now:
        return None
    if device and token.device_id and device != token.device_id:
        revoke_family(token, now)
        return None
    access, following = derive("access", refresh), derive("refresh", refresh)
    if token.rotated_at is None:
        fresh = add_generation(token.user, token.device, token.family, access, following, now)
        Token.objects.filter(pk=token.pk).update(rotated_at=now)
        return pair(fresh, access, following)
    if now - token.rotated_at > GRACE:
        revoke_family(token, now)
        return None
    # The answer was lost, or the question came twice. Who has used the answer needs it no more: this is somebody else.
    answered = Token.objects.filter(refresh_hash=sha256(following), revoked_at=None, rotated_at=None).first()
    return pair(answered, access, following) if answered else None


def sign_out(*, token: Token, now: datetime) -> None:
    """End the family of this token."""
    revoke_family(token, now)


def revoke_tokens(*, user: User) -> None:
    """Sign out every phone of `user`: whoever knew the old password loses what it opened."""
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def revoke_family(token: Token, now: datetime) -> None:
    Token.objects.filter(family=token.family, revoked_at=None).update(revoked_at=now)


def find_token(access: str, now: datetime) -> Token | None:
    """The live token with its user, place and phone, in one query; None for any other.

    Raises DeviceLost for every token that a lost phone ever had, expired ones too: it may have been off for long.
    """
    people = Token.objects.select_related("user__witel__region", "user__region", "device")
    token = people.filter(access_hash=sha256(access)).first()
    if token and note_contact(token.device, now):
        raise DeviceLost()
    return token if token and is_alive(token, now) and token.access_expires_at > now else None


def is_alive(token: Token, now: datetime) -> bool:
    return not token.revoked_at and token.user.is_in_service(timezone.localdate(now))


def note_seen(token: Token, now: datetime) -> None:
    """Write the phone's `last_seen_at`, at most once a minute."""
    device = token.device
    if device and (device.last_seen_at is None or now - device.last_seen_at >= SEEN_EVERY):
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)


def pair(token: Token, access: str, refresh: str) -> Pair:
    return Pair(access, refresh, token.access_expires_at, token.refresh_expires_at)


def derive(kind: str, refresh: str) -> str:
    """The token of `kind` that follows `refresh`: only who holds SECRET_KEY can compute it."""
    digest = salted_hmac(f"accounts.tokens.{kind}", refresh, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
