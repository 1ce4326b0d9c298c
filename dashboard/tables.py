"""One page of a table: rows, the way to the next ones, and links that keep what was asked for."""

from dataclasses import dataclass

from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from common.problems import Problem
from dashboard.words import problem_text
from exports.columns import Column
from exports.nouns import Noun
from exports.selection import Selection
from exports.services import CONTENT_TYPES, open_export
from history.models import Access
from history.services import record_access

PAGE_ROWS = 50
# Counting stops here: "10.000+" says enough, and costs the same however large the table grows.
COUNT_MOST = 10_001


@dataclass(frozen=True)
class Heading:
    column: Column
    url: str  # sorts by this column; empty where it cannot
    is_sorted: bool
    is_descending: bool


@dataclass(frozen=True)
class Row:
    key: object
    opens: object
    cells: list


class TablePage:
    """`asked` is the query string with the page's own defaults filled in."""

    def __init__(self, noun: Noun, user, asked, defaulted: tuple[str, ...] = ()):
        self.noun, self.user, self.asked = noun, user, asked
        self.defaulted = defaulted  # parts that mean something else when they are empty than when they are not there
        self.selection = Selection(noun, user, asked)
        self.form = self.selection.filters.form
        self.count = self.selection.count(COUNT_MOST)
        found = self.read_page()
        columns = self.selection.columns
        self.rows = [
            Row(row["pk"], row[noun.opens], list(zip(columns, self.selection.read(row), strict=True))) for row in found
        ]

    def read_page(self) -> list[dict]:
        """One row more than shown tells whether there is another page."""
        before = self.selection.find(self.asked["before"]) if self.asked.get("before") else None
        after = self.selection.find(self.asked["after"]) if self.asked.get("after") and before is None else None
        found = self.selection.rows_after(before or after, PAGE_ROWS + 1, backwards=before is not None)
        more = len(found) > PAGE_ROWS
        if before is not None:
            shown = found[-PAGE_ROWS:]
            self.has_previous, self.has_next = more, True
        else:
            shown = found[:PAGE_ROWS]
            self.has_previous, self.has_next = after is not None, more
        return shown

    def link(self, **changes) -> str:
        """The query string with some parts changed; a change of order or columns starts at the first page."""
        query = self.asked.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = str(value)
        for name in [name for name, value in query.items() if not value and name not in self.defaulted]:
            del query[name]
        return f"?{query.urlencode()}"

    @property
    def download_query(self) -> str:
        keys = ",".join(column.key for column in self.selection.columns)
        return self.link(sort=self.selection.sort, columns=keys)

    @property
    def next_url(self) -> str:
        return self.link(after=self.rows[-1].key) if self.has_next and self.rows else ""

    @property
    def previous_url(self) -> str:
        return self.link(before=self.rows[0].key) if self.has_previous and self.rows else ""

    @property
    def first_url(self) -> str:
        return self.link()

    @property
    def is_count_cut(self) -> bool:
        return self.count >= COUNT_MOST

    @property
    def shown_count(self) -> int:
        return min(self.count, COUNT_MOST - 1)

    @property
    def headings(self) -> list[Heading]:
        sort = self.selection.sort
        return [
            Heading(
                column=column,
                url=self.link(sort=self.turned(column)) if column.is_sortable else "",
                is_sorted=sort.lstrip("-") == column.key,
                is_descending=sort.startswith("-"),
            )
            for column in self.selection.columns
        ]

    def turned(self, column: Column) -> str:
        """Numbers begin with the largest, words with the first; a second click turns the order round."""
        if self.selection.sort == f"-{column.key}":
            return column.key
        if self.selection.sort == column.key or column.kind in ("money", "number", "metres", "moment"):
            return f"-{column.key}"
        return column.key

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        return [(column, column in self.selection.columns) for column in self.noun.columns]

    @property
    def usual_fields(self):
        return [field for field in self.form if field.name not in self.selection.filters.rare]

    @property
    def rare_fields(self):
        return [field for field in self.form if field.name in self.selection.filters.rare]

    @property
    def has_rare(self) -> bool:
        return any(self.asked.get(name) for name in self.selection.filters.rare)

    @property
    def may_export(self) -> bool:
        return self.user.may("export")


def with_defaults(request, **defaults):
    """The query string; a part that is not there at all takes its default, an empty one stays empty."""
    asked = request.GET.copy()
    if chosen := asked.getlist("column"):  # the form of column boxes
        asked["columns"] = ",".join(chosen)
        del asked["column"]
    for name, value in defaults.items():
        asked.setdefault(name, value)
    return asked


def show_table(request, table: TablePage, folder: str, **context):
    """The whole page, or only its rows for htmx; what was shown goes to the access log."""
    record_access(
        actor=request.user,
        purpose=Access.Purpose.LIST,
        target_type=table.noun.target,
        rows=len(table.rows),
        detail=table.selection.description(),
    )
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "_table.html" if is_part else "page.html"
    return render(request, f"dashboard/{folder}/{template}", {"table": table, "folder": folder, **context})


def back_to(request, page: str):
    """To the page that the form was on, as it was; to the first one of `page` where the form does not say."""
    url = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        url = reverse(page)
    return HttpResponseRedirect(url)


def send_file(request, noun: Noun, form: str, asked):
    """Exactly what the table shows with this query string, all pages of it."""
    selection = Selection(noun, request.user, asked)
    try:
        _, pieces = open_export(selection=selection, form=form, actor=request.user)
    except Problem as problem:
        if problem.status == 403:
            raise
        context = {"text": problem_text(problem)}
        return render(request, "dashboard/refused.html", context, status=problem.status)
    name = f"{noun.name}-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    return StreamingHttpResponse(
        pieces,
        content_type=CONTENT_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
