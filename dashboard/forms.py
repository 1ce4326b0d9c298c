"""What people type into the dashboard, apart from the tables' filters (exports.filters)."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from exports.places import place_choices
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

    def confirm_login_allowed(self, user):
        if not user.is_in_service(timezone.localdate()):
            raise ValidationError(self.error_messages["invalid_login"], code="invalid_login")


class PasswordForm(PasswordChangeForm):
    error_messages = {
        "password_incorrect": "Kata sandi lama tidak cocok.",
        "password_mismatch": "Kedua kata sandi baru tidak sama.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {
            "old_password": "Kata sandi lama",
            "new_password1": "Kata sandi baru",
            "new_password2": "Ulangi kata sandi baru",
        }
        for name, label in labels.items():
            self.fields[name].label = label


class PeriodForm(forms.Form):
    """Where and when of the overview."""

    where = forms.ChoiceField(label="Wilayah", required=False)
    since = forms.DateField(
        label="Dari", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="Sampai", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
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
        label="Sampai", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError("Hari ini atau sesudahnya.")
        return until


class UploadForm(forms.Form):
    MOST_BYTES = 100 * 1024 * 1024
    kind = forms.ChoiceField(label="Jenis berkas", choices=Batch.Kind.choices)
    file = forms.FileField(label="Berkas CSV atau XLSX", max_length=200)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise ValidationError("Berkas lebih dari 100 MB. Pakai perintah import_feed di server.")
        return file
