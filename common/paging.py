"""Pages of a large table without OFFSET: the next page begins behind the last row of the one before."""

from django.db.models import Q, QuerySet


def page_after(rows: QuerySet, ordering: str, last: tuple | None, tie: str = "pk") -> QuerySet:
    """`rows` by `ordering` (a field, `-` for falling), then by `tie`, behind the row whose (value, key) is `last`.

    Both databases put nulls first when rising and last when falling; so does this.
    """
    rows = rows.order_by(ordering, tie)
    return rows.filter(behind(ordering, last, tie)) if last else rows


def behind(ordering: str, last: tuple, tie: str) -> Q:
    name, is_falling = ordering.lstrip("-"), ordering.startswith("-")
    value, key = last
    same = Q(**{name: value}) if value is not None else Q(**{f"{name}__isnull": True})
    same &= Q(**{f"pk__{'lt' if tie.startswith('-') else 'gt'}": key})
    if value is None:
        return same if is_falling else same | Q(**{f"{name}__isnull": False})
    if is_falling:
        return same | Q(**{f"{name}__lt": value}) | Q(**{f"{name}__isnull": True})
    return same | Q(**{f"{name}__gt": value})
