"""What people decide of what phones sent. Each answers with the page that its button was on, and says how it went."""

from django.contrib import messages
from django.utils import timezone
from django.views.decorators.http import require_POST

from common.problems import Problem
from dashboard.doors import find_row, needs
from dashboard.forms import AgreeForm, ReasonForm, ReviewForm
from dashboard.review_words import why_and_what
from dashboard.tables import back_to
from dashboard.words import problem_text
from workorders.api.sync_shapes import Reader
from workorders.models import Conflict, Quarantine, Visit
from workorders.services.states import NotPossible
from workorders.sync import review


@require_POST
@needs("decide")
def apply_quarantined(request, pk):
    row = find_row(Quarantine.objects.visible_to(request.user), pk)
    try:
        review.apply_quarantined(user=request.user, key=pk, reason="", read=Reader().read, now=timezone.now())
        messages.success(request, "Kiriman diterapkan. CTB diberi tahu lewat ponselnya.")
    except (review.AlreadyDecided, review.NothingToApply) as problem:
        messages.error(request, problem_text(problem))
    except Problem as problem:  # what put it aside, or another hindrance: the same words as on its card
        why, what_to_do = why_and_what(row.type, problem.code)
        messages.error(request, f"Belum bisa diterapkan. {why} {what_to_do}")
    return back_to(request, "dashboard:quarantine")


@require_POST
@needs("decide")
def dismiss_quarantined(request, pk):
    form = ReasonForm(request.POST)
    said = "Kiriman ditolak. Isinya tetap disimpan, dan penolakan bisa ditarik kembali."
    return act(request, Quarantine, pk, form, review.dismiss_quarantined, said, "quarantine", now=timezone.now())


@require_POST
@needs("decide")
def reopen_quarantined(request, pk):
    find_row(Quarantine.objects.visible_to(request.user), pk)
    try:
        review.reopen_quarantined(user=request.user, key=pk)
        messages.success(request, "Penolakan ditarik kembali. Kiriman menunggu keputusan lagi.")
    except NotPossible:
        messages.error(request, "Kiriman ini sedang tidak ditolak. Mungkin orang lain baru saja menarik penolakannya.")
    return back_to(request, "dashboard:quarantine")


@require_POST
@needs("decide")
def take_proposal(request, pk):
    return decide_conflict(request, pk, take=True, said="Usulan dipakai, dan sampai ke ponsel CTB.")


@require_POST
@needs("decide")
def keep_note(request, pk):
    return decide_conflict(request, pk, take=False, said="Catatan dibiarkan seperti adanya.")


def decide_conflict(request, pk, *, take: bool, said: str):
    words = {"take": take, "reason": "", "now": timezone.now()}
    return act(request, Conflict, pk, AgreeForm(request.POST), review.decide_conflict, said, "conflicts", **words)


@require_POST
@needs("decide")
def review_visit(request, pk):
    find_row(Visit.objects.visible_to(request.user), pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Tulis alasannya, lalu coba lagi.")
        return back_to(request, "dashboard:flagged-visits")
    said = review.review_visit(user=request.user, visit_id=pk, now=timezone.now(), **form.cleaned_data)
    messages.success(request, f"Kunjungan dinilai {said.get_verdict_display().lower()}.")
    return back_to(request, "dashboard:flagged-visits")


def act(request, model, pk, form, verb, said, page, **words):
    """Do `verb` with the form's values, and say on the page how it went. A foreign row is a missing one."""
    find_row(model.objects.visible_to(request.user), pk)
    if not form.is_valid():
        messages.error(request, "Tulis alasannya, lalu coba lagi.")
    else:
        try:
            verb(user=request.user, key=pk, **form.cleaned_data, **words)
            messages.success(request, said)
        except Problem as problem:
            messages.error(request, problem_text(problem))
    return back_to(request, f"dashboard:{page}")
