"""What a table may be narrowed by. Everything is in the URL, so that a view can be shared."""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from common.parameters import FIRST_YEAR, LAST_YEAR
from customers.models import Relation, Stage
from exports.places import place_choices, place_q
from workorders.models import Disposition, PromiseToPay, Visit
from workorders.states import OPEN, State

GRADES = [("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("none", "Tanpa titik")]
UNASSIGNED = "none"
SEARCH_FROM = 3
ONE_DAY = timedelta(days=1)
# The day after the last one there is, or its start in another zone, is no date any more.
SENSIBLE_DAYS = [MinValueValidator(date(FIRST_YEAR, 1, 1)), MaxValueValidator(date(LAST_YEAR - 1, 12, 31))]


def start_of(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def stage_choices():
    return list(Stage.objects.values_list("code", "label"))


def months_of(stage: str, field: str) -> Q:
    """Unpaid months that make this stage: from its own limit to the next one's."""
    found, following = None, None
    for code, months in Stage.objects.order_by("from_months").values_list("code", "from_months"):
        if found is not None:
            following = months
            break
        if code == stage:
            found = months
    if found is None:
        return Q(pk__in=[])
    rule = Q(**{f"{field}__gte": found})
    return rule if following is None else rule & Q(**{f"{field}__lt": following})


def day_field(label: str) -> filters.DateFilter:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return filters.DateFilter(label=label, widget=widget, method="by_day", validators=SENSIBLE_DAYS)


class Narrowing(filters.FilterSet):
    """`user` decides which places can be chosen, and whether names can be searched."""

    witel_path = "witel"
    agent_path: str | None = None
    rare: tuple[str, ...] = ()  # shown only when asked for
    where = filters.ChoiceFilter(label="Wilayah", empty_label="Semua wilayah saya", method="by_place")

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset)
        self.user = user
        self.form.fields["where"].choices = [("", "Semua wilayah saya"), *place_choices(user)]

    def by_place(self, queryset, name, value):
        return queryset.filter(place_q(value, self.witel_path))

    def by_stage(self, queryset, name, value):
        return queryset.filter(months_of(value, self.months_path))

    def by_agent(self, queryset, name, value):
        if value == UNASSIGNED:
            return queryset.filter(**{f"{self.agent_path}__isnull": True})
        people = User.objects.visible_to(self.user).filter(username=value)
        return queryset.filter(**{f"{self.agent_path}__in": people.values("pk")})

    def by_words(self, queryset, name, value):
        """Numbers by their beginning; names only for those who may read them, from three letters on."""
        is_number = any(character.isdigit() for character in value)
        if not is_number and len(value.strip()) < SEARCH_FROM:
            return queryset.none()
        return queryset.search(value, by_name=self.user.may("see_names"))


class CustomerFilter(Narrowing):
    months_path = "unpaid_months"
    stage = filters.ChoiceFilter(label="Tahap", choices=stage_choices, empty_label="Semua tahap", method="by_stage")
    arrears = filters.NumberFilter(
        label="Tunggakan paling sedikit (Rp)", field_name="unpaid_amount", lookup_expr="gte", min_value=0
    )
    grade = filters.ChoiceFilter(label="Mutu titik", choices=GRADES, empty_label="Semua mutu", method="by_grade")
    q = filters.CharFilter(label="Cari no. layanan atau nama", method="by_words", max_length=60)

    def by_grade(self, queryset, name, value):
        if value == "none":
            return queryset.filter(location__isnull=True)
        return queryset.filter(location__grade=value)


class ConfirmedPointFilter(Narrowing):
    grade = filters.ChoiceFilter(label="Mutu titik", choices=[("A", "A"), ("B", "B")], empty_label="Semua mutu")
    relation = filters.ChoiceFilter(label="Terhadap catatan", choices=Relation.choices, empty_label="Semua")
    q = filters.CharFilter(
        label="Cari no. layanan", field_name="customer__service_number", lookup_expr="startswith", max_length=13
    )


class OrderFilter(Narrowing):
    months_path, agent_path = "customer__unpaid_months", "assignee"
    rare = ("stage", "flagged", "since", "until")
    state = filters.ChoiceFilter(
        label="Keadaan",
        choices=[("open", "Semua yang terbuka"), *State.choices],
        empty_label="Semua keadaan",
        method="by_state",
    )
    cancel = filters.CharFilter(field_name="cancel_reason", widget=forms.HiddenInput, max_length=12)
    grade = filters.ChoiceFilter(label="Mutu titik", choices=GRADES, empty_label="Semua mutu", method="by_grade")
    assignee = filters.CharFilter(label="CTB (nama akun)", method="by_agent", max_length=150)
    stage = filters.ChoiceFilter(label="Tahap", choices=stage_choices, empty_label="Semua tahap", method="by_stage")
    flagged = filters.BooleanFilter(
        label="Perlu dilihat", field_name="is_flagged", widget=forms.CheckboxInput, method="by_flag"
    )
    since = day_field("Berubah sejak")
    until = day_field("Berubah sampai")
    q = filters.CharFilter(label="Cari no. WO, no. layanan, atau nama", method="by_words", max_length=60)

    def by_state(self, queryset, name, value):
        return queryset.filter(state__in=OPEN) if value == "open" else queryset.filter(state=value)

    def by_grade(self, queryset, name, value):
        return queryset.filter(grade="" if value == "none" else value)

    def by_flag(self, queryset, name, value):
        return queryset.filter(is_flagged=True) if value else queryset

    def by_day(self, queryset, name, value):
        """By the day of the last change, as a calendar day in the country's first zone."""
        lookup = "changed_at__gte" if name == "since" else "changed_at__lt"
        return queryset.filter(**{lookup: start_of(value if name == "since" else value + ONE_DAY)})


class VisitFilter(Narrowing):
    witel_path, agent_path = "order__witel", "agent"
    since = day_field("Dari")
    until = day_field("Sampai")
    result = filters.ChoiceFilter(label="Hasil", empty_label="Semua hasil", method="by_result")
    agent = filters.CharFilter(label="CTB (nama akun)", method="by_agent", max_length=150)
    rare = ("promise", "due_since", "due_until")
    promise = filters.ChoiceFilter(
        label="Janji bayar",
        choices=[("any", "Ada janji"), ("settled", "Sudah diputuskan"), *PromiseToPay.State.choices],
        empty_label="Semua",
        method="by_promise",
    )
    due_since = day_field("Janji jatuh tempo dari")
    due_until = day_field("Janji jatuh tempo sampai")
    flag = filters.ChoiceFilter(
        label="Tanda", choices=[("any", "Ada tanda"), *Visit.Flag.choices], empty_label="Semua", method="by_flag"
    )

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset, user=user)
        self.form.fields["result"].choices = [("", "Semua hasil"), *result_choices()]

    def by_day(self, queryset, name, value):
        return queryset.filter(**{DAY_LOOKUPS[name]: value})

    def by_promise(self, queryset, name, value):
        if value == "any":
            return queryset.filter(promise__isnull=False)
        states = SETTLED if value == "settled" else [value]
        return queryset.filter(promise__state__in=states)

    def by_result(self, queryset, name, value):
        if value in RESULT_RULES:
            return queryset.filter(RESULT_RULES[value])
        if value in Disposition.Group.values:
            return queryset.filter(disposition__group=value)
        return queryset.filter(disposition__code=value)

    def by_flag(self, queryset, name, value):
        queryset = queryset.annotate(flag_text=Cast("flags", TextField()))
        if value == "any":
            return queryset.exclude(flag_text__in=["[]", f'["{Visit.Flag.FEED}"]'])
        return queryset.filter(flag_text__contains=f'"{value}"')


DAY_LOOKUPS = {
    "since": "business_day__gte",
    "until": "business_day__lte",
    "due_since": "promise__due_on__gte",
    "due_until": "promise__due_on__lte",
}
SETTLED = [PromiseToPay.State.KEPT, PromiseToPay.State.PART_KEPT, PromiseToPay.State.BROKEN]

# What the overview's rates count, so that each number can show the visits behind it.
RESULT_RULES = {
    "attempt": Q(disposition__is_attempt=True),
    "contact": Q(disposition__is_contact=True, disposition__is_attempt=True),
}


def result_choices():
    groups: dict[str, list] = {}
    for code, group, label in Disposition.objects.values_list("code", "group", "label_id"):
        groups.setdefault(group, []).append((code, label))
    sums = [("attempt", "Semua percobaan"), ("contact", "Ada yang ditemui")]
    return [
        ("Ringkas", [*sums, *((group, label) for group, label in Disposition.Group.choices if group in groups)]),
        *((label, groups[group]) for group, label in Disposition.Group.choices if group in groups),
    ]
