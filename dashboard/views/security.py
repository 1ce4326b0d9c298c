"""Keamanan: the person's own second factor."""

import segno
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.services import second_factor
from accounts.services.passwords import TooManyAttempts
from common.problems import Problem
from dashboard.doors import needs
from dashboard.forms import CodeForm, DisableForm
from dashboard.views.session import too_many
from dashboard.words import problem_text


@require_safe
@needs(None)
def security(request):
    return show(request)


def show(request, *, form=None, status: int = 200):
    uri = second_factor.pending_uri(request.user)
    is_on = second_factor.has_factor(request.user)
    context = {
        "is_on": is_on,
        "is_missing": second_factor.is_missing(request.user),
        "uri": uri,
        "picture": picture_of(uri) if uri else "",
        "form": form or (DisableForm() if is_on else CodeForm()),
    }
    return render(request, "dashboard/security/page.html", context, status=status)


def picture_of(uri: str) -> str:
    """A QR code as SVG without style or script: what the URI says is in its squares, not in its text."""
    return mark_safe(segno.make(uri, error="m").svg_inline(scale=5, light="#fff", dark="#000"))


@require_POST
@needs(None)
def begin(request):
    try:
        second_factor.begin_enrolment(user=request.user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem_text(problem))
    return redirect("dashboard:security")


@sensitive_post_parameters()
@require_POST
@needs(None)
def confirm(request):
    """The answer holds the recovery codes, which are never shown again."""
    if second_factor.has_factor(request.user):  # the page was loaded anew
        return redirect("dashboard:security")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = second_factor.confirm_enrolment(
                user=request.user, code=form.cleaned_data["code"], now=timezone.now()
            )
            return render(request, "dashboard/security/codes.html", {"codes": codes})
        except Problem as problem:
            form.add_error("code", problem_text(problem))
    return show(request, form=form)


@sensitive_post_parameters()
@require_POST
@needs(None)
def disable(request):
    form = DisableForm(request.POST)
    if form.is_valid():
        try:
            second_factor.disable(request, user=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "Kode dua langkah dimatikan.")
            return redirect("dashboard:security")
        except TooManyAttempts as problem:
            return too_many(request, problem)
        except Problem:
            form.add_error(None, "Kata sandi atau kode tidak cocok.")
    return show(request, form=form)
