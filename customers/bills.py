"""The calendar of bills: a period is written 202610; its bill is due on a day of that month."""

from datetime import date

from django.conf import settings


def due_on(period: int) -> date:
    """The day a period's bill is due, by the setting BILL_DUE_DAY (at most the 28th, so that it always exists)."""
    return date(period // 100, period % 100, min(settings.BILL_DUE_DAY, 28))


def next_period(period: int, months: int = 1) -> int:
    """The period `months` later: 202612 is followed by 202701."""
    years, month = divmod(period // 100 * 12 + period % 100 - 1 + months, 12)
    return years * 100 + month + 1


def period_of(day: date) -> int:
    return day.year * 100 + day.month
