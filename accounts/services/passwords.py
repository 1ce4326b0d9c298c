"""Passwords are guessed slowly: per account and address (django-axes), per account, and per address.

The last two are counted here, in the database and before the password is looked at, so that requests at the same moment
on several workers cannot slip through together. What proves right is given back. An hour begins with its first try.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from unicodedata import combining, normalize

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.db.models import F
from django.utils import timezone

from accounts.models import PasswordTries, User
from common.addresses import client_address, network_of
from common.problems import Problem
from common.tx import in_transaction

T = TypeVar("T")
HOUR = timedelta(hours=1)


class TooManyAttempts(Problem):
    """Known and unknown accounts alike, whatever the password. Details: `retry_after_s`."""

    code, status = "too_many_attempts", 429
    message = "Too many wrong passwords. Wait, then try again."


def check_password(request, *, username: str, password: str) -> User | None:
    """The user in service whose password this is. Unknown, wrong and out of service are None, after the same work.

    `request` is Django's. Raises TooManyAttempts.
    """
    refuse_locked_out(request, username)

    def check():
        user = authenticate(request, username=username, password=password)
        if user is not None and not user.is_in_service(timezone.localdate()):
            note_failure(request, username)
            return None
        return user

    user = counted(request, username=username, check=check)
    if user is None:
        refuse_locked_out(request, username)
    return user


def note_failure(request, username: str) -> None:
    """Tell django-axes of a failure that Django did not see."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def refuse_locked_out(request, username: str) -> None:
    """Raise TooManyAttempts where django-axes has closed this account for this address."""
    request.axes_locked_out = False  # the answer is ours; the middleware would put a page in its place
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise TooManyAttempts(retry_after_s=int(get_cool_off(request).total_seconds()))


def counted(request, *, username: str, check: Callable[[], T | None]) -> T | None:
    """`check()`, counted before it runs and given back where it finds something. Raises TooManyAttempts."""
    now = timezone.now()
    limits = {
        key_of("address", network_of(client_address(request))): settings.LOGIN_ATTEMPTS_PER_ADDRESS,
        key_of("account", account_of(username)): settings.LOGIN_ATTEMPTS_PER_ACCOUNT,
    }
    refuse_closed(limits, now)  # a look costs a storm of guesses no lock on anything
    for key, most in limits.items():
        # One transaction each: a refusal must stay counted, and two locks at once could meet crosswise.
        if not in_transaction(lambda key=key, most=most: take(key, most, now)):
            refuse_closed(limits, now)
            raise TooManyAttempts(retry_after_s=int(HOUR.total_seconds()))
    found = check()
    if found is not None:
        back = PasswordTries.objects.filter(key__in=limits, tries__gt=0).order_by("key")
        in_transaction(lambda: back.update(tries=F("tries") - 1))
    return found


def take(key: str, most: int, now: datetime) -> bool:
    """Count one try of `key`; False where this hour has had `most`."""
    rows = PasswordTries.objects.filter(key=key)
    fresh = rows.filter(since__gt=now - HOUR, tries__lt=most)
    if fresh.update(tries=F("tries") + 1) or rows.filter(since__lte=now - HOUR).update(since=now, tries=1):
        return True
    if not rows.exists():
        PasswordTries.objects.filter(since__lte=now - HOUR).delete()
        PasswordTries.objects.bulk_create([PasswordTries(key=key, since=now, tries=0)], ignore_conflicts=True)
    # Once more: the row may be another's, made since the first look.
    return bool(fresh.update(tries=F("tries") + 1))


def refuse_closed(limits: dict[str, int], now: datetime) -> None:
    """Raise TooManyAttempts where a key has had its tries of this hour."""
    for row in PasswordTries.objects.filter(key__in=limits, since__gt=now - HOUR):
        if row.tries >= limits[row.key]:
            raise TooManyAttempts(retry_after_s=max(1, int((row.since + HOUR - now).total_seconds())))


def account_of(username: str) -> str:
    """One spelling for all that may mean one account: MariaDB ignores capitals and accents when it looks for a name.

    Names that nobody has are folded alike, or the count itself would tell which exist.
    """
    found = User.objects.filter(username=username).values_list("username", flat=True).first()
    letters = normalize("NFKD", (found or username).casefold())
    return "".join(letter for letter in letters if not combining(letter)).strip()


def key_of(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind} {value}".encode()).hexdigest()
