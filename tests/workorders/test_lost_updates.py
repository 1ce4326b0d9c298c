"""Eight at once: what was acknowledged is what stands, and of two that exclude each other one was told no.

MariaDB only, where writers really meet; SQLite has one writer.
"""

import os
import sys
import threading
import uuid
from collections import Counter
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Token
from accounts.services import tokens
from customers.models import LocationCandidate, LocationCorrection
from customers.services import Fix
from field.limits import MOST_MISSES, note_miss
from field.models import MissedLink
from history.models import Change
from tests.cast import make_user
from tests.make import make_customer, make_order
from tests.workorders.test_desk_api import reported
from workorders.models import Assignment, Visit
from workorders.services.pins import LinkGone, create_pin_link, take_customer_pin

pytestmark = [
    pytest.mark.alone,  # serialized_rollback wants tables that no other transactional test has emptied
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has one writer"),
]

WRITERS, ROUNDS = 8, 40 if os.environ.get("STORM") == "release" else 4


def at_once(*works) -> list:
    """What each of these answered, started together, each on a connection of its own."""
    answers, gate = [None] * len(works), threading.Barrier(len(works))

    def run(number, work):
        try:
            gate.wait()
            answers[number] = work()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def client_of(user) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.sign_in(user=user, now=timezone.now()).access}")
    return client


def tried(answers) -> Counter:
    statuses = Counter(answer.status_code if hasattr(answer, "status_code") else repr(answer) for answer in answers)
    sys.stderr.write(f"\n{dict(statuses)}")
    return statuses


def test_every_acknowledged_visit_is_an_attempt(cast):
    order, put = make_order(assignee=cast.agent), client_of(cast.agent).put
    body = {"order": order.pk, "disposition": "NC-GATE", "visited_at": timezone.now().isoformat()}
    done = 0
    for _ in range(ROUNDS):
        works = [partial(put, f"/api/v1/visits/{uuid.uuid4()}/", body) for _ in range(WRITERS)]
        statuses = tried(at_once(*works))
        assert statuses.keys() <= {201, 503}
        done += statuses[201]
    order.refresh_from_db()
    assert (order.attempts, Visit.objects.filter(order=order).count()) == (done, done) and done


def test_one_visit_sent_by_eight_is_one(cast):
    order, client, key = make_order(assignee=cast.agent), client_of(cast.agent), uuid.uuid4()
    body = {"order": order.pk, "disposition": "NC-GATE", "visited_at": timezone.now().isoformat()}
    statuses = tried(at_once(*[lambda: client.put(f"/api/v1/visits/{key}/", body, format="json")] * WRITERS))
    assert statuses[201] == 1 and statuses.keys() <= {201, 200, 503}
    order.refresh_from_db()
    assert order.attempts == Visit.objects.count() == 1


def test_an_order_given_to_eight_agents_has_the_one_who_was_told_last(cast):
    agents = [make_user(f"ctb{number}", "AGENT", witel=cast.bandung) for number in range(WRITERS)]
    order, client = make_order(), client_of(cast.supervisor)
    before, url = order.version, f"/api/v1/workorders/{order.pk}/assignments/"
    works = [lambda agent=agent: client.post(url, {"agent": agent.username}, format="json") for agent in agents]
    statuses = tried(at_once(*works))
    assert statuses.keys() <= {201, 409, 503} and statuses[201]
    order.refresh_from_db()
    given = Assignment.objects.filter(order=order)
    assert given.count() == statuses[201] and given.get(until_at=None).agent == order.assignee
    assert order.version == before + Change.objects.filter(target_type="workorder", target_id=str(order.pk)).count()


@pytest.mark.parametrize("path, body", [("holds", {"reason": "sengketa"}), ("reopenings", {"reason": "salah"})])
def test_a_move_that_eight_make_is_made_once(cast, path, body):
    order = make_order(state="CLOSED" if path == "reopenings" else None)
    client, before = client_of(cast.supervisor), order.version
    statuses = tried(
        at_once(*[lambda: client.post(f"/api/v1/workorders/{order.pk}/{path}/", body, format="json")] * WRITERS)
    )
    assert statuses[201] == 1 and statuses.keys() <= {201, 409, 503}
    order.refresh_from_db()
    assert order.version - before == Change.objects.filter(target_id=str(order.pk), target_type="workorder").count()


def test_a_move_and_its_opposite_leave_what_the_last_one_said(cast):
    order, client = make_order(assignee=cast.agent), client_of(cast.supervisor)
    url = f"/api/v1/workorders/{order.pk}"
    before = order.version
    works = [
        lambda: client.post(f"{url}/holds/", {"reason": "x"}, format="json"),
        lambda: client.delete(f"{url}/holds/current/"),
    ]
    statuses = tried(at_once(*works * 4))
    assert statuses.keys() <= {200, 201, 409, 503}
    order.refresh_from_db()
    held = statuses[201] - statuses[200]
    assert held in (0, 1) and (order.state == "ON_HOLD") == bool(held)
    assert order.version >= before + statuses[201] + statuses[200]


def test_a_proposal_is_approved_or_rejected_and_never_both(cast):
    post = client_of(cast.supervisor).post
    for _ in range(ROUNDS):
        proposal = reported(make_customer())
        decide = partial(post, f"/api/v1/corrections/{proposal.pk}/decisions/")
        works = [partial(decide, {"approve": number % 2 == 0}) for number in range(WRITERS)]
        statuses = tried(at_once(*works))
        assert statuses.keys() <= {201, 409, 503} and 1 <= statuses[201] <= WRITERS // 2
        state = LocationCorrection.objects.get(pk=proposal.pk).state
        assert Change.objects.filter(target_type="locationcorrection", target_id=str(proposal.pk)).count() == 1
        assert LocationCandidate.objects.get(pk=proposal.candidate_id).status == state


def test_a_link_works_once_however_many_tap_it(cast):
    customer = make_customer()
    _, token = create_pin_link(user=cast.supervisor, customer_id=customer.pk, now=timezone.now())
    fix = Fix(-6.92, 107.61, 8.0)
    answers = at_once(*[lambda: take_customer_pin(token=token, fix=fix, now=timezone.now())] * WRITERS)
    assert sum(answer is None for answer in answers) == 1
    assert all(answer is None or isinstance(answer, LinkGone) for answer in answers)
    assert Change.objects.filter(verb="pin", target_id=str(customer.pk)).count() == 1


def test_a_refresh_token_used_by_eight_has_one_following_pair(cast):
    pair = tokens.sign_in(user=cast.agent, now=timezone.now())
    answers = at_once(*[lambda: tokens.renew(refresh=pair.refresh, now=timezone.now())] * WRITERS)
    assert {answer.access for answer in answers} and len({answer.access for answer in answers}) == 1
    assert Token.objects.filter(user=cast.agent).count() == 2


def test_misses_are_counted_and_the_limit_is_not_passed_by_more_than_those_at_once(db):
    now = timezone.now()
    told = Counter()
    for _ in range(8):
        told.update(map(str, at_once(*[lambda: note_miss(address="10.0.0.1", now=now)] * WRITERS)))
    assert told.keys() == {"True", "False"}
    assert MissedLink.objects.count() == told["True"] and MOST_MISSES <= told["True"] < MOST_MISSES + WRITERS
