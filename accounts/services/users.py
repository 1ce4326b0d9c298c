"""Makes and changes accounts: who, in which role, with which reach."""

import difflib

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from accounts.services.tokens import revoke_tokens
from accounts.verbs import Role
from common.problems import Invalid, Problem
from common.tx import in_transaction
from history.services import record
from regions.models import Region, Witel


class UnknownPlace(Problem):
    """Details: the places that are spelled alike."""

    code, status = "unknown_place", 400


class ScopeDoesNotFit(Problem):
    code, status = "scope_does_not_fit", 400


class UsernameTaken(Problem):
    code, status = "username_taken", 409


class NoSuchUser(Problem):
    code, status = "no_such_user", 404


# How far a role may reach: a scope's first word. Every role not named here works in one witel or one region.
REACH = {
    Role.REGION_MANAGER: ("region",),
    Role.ANALYST: ("all", "region", "witel"),
    Role.ADMIN: ("all",),
    Role.AUDITOR: ("all",),
}
FIELD_REACH = ("witel", "region")
KEPT_IN_HISTORY = ("name", "role", "witel_id", "region_id", "is_active")


def find_place(scope: str) -> dict:
    """`all`, `region:TREG3` or `witel:BANDUNG` as the columns of User; capitals do not matter. Raises UnknownPlace."""
    kind, _, code = scope.strip().partition(":")
    kind, code = kind.lower(), code.strip().upper()
    if kind == "all" and not code:
        return {"witel": None, "region": None}
    if kind not in ("region", "witel") or not code:
        raise UnknownPlace(f"{scope} is no scope. Write all, region:CODE or witel:CODE, as in witel:BANDUNG.")
    model = Witel if kind == "witel" else Region
    place = model.objects.filter(code=code).first()
    if place is None:
        close = spelled_alike(code, model)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UnknownPlace(f"There is no {kind} {code}.{hint}", close=close)
    return {"witel": None, "region": None} | {kind: place}


def spelled_alike(code: str, model) -> list[str]:
    """At most three codes whose own spelling, or whose name's, is near to `code`."""
    spellings = {}
    for known, name in model.objects.values_list("code", "name"):
        spellings |= {known: known, name.upper(): known}
    near = difflib.get_close_matches(code, spellings, n=4, cutoff=0.6)
    return list(dict.fromkeys(spellings[spelling] for spelling in near))[:3]


def check_reach(role: str, place: dict) -> None:
    """Raise ScopeDoesNotFit where a role of this reach makes no sense."""
    kind = "witel" if place["witel"] else "region" if place["region"] else "all"
    fitting = REACH.get(role, FIELD_REACH)
    if kind not in fitting:
        raise ScopeDoesNotFit(f"The role {role} cannot have the scope {kind}; it has {' or '.join(fitting)}.")


def add_user(*, by, username: str, role: str, scope: str, password: str, name: str = "") -> User:
    """A new account that can sign in. `by` is the user who makes it, None for a command.

    Raises UnknownPlace, ScopeDoesNotFit, UsernameTaken, Invalid.
    """
    place = find_place(scope)
    check_reach(role, place)
    username = User.normalize_username(username)
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(f"The username {username} is taken.")
    user = User(username=username, name=name, role=role, **place)
    set_checked_password(user, password)
    check_columns(user)

    def work():
        user.save(force_insert=True)
        record(actor=by, verb="add_user", target=user, after=columns(user))

    try:
        in_transaction(work)
    except IntegrityError as error:  # the same name, a moment ago
        raise UsernameTaken(f"The username {username} is taken.") from error
    return user


def update_user(*, by, username: str, role: str, scope: str, password: str | None = None, name: str = "") -> User:
    """Another role and scope for an account; a new password too where one is given, which signs its phones out.

    An empty `name` leaves the name. Raises NoSuchUser, UnknownPlace, ScopeDoesNotFit, Invalid.
    """
    place = find_place(scope)
    check_reach(role, place)

    def work():
        user = User.objects.select_for_update().filter(username__iexact=User.normalize_username(username)).first()
        if user is None:
            raise NoSuchUser(f"There is no user {username}.")
        before = columns(user)
        user.role, user.name = role, name or user.name
        user.witel, user.region = place["witel"], place["region"]
        if password is not None:
            set_checked_password(user, password)
            revoke_tokens(user=user)
        check_columns(user)
        user.save()
        after = columns(user) | ({"password": "changed"} if password is not None else {})
        record(actor=by, verb="update_user", target=user, before=before, after=after)
        return user

    return in_transaction(work)


def set_checked_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), password=error.messages) from error
    user.set_password(password)


def check_columns(user: User) -> None:
    """What the database would refuse, said kindly."""
    try:
        UnicodeUsernameValidator()(user.username)
        user.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        details = error.message_dict if hasattr(error, "error_dict") else {"username": error.messages}
        raise Invalid(" ".join(text for texts in details.values() for text in texts), **details) from error


def columns(user: User) -> dict:
    return {column: getattr(user, column) for column in KEPT_IN_HISTORY}
