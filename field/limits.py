"""Limits the guessing of links, by address, counted in the database: several workers count as one.

A link that is right is never refused. Thousands of phones share one address of a mobile network, so that a single
mischief-maker could close the page to all of them; and 192 bits are not guessed. What the limit saves is the noise:
beyond it nothing more is written, and a scanner is told to go away.
"""

from datetime import datetime, timedelta

from common.tx import in_transaction
from field.models import MissedLink

WINDOW = timedelta(minutes=15)
MOST_MISSES = 30  # in the window: a whole office may open yesterday's links


def note_miss(*, address: str, now: datetime) -> bool:
    """Count one request for a link that is not there; False where this address has had too many."""

    def work():
        MissedLink.objects.filter(missed_at__lte=now - WINDOW).delete()
        if MissedLink.objects.filter(address=address).count() >= MOST_MISSES:
            return False
        MissedLink.objects.create(address=address, missed_at=now)
        return True

    return in_transaction(work)
