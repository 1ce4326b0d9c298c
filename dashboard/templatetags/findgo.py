"""Numbers, money, distances and times as Indonesians write them; grades as shapes."""

from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from customers.locating.faults import Fault
from customers.masking import mask_name, mask_phone, phones_for
from customers.models import FieldNote
from dashboard.access_words import detail_text
from dashboard.review_words import DETAILS, FLAG_REASONS, TRUST
from dashboard.waiting import MOST, waiting_for
from dashboard.words import (
    FAULTS,
    GRADES,
    MISSING_PARTS,
    PURPOSES,
    REASONS,
    STEPS,
    TARGETS,
    VERBS,
    reason_text,
    written_value,
)
from imports.models import RowIssue
from workorders.models import Visit

register = template.Library()
SEVERITIES = dict(RowIssue.Severity.choices)
FLAGS = dict(Visit.Flag.choices)
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
LONG_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
NOTHING = "–"
TONES = {
    "READY": "info", "ASSIGNED": "info", "EN_ROUTE": "info", "ON_SITE": "info",
    "FOLLOW_UP": "warn", "ADDRESS_HOLD": "act", "ON_HOLD": "warn", "CLOSED": "good",
    "CANCELLED": "plain", "EXPIRED": "plain", "NEW": "plain",
    "RUNNING": "info", "DONE": "good", "REFUSED": "act", "REVERTED": "plain", "PARTLY": "warn",
    "DISMISSED": "plain", "TAKEN": "good", "FINE": "good", "DOUBTFUL": "act",
    "APPLIED": "good", "UNFINISHED": "act", "STARTED": "info",
    "OPEN": "info", "KEPT": "good", "PART_KEPT": "warn", "BROKEN": "act",
    "PAID": "good", "UNPAID": "act", "PARTIAL": "warn", "ACTIVE": "good", "STOPPED": "plain", "REFUTED": "act",
}  # fmt: skip


@register.filter
def number(value):
    """1234 → 1.234"""
    return NOTHING if value is None else f"{value:,}".replace(",", ".")


@register.filter
def rupiah(value):
    """387500 → Rp 387.500"""
    return NOTHING if value is None else f"Rp\u00a0{number(round(value))}"


@register.filter
def percent(value):
    """0.079 → 7,9 %"""
    return NOTHING if value is None else f"{value * 100:.1f}\u00a0%".replace(".", ",")


@register.filter
def points(value):
    """A difference of two shares in percentage points: 0.021 → 2,1"""
    return f"{abs(value) * 100:.1f}".replace(".", ",")


@register.filter
def seconds(value):
    """8.72 → 8,7 s, 0.043 → 0,04 s"""
    return NOTHING if value is None else f"{value:.{1 if value >= 1 else 2}f}\u00a0s".replace(".", ",")


@register.filter
def metres(value):
    """240.3 → 240 m, 1300 → 1,3 km, 15400 → 15 km"""
    if value is None:
        return NOTHING
    if value < 1000 - 0.5:
        return f"{value:.0f}\u00a0m"
    kilometres = value / 1000
    return f"{kilometres:.0f}\u00a0km" if kilometres >= 10 else f"{kilometres:.1f}\u00a0km".replace(".", ",")


@register.filter
def day(value):
    """Sen 23 Nov; with the year when it is not this one."""
    if value is None:
        return NOTHING
    year = "" if value.year == timezone.localdate().year else f" {value.year}"
    return f"{DAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]}{year}"


@register.filter
def moment(value, zone=None):
    """Sen 23 Nov, 14.32 WIB: in `zone` (an IANA name), else in the zone that the value carries."""
    if value is None:
        return NOTHING
    if zone:
        value = value.astimezone(ZoneInfo(zone))
    hours = value.utcoffset().total_seconds() / 3600
    return f"{day(value)}, {value:%H.%M} {ZONES.get(hours, f'UTC{hours:+g}')}"


@register.filter
def period(value):
    """202610 → Oktober 2026"""
    return f"{LONG_MONTHS[value % 100 - 1]} {value // 100}" if value and 1 <= value % 100 <= 12 else NOTHING


@register.filter
def phones(value, user):
    """A customer's numbers before somebody asks for them; none for who may not see names."""
    return " ".join(phones_for(user, value or "", is_own=False)) or NOTHING


@register.filter
def person(value, user):
    """A customer's name for this reader."""
    return (value if user.may("see_names") else mask_name(value)) or NOTHING


