"""Signing in and out, and the password."""

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse_lazy

from accounts.services.passwords import TooManyAttempts
from accounts.services.tokens import revoke_tokens
from dashboard.forms import PasswordForm, SignInForm


class SignIn(auth.LoginView):
    template_name = "dashboard/session/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as problem:
            return too_many(request, problem)


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
