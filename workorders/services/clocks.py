"""When it happened, by our clock, whatever the phone's clock said.

A phone's wall clock may be years off and jump; its monotonic clock only counts since the boot, but nobody can set it.
Whoever sends tells both, of the moment it is about (`at`) and of the sending (`sent`): within one boot the difference
of the monotonic clocks is how long ago it was. A visit is never refused for its clock.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from workorders.models.visit import Trust

# A claim is believed up to this far ahead of what is possible, and this far behind.
AHEAD = timedelta(minutes=5)
BEHIND = timedelta(days=14)
# Wall and monotonic clock of one phone drift apart by no more than this without somebody setting the former.
DRIFT_MS = 5_000
# A boot lasts no longer than this; a monotonic clock beyond it is none.
BOOT_MOST_MS = 400 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Stamp:
    """What a phone's clocks said: the wall clock, the boot, and milliseconds since then."""

    wall: datetime
    boot: uuid.UUID | None = None
    mono_ms: int | None = None


@dataclass(frozen=True)
class Contact:
    """What our clock said when a phone's clocks said that."""

    received_at: datetime
    stamp: Stamp

    @property
    def ahead_ms(self) -> int:
        """How far the phone's wall clock was ahead of ours."""
        return milliseconds(self.stamp.wall - self.received_at)

    def agrees_with(self, later: "Contact") -> bool:
        """Whether a contact of the same boot within a minute says nothing new: nobody set the phone's clock since."""
        is_near = abs(later.received_at - self.received_at) < timedelta(minutes=1)
        return is_near and abs(later.ahead_ms - self.ahead_ms) < DRIFT_MS


@dataclass(frozen=True)
class Moment:
    """The time of something by our clock, how far it is to be believed, and whether the phone's clock was set since."""

    at: datetime
    trust: Trust
    is_clock_set: bool = False


def moment_of(at: Stamp, sent: Contact, earlier: Contact | None = None) -> Moment:
    """When `at` was, told at `sent`; `earlier` is the last contact within the boot of `at`, where there was one."""
    known = sent if at.boot is not None and at.boot == sent.stamp.boot else earlier
    if known is not None and at.mono_ms is not None and known.stamp.mono_ms is not None:
        ago_ms = known.stamp.mono_ms - at.mono_ms
        if abs(ago_ms) <= BOOT_MOST_MS:
            when = known.received_at - timedelta(milliseconds=ago_ms)
            if when <= sent.received_at + AHEAD:
                is_set = abs(milliseconds(known.stamp.wall - at.wall) - ago_ms) > DRIFT_MS
                return Moment(min(when, sent.received_at), Trust.MONOTONIC, is_set)
    # Another boot, of which nothing is known: the wall clock ran on, if nobody set it.
    return by_wall(at.wall - timedelta(milliseconds=sent.ahead_ms), sent.received_at)


def by_wall(claimed: datetime, received_at: datetime) -> Moment:
    """A wall clock's word where it is possible, else when we got it."""
    if received_at - BEHIND <= claimed <= received_at + AHEAD:
        return Moment(claimed, Trust.WALL)
    return Moment(received_at, Trust.RECEIVED)


def milliseconds(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))
