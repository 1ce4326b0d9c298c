"""A user's reach as a value, so that apps to the right never import accounts."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True)
class Scope:
    """All of the country, one region, one witel, or nothing at all."""

    everything: bool = False
    region_id: int | None = None
    witel_id: int | None = None

    def q(self, witel: str = "witel") -> Q:
        """Rows whose field `witel` (a foreign key's name) lies within this scope."""
        if self.everything:
            return Q()
        if self.witel_id:
            return Q(**{f"{witel}_id": self.witel_id})
        if self.region_id:
            return Q(**{f"{witel}__region_id": self.region_id})
        return Q(pk__in=[])

    def covers(self, witel) -> bool:
        if self.everything:
            return True
        if self.witel_id:
            return witel.pk == self.witel_id
        return bool(self.region_id) and witel.region_id == self.region_id
