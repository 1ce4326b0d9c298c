"""Codes of an app beside the password: setting up, signing in, what is never taken twice, and who must have one."""

import io
import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RecoveryCode, SecondFactor, Token
from accounts.services import second_factor
from history.models import Change
from tests.cast import PASSWORD
from tests.untouched import nothing_written

pytestmark = pytest.mark.django_db
LOGIN, ME = "/api/v1/auth/login/", "/api/v1/me/"


@pytest.fixture(autouse=True)
def clock():
    """The middle of a step, and it stands still."""
    moment = int(timezone.now().timestamp()) // 30 * 30 + 15
    with time_machine.travel(moment, tick=False):
        yield


class App:
    """The person's authenticator; `codes` are the recovery codes."""

    def __init__(self, user):
        now = timezone.now() - timedelta(seconds=60)  # two steps ago: the code of now is still fresh
        second_factor.begin_enrolment(user=user, now=now)
        self.totp = pyotp.parse_uri(second_factor.pending_uri(user))
        self.codes = second_factor.confirm_enrolment(user=user, code=self.code(now), now=now)

    def code(self, moment=None) -> str:
        return self.totp.at(moment or timezone.now())


@pytest.fixture
def app(cast):
    return App(cast.supervisor)


def sign_in(username="siti", password=PASSWORD, **otp):
    return APIClient().post(LOGIN, {"username": username, "password": password} | otp)


def first_step(username="siti", **query):
    client = Client()
    return client, client.post("/sign-in/", {"username": username, "password": PASSWORD} | query)


# --- the API


def test_without_a_second_factor_nothing_changes(cast):
    assert sign_in().status_code == 200
    assert sign_in(otp="123456").status_code == 200


def test_a_code_is_asked_for_only_after_a_right_password(app):
    with nothing_written():
        asked, wrong = sign_in(), sign_in(password="salah-sekali")
    assert asked.status_code == 401 and asked.json()["code"] == "otp_required"
    assert wrong.status_code == 401 and wrong.json()["code"] == "wrong_credentials"
    assert sign_in(password="salah-sekali", otp=app.code()).json()["code"] == "wrong_credentials"


def test_password_and_code_open_the_api(app):
    answer = sign_in(otp=app.code())
    assert answer.status_code == 200
    assert APIClient().get(ME, HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}").status_code == 200


def test_a_code_is_taken_once(app):
    code = app.code()
    assert sign_in(otp=code).status_code == 200
    with nothing_written():
        again = sign_in(otp=code)
    assert again.status_code == 401 and again.json()["code"] == "otp_wrong"


def test_an_older_code_is_not_taken_after_a_newer_one(app):
    before = app.code(timezone.now() - timedelta(seconds=30))
    assert sign_in(otp=app.code()).status_code == 200
    assert sign_in(otp=before).json()["code"] == "otp_wrong"


@pytest.mark.parametrize("seconds, status", [(-30, 200), (30, 200), (-90, 401), (90, 401)])
def test_clocks_may_be_half_a_minute_apart(app, seconds, status):
    assert sign_in(otp=app.code(timezone.now() + timedelta(seconds=seconds))).status_code == status


@pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "１２３４５６", "0" * 20, "'--", "-1"])
def test_nonsense_is_no_code(app, code):
    code = "999999" if code == app.code() else code
    with nothing_written():
        assert sign_in(otp=code).json()["code"] == "otp_wrong"


