"""A run as it is going to be: its steps, what it keeps and brings back, and the structure at both ends."""

import re
from dataclasses import dataclass, field

from releases.models import Archive, Step
from releases.renames import Renames


@dataclass
class Plan:
    direction: str
    migrations: list
    steps: list[Step] = field(default_factory=list)
    archives: list[Archive] = field(default_factory=list)
    returning: list[Archive] = field(default_factory=list)
    structure_before: dict = field(default_factory=dict)
    structure_after: dict = field(default_factory=dict)
    renames: Renames = field(default_factory=Renames)
    passed: list[tuple[str, str, list]] = field(default_factory=list)  # what a column is in between: names at the start
    places: dict[tuple[str, str], Archive] = field(default_factory=dict)  # (table, column) at the end → what came back
    unlike: list[str] = field(default_factory=list)  # what would not be as it was recorded
    notes: list[str] = field(default_factory=list)

    @property
    def tables(self) -> list[str]:
        """Tables of the product that a statement of the plan names and that are there before it."""
        named = {
            name for step in self.steps for text in statements(step) for name in re.findall(r'[`"]([^`"]+)[`"]', text)
        }
        return sorted(named & self.structure_before.keys())


def statements(step: Step) -> list[str]:
    return step.body if isinstance(step.body, list) else []
