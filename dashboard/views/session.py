"""Signing in and out, and the password."""

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from accounts.services.tokens import revoke_tokens
from common.errors import shape
from dashboard.forms import PasswordForm, SignInForm


class SignIn(auth.LoginView):
    template_name = "dashboard/session/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth.LogoutView):
    pass


class ChangePassword(LoginRequiredMixin, auth.PasswordChangeView):
    template_name = "dashboard/session/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("dashboard:overview")

    def form_valid(self, form):
        response = super().form_valid(form)
        revoke_tokens(user=self.request.user)
        messages.success(self.request, "Kata sandi Anda sudah diganti.")
        return response


def locked_out(request, original_response=None, credentials=None):
    """Too many wrong passwords: axes calls this instead of the view."""
    if request.path.startswith("/api/"):
        text = "Too many wrong passwords. Wait 15 minutes."
        return JsonResponse(shape(429, text), status=429, headers={"Retry-After": "900"})
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "900"
    return response
