"""The button that shows a customer's numbers: on the customer's page, and on that of an order."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone

from customers.models import Customer
from customers.services.phones import TooManyPhoneViews, reveal_phones
from dashboard.words import problem_text


def reveal(request, customer: Customer, show: Callable) -> HttpResponse:
    """The page with the numbers, or with the reason why not. Where htmx asked, its page loads anew and says it."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    try:
        reveal_phones(user=request.user, customer_id=customer.pk, now=timezone.now(), reason=reason)
    except TooManyPhoneViews as problem:
        messages.error(request, problem_text(problem))
        answer = HttpResponse(status=problem.status) if request.htmx else show(status=problem.status)
        for name, value in problem.headers.items():
            answer[name] = value
        return answer
    return show(are_phones_shown=True)
