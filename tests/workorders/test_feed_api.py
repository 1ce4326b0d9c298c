"""The feed's epoch tells phones to fetch anew."""

from datetime import timedelta

import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from workorders.models import FeedEpoch
from workorders.services.feed import begin_epoch, current_epoch


def test_epoch_grows_with_each_release_and_rollback(cast, as_phone):
    client = as_phone(cast.agent)

    def epoch() -> int:
        answer = client.get("/api/v1/feed/")
        assert answer.status_code == 200
        return answer.json()["epoch"]

    before = epoch()
    begin_epoch(reason="rollback 7")
    between = epoch()
    begin_epoch(reason="release 8")
    assert before < between < epoch()


def test_epoch_after_a_restore_is_none_that_phones_have_seen(db):
    """The restored rows know nothing of the epochs that began after the backup."""
    begin_epoch(reason="release 8, after the backup")
    seen = current_epoch()
    FeedEpoch.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False):
        begin_epoch(reason="restore")
    assert current_epoch() > seen


def test_feed_needs_a_sign_in(client, db):
    assert client.get("/api/v1/feed/").status_code == 401


def test_command_begins_an_epoch(db, capsys):
    before = current_epoch()
    call_command("begin_feed_epoch", reason="restore of Monday")
    assert capsys.readouterr().out == f"feed epoch {current_epoch()}\n"
    assert current_epoch() > before
    assert FeedEpoch.objects.first().reason == "restore of Monday"


def test_command_tolerates_a_structure_without_the_feed(db, capsys, monkeypatch):
    """A backup from before the feed: its tables do not have that of the epochs."""
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["regions_region"])
    call_command("begin_feed_epoch", reason="restore")
    assert capsys.readouterr().out == "no change feed in this structure\n"