@register.filter
def missing_parts(value):
    return [MISSING_PARTS.get(part, part) for part in value.replace(",", " ").split()]


@register.filter
def faults(value):
    """Bits of customers.locating.faults.Fault in words."""
    return ", ".join(FAULTS.get(fault.name, fault.name) for fault in Fault if value & fault)


@register.filter
def grade_words(value):
    return GRADES.get(value, "")


@register.filter
def verb_words(value):
    return VERBS.get(value, value)


@register.filter
def purpose_words(value):
    return PURPOSES.get(value, value)


@register.filter
def target_words(value):
    return TARGETS.get(value, value)


@register.filter
def said(reason):
    """A reason that a person or a program gave."""
    return reason_text(reason)


@register.filter
def detail_words(row):
    """Of a row of the access log: by which filter, which columns."""
    return detail_text(row)


@register.filter
def is_nothing(value):
    """Whether a cell shows only a dash: on a phone it is left out."""
    return value is None or value == ""


@register.filter
def step_words(value):
    return STEPS.get(value, value)


@register.filter
def tone(state):
    return TONES.get(state, "plain")


@register.simple_tag
def grade(value):
    """A shape with its letter; the words for those who cannot see it."""
    if not value:
        return mark_safe('<span class="no-grade">tanpa titik</span>')
    return format_html(
        '<span class="grade grade-{}" title="{}"><span>{}</span></span>', value.lower(), grade_words(value), value
    )


@register.simple_tag
def state(value, label):
    return format_html('<span class="pill {}">{}</span>', tone(value), label)


WRITERS = {"money": rupiah, "number": number, "metres": metres, "day": day, "moment": moment, "period": period}
NUMERIC = {"money", "number", "metres", "degrees"}


@register.simple_tag
def cell(column, value):
    """One value of a table (exports.columns.Column) as the screen shows it."""
    if column.kind == "grade":
        return grade(value)
    if value is None or value == "":
        return NOTHING
    if column.kind in WRITERS:
        return WRITERS[column.kind](value)
    if column.kind == "yes":
        return "ya" if value else NOTHING
    if column.kind == "state":
        codes = {label: code for code, label in column.words.items()}
        return state(codes.get(value, ""), value)
    if isinstance(value, float):
        return f"{value:.6f}"
    return value


@register.filter
def align(column):
    return "right" if column.kind in NUMERIC else "left"


@register.filter
def unlocalized(value):
    """A number for an SVG attribute: with a point, whatever the language of the page."""
    return f"{value:g}"


@register.filter
def age(value):
    """How long ago a day was: 12 hari, 5 bulan, 6 tahun lalu."""
    days = (timezone.localdate() - value).days
    if days < 60:
        return f"{days} hari lalu"
    return f"{days // 30} bulan lalu" if days < 730 else f"{days // 365} tahun lalu"


@register.filter
def flag_words(value):
    return FLAGS.get(value, value)


@register.filter
def severity_words(value):
    return SEVERITIES.get(value, value)


@register.filter
def severity_tone(value):
    return {"refused": "act", "held": "warn", "warning": "warn", "repaired": "good"}.get(value, "plain")


@register.filter
def written(value, field):
    """What stood in a feed's cell, as it may be shown."""
    return written_value(field, value or "")


@register.filter
def reason_words(value):
    """The reasons of imports are words of programs; the message beside them is for people."""
    return REASONS.get(value) or FAULTS.get(value.upper()) or value.replace("_", " ")


@register.filter
def flag_reason(value):
    return FLAG_REASONS.get(value, "")


@register.filter
def trust_words(value):
    return TRUST.get(value, value)


@register.filter
def detail_lines(visit):
    """What was asked for beside the note, with its label, as far as it was said."""
    return [(label, visit.details[name]) for name, label in DETAILS.items() if visit.details.get(name)]


@register.filter
def noted(value, name):
    """A field note as it is shown before somebody asks for its phone number."""
    return (mask_phone(value) if name == FieldNote.Field.PHONE else value) or NOTHING


@register.filter
def counted(value):
    """A number that was counted no further than dashboard.waiting.MOST."""
    return f"{number(MOST - 1)}+" if value >= MOST else number(value)


@register.simple_tag(takes_context=True)
def waiting_decisions(context):
    """dashboard.waiting.Waiting for who may decide, else None."""
    return waiting_for(context["request"])
