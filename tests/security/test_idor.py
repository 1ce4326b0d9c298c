"""Nobody gets at a row that is not theirs: a foreign id answers, byte for byte, as one that never was.

Every endpoint and page × every method × every role × every place where an id stands × a foreign, an unknown and a deleted
id. What there is comes from the URL map and the schema; what is not in the tables of samples fails with the line to add.
"""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from accounts.models import User
from tests.cast import make_cast
from tests.security import asking, surface
from tests.security.asking import ask, browser, phone
from tests.security.country import CURSORS, make_country, sign_in_phone
from tests.security.pages import PAGES, PLAIN_PARAMETERS
from tests.security.samples import API, PLAIN
from tests.security.slots import Made, Sample, filled, slots_of
from workorders.services.feed import settle_feed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)

# Who asks → (whose rows are the own ones, whose are foreign). To those who see nothing, everybody's are.
EVERYBODY = ("dewi", "tri")
ACTORS = {
    "anybody": ("dewi", EVERYBODY),
    "agent": ("dewi", ("ujang", "tri")),
    "colleague": ("ujang", ("dewi",)),
    "stranger": ("tri", ("dewi",)),
    "supervisor": ("dewi", ("tri",)),
    "other_supervisor": ("tri", ("dewi",)),
    "manager": ("dewi", ("tri",)),
    "technician": ("dewi", ("tri",)),
    "analyst": ("dewi", ("tri",)),
    "auditor": ("dewi", EVERYBODY),
    "admin": ("dewi", ()),
    "revoked": ("dewi", EVERYBODY),
    "retired": ("dewi", ("ujang", "tri")),  # may still hand in what it holds
}
SEES_EVERYTHING = {"admin": ("",), "auditor": ("dashboard:access", "dashboard:incident")}
PUSH = "/api/v1/sync/push/"


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker, journal_tables, tmp_path_factory):
    """One for all tests, which leave no trace in it."""
    folder = tmp_path_factory.mktemp("country")
    (folder / "rollback-20261120-1200.md").write_text("# Bukti")
    plain = override_settings(
        MEDIA_ROOT=folder, EVIDENCE_DIR=folder, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SESSION_COOKIE_NAME="sessionid", CSRF_COOKIE_NAME="csrftoken",
    )  # fmt: skip
    with django_db_blocker.unblock(), plain, time_machine.travel(NOON, tick=False), transaction.atomic():
        yield make_country(make_cast(), folder)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def phones(country):
    """Role → a client with that person's token."""
    people = vars(country.cast)
    gone = {
        "revoked": phone(sign_in_phone(country.cast.agent, revocation="LOST")),
        "retired": phone(sign_in_phone(country.cast.agent, revocation="RETIRED")),
    }
    found = {}
    for name in ACTORS.keys() & people.keys():
        own = country.worlds[ACTORS[name][0]]["phone"] if name in ("agent", "colleague", "stranger") else None
        found[name] = phone(sign_in_phone(people[name], own))
    for name in ("agent", "colleague", "stranger"):
        settle_feed(people[name], NOON.date())  # as the first pull of a day does
    return {name: (found | gone).get(name) or phone(None) for name in ACTORS}


@pytest.fixture(scope="module")
def browsers(country):
    people = vars(country.cast)
    former = User.objects.create_user(
        "mantan", role="SUPERVISOR", witel=country.cast.bandung, active_until="2026-01-31"
    )
    return {name: browser(former if name == "revoked" else people.get(name)) for name in ACTORS}


@pytest.fixture(scope="module")
def noted(country, phones, browsers):
    """Once, and with all that the fixtures make: each test hands the rows on as it found them."""
    asking.note_rows()


@pytest.fixture(autouse=True)
def as_found(noted):
    yield
    asking.assert_as_noted()


def test_every_endpoint_and_method_is_in_the_table_of_samples():
    there = surface.api_of_url_map() | set(surface.api_of_schema())
    known = {surface.endpoint(line) for line in API}
    missing = [f'    "{line}": Sample("agent"),' for line in sorted(there - known)]
    assert not missing, "Add to API in tests/security/samples.py, with Row(…) for each id:\n" + "\n".join(missing)
    assert not known - there, f"Not in the URL map any more: {sorted(known - there)}"
    unsaid = {
        line for line in surface.api_of_url_map() - set(surface.api_of_schema()) if not line.startswith("HEAD ")
    }  # OpenAPI's generator knows no HEAD
    assert not unsaid, f"In the URL map and not in the schema: {sorted(unsaid)}"


