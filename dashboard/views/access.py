"""Who saw, changed and downloaded what."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.doors import needs
from history.models import Access, Change

PAGE_ROWS = 50


@require_safe
@needs("see_access_log")
def access(request):
    """Newest first. The two logs only grow, so pages go by key: `before` is the last one seen."""
    kind = "changes" if request.GET.get("log") == "changes" else "access"
    model = Change if kind == "changes" else Access
    rows = model.objects.select_related("actor").order_by("-id")
    if who := request.GET.get("who", "").strip():
        rows = rows.filter(actor__username=who)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE_ROWS + 1])
    context = {"log": kind, "who": who, "rows": found[:PAGE_ROWS], "has_more": len(found) > PAGE_ROWS}
    return render(request, "dashboard/access/page.html", context)
