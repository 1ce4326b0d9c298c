"""Reference data that a run of many visits reads once."""

from functools import cached_property

from regions.models import Witel
from workorders.models import Disposition, RescueKind


class Codebook:
    """What is in force now: dispositions and rescue kinds by code, witel by key with their region."""

    @cached_property
    def dispositions(self) -> dict[str, Disposition]:
        return {row.code: row for row in Disposition.objects.filter(is_active=True)}

    @cached_property
    def rescue_kinds(self) -> dict[str, RescueKind]:
        return {row.code: row for row in RescueKind.objects.filter(is_active=True)}

    @cached_property
    def witels(self) -> dict[int, Witel]:
        return {row.pk: row for row in Witel.objects.select_related("region")}
