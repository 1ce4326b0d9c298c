"""One module a feed: what its columns are called (`COLUMNS`), which must be there (`REQUIRED`, the key first; `a|b`
means either), what identifies a row (`KEY`), and how a table of text becomes typed rows (`clean`)."""

from imports.cleaned import Cleaned
from imports.kinds import agents, billing, odp, provisioning, visits, workorders

KINDS = {
    "provisioning": provisioning,
    "billing": billing,
    "workorders": workorders,
    "odp": odp,
    "visits": visits,
    "agents": agents,
}

__all__ = ["KINDS", "Cleaned"]
