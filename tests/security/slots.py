"""The words of the tables of samples: a request, and the places in it where the id of a row stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """The id of a row; `kind` is a key of tests.security.country."""

    kind: str


@dataclass(frozen=True)
class Made(Row):
    """An id that the client makes: `kind` is a fresh one, `theirs` the kind of one that is in use.

    One in use may be told from a fresh one, by a refusal that says nothing of the row; nobody guesses a UUID.
    """

    theirs: str


@dataclass(frozen=True)
class Sample:
    """A request that works for `by` with rows of his own. Rows stand in `path`, `query`, `body` and `headers`, also
    within lists and dictionaries.

    A path parameter is a row of the kind of its name, unless `path` says otherwise. Without `by` nothing is proved but
    that others get nothing.
    """

    by: str
    path: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    body: dict | bytes | None = None
    headers: dict = field(default_factory=dict)

    def parts(self, parameters: list[str]) -> dict:
        path = {name: self.path.get(name, Row(name)) for name in parameters}
        return {"path": path, "query": self.query, "body": self.body, "headers": self.headers}

    def kinds(self, parameters: list[str]) -> set[str]:
        return {row.kind for _, row in slots_of(self.parts(parameters))}


def slots_of(part, where: tuple = ()) -> Iterator[tuple[tuple, Row]]:
    """(the way to it, the row) for each row within nested dictionaries and lists."""
    if isinstance(part, Row):
        yield where, part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from slots_of(value, (*where, name))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from slots_of(value, (*where, number))


def filled(part, own: dict, instead: dict, where: tuple = ()):
    """The same with ids in the place of rows: those of `own`, and at the ways in `instead` what stands there."""
    if isinstance(part, Row):
        return instead.get(where, own[part.kind])
    if isinstance(part, dict):
        return {name: filled(value, own, instead, (*where, name)) for name, value in part.items()}
    if isinstance(part, list):
        return [filled(value, own, instead, (*where, number)) for number, value in enumerate(part)]
    return part
