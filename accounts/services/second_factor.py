"""The second factor of a sign-in: a six-digit code of an app on the person's phone (RFC 6238, by pyotp).

A code counts once: its step of 30 seconds is stored by a conditional update, so that of two requests with the same code
one loses. The secret is signed, not encrypted: who reads the database and SECRET_KEY makes codes, and still needs the
password. Eight recovery codes, kept as keyed hashes, are for who lost that phone.
"""

import hmac
import logging
import secrets
from datetime import datetime

import pyotp
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services.passwords import counted, note_failure, refuse_locked_out
from accounts.services.users import NoSuchUser
from common.problems import Problem
from common.tx import in_transaction
from history.services import record

log = logging.getLogger(__name__)
STEP_S = 30
CLOCKS_APART = (-1, 0, 1)  # steps that the phone's clock may be off
RECOVERY_CODES = 8


class CodeRequired(Problem):
    """Only after a right password, which it thereby confirms; guessing stays as slow as before."""

    code, status, message = "otp_required", 401, "Send the code of your authenticator app as `otp`."


class CodeWrong(Problem):
    code, status, message = "otp_wrong", 401, "The code is wrong, or was used already."


class SecondFactorRequired(Problem):
    """The role needs a second factor, and the account has none yet."""

    code, status = "second_factor_required", 403
    message = "Your role needs a second factor. Set it up in the dashboard, on the page Keamanan."


class SecondFactorSet(Problem):
    code, status, message = "second_factor_set", 409, "The account has a second factor already."


def has_factor(user: User) -> bool:
    return confirmed(user).exists()


def is_missing(user: User) -> bool:
    """Whether the role needs a second factor that the account does not have."""
    return user.role in settings.TOTP_REQUIRED_ROLES and not has_factor(user)


def refuse_missing(user: User) -> None:
    if is_missing(user):
        raise SecondFactorRequired()


def begin_enrolment(*, user: User, now: datetime) -> None:
    """A secret for the person's app, until a code of it is shown. Raises SecondFactorSet."""

    def work():
        if confirmed(user).exists():
            raise SecondFactorSet()
        secret = signer(user).sign(pyotp.random_base32())
        SecondFactor.objects.update_or_create(user=user, defaults={"secret": secret, "created_at": now})

    in_transaction(work)


def pending_uri(user: User) -> str:
    """`otpauth://…` of an enrolment that waits for its first code, or ''. A confirmed secret is never told again."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    secret = factor and secret_of(factor)
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="Find&Go") if secret else ""


def confirm_enrolment(*, user: User, code: str, now: datetime) -> list[str]:
    """The recovery codes, in clear for this once, after the app has shown a right code. Raises CodeWrong."""

    def work():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        step = factor and step_of(factor, code, now)
        if step is None:
            raise CodeWrong()
        factor.confirmed_at, factor.last_step = now, step
        factor.save(update_fields=["confirmed_at", "last_step"])
        codes = [f"{word[:5]}-{word[5:]}" for word in (secrets.token_hex(5) for _ in range(RECOVERY_CODES))]
        hashes = [RecoveryCode(factor=factor, code_hash=hash_of(user, text)) for text in codes]
        RecoveryCode.objects.bulk_create(hashes)
        record(actor=user, verb="enable_second_factor", target=user)
        return codes

    return in_transaction(work)


def show_code(request, *, user: User, code: str, now: datetime) -> None:
    """Pass where the account has no second factor, or `code` is right. Counted like a password.

    `request` is Django's. Raises CodeRequired, CodeWrong, TooManyAttempts.
    """
    if not has_factor(user):
        return
    if not code:
        raise CodeRequired()
    refuse_locked_out(request, user.username)
    if not counted(request, username=user.username, check=lambda: take_code(user, code, now) or None):
        note_failure(request, user.username)
        refuse_locked_out(request, user.username)
        raise CodeWrong()


def take_code(user: User, code: str, now: datetime) -> bool:
    """Whether this code opens the account, now and never again."""
    factor = confirmed(user).first()
    if factor is None:
        return False
    step = step_of(factor, code, now)
    if step is not None:
        fresh = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
        return bool(in_transaction(lambda: fresh.update(last_step=step)))
    unused = RecoveryCode.objects.filter(factor=factor, code_hash=hash_of(user, code), used_at=None)

    def work():
        is_taken = bool(unused.update(used_at=now))
        if is_taken:
            record(actor=user, verb="use_recovery_code", target=user)
        return is_taken

    return in_transaction(work)


def disable(request, *, user: User, password: str, code: str, now: datetime) -> None:
    """Take the second factor off, for who knows the password and shows a code. Raises CodeWrong, TooManyAttempts."""
    refuse_locked_out(request, user.username)
    proof = counted(
        request,
        username=user.username,
        check=lambda: (user.check_password(password) and take_code(user, code, now)) or None,
    )
    if not proof:
        note_failure(request, user.username)
        raise CodeWrong()
    remove(user, actor=user, verb="disable_second_factor")


def reset(*, username: str) -> User:
    """Take it off for who lost phone and recovery codes: a command's work. Raises NoSuchUser."""
    user = User.objects.filter(username=User.normalize_username(username)).first()
    if user is None:
        raise NoSuchUser(f"There is no user {username}.")
    remove(user, actor=None, verb="reset_second_factor")
    return user


def remove(user: User, *, actor: User | None, verb: str) -> None:
    def work():
        if SecondFactor.objects.filter(user=user).delete()[0]:
            record(actor=actor, verb=verb, target=user)

    in_transaction(work)


def confirmed(user: User):
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False)


def step_of(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """Which step of 30 seconds shows this code, of those around `now`."""
    secret, code = secret_of(factor), code.replace(" ", "")
    if not secret or not code.isascii():
        return None
    present = int(now.timestamp()) // STEP_S
    steps = [present + off for off in CLOCKS_APART]
    shown = [step for step in steps if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), code)]
    return max(shown, default=None)


def secret_of(factor: SecondFactor) -> str:
    try:
        return signer(factor.user).unsign(factor.secret)
    except BadSignature:  # SECRET_KEY is another one: reset_totp helps
        log.error("the second factor of user %s was signed with another key", factor.user_id)
        return ""


def signer(user: User) -> Signer:
    return Signer(salt=f"accounts.second_factor.{user.pk}")


def hash_of(user: User, code: str) -> str:
    text = code.strip().lower().replace(" ", "").replace("-", "")
    return salted_hmac("accounts.recovery_code", f"{user.pk} {text}", algorithm="sha256").hexdigest()