@pytest.mark.parametrize("line", sorted(surface.api_of_schema()))
def test_every_field_that_names_a_row_has_a_row_in_its_sample(line):
    samples = [sample for name, sample in API.items() if surface.endpoint(name) == line]
    marked = {
        name for sample in samples for part in (sample.query, sample.body) for way, _ in slots_of(part) for name in way
    }
    left = surface.api_of_schema()[line] - PLAIN - marked
    assert not left, (
        f"{line} reads {sorted(left)}. In tests/security/samples.py give its sample Row(kind) there, or add the name to "
        "PLAIN if it names no row with an owner."
    )


def test_every_page_and_parameter_of_pages_is_in_the_table():
    there, known = set(surface.pages()), {surface.endpoint(name) for name in PAGES}
    missing = [f'    "{name}": Sample("supervisor"),  # {surface.pages()[name]}' for name in sorted(there - known)]
    assert not missing, "Add to PAGES in tests/security/pages.py, with Row(…) for each id:\n" + "\n".join(missing)
    assert not known - there, f"Not in the URL map any more: {sorted(known - there)}"
    marked = {way[0] for sample in PAGES.values() for part in (sample.query, sample.body) for way, _ in slots_of(part)}
    left = surface.parameters_of_pages() - marked - PLAIN_PARAMETERS
    assert not left, f"Pages read {sorted(left)}: give a sample Row(kind) there, or add them to PLAIN_PARAMETERS."


@pytest.mark.parametrize("line", API)
def test_an_endpoint_gives_nothing_foreign(country, phones, line):
    method, path = line.split(" ")[:2]
    fetch_cursors(country, phones, API[line])
    attack(country, phones, API[line], f"/api/v1/{path}", line, method)
    others = [each for each in surface.METHODS if f"{each} {path}" not in API]
    attack_with_other_methods(country, phones, API[line], f"/api/v1/{path}", others)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gives_nothing_foreign(country, browsers, name):
    sample, path = PAGES[name], surface.pages()[surface.endpoint(name)]
    method = "GET" if sample.body is None else "POST"
    attack(country, browsers, sample, f"/{path}", name, method)
    attack_with_other_methods(
        country, browsers, sample, f"/{path}", [each for each in surface.METHODS if each != method]
    )


def test_the_admin_site_is_for_admins_and_tells_others_nothing(country, browsers):
    for path in surface.admin_pages():
        names = surface.parameters(path)
        keys = (country.worlds["dewi"]["order"], country.never["order"]) if names else (1,)
        for who in ("anybody", "agent", "supervisor", "manager", "auditor"):
            told = set()
            for key in keys:
                where = "/" + path.format(**dict.fromkeys(names, key))
                answer = ask(browsers[who], "POST", where, {}, None, where)
                assert not answer.has_written, (who, where)
                assert_no_canary(country, who, answer, where, ("dewi", "tri"))
                told.add(answer.bytes)
            assert len(told) == 1, (who, path)


def fetch_cursors(country, phones, sample: Sample) -> None:
    """Each one's own cursor for the sample's list; somebody else's is the foreign one."""
    for kind in {row.kind for _, row in slots_of(sample.query)} & CURSORS.keys():
        owners = {
            "dewi": sample.by,
            "ujang": "colleague",
            "tri": "stranger" if sample.by == "agent" else "other_supervisor",
        }
        for world, owner in owners.items():
            if sample.by == "agent" or owner != "colleague":
                with asking.taken_back():
                    said = phones[owner].get(CURSORS[kind]).json()
                country.worlds[world][kind] = said["cursor"] if kind == "feed_cursor" else said["next"]
                assert country.worlds[world][kind], f"the list of {kind} is too short for {owner}"


def attack(country, clients, sample: Sample, path: str, line: str, method: str) -> None:
    """Every role and every slot."""
    parts = sample.parts(surface.parameters(path))
    for who, client in clients.items():
        own, foreign = ACTORS[who]
        if who in SEES_EVERYTHING and any(name in line for name in SEES_EVERYTHING[who]):
            foreign = ()
        mine, where = country.never | country.worlds[own], f"{who}: {method} {path}"
        plain = send(client, method, path, parts, mine, {}, "")
        assert plain.status < 500, where
        assert_no_canary(country, who, plain, where, foreign)
        assert who != sample.by or plain.status < 400, f"the sample does not work for {where}: {plain.bytes}"
        ledger_of = owner_of(country, who) if path == PUSH else None
        for way, row in slots_of(parts):
            never = assert_slot(country, client, method, path, parts, mine, way, row, foreign, who, where, ledger_of)
            if who == sample.by and not isinstance(row, Made) and not is_widened(way, row):
                assert never.bytes != plain.bytes, f"{where}: {way} has no effect"


