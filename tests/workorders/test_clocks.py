"""When it happened, by our clock: from what a phone's three clocks said."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workorders.models.visit import Trust
from workorders.services.clocks import Contact, Stamp, by_wall, moment_of

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BOOT, OTHER = uuid.uuid4(), uuid.uuid4()
skews = st.timedeltas(min_value=timedelta(days=-1100), max_value=timedelta(days=1100))


def contact(ahead=timedelta(0), boot=BOOT, mono_ms=10_000_000, at=NOW) -> Contact:
    return Contact(at, Stamp(at + ahead, boot, mono_ms))


@given(ahead=skews, then_ahead=skews, ago_s=st.integers(0, 9_000))
def test_within_a_boot_the_wall_clock_does_not_matter(ahead, then_ahead, ago_s):
    when = NOW - timedelta(seconds=ago_s)
    at = Stamp(when + then_ahead, BOOT, 10_000_000 - 1000 * ago_s)
    moment = moment_of(at, contact(ahead))
    assert (moment.at, moment.trust) == (when, Trust.MONOTONIC)
    assert moment.is_clock_set == (abs(ahead - then_ahead) > timedelta(milliseconds=5_000))


@given(ahead=skews, now_ahead=skews, later_s=st.integers(-5_000, 9_000))
def test_an_earlier_contact_within_the_boot_tells_as_much(ahead, now_ahead, later_s):
    morning = contact(ahead, at=NOW - timedelta(hours=9))
    at = Stamp(morning.stamp.wall + timedelta(seconds=later_s), BOOT, 10_000_000 + 1000 * later_s)
    moment = moment_of(at, contact(now_ahead, boot=OTHER, mono_ms=5), morning)
    assert (moment.at, moment.trust) == (morning.received_at + timedelta(seconds=later_s), Trust.MONOTONIC)


def test_another_boot_of_which_nothing_is_known_is_believed_by_its_wall_clock():
    ahead = timedelta(hours=7)
    when = NOW - timedelta(hours=3)
    moment = moment_of(Stamp(when + ahead, OTHER, 1000), contact(ahead))
    assert (moment.at, moment.trust) == (when, Trust.WALL)


def test_a_wall_clock_that_makes_no_sense_counts_from_when_it_came():
    moment = moment_of(Stamp(NOW - timedelta(days=900), OTHER, 1000), contact())
    assert (moment.at, moment.trust) == (NOW, Trust.RECEIVED)
    assert by_wall(NOW + timedelta(hours=1), NOW).trust == Trust.RECEIVED


def test_nothing_happened_after_it_was_told():
    moment = moment_of(Stamp(NOW, BOOT, 10_000_000 + 2000), contact())
    assert moment.at == NOW


def test_a_count_that_no_boot_reaches_is_none():
    moment = moment_of(Stamp(NOW - timedelta(minutes=5), BOOT, 0), contact(mono_ms=10**15))
    assert (moment.at, moment.trust) == (NOW - timedelta(minutes=5), Trust.WALL)
