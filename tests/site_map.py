"""Every address of the site, read from the URL map: what is walked, nobody forgets to add."""

import re
import uuid

from django.urls import URLResolver, get_resolver

SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
NAMED = re.compile(r"\(\?P<\w+>((?:[^()|\\]|\\.)*)[^()]*\)")


def routes(resolver=None, prefix=""):
    """(route, view) of each address; routes still have their slots."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route, entry.callback


def filled(route: str, **values) -> str:
    """`/api/v1/workorders/7/` of `api/v1/workorders/<int:order>/`; slots without a value get one that fits."""

    def value(slot) -> str:
        kind, name = slot[1], slot[2]
        if name in values:
            return str(values[name])
        return str(uuid.uuid4()) if kind and "uuid" in kind else "1"

    path = NAMED.sub(lambda found: found[1].replace("[0-9]{1,18}", "1"), route) if "(?P<" in route else route
    path = SLOT.sub(value, path).replace("^", "").replace("$", "").replace(".*", "nothing").replace("\\", "")
    return "/" + path
