"""Every address of the site, from the URL map itself, with keys filled in and bodies that are taken."""

import re
import uuid
from collections.abc import Iterator

from django.apps import apps
from django.urls import get_resolver
from django.utils import timezone

# Kinds of file that the last part of a download's address may be.
CHOICE = re.compile(r"\(\?P<\w+>([\w|]+)\)")
HANDLERS = ("get", "post", "put", "patch", "delete")


def routes(resolver=None, before: str = "") -> Iterator[tuple[str, object]]:
    """(route, view) of all patterns; a route with a choice of words comes once for each word."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("$").replace("\\.", ".").replace("\\Z", "")
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        elif choice := CHOICE.search(route):
            for word in choice.group(1).split("|"):
                yield route.replace(choice.group(0), word), pattern.callback
        else:
            yield route, pattern.callback


def methods_of(route: str, view) -> list[str]:
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is not None:
        return [name for name in HANDLERS if hasattr(cls, name)]
    return ["get"] if route.startswith(("admin/", "health/", "metrics")) else ["get", "post"]


def fill(route: str, keys: dict) -> str:
    """The address with the keys of rows that are there."""
    words = route.split("/")

    def value(match) -> str:
        name = match.group(1)
        if words[0] == "admin":
            return str(admin_key(words, name))
        if name == "key":  # of a list of the API
            return str(keys[words[2]])
        return str(keys[words[0]] if name == "pk" else keys[name])

    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>|\(\?P<(?:pk)>[^)]*\)", lambda m: value(m) if m.group(1) else str(keys[words[0]]), route
    )


def keys_for(method: str, route: str, keys: dict) -> dict:
    """What a client puts has an id that it makes, unless it is put beside what is there."""
    is_new = method == "put" and not route.endswith("review/")
    return keys | {"visit": keys["fresh_visit"]} if is_new else keys


def admin_key(words: list[str], name: str):
    if name in ("object_id", "id") and words[1] != "r":
        row = apps.get_model(words[1], words[2])._default_manager.first()
        return row.pk if row else 1
    return 1


def bodies(person, cast) -> dict[tuple[str, str], dict]:
    """(method, route) → a body that is taken where the role allows it."""
    fix = {"lat": -6.9123, "lon": 107.6012, "accuracy_m": 6}
    reason = {"reason": "uji"}
    done = timezone.now().isoformat()
    window = {"who": cast.agent.username, "since": "2026-01-01T00:00", "until": "2099-01-01T00:00"}
    order, customer = "api/v1/workorders/<int:order>/", "api/v1/customers/<int:customer>/"
    return {
        ("post", order + "assignments/"): {"agent": cast.colleague.username},
        ("delete", order + "assignments/current/"): reason,
        ("post", order + "reopenings/"): reason,
        ("post", order + "holds/"): reason,
        ("delete", order + "holds/current/"): {},
        ("post", order + "check-ins/"): {},
        ("post", order + "rescue-steps/"): {
            "id": str(uuid.uuid4()), "kind": "CALL", "outcome": "FOUND", "done_at": done,
        },
        ("post", order + "transfers/"): reason | {"witel": "SOLO"},
        ("post", "api/v1/corrections/"): fix | reason | {"id": str(uuid.uuid4()), "customer": person.customer.pk},
        ("post", "api/v1/corrections/<int:correction>/decisions/"): {"approve": True} | reason,
        ("post", "api/v1/corrections/<int:correction>/reversals/"): reason,
        ("put", "api/v1/visits/<any_uuid:visit>/"): {
            "order": person.order.pk, "disposition": "NC-NOTHOME", "best_time": "sore", "visited_at": done, "fix": fix,
        },
        ("put", "api/v1/visits/<any_uuid:visit>/review/"): {"verdict": "FINE"},
        ("put", customer + "pin/"): fix | {"id": str(uuid.uuid4()), "is_at_house": True},
        ("post", customer + "pin-links/"): {},
        ("post", customer + "phone-views/"): {},
        ("get", "access/incident/"): window,
        ("get", "access/incident/download.csv"): window,
        ("get", "admin/autocomplete/"): {
            "app_label": "accounts", "model_name": "user", "field_name": "witel", "term": "",
        },
        ("post", "orders/assign/"): {"order": [person.order.pk], "agent": cast.colleague.pk},
        ("post", "orders/<int:pk>/assign/"): {"agent": cast.colleague.pk},
    }  # fmt: skip
