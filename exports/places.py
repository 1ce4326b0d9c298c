"""Where: `region:TREG3` or `witel:BANDUNG`, as it stands in URLs and commands."""

from django.db.models import Q

from regions.models import Region, Witel


def place_choices(user) -> list:
    """The places within a user's reach, witel grouped under their region; nothing to choose for a user of one witel."""
    groups: dict[Region, list] = {}
    for witel in reachable(user):
        groups.setdefault(witel.region, []).append((f"witel:{witel.code}", witel.name))
    return [
        (region.name, [(f"region:{region.code}", f"Semua {region.name}"), *names] if not user.scope.witel_id else names)
        for region, names in groups.items()
    ]


def reachable(user):
    """The witel that a user may reach, with their regions."""
    scope, witels = user.scope, Witel.objects.select_related("region")
    if scope.everything:
        return witels
    if scope.region_id:
        return witels.filter(region=scope.region_id)
    return witels.filter(pk=scope.witel_id or 0)


def place_q(where: str, path: str) -> Q:
    """Rows of the place; a place that does not exist has none."""
    kind, _, code = where.partition(":")
    if kind == "region":
        return Q(**{f"{path}__region__code": code})
    return Q(**{f"{path}__code": code})
