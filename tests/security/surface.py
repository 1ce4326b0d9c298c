"""What there is to attack: every endpoint and method of the URL map and the schema, and every name that they read."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework.views import APIView

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ = re.compile(r"""(?:request\.(?:GET|POST)|asked)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")


def patterns(found=None, before: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(path as a template, name with its namespace, pattern) of the whole URL map."""
    for pattern in found or get_resolver().url_patterns:
        where = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern.url_patterns, where, inner)
        else:
            yield where, namespace + (pattern.name or pattern.callback.__name__), pattern


def template(where: str) -> str:
    """`workorders/<int:order>/` as `workorders/{order}/`; of a regular expression only what it captures remains."""
    where = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"{\1}", where)
    where = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", where)
    return where.replace("\\.", ".").replace("^", "").replace("$", "")


def endpoint(line: str) -> str:
    """Of a line of the tables: what is behind a number at its end is another sample of the same endpoint."""
    return re.sub(r" \d+$", "", line)


def parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


@cache
def api_of_url_map() -> frozenset[str]:
    """`GET workorders/{order}/` for each method that an endpoint's class has."""
    found = set()
    for where, _, pattern in patterns():
        view = getattr(pattern.callback, "cls", None)
        if where.startswith("api/v1/") and view and issubclass(view, APIView):
            path = template(where).removeprefix("api/v1/")
            # Every GET answers HEAD, too; one that answers HEAD alone means it.
            has = {method for method in METHODS[:-1] if hasattr(view, method.lower())}
            found |= {f"{method} {path}" for method in has if not (method == "HEAD" and "GET" in has)}
    return frozenset(found)


@cache
def pages() -> dict[str, str]:
    """Name → path of what is neither the API nor the admin site."""
    found = {}
    for where, name, _ in patterns():
        if not where.startswith(("api/v1/", "admin/", "^api/")):
            found[name] = template(where)
    return found


@cache
def admin_pages() -> tuple[str, ...]:
    return tuple(template(where) for where, _, _ in patterns() if where.startswith("admin/"))


@cache
def schema() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def api_of_schema() -> dict[str, frozenset[str]]:
    """`GET workorders/` → the names of its query parameters and of all fields of its body, nested ones too."""
    found = {}
    for where, methods in schema()["paths"].items():
        for method, operation in methods.items():
            names = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
            for content in operation.get("requestBody", {}).get("content", {}).values():
                names |= fields_of(content["schema"])
            found[f"{method.upper()} {where.removeprefix('/api/v1/')}"] = frozenset(names)
    return found


def fields_of(part: dict) -> set[str]:
    if "$ref" in part:
        return fields_of(schema()["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
    inner = [*part.get("properties", {}).values(), *([part["items"]] if "items" in part else [])]
    for several in ("allOf", "anyOf", "oneOf"):
        inner += part.get(several, [])
    return set(part.get("properties", {})).union(*map(fields_of, inner)) if inner else set(part.get("properties", {}))


@cache
def parameters_of_pages() -> frozenset[str]:
    """What the pages' views read by name, and the fields of their forms and filters."""
    from dashboard import forms
    from exports import filters
    from field import forms as field_forms

    names = set()
    for app in ("dashboard", "exports", "field"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            names |= set(READ.findall(path.read_text()))
    for module in (forms, field_forms):
        for form in vars(module).values():
            names |= (
                set(getattr(form, "base_fields", {})) if getattr(form, "__module__", "") == module.__name__ else set()
            )
    for narrowing in vars(filters).values():
        names |= set(getattr(narrowing, "base_filters", {}))
    return frozenset(names)
