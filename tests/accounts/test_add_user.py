import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Token, User
from history.models import Change
from tests.cast import PASSWORD

GOOD = "kereta-malam-27"


def add_user(*arguments, password=GOOD) -> str:
    out = io.StringIO()
    secret = ["--password", password] if password else []
    call_command("add_user", *arguments, *secret, stdout=out)
    return out.getvalue()


def test_add_user_makes_an_account_that_signs_in(db, client):
    said = add_user("siti", "--role", "supervisor", "--scope", "witel:bandung", "--name", "Siti Rahayu")
    user = User.objects.get(username="siti")
    assert (user.role, user.witel.code, user.name) == ("SUPERVISOR", "BANDUNG", "Siti Rahayu")
    assert user.check_password(GOOD)
    assert "Bandung" in said and GOOD not in said
    change = Change.objects.get(verb="add_user")
    assert change.target_id == str(user.pk) and GOOD not in str(change.after)


@pytest.mark.parametrize(
    ("role", "scope", "reach"),
    [
        ("AGENT", "witel:SOLO", {"witel__code": "SOLO"}),
        ("REGION_MANAGER", "region:treg3", {"region__code": "TREG3"}),
        ("ANALYST", "all", {"witel": None, "region": None}),
        ("ADMIN", "all", {"witel": None, "region": None}),
    ],
)
def test_each_role_gets_its_scope(db, role, scope, reach):
    add_user("someone", "--role", role, "--scope", scope)
    assert User.objects.filter(username="someone", role=role, **reach).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--role", "AGENT", "--scope", "all"], "AGENT cannot have the scope all"),
        (["--role", "REGION_MANAGER", "--scope", "witel:BANDUNG"], "it has region"),
        (["--role", "ADMIN", "--scope", "witel:BANDUNG"], "it has all"),
        (["--role", "AGENT", "--scope", "witel:BANDUGN"], "Did you mean BANDUNG"),
        (["--role", "AGENT", "--scope", "witel:Bandung Barat"], "Did you mean BDGBRT"),
        (["--role", "AGENT", "--scope", "region:TREG9"], "There is no region TREG9"),
        (["--role", "AGENT", "--scope", "BANDUNG"], "is no scope"),
        (["--role", "AGENT", "--scope", "witel:"], "is no scope"),
        (["--role", "BOSS", "--scope", "all"], "invalid choice"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(db, arguments, words):
    with pytest.raises(CommandError, match=words):
        add_user("someone", *arguments)
    assert not User.objects.exists() and not Change.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234", "supervisorsiti"])
def test_weak_passwords_are_refused(db, password):
    with pytest.raises(CommandError):
        add_user("supervisorsiti", "--role", "AUDITOR", "--scope", "all", password=password)
    assert not User.objects.exists()


@pytest.mark.parametrize("username", ["two words", "", "x" * 151, "nul\x00"])
def test_odd_usernames_are_refused(db, username):
    with pytest.raises(CommandError):
        add_user(username, "--role", "AUDITOR", "--scope", "all")
    assert not User.objects.exists()


def test_a_taken_name_is_refused_whatever_its_capitals(cast):
    with pytest.raises(CommandError, match="--update"):
        add_user("SITI", "--role", "ADMIN", "--scope", "all")
    cast.supervisor.refresh_from_db()
    assert cast.supervisor.role == "SUPERVISOR"


def test_update_changes_role_and_scope_and_keeps_the_password(cast):
    add_user("siti", "--role", "REGION_MANAGER", "--scope", "region:TREG3", "--update", password=None)
    cast.supervisor.refresh_from_db()
    assert (cast.supervisor.role, cast.supervisor.region.code, cast.supervisor.witel) == (
        "REGION_MANAGER",
        "TREG3",
        None,
    )
    assert cast.supervisor.check_password(PASSWORD) and cast.supervisor.name == "Siti"
    change = Change.objects.get(verb="update_user")
    assert (change.before["role"], change.after["role"]) == ("SUPERVISOR", "REGION_MANAGER")


def test_a_new_password_signs_the_phones_out(cast):
    now = timezone.now()
    Token.objects.create(
        user=cast.agent,
        family="0192f0a0-0000-7000-8000-000000000001",
        access_hash="a" * 64,
        refresh_hash="b" * 64,
        created_at=now,
        access_expires_at=now,
        refresh_expires_at=now,
    )
    add_user("dewi", "--role", "AGENT", "--scope", "witel:BANDUNG", "--update")
    cast.agent.refresh_from_db()
    assert cast.agent.check_password(GOOD)
    assert not Token.objects.filter(revoked_at=None).exists()


def test_update_of_nobody_is_refused(db):
    with pytest.raises(CommandError, match="There is no user"):
        add_user("nobody", "--role", "ADMIN", "--scope", "all", "--update")


def test_without_a_terminal_the_password_must_be_given(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="no terminal"):
        add_user("someone", "--role", "ADMIN", "--scope", "all", password=None)
    assert not User.objects.exists()


def test_a_terminal_is_asked_twice(db, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    answers = iter([GOOD, "another", GOOD, GOOD])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        add_user("someone", "--role", "ADMIN", "--scope", "all", password=None)
    assert not User.objects.exists()
    add_user("someone", "--role", "ADMIN", "--scope", "all", password=None)
    assert User.objects.get().check_password(GOOD)
