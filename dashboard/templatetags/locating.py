"""What is known of a house, why, and how it may fail, in words."""

from django import template

from customers.models import LocationCandidate
from dashboard.words import HOLDS, POINT_REASONS, RISKS
from workorders.models import Disposition

register = template.Library()
SOURCES = {source.value.lower(): source.label for source in LocationCandidate.Source}


@register.filter
def point_reasons(value: str) -> list[str]:
    """`fixes_agree:2,best:visit` as sentences; what has no word is left out."""
    told = []
    for reason in value.split(","):
        name, _, number = reason.partition(":")
        if reason in POINT_REASONS:
            told.append(POINT_REASONS[reason])
        elif name in POINT_REASONS:
            told.append(POINT_REASONS[name].format(SOURCES.get(number, number)))
    return told


@register.filter
def risk_words(value: str) -> str:
    return ", ".join(RISKS.get(reason, reason) for reason in value.split(","))


@register.filter
def hold_words(value: str) -> str:
    """A reason that a person wrote, or the code of one that triage or a visit gave."""
    if value in HOLDS:
        return HOLDS[value]
    label = Disposition.objects.filter(code=value).values_list("label_id", flat=True).first()
    return label or value
