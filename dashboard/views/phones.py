"""Agents' phones: which are in use, which were lost or replaced, and whether a lost one was told to wipe."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Device
from accounts.services.devices import restore_device, revoke_device
from common.paging import page_after
from common.problems import Problem
from dashboard.doors import needs
from dashboard.forms import PhoneFilterForm, RevokeForm
from dashboard.words import problem_text

PAGE_ROWS = 50


@require_safe
@needs("manage_users")
def phones(request):
    """The newest sign-in first; pages go by key, `after` is the last phone seen."""
    reach = Device.objects.visible_to(request.user)
    form = PhoneFilterForm(request.GET)
    rows, asked = reach.none(), {}
    if form.is_valid():
        asked = form.cleaned_data
        rows = reach.select_related("user__witel", "revoked_by").in_state(asked["state"])
        if asked["who"]:
            rows = rows.filter(user__username=asked["who"])
    last = reach.filter(pk=asked["after"]).first() if asked.get("after") else None
    found = list(page_after(rows, "-created_at", last and (last.created_at, last.pk))[: PAGE_ROWS + 1])
    context = {
        "form": form,
        "asked": asked,
        "rows": found[:PAGE_ROWS],
        "has_more": len(found) > PAGE_ROWS,
        "is_filtered": any(asked.values()),
    }
    return render(request, "dashboard/phones/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_users")
def revoke(request, pk):
    """What will happen to the phone, and the button that makes it happen."""
    device = find_phone(request.user, pk)
    form = RevokeForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            revoke_device(user=request.user, device_id=device.pk, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "Ponsel ditandai. Berlaku sejak permintaan berikutnya dari ponsel itu.")
        except Problem as problem:
            messages.error(request, problem_text(problem))
        return redirect("dashboard:phones")
    return render(request, "dashboard/phones/revoke.html", {"device": device, "form": form})


@require_POST
@needs("manage_users")
def restore(request, pk):
    device = find_phone(request.user, pk)
    try:
        restore_device(user=request.user, device_id=device.pk)
        messages.success(request, "Tanda dibatalkan. Ponsel bisa dipakai lagi.")
    except Problem as problem:
        messages.error(request, problem_text(problem))
    return redirect("dashboard:phones")


def find_phone(user, pk) -> Device:
    device = Device.objects.visible_to(user).select_related("user__witel").filter(pk=pk).first()
    if device is None:
        raise Http404
    return device
