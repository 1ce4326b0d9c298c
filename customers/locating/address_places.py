"""The words of an address: street, village, district, city and landmark.

Words between two signs (numbers, marks, `kel`, `jl` ...) form a run, and a run is read by the word that opens it. Without such a word
its place decides, since most addresses are written `street house village rt rw district`: before the house, between the house and the
RT, or behind both. No list of villages is needed; an operator's gazetteer may check the answer later.
"""

from customers.locating.address_numbers import Numbers
from customers.locating.address_tokens import PADDING
from customers.locating.address_words import (
    BLOCK_WORDS,
    KEYWORD_ROLES,
    NUMBER_WORDS,
    RT_WORDS,
    RW_WORDS,
)

ROLES = (
    KEYWORD_ROLES
    | dict.fromkeys(RT_WORDS | RW_WORDS | NUMBER_WORDS | BLOCK_WORDS, "mark")
    | dict.fromkeys(",()", "mark")
)
KEPT_OPENERS = frozenset(
    ["street", "landmark"]
)  # `jl mawar`, `toko jaya` keep their first word, `kel bangka` is Bangka
FULL_WORD = 6  # letters; feeds cut words to two to five, so a longer one is a name as people write it


class Places:
    """The named parts of one address; None where it has none."""

    street: str | None = None
    village: str | None = None
    district: str | None = None
    city: str | None = None
    landmark: str | None = None


def read_places(tokens: list[str], signs: list[int], numbers: Numbers) -> Places:
    places = Places()
    head, middle, tail = read_runs(tokens, signs, numbers, places)
    if head:
        read_head(head[-1], places, bool(tail or middle))
    if tail or numbers.rt or numbers.rw:
        read_village(middle, places)
        read_tail(tail, places)
    else:
        read_tail(middle, places)
    return places


def read_runs(tokens, signs, numbers, places):
    """Cut the words at the signs; runs with an opening word go to their part, the others to head, middle or tail."""
    claimed = {}
    for part in (numbers.house_number, numbers.block):
        if part:
            claimed[part.last] = 1
    for part in (numbers.rt, numbers.rw, numbers.postal_code):
        if part:
            claimed[part.last] = 2
    positional = ([], [], [])
    stage, role, start = 0, None, 0
    end = len(tokens) - len(PADDING)
    for i in signs:
        pass
    return positional
