"""Signing in, in one step or two, and out; and the password."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services.passwords import TooManyAttempts
from accounts.services.second_factor import CodeWrong, has_factor, show_code
from accounts.services.tokens import revoke_tokens
from dashboard.forms import CodeForm, PasswordForm, SignInForm
from dashboard.words import problem_text

HALF_IN = "half_in"  # in the session: whose password was right, while the code is awaited
CODE_WITHIN = timedelta(minutes=5)


class SignIn(auth.LoginView):
    template_name = "dashboard/session/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as problem:
            return too_many(request, problem)

    def form_valid(self, form):
        user = form.get_user()
        if not has_factor(user):
            return super().form_valid(form)
        self.request.session[HALF_IN] = {
            "user": user.pk,
            "password": user.get_session_auth_hash(),
            "until": (timezone.now() + CODE_WITHIN).timestamp(),
            "next": self.get_redirect_url(),
        }
        return redirect("dashboard:sign-in-code")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request):
    """The second step, within five minutes of the first."""
    now = timezone.now()
    half = request.session.get(HALF_IN)
    user = half and User.objects.filter(pk=half["user"]).first()
    if not user or half["until"] < now.timestamp() or not is_still_right(user, half["password"]):
        return redirect("dashboard:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            show_code(request, user=user, code=form.cleaned_data["code"], now=now)
        except TooManyAttempts as problem:
            return too_many(request, problem)
        except CodeWrong as problem:
            form.add_error("code", problem_text(problem))
        else:
            del request.session[HALF_IN]
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect(half["next"] or resolve_url("dashboard:overview"))
    return render(request, "dashboard/session/code.html", {"form": form})


def is_still_right(user: User, password: str) -> bool:
    """Neither a new password nor the end of service came between the two steps."""
    return user.is_in_service(timezone.localdate()) and constant_time_compare(user.get_session_auth_hash(), password)


class SignOut(auth.LogoutView):
    pass


class ChangePassword(LoginRequiredMixin, auth.PasswordChangeView):
    template_name = "dashboard/session/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("dashboard:overview")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as problem:
            return too_many(request, problem)

    def form_valid(self, form):
        response = super().form_valid(form)
        revoke_tokens(user=self.request.user)
        messages.success(self.request, "Kata sandi Anda sudah diganti.")
        return response


def too_many(request, problem: TooManyAttempts):
    """The same page for every account, known or not."""
    minutes = -(-problem.details["retry_after_s"] // 60)
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = problem.headers["Retry-After"]
    return response
