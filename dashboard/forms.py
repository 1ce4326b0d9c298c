"""What people type into the dashboard, apart from the tables' filters (exports.filters)."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Device, User
from accounts.services.passwords import check_password, counted
from dashboard.words import PURPOSES
from exports.filters import SENSIBLE_DAYS
from exports.places import place_choices
from history.models import Access
from imports.models import Batch
from workorders.models import VisitReview


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Nama akun atau kata sandi tidak cocok.",
        "inactive": "Nama akun atau kata sandi tidak cocok.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Nama akun"
        self.fields["password"].label = "Kata sandi"

    def clean(self):
        """Raises TooManyAttempts, which the view answers."""
        given = self.cleaned_data
        if given.get("username") is not None and given.get("password"):
            self.user_cache = check_password(self.request, username=given["username"], password=given["password"])
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return given


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Kode",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class DisableForm(forms.Form):
    password = forms.CharField(
        label="Kata sandi",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(label="Kode", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


class PasswordForm(PasswordChangeForm):
    error_messages = {
        "password_incorrect": "Kata sandi lama tidak cocok.",
        "password_mismatch": "Kedua kata sandi baru tidak sama.",
    }

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        labels = {
            "old_password": "Kata sandi lama",
            "new_password1": "Kata sandi baru",
            "new_password2": "Ulangi kata sandi baru",
        }
        for name, label in labels.items():
            self.fields[name].label = label

    def clean_old_password(self):
        """Who found an open session must not guess the password in it. Raises TooManyAttempts."""
        old = self.cleaned_data["old_password"]
        is_right = counted(
            self.request, username=self.user.username, check=lambda: self.user.check_password(old) or None
        )
        if not is_right:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old


class PeriodForm(forms.Form):
    """Where and when of the overview."""

    where = forms.ChoiceField(label="Wilayah", required=False)
    since = forms.DateField(
        label="Dari",
        required=False,
        validators=SENSIBLE_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label="Sampai",
        required=False,
        validators=SENSIBLE_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["where"].choices = [("", "Semua wilayah saya"), *place_choices(user)]

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError("Hari pertama harus sebelum hari terakhir.")
        return self.cleaned_data


class AgentChoice(forms.ModelChoiceField):
    def label_from_instance(self, agent):
        return f"{agent.name} ({agent.username})" if agent.name else agent.username


class AssignForm(forms.Form):
    agent = AgentChoice(label="CTB", queryset=User.objects.none(), empty_label="Pilih CTB…")
    reason = forms.CharField(label="Alasan", required=False, max_length=200)

    def __init__(self, *args, agents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents


class BulkAssignForm(AssignForm):
    MOST = 200
    order = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Any number is taken here; the service decides per order whether this user may see and give it.
        chosen = self.data.getlist("order") if self.is_bound else []
        self.fields["order"].choices = [
            (key, key) for key in chosen[: self.MOST] if key.isascii() and key.isdigit() and len(key) < 19
        ]


class AgreeForm(forms.Form):
    """Nothing to fill in: the button says it."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Alasan", max_length=200)


class ReviewForm(forms.Form):
    """A doubt wants a reason; that a visit is fine needs none."""

    verdict = forms.ChoiceField(choices=VisitReview.Verdict.choices)
    reason = forms.CharField(label="Alasan", required=False, max_length=200)

    def clean(self):
        if self.cleaned_data.get("verdict") == VisitReview.Verdict.DOUBTFUL and not self.cleaned_data.get("reason"):
            raise ValidationError("Tulis alasannya.")
        return self.cleaned_data


class HoldForm(ReasonForm):
    until = forms.DateField(
        label="Sampai",
        required=False,
        validators=SENSIBLE_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError("Hari ini atau sesudahnya.")
        return until


class PhoneFilterForm(forms.Form):
    who = forms.CharField(label="Nama akun", required=False, max_length=150)
    state = forms.ChoiceField(
        label="Keadaan",
        required=False,
        choices=[("", "Semua"), ("in_use", "Dipakai"), ("retired", "Diganti"), ("lost", "Hilang")],
    )
    after = forms.UUIDField(required=False)


class RevokeForm(forms.Form):
    kind = forms.ChoiceField(label="Apa yang terjadi", choices=[("", "Pilih…"), *Device.Revocation.choices])
    reason = forms.CharField(label="Alasan", max_length=200)


class UploadForm(forms.Form):
    MOST_BYTES = 100 * 1024 * 1024
    kind = forms.ChoiceField(label="Jenis berkas", choices=Batch.Kind.choices)
    file = forms.FileField(label="Berkas CSV atau XLSX", max_length=200)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise ValidationError("Berkas lebih dari 100 MB. Pakai perintah import_feed di server.")
        return file


class DayRange(forms.Form):
    """Days of the server's own zone; `from_moment` and `until_moment` are where they begin and end."""

    since = forms.DateField(
        label="Dari", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="Sampai", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError("Hari pertama harus sebelum hari terakhir.")
        if since:
            self.cleaned_data["from_moment"] = midnight(since)
        if until and until < date.max:
            self.cleaned_data["until_moment"] = midnight(until + timedelta(days=1))
        return self.cleaned_data


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))


class LogForm(DayRange):
    """What to see of the logs. `line` is a whole service number, `customer` the key of one."""

    who = forms.CharField(label="Nama akun", required=False, max_length=150)
    line = forms.RegexField(
        r"^[0-9]{11,13}$", label="No. layanan", required=False, error_messages={"invalid": "11 sampai 13 angka."}
    )
    purpose = forms.ChoiceField(label="Tujuan", required=False)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    field_order = ("who", "line", "purpose", "since", "until", "customer")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [
            ("", "Semua"),
            *((key, PURPOSES.get(key, key)) for key in Access.Purpose.values),
        ]


class IncidentForm(forms.Form):
    """An account or a phone, and a time. Who had the phone had what its account can see."""

    who = forms.CharField(label="Nama akun", required=False, max_length=150)
    device = forms.UUIDField(label="atau nomor perangkat", required=False)
    since = forms.DateTimeField(label="Dari", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    until = forms.DateTimeField(label="Sampai", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    known_at = forms.DateTimeField(
        label="Diketahui", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean(self):
        found = self.cleaned_data
        device = found.get("device") and Device.objects.select_related("user").filter(pk=found["device"]).first()
        found["user"] = device.user if device else User.objects.filter(username=found.get("who") or "").first()
        if found["user"] is None:
            raise ValidationError("Akun atau perangkat ini tidak dikenal.")
        if found.get("since") and found.get("until") and found["since"] >= found["until"]:
            raise ValidationError("Awal harus sebelum akhir.")
        return found

    def window(self) -> dict:
        """The account and the time, as the services take them."""
        return {name: self.cleaned_data[name] for name in ("user", "since", "until")}
