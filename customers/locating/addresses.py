"""Reading an address as Indonesians write it: short, lower case, cut off, unordered.

`melati dalam ix b, no 12 rt 9 6 tebet` has a street, house 12, RT 9, RW 6 and a district, and only two of them say
what they are. The text is cut into tokens (`address_tokens`); numbers are read by their neighbours, the surest first
(`address_numbers`, `address_houses`); the words left over are read by where they stand (`address_places`). The words
and the costs are in `address_words`.

RT and RW lose their zeros (`004` is `4`), so that two spellings compare equal; house numbers and blocks are kept as
on the door (`01`, `23-39`, `12a`), in lower case and without spaces. A guess as likely wrong as right is not made: an
empty part costs a question, a wrong one a ride.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from customers.locating.address_houses import (
    read_bare_house,
    read_block,
    read_block_code,
    read_loose_block,
    read_marked_house,
)
from customers.locating.address_numbers import (
    FIRST,
    LAST,
    VALUE,
    Numbers,
    read_padded_pair,
    read_postal_code,
    read_rt_and_rw,
)
from customers.locating.address_places import Places, read_places
from customers.locating.address_tokens import (
    BLOCK_SIGN,
    LOT_SIGN,
    NUMBER_SIGN,
    Signs,
    find_signs,
    split_tokens,
    token_spans,
)
from customers.locating.address_words import LOT_WORDS, MISSING_COSTS, NUMBER_WORDS

READER_VERSION = 3  # kept beside each answer, so that a better reader knows what to read again
SLICE = 5_000  # rows turned into columns at a time: the garbage collector never walks a long list of them
# Rows taken through each step together: the processor stays with the code of one step and guesses its branches better,
# a quarter less time than row by row. From 300 on the garbage collector takes it back.
BATCH = 125
NUMBER_PARTS = ("rt", "rw", "house_number", "block", "postal_code")
PLACE_PARTS = ("street", "village", "district", "city", "landmark")
COLUMNS = dict.fromkeys(
    ("rt", "rw", "house_number", "block", *PLACE_PARTS[:4], "postal_code", "landmark"), pl.String
) | {
    "completeness": pl.Int64,
    "missing": pl.String,
}


def score(parts: int) -> tuple[int, str]:
    """Completeness and missing parts, given one bit per part that is there, in the order of `MISSING_COSTS`."""
    missing = [part for n, part in enumerate(MISSING_COSTS) if not parts >> n & 1]
    return 100 - sum(MISSING_COSTS[part] for part in missing), ",".join(missing)


SCORES = [score(parts) for parts in range(1 << len(MISSING_COSTS))]  # all 32 answers, looked up by the bits


@dataclass(frozen=True)
class Address:
    """One address as read. `spans` gives, for each number part found, where it stands in the text: `raw[start:end]`."""

    rt: str | None
    rw: str | None
    house_number: str | None
    block: str | None
    street: str | None
    village: str | None
    district: str | None
    city: str | None
    postal_code: str | None
    landmark: str | None
    completeness: int
    missing: str
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_addresses(raw: Sequence[str | None] | pl.Series) -> pl.DataFrame:
    """All addresses, one row each in the same order; the columns are those of `Address` without the spans."""
    raw = raw.to_list() if isinstance(raw, pl.Series) else raw
    tables = [pl.DataFrame(schema=COLUMNS)]
    for start in range(0, len(raw), SLICE):
        columns = zip(*read_rows(raw[start : start + SLICE]), strict=True)
        tables.append(pl.DataFrame(dict(zip(COLUMNS, columns, strict=True)), schema=COLUMNS))
    return pl.concat(tables)


def read_address(raw: str | None) -> Address:
    """One address, with the spans of its numbers."""
    (numbers,), (places,) = read_parts([raw])
    parts = dict(zip(COLUMNS, answer(numbers, places), strict=True))
    return Address(**parts, spans=find_spans(raw or "", numbers))


def read_rows(raw: Sequence[str | None]) -> list[tuple]:
    rows: list[tuple] = []
    for start in range(0, len(raw), BATCH):
        rows += map(answer, *read_parts(raw[start : start + BATCH]))
    return rows


def read_parts(raw: Sequence[str | None]) -> tuple[list[Numbers], list[Places]]:
    """The numbers and the places of each address, one step after the other for all."""
    tokens, has_codes = zip(*[split_tokens(text or "") for text in raw], strict=True)
    signs = list(map(find_signs, tokens))
    numbers = list(map(read_numbers, tokens, has_codes, signs))
    return numbers, list(map(read_places, tokens, signs, numbers))


def read_numbers(tokens: list[str], has_codes: bool, found: Signs) -> Numbers:
    """The readers in the order of how surely their part is marked; each claims its tokens."""
    numbers = Numbers()
    signs, figures, areas, kinds = found
    if figures:
        numbers.postal_code = read_postal_code(tokens, figures)
        if areas:
            read_rt_and_rw(tokens, areas, numbers)
        else:
            read_padded_pair(tokens, figures, numbers)
    if kinds & BLOCK_SIGN:
        read_block(tokens, signs, numbers)
    if numbers.block is None:
        if figures:
            read_loose_block(tokens, figures, bool(kinds & NUMBER_SIGN), numbers)
        if has_codes and numbers.block is None:
            read_block_code(tokens, numbers)
    if figures and numbers.house_number is None:
        if kinds & NUMBER_SIGN:
            numbers.house_number = read_marked_house(tokens, signs, NUMBER_WORDS)
        if kinds & LOT_SIGN and numbers.house_number is None:
            numbers.house_number = read_marked_house(tokens, signs, LOT_WORDS)
        if numbers.house_number is None and not (numbers.block and kinds & BLOCK_SIGN):
            numbers.house_number = read_bare_house(tokens, figures, numbers)
    return numbers


def answer(numbers: Numbers, places: Places) -> tuple:
    """The parts in the order of `COLUMNS`. A block with a house number leads to the door as well as a street does."""
    house, block, code = numbers.house_number, numbers.block, numbers.postal_code
    rt = numbers.rt and numbers.rt[VALUE]
    rw = numbers.rw and numbers.rw[VALUE]
    look_up = places.get
    street, village = look_up("street"), look_up("village")
    parts = 1 if house else 0
    if street or (block and house):
        parts |= 2
    if rt:
        parts |= 4
    if village:
        parts |= 8
    if rw:
        parts |= 16
    completeness, missing = SCORES[parts]
    return (
        rt,
        rw,
        house and house[VALUE],
        block and block[VALUE],
        street,
        village,
        look_up("district"),
        look_up("city"),
        code and code[VALUE],
        look_up("landmark"),
        completeness,
        missing,
    )


def find_spans(raw: str, numbers: Numbers) -> dict[str, tuple[int, int]]:
    """Where each number part stands in the text, from its first token to its last."""
    spans = list(token_spans(raw))
    found = {name: getattr(numbers, name) for name in NUMBER_PARTS}
    return {name: (spans[part[FIRST]][0], spans[part[LAST]][1]) for name, part in found.items() if part and part[VALUE]}