def test_codes_are_guessed_no_faster_than_passwords(app, settings):
    wrong = "000000" if app.code() != "000000" else "000001"
    answers = [sign_in(otp=wrong).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [401] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert sign_in(otp=app.code()).status_code == 429
    assert not Token.objects.exists()


def test_codes_guessed_from_many_addresses_close_the_account(app, settings):
    settings.LOGIN_ATTEMPTS_PER_ACCOUNT = 8
    wrong = "000000" if app.code() != "000000" else "000001"
    body = {"username": "siti", "password": PASSWORD, "otp": wrong}
    answers = [APIClient().post(LOGIN, body, REMOTE_ADDR=f"10.0.{n}.1").status_code for n in range(9)]
    assert answers == [401] * 8 + [429]


def test_a_recovery_code_opens_once_however_it_is_typed(app):
    assert len(app.codes) == 8 == RecoveryCode.objects.count()
    assert not RecoveryCode.objects.filter(code_hash__in=app.codes).exists()
    assert sign_in(otp=app.codes[0].upper().replace("-", " ")).status_code == 200
    assert sign_in(otp=app.codes[0]).json()["code"] == "otp_wrong"
    assert sign_in(otp=app.codes[1]).status_code == 200
    assert Change.objects.filter(verb="use_recovery_code").count() == 2


def test_a_recovery_code_of_somebody_else_opens_nothing(cast, app):
    other = App(cast.manager)
    assert sign_in(otp=other.codes[0]).json()["code"] == "otp_wrong"
    assert sign_in(otp=other.code()).json()["code"] == "otp_wrong"


def test_the_secret_is_told_once_and_a_copied_one_is_nobodys(cast, app):
    assert second_factor.pending_uri(cast.supervisor) == ""
    kept = SecondFactor.objects.get().secret
    SecondFactor.objects.create(user=cast.manager, secret=kept, created_at=timezone.now(), confirmed_at=timezone.now())
    assert sign_in("made", otp=app.code()).json()["code"] == "otp_wrong"


# --- the dashboard


def test_the_dashboard_asks_for_the_code_on_a_second_page(app):
    client, answer = first_step(next="/orders/")
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/orders/").status_code == 302  # half in is out
    before = client.session.session_key
    assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/orders/"
    assert client.get("/orders/").status_code == 200
    assert client.session.session_key != before


def test_a_wrong_code_stays_on_the_page(app):
    client, _ = first_step()
    page = client.post("/sign-in/code/", {"code": "12"})
    assert page.status_code == 200 and "Kode salah" in page.content.decode()
    assert client.get("/orders/").status_code == 302


def test_the_code_page_is_nothing_without_a_first_step(app):
    assert Client().get("/sign-in/code/")["Location"] == "/sign-in/"
    assert Client().post("/sign-in/code/", {"code": app.code()})["Location"] == "/sign-in/"


def test_the_first_step_counts_for_five_minutes(app):
    client, _ = first_step()
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/sign-in/"


def test_a_new_password_ends_the_first_step(cast, app):
    client, _ = first_step()
    cast.supervisor.set_password("kopi-tubruk-panas-3")
    cast.supervisor.save()
    assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/sign-in/"


def test_the_code_page_sends_nobody_to_another_site(app):
    client, _ = first_step(next="https://evil.example/")
    assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/"


def test_the_admin_pages_have_no_door_of_their_own(cast):
    App(cast.admin)
    client = Client()
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=/admin/"
    answer = client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert answer.status_code == 302 and client.get("/admin/").status_code == 302
    client, answer = first_step("admin")
    assert answer["Location"] == "/sign-in/code/" and client.get("/admin/").status_code == 302


def test_it_is_set_up_with_a_code_and_shows_recovery_codes_once(cast, as_user):
    client = as_user(cast.supervisor)
    assert "Siapkan" in client.get("/security/").content.decode()
    client.post("/security/begin/")
    page = client.get("/security/")
    html = page.content.decode()
    assert "<svg" in html and "otpauth://totp/" in html and "style=" not in html and "<script>" not in html
    uri = re.search(r"otpauth://[^<]+", html)[0].replace("&amp;", "&")
    with nothing_written():
        assert "Kode salah" in client.post("/security/confirm/", {"code": "1"}).content.decode()
    shown = client.post("/security/confirm/", {"code": pyotp.parse_uri(uri).at(timezone.now())})
    assert len(re.findall(r"<code>[0-9a-f]{5}-[0-9a-f]{5}</code>", shown.content.decode())) == 8
    assert "no-store" in shown["Cache-Control"]
    html = client.get("/security/").content.decode()
    assert "Aktif" in html and "otpauth" not in html
    change = Change.objects.get(verb="enable_second_factor")
    assert change.after is None and change.actor == cast.supervisor


def test_a_set_up_one_is_not_replaced_by_beginning_again(cast, app, as_user):
    with nothing_written():
        as_user(cast.supervisor).post("/security/begin/")
    assert sign_in(otp=app.code()).status_code == 200


def test_it_is_taken_off_with_password_and_code(cast, app, as_user):
    client = as_user(cast.supervisor)
    for body in ({"password": "salah", "code": app.code()}, {"password": PASSWORD, "code": "1"}, {}):
        with nothing_written():
            assert client.post("/security/disable/", body).status_code == 200
    assert client.post("/security/disable/", {"password": PASSWORD, "code": app.code()}).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert Change.objects.filter(verb="disable_second_factor").exists()
    assert sign_in().status_code == 200


def test_a_code_that_was_typed_is_in_no_log_of_failures(cast, app, as_user):
    as_user(cast.supervisor).post("/security/disable/", {"password": "salah-sekali", "code": app.codes[0]})
    client, _ = first_step()
    client.post("/sign-in/code/", {"code": "zzzzz-zzzzz"})
    noted = list(AccessAttempt.objects.values_list("post_data", flat=True))
    assert noted and not any(app.codes[0] in text or "zzzzz" in text or "salah-sekali" in text for text in noted)


def test_the_codes_page_loaded_anew_shows_no_codes(cast, app, as_user):
    with nothing_written():
        answer = as_user(cast.supervisor).post("/security/confirm/", {"code": app.code()})
    assert answer.status_code == 302 and answer["Location"] == "/security/"


def test_a_command_takes_it_off_for_who_lost_everything(cast, app):
    out = io.StringIO()
    call_command("reset_totp", "siti", stdout=out)
    assert "siti" in out.getvalue() and sign_in().status_code == 200
    assert Change.objects.get(verb="reset_second_factor").actor is None
    with nothing_written():
        call_command("reset_totp", "siti", stdout=out)
        with pytest.raises(CommandError, match="There is no user"):
            call_command("reset_totp", "nobody")


# --- who must have one


@pytest.fixture
def required(settings):
    settings.TOTP_REQUIRED_ROLES = ["ADMIN"]


PLACES = [
    "/",
    "/orders/",
    "/releases/",
    "/password/",
    "/admin/",
    "/admin/accounts/user/",
    "/metrics",
    "/api/docs/",
    "/x/",
]


@pytest.mark.parametrize("path", PLACES)
def test_an_admin_without_one_is_led_to_the_page_and_gets_nowhere_else(cast, as_user, required, path):
    client = as_user(cast.admin)
    answer = client.get(path, REMOTE_ADDR="10.1.2.3")
    if path.startswith("/api/"):
        assert answer.status_code == 403 and answer.json()["code"] == "second_factor_required"
    else:
        assert answer.status_code == 302 and answer["Location"] == "/security/"


def test_the_api_is_closed_to_such_an_admin_by_session_and_by_token(cast, as_user, as_phone, required):
    for client in (as_user(cast.admin), as_phone(cast.admin)):
        with nothing_written():
            answer = client.get(ME)
        assert answer.status_code == 403 and answer.json()["code"] == "second_factor_required"
    with nothing_written():
        answer = sign_in("admin")
    assert answer.status_code == 403 and answer.json()["code"] == "second_factor_required"


def test_such_an_admin_sets_it_up_and_goes_on(cast, required):
    client, answer = first_step("admin")
    assert answer["Location"] == "/" and client.get("/")["Location"] == "/security/"
    assert "wajib" in client.get("/security/").content.decode()
    assert client.post("/security/begin/")["Location"] == "/security/"
    code = pyotp.parse_uri(second_factor.pending_uri(cast.admin)).at(timezone.now())
    assert client.post("/security/confirm/", {"code": code}).status_code == 200
    assert client.get("/").status_code == 200 and client.get("/admin/").status_code == 200
    assert client.get(ME).status_code == 200


def test_such_an_admin_can_leave(cast, as_user, required):
    assert as_user(cast.admin).post("/sign-out/")["Location"] == "/sign-in/"


def test_other_roles_go_on_without_one(cast, as_user, as_phone, required):
    assert as_user(cast.supervisor).get("/orders/").status_code == 200
    assert as_phone(cast.agent).get(ME).status_code == 200
