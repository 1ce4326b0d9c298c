"""The feed's epoch tells phones to fetch anew."""

from workorders.services.feed import begin_epoch


def test_epoch_grows_with_each_release_and_rollback(cast, as_phone):
    client = as_phone(cast.agent)
    before = client.get("/api/v1/feed/").json()["epoch"]
    begin_epoch(reason="rollback 7")
    begin_epoch(reason="release 8")
    answer = client.get("/api/v1/feed/")
    assert answer.status_code == 200
    assert answer.json()["epoch"] == before + 2


def test_feed_needs_a_sign_in(client, db):
    assert client.get("/api/v1/feed/").status_code == 401