def attack_with_other_methods(country, clients, sample: Sample, path: str, methods: list[str]) -> None:
    """A method that the endpoint does not have does nothing, and tells nothing of whose rows they are."""
    parts = sample.parts(surface.parameters(path)) | {"query": {}, "body": None, "headers": {}}
    for who in ("anybody", "agent", "other_supervisor"):
        foreign, never = country.never | country.worlds[ACTORS[who][1][-1]], country.never
        for method in methods:
            # Without an id in its path it is one request.
            worlds = (foreign, never) if parts["path"] else (never,)
            answers = [send(clients[who], method, path, parts, world, {}, "") for world in worlds]
            assert answers[0].bytes == answers[-1].bytes, f"{who}: {method} {path}"
            assert not any(answer.has_written or answer.status >= 500 for answer in answers), f"{who}: {method} {path}"
            assert_no_canary(country, who, answers[0], f"{who}: {method} {path}")


def is_widened(way, row) -> bool:
    """Where to go on from, which agent or which issue: in a country this small the page is the same from its start."""
    is_said_only = way[0] == "headers" and way[-1] == "visit"  # an upload may come before its visit
    return row.kind == "candidate" or way[-1] in ("before", "after", "run", "who") or is_said_only


def owner_of(country, who: str):
    return country.cast.agent if who == "retired" else vars(country.cast).get(who)


def assert_slot(country, client, method, path, parts, mine, way, row, foreign, who, where, ledger_of) -> None:
    kind = row.theirs if isinstance(row, Made) else row.kind
    ids = {"never": country.never[row.kind], "gone": country.gone[row.kind]}
    answers = {name: send(client, method, path, parts, mine, {way: key}, key, ledger_of) for name, key in ids.items()}
    for name in foreign:
        key = (country.never | country.worlds[name])[kind]
        answers[name] = send(client, method, path, parts, mine, {way: key}, key, ledger_of)
    for name, answer in answers.items():
        place = f"{where} with {name} id at {'.'.join(map(str, way))}"
        assert answer.status < 500, place
        assert_no_canary(country, who, answer, place, foreign)
        if is_refused(answer, path) or method in ("GET", "HEAD", "OPTIONS"):
            assert not answer.has_written, f"{place} wrote"
    if isinstance(row, Made):
        told = {answers[name].bytes for name in foreign}
        assert len(told) <= 1, f"{where}: in use by two, and two answers"
        for answer in (answers[name] for name in foreign):
            is_fresh = numberless(answer) == numberless(answers["never"])  # in use elsewhere, and of no matter here
            assert is_fresh or is_refused(answer, path, (403, 409)), f"{where} took {way}: {answer.bytes}"
    else:
        for name, answer in answers.items():
            assert answer.bytes == answers["never"].bytes, f"{where}: {name} id at {way} is told from a missing one"
    return answers["never"]


def is_refused(answer, path: str, statuses=range(400, 600)) -> bool:
    """A push is taken as a whole; of its one operation nothing was done."""
    if path == PUSH and answer.status == 200:
        return {result["status"] for result in json.loads(answer.body)["results"]} <= {"quarantined", "held"}
    return answer.status in statuses


def numberless(answer) -> str:
    """Without the number of the row that it made: MariaDB counts on where a row was taken back."""
    return re.sub(r'"id":\d+', '"id":0', answer.bytes)


def send(client, method, path, parts, own: dict, instead: dict, echo, ledger_of=None):
    given = filled(parts, own, instead)
    where, rest = path.format(**given["path"]), {"headers": given["headers"], "ledger_of": ledger_of}
    return ask(client, method, where, given["query"], given["body"], echo, **rest)


def assert_no_canary(country, who, answer, where, foreign=None) -> None:
    foreign = ACTORS[who][1] if foreign is None else foreign
    for world in foreign:
        for canary in country.canaries[world]:
            assert canary not in answer.body, f"{where} shows {canary}"
